//! What a call means, before anybody decided whether it may be sent: cleaned and redacted, without ids of ours.

use alloc::vec::Vec;

use event_schema::{CONSENT_UPDATED, is_placeholder, limits};

use crate::call::{Call, verb};
use crate::fields::{self, Cleaning};
use crate::redact::{self, Meaning};
use crate::text::{self, FIELD};

/// Something that happened, ready to become an event of one lane or the other.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Fields: whom the site says the visitor is from now on, empty when it does not say; then those that an event has on the
    /// wire: address and referrer as [`url`](crate::url) writes them; title; the kind's digit and the event's or page's name,
    /// the group's id or the id so far of an alias; the steps of properties or traits, as [`fields`] describes them.
    pub text: Vec<u8>,
}

/// Why a call makes no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDraft {
    /// An id that would join strangers, or none where one is needed.
    JunkId,
    /// No such verb, no name, or fields that lead nowhere.
    Malformed,
}

/// The scene of what says nothing of any page.
pub(crate) const NOWHERE: &[u8] = b"\x1f\x1f";

impl Draft {
    /// What a call says, of the page that `scene` tells: address, referrer and title. `user` is whom the visitor is known as so
    /// far, `allowed` are the query parameters that stay in addresses.
    pub fn new(call: &Call<'_>, scene: &[u8], user: &[u8], allowed: &[u8]) -> Result<Self, NoDraft> {
        let (mut kind, cleaning) = match call.verb {
            verb::PAGE | verb::VISIT => (verb::PAGE, Cleaning::All),
            // A receipt names what was asked: a hash of the wording, a version.
            verb::CONSENT => (verb::TRACK, Cleaning::Codes),
            // Traits are sent as the site gives them: that is what they are for.
            verb::IDENTIFY | verb::GROUP => (call.verb, Cleaning::Nothing),
            verb::TRACK | verb::ALIAS => (call.verb, Cleaning::All),
            _ => return Err(NoDraft::Malformed),
        };
        let names_id = kind == verb::ALIAS || kind == verb::GROUP;
        let nobody: &[u8] = b"";
        let (person, mut name) = match kind {
            verb::IDENTIFY => (call.name, nobody),
            verb::ALIAS => (call.name, call.other),
            _ => (nobody, call.name),
        };
        if kind == verb::ALIAS && name.is_empty() {
            // Without an old id it is the one known so far; when none is known, the visitor is simply identified.
            name = user;
            if name.is_empty() {
                kind = verb::IDENTIFY;
            }
        }
        if is_junk(person) || (names_id && (call.name.is_empty() || is_junk(name))) {
            return Err(NoDraft::JunkId);
        }
        let mut clean = Vec::new();
        if cleaning == Cleaning::Codes {
            name = CONSENT_UPDATED.as_bytes();
        } else if !names_id {
            redact::put(name, Meaning::Text, false, &mut clean);
            name = text::shorten(&clean, limits::NAME_CHARS);
        }
        if kind == verb::TRACK && name.is_empty() {
            return Err(NoDraft::Malformed);
        }
        let mut text = Vec::new();
        text::put(&mut text, person);
        text::put_after(&mut text, FIELD, scene);
        text::push(&mut text, FIELD);
        text::put_after(&mut text, kind, name);
        fields::put(call.fields, cleaning, allowed, &mut text).ok_or(NoDraft::Malformed)?;
        Ok(Self { at: call.at, text })
    }
}

/// Whether what is meant as an id is none.
fn is_junk(id: &[u8]) -> bool {
    let fits = text::shorten(id, limits::ID_CHARS).len() == id.len();
    !id.is_empty() && (!fits || is_placeholder(id) || id.iter().any(|byte| *byte < b' ' || *byte == 0x7f))
}
