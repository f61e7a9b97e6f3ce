//! What a call means, before anybody decided whether it may be sent: cleaned and redacted, without ids of ours.

use alloc::string::String;

use event_schema::{Campaign, EventKind, Id, Page, Timestamp, limits};

use crate::call::Call;
use crate::json::Json;
use crate::redact::{self, Meaning};
use crate::url::{self, Cleaned};

/// Something that happened, ready to become an event of one lane or the other.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub happened: Happened,
    pub scene: Scene,
}

/// When and where it happened.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub at: Timestamp,
    pub page: Page,
    pub campaign: Option<Campaign>,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Happened {
    /// An event, and whom the site says the visitor is from now on.
    Event(EventKind<Json>, Option<Id>),
    /// The visitor is somebody else from now on, as after signing out on a shared device.
    Reset,
}

/// Why a call makes no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDraft {
    /// An id that would join strangers, or none where one is needed.
    JunkId,
    /// No such verb, no name, or fields that are no JSON object.
    Malformed,
}

impl Scene {
    /// The scene of a call about the page at `cleaned`, reached from `referrer`.
    pub fn new(call: &Call<'_>, cleaned: Cleaned, referrer: String) -> Self {
        let page = Page {
            url: cleaned.url,
            path: cleaned.path,
            referrer,
            title: url::clean_title(call.title),
        };
        Self {
            at: call.at,
            page,
            campaign: cleaned.campaign,
        }
    }
}

impl Happened {
    /// What a call says. `user` is whom the visitor is known as so far.
    pub fn new(call: &Call<'_>, user: Option<&Id>) -> Result<Self, NoDraft> {
        let event = |kind| Ok(Happened::Event(kind, None));
        match call.verb {
            "visit" => event(EventKind::Page {
                name: None,
                properties: Json::empty(),
            }),
            "page" => event(EventKind::Page {
                name: name(call.name),
                properties: properties(call.fields)?,
            }),
            "track" => {
                let event_name = name(call.name).ok_or(NoDraft::Malformed)?;
                event(EventKind::Track {
                    event: event_name,
                    properties: properties(call.fields)?,
                })
            }
            "identify" => {
                let user = (!call.name.is_empty()).then(|| id(call.name)).transpose()?;
                Ok(Happened::Event(
                    EventKind::Identify {
                        traits: fields(call.fields)?,
                    },
                    user,
                ))
            }
            "group" => event(EventKind::Group {
                group_id: id(call.name)?,
                traits: fields(call.fields)?,
            }),
            "alias" => alias(call, user),
            "reset" => Ok(Happened::Reset),
            _ => Err(NoDraft::Malformed),
        }
    }

    /// A track without properties.
    pub fn track(event: &str) -> Self {
        Happened::Event(
            EventKind::Track {
                event: String::from(event),
                properties: Json::empty(),
            },
            None,
        )
    }
}

/// `alias(new, old)`. Without an old id it is the one known so far, and when none is known there is nothing to join: the
/// visitor is simply identified.
fn alias(call: &Call<'_>, user: Option<&Id>) -> Result<Happened, NoDraft> {
    let given = (!call.other.is_empty()).then(|| id(call.other)).transpose()?;
    let kind = match given.or_else(|| user.cloned()) {
        Some(previous_id) => EventKind::Alias { previous_id },
        None => EventKind::Identify { traits: Json::empty() },
    };
    Ok(Happened::Event(kind, Some(id(call.name)?)))
}

fn id(text: &str) -> Result<Id, NoDraft> {
    Id::new(text).map_err(|_| NoDraft::JunkId)
}

/// A name for an event or a page, cut to the length the edge takes.
fn name(text: &str) -> Option<String> {
    let mut name = redact::text(text, Meaning::Text).unwrap_or_else(|| String::from(text));
    if let Some((end, _)) = name.char_indices().nth(limits::NAME_CHARS) {
        name.truncate(end);
    }
    (!name.is_empty()).then_some(name)
}

/// Properties, redacted.
fn properties(text: &str) -> Result<Json, NoDraft> {
    Json::object(text, |name, held| redact::text(held, Meaning::of(name))).ok_or(NoDraft::Malformed)
}

/// Traits, as the site gave them.
fn fields(text: &str) -> Result<Json, NoDraft> {
    Json::object(text, |_, _| None).ok_or(NoDraft::Malformed)
}
