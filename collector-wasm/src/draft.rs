//! What a call means, before anybody decided whether it may be sent: cleaned and redacted, without ids of ours.

use alloc::string::String;

use event_schema::{Campaign, EventKind, Id, Page, Properties, Timestamp, limits};

use crate::call::{Arguments, Call};
use crate::redact;
use crate::url::{self, Cleaned};

/// Something that happened, ready to become an event of one lane or the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub happened: Happened,
    pub scene: Scene,
}

/// When and where it happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    pub at: Timestamp,
    pub page: Page,
    pub campaign: Option<Campaign>,
}

impl Scene {
    /// The scene of a call about the page at `cleaned`, reached from `referrer`.
    pub fn new(call: &Call, cleaned: Cleaned, referrer: String) -> Self {
        let page = Page {
            url: cleaned.url,
            path: cleaned.path,
            referrer,
            title: url::clean_title(&call.title),
        };
        Self {
            at: call.at,
            page,
            campaign: cleaned.campaign,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Happened {
    /// An event, and whom the site says the visitor is from now on.
    Event(EventKind, Option<Id>),
    /// The visitor is somebody else from now on, as after signing out on a shared device.
    Reset,
}

/// Why a call makes no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDraft {
    /// An id that would join strangers, or none where one is needed.
    JunkId,
    /// No such verb, or no name.
    Malformed,
}

impl Draft {
    /// Reads a call about the page at `cleaned`, reached from `referrer`. `user` is whom the visitor is known as so far.
    pub fn new(mut call: Call, cleaned: Cleaned, referrer: String, user: Option<&Id>) -> Result<Self, NoDraft> {
        let happened = happened(&call.verb, &mut call.arguments, user)?;
        Ok(Self {
            happened,
            scene: Scene::new(&call, cleaned, referrer),
        })
    }
}

fn happened(verb: &str, arguments: &mut Arguments, user: Option<&Id>) -> Result<Happened, NoDraft> {
    let event = |kind| Ok(Happened::Event(kind, None));
    match verb {
        "visit" => event(EventKind::Page {
            name: None,
            properties: Properties::new(),
        }),
        "page" => event(EventKind::Page {
            name: name(arguments),
            properties: properties(arguments),
        }),
        "track" => match name(arguments) {
            Some(name) => event(EventKind::Track {
                event: name,
                properties: properties(arguments),
            }),
            None => Err(NoDraft::Malformed),
        },
        "identify" => {
            let user = arguments.name().map(|text| id(&text)).transpose()?;
            Ok(Happened::Event(
                EventKind::Identify {
                    traits: arguments.object(),
                },
                user,
            ))
        }
        "group" => {
            let group_id = id(&arguments.name().ok_or(NoDraft::JunkId)?)?;
            event(EventKind::Group {
                group_id,
                traits: arguments.object(),
            })
        }
        "alias" => alias(arguments, user),
        "reset" => Ok(Happened::Reset),
        _ => Err(NoDraft::Malformed),
    }
}

/// `alias(new, old)`. Without an old id it is the one known so far, and when none is known there is nothing to join: the
/// visitor is simply identified.
fn alias(arguments: &mut Arguments, user: Option<&Id>) -> Result<Happened, NoDraft> {
    let new = id(&arguments.name().ok_or(NoDraft::JunkId)?)?;
    let given = arguments.name().map(|text| id(&text)).transpose()?;
    let kind = match given.or_else(|| user.cloned()) {
        Some(previous_id) => EventKind::Alias { previous_id },
        None => EventKind::Identify {
            traits: Properties::new(),
        },
    };
    Ok(Happened::Event(kind, Some(new)))
}

fn id(text: &str) -> Result<Id, NoDraft> {
    Id::new(text).map_err(|_| NoDraft::JunkId)
}

/// A name for an event or a page, cut to the length the edge takes.
fn name(arguments: &mut Arguments) -> Option<String> {
    let mut name = arguments.name().filter(|name| !name.is_empty())?;
    if let Some((end, _)) = name.char_indices().nth(limits::NAME_CHARS) {
        name.truncate(end);
    }
    Some(redact::text(&name, redact::Meaning::Text).unwrap_or(name))
}

fn properties(arguments: &mut Arguments) -> Properties {
    let mut properties = arguments.object();
    redact::properties(&mut properties);
    properties
}
