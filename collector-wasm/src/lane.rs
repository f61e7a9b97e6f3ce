//! The two lanes, as two types. An [`AudienceHit`] has no field that could hold an id, a property or a query; the
//! consented lane is [`event_schema::Event`].

use alloc::borrow::ToOwned;
use alloc::string::String;

use event_schema::{Campaign, Consent, Context, Event, EventKind, Id, MessageId, Timestamp};
use serde::Serialize;

use crate::draft::{Draft, Happened, Scene};
use crate::gate::Gate;
use crate::url;

/// A visit or an action counted without consent, in the shape of Segment's event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AudienceHit {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    message_id: MessageId,
    timestamp: Timestamp,
    context: AudienceContext,
}

#[derive(Debug, Serialize)]
struct AudienceContext {
    page: AudiencePage,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<Campaign>,
}

#[derive(Debug, Serialize)]
struct AudiencePage {
    path: String,
    /// Scheme and host of where the visitor came from.
    referrer: String,
}

impl AudienceHit {
    /// A draft without all that could tell one visitor from another; `None` for what only makes sense with an id.
    pub fn new(draft: Draft, message_id: MessageId) -> Option<Self> {
        let (r#type, event) = match draft.happened {
            Happened::Event(EventKind::Page { .. }, _) => ("page", None),
            Happened::Event(EventKind::Track { event, .. }, _) => ("track", Some(event)),
            _ => return None,
        };
        let Scene { at, page, campaign } = draft.scene;
        let page = AudiencePage {
            path: page.path,
            referrer: url::origin(&page.referrer),
        };
        Some(Self {
            r#type,
            event,
            message_id,
            timestamp: at,
            context: AudienceContext { page, campaign },
        })
    }
}

/// What the consented lane adds to what happened.
pub(crate) struct Identity<'a> {
    pub anonymous_id: &'a Id,
    pub user_id: Option<&'a Id>,
    pub gate: &'a Gate,
    pub locale: Option<&'a str>,
}

/// The event of a visitor who agreed to be recognised.
pub(crate) fn consented(kind: EventKind, scene: Scene, message_id: MessageId, identity: &Identity<'_>) -> Event {
    Event {
        kind,
        message_id,
        anonymous_id: Some(identity.anonymous_id.clone()),
        user_id: identity.user_id.cloned(),
        timestamp: scene.at,
        context: Context {
            page: Some(scene.page),
            campaign: scene.campaign,
            consent: Consent {
                category_preferences: identity.gate.answers().clone(),
            },
            locale: identity.locale.map(str::to_owned),
        },
    }
}
