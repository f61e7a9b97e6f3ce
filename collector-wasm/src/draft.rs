//! What a call means, before anybody decided whether it may be sent: cleaned and redacted, without ids of ours.

use alloc::string::String;

use event_schema::{CONSENT_UPDATED, is_placeholder, limits};

use crate::call::Call;
use crate::fields::{self, Cleaning};
use crate::redact::{self, Meaning};
use crate::text::{self, FIELD};

/// Something that happened, ready to become an event of one lane or the other.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Whom the site says the visitor is from now on. Empty when it does not say.
    pub user: String,
    /// Fields as a stored record has them: the scene (a line each: address, referrer, title, and the campaign's parameters as
    /// [`Cleaned::campaign`](crate::url::Cleaned::campaign) has them); the kind; the event's or page's name, the group's id or the id so far of an alias,
    /// empty when there is none; properties or traits, as [`fields`] describes them.
    pub record: String,
}

/// The kinds of event, as a record names them: by their position among the wire's kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Verb {
    Page = b'0',
    Track,
    Identify,
    Alias,
    Group,
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
pub(crate) const NOWHERE: &str = "\n\n";

impl Draft {
    /// What a call says, of the page that `scene` tells. `user` is whom the visitor is known as so far, `allowed` are the query
    /// parameters that stay in addresses.
    pub fn new(call: &Call<'_>, scene: &str, user: &str, allowed: &str) -> Result<Self, NoDraft> {
        let (mut verb, cleaning) = match call.verb {
            "visit" | "page" => (Verb::Page, Cleaning::All),
            "track" => (Verb::Track, Cleaning::All),
            // A receipt names what was asked: a hash of the wording, a version.
            "consent" => (Verb::Track, Cleaning::Codes),
            // Traits are sent as the site gives them: that is what they are for.
            "identify" => (Verb::Identify, Cleaning::Nothing),
            "group" => (Verb::Group, Cleaning::Nothing),
            "alias" => (Verb::Alias, Cleaning::All),
            _ => return Err(NoDraft::Malformed),
        };
        let (person, name) = match verb {
            Verb::Identify => (call.name, ""),
            // Without an old id it is the one known so far.
            Verb::Alias => (call.name, if call.other.is_empty() { user } else { call.other }),
            _ => ("", call.name),
        };
        let names_nobody = call.name.is_empty() && matches!(verb, Verb::Alias | Verb::Group);
        let id = matches!(verb, Verb::Alias | Verb::Group);
        if names_nobody || is_junk(person) || (id && is_junk(name)) {
            return Err(NoDraft::JunkId);
        }
        let clean = if id { None } else { redact::text(name, Meaning::Text) };
        let name = match clean.as_deref().unwrap_or(name) {
            _ if cleaning == Cleaning::Codes => CONSENT_UPDATED,
            "" if verb == Verb::Track => return Err(NoDraft::Malformed),
            "" if verb == Verb::Alias => {
                // When none is known, the visitor is simply identified.
                verb = Verb::Identify;
                ""
            }
            name => text::shorten(name, limits::NAME_CHARS),
        };
        let mut record = String::from(scene);
        record.push(char::from(FIELD));
        record.push(char::from(verb as u8));
        record.push(char::from(FIELD));
        record.push_str(name);
        record.push(char::from(FIELD));
        fields::push(call.fields, cleaning, allowed, &mut record).ok_or(NoDraft::Malformed)?;
        Ok(Self {
            at: call.at,
            user: String::from(person),
            record,
        })
    }
}

/// Whether what is meant as an id is none.
fn is_junk(id: &str) -> bool {
    let visible = id.bytes().all(|byte| byte >= b' ' && byte != 0x7f);
    let fits = visible && text::shorten(id, limits::ID_CHARS).len() == id.len();
    !id.is_empty() && (!fits || is_placeholder(id))
}
