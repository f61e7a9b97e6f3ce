//! What a visitor did.

use serde::{Deserialize, Serialize};

use crate::context::JsonObject;
use crate::{Context, Id, MessageId, Timestamp};

/// Properties of an event or traits of a person: a JSON object with its keys in order.
pub type Properties = JsonObject;

/// Something a visitor did, in the words of Segment's spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Track, page, identify, alias or group, with what belongs to it.
    #[serde(flatten)]
    pub kind: EventKind,
    /// The id under which the event is de-duplicated.
    pub message_id: MessageId,
    /// The visitor's first-party id. Absent before consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<Id>,
    /// The id under which the site knows the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Id>,
    /// When it happened, as the client wrote it.
    pub timestamp: Timestamp,
    /// Where it happened.
    #[serde(default)]
    pub context: Context,
}

/// The five kinds of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum EventKind {
    /// The visitor did something.
    Track {
        /// What: `Product Viewed`, `Order Completed`, …
        event: String,
        /// About what: product, value, currency, …
        #[serde(default)]
        properties: Properties,
    },
    /// The visitor saw a page.
    Page {
        /// The page's name, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// About the page.
        #[serde(default)]
        properties: Properties,
    },
    /// The visitor is this person.
    Identify {
        /// What the person is: e-mail, name, …
        #[serde(default)]
        traits: Properties,
    },
    /// The visitor was known under another id before.
    Alias {
        /// The id used so far.
        #[serde(rename = "previousId")]
        previous_id: Id,
    },
    /// The visitor belongs to this company or household.
    Group {
        /// The group's id.
        #[serde(rename = "groupId")]
        group_id: Id,
        /// What the group is.
        #[serde(default)]
        traits: Properties,
    },
}

impl EventKind {
    /// The kind's name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            EventKind::Track { .. } => "track",
            EventKind::Page { .. } => "page",
            EventKind::Identify { .. } => "identify",
            EventKind::Alias { .. } => "alias",
            EventKind::Group { .. } => "group",
        }
    }
}

impl Event {
    /// The name reports and segments know the event by: the track's own name, or `Page Viewed`, `Identified`, `Aliased`,
    /// `Grouped`.
    pub fn name(&self) -> &str {
        match &self.kind {
            EventKind::Track { event, .. } => event,
            EventKind::Page { .. } => "Page Viewed",
            EventKind::Identify { .. } => "Identified",
            EventKind::Alias { .. } => "Aliased",
            EventKind::Group { .. } => "Grouped",
        }
    }

    /// The event's properties or traits, where its kind has any.
    pub fn properties(&self) -> Option<&Properties> {
        match &self.kind {
            EventKind::Track { properties, .. } | EventKind::Page { properties, .. } => Some(properties),
            EventKind::Identify { traits } | EventKind::Group { traits, .. } => Some(traits),
            EventKind::Alias { .. } => None,
        }
    }
}
