//! What a call means, before anybody decided whether it may be sent: cleaned and redacted, without ids of ours.

use alloc::string::String;

use event_schema::{CONSENT_UPDATED, is_placeholder, limits};

use crate::call::Call;
use crate::redact::{self, Meaning};
use crate::url::Cleaned;
use crate::{fields, text};

/// Something that happened, ready to become an event of one lane or the other.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// What kind of event.
    pub verb: Verb,
    /// A line each: address, referrer, title, and the campaign's parameters as [`Cleaned::campaign`] has them.
    pub scene: String,
    /// The event's or page's name, the group's id, the id so far of an alias. Empty when there is none.
    pub name: String,
    /// Whom the site says the visitor is from now on. Empty when it does not say.
    pub user: String,
    /// Properties or traits, as [`fields`] describes them.
    pub fields: String,
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

impl Draft {
    /// What a call on a page says that was reached from `referrer`. `user` is whom the visitor is known as so far, `allowed`
    /// are the query parameters that stay in addresses.
    pub fn new(call: &Call<'_>, page: &Cleaned, referrer: &str, user: &str, allowed: &str) -> Result<Self, NoDraft> {
        let mut draft = Self {
            at: call.at,
            verb: match call.verb {
                "visit" | "page" => Verb::Page,
                "track" | "consent" => Verb::Track,
                "identify" => Verb::Identify,
                "alias" => Verb::Alias,
                "group" => Verb::Group,
                _ => return Err(NoDraft::Malformed),
            },
            scene: scene(call, page, referrer),
            name: String::new(),
            user: String::new(),
            fields: String::new(),
        };
        match draft.verb {
            Verb::Identify if call.name.is_empty() => {}
            Verb::Identify => draft.user = id(call.name)?,
            Verb::Group => draft.name = id(call.name)?,
            Verb::Alias => {
                draft.user = id(call.name)?;
                // Without an old id it is the one known so far; when none is known, the visitor is simply identified.
                match if call.other.is_empty() { user } else { call.other } {
                    "" => draft.verb = Verb::Identify,
                    old => draft.name = id(old)?,
                }
            }
            _ if call.verb == "consent" => draft.name.push_str(CONSENT_UPDATED),
            _ => draft.name = name(call.name),
        }
        if draft.verb == Verb::Track && draft.name.is_empty() {
            return Err(NoDraft::Malformed);
        }
        draft.fields = match draft.verb {
            // Traits are sent as the site gives them: that is what they are for.
            Verb::Identify | Verb::Group => fields::sound(call.fields),
            // A receipt names what was asked: a hash of the wording, a version.
            _ => fields::redacted(call.fields, allowed, (call.verb == "consent").then_some(Meaning::Code)),
        }
        .ok_or(NoDraft::Malformed)?;
        Ok(draft)
    }
}

fn scene(call: &Call<'_>, page: &Cleaned, referrer: &str) -> String {
    let mut scene = page.url.clone();
    scene.push('\n');
    scene.push_str(referrer);
    scene.push('\n');
    scene.push_str(text::shorten(&redact::free(call.title), limits::URL_CHARS));
    scene.push_str(&page.campaign);
    scene
}

/// The scene of what says nothing of any page.
pub(crate) fn nowhere() -> String {
    String::from("\n\n")
}

fn id(text: &str) -> Result<String, NoDraft> {
    let visible = text.bytes().all(|byte| byte >= b' ' && byte != 0x7f);
    let fits = visible && text::shorten(text, limits::ID_CHARS).len() == text.len() && !is_placeholder(text);
    if fits {
        Ok(String::from(text))
    } else {
        Err(NoDraft::JunkId)
    }
}

/// A name for an event or a page, cut to the length the edge takes.
fn name(text: &str) -> String {
    let clean = redact::text(text, Meaning::Text);
    String::from(text::shorten(clean.as_deref().unwrap_or(text), limits::NAME_CHARS))
}
