//! The two lanes, as two types. An [`AudienceHit`] has no field that could hold an id, a property or a query; the
//! consented lane is [`event_schema::Event`].

use alloc::string::String;

use event_schema::{Campaign, Consent, Context, Event, EventKind, Id, MessageId, Timestamp};

use crate::draft::{Draft, Happened, Scene};
use crate::gate::Gate;
use crate::json::Json;
use crate::url;
use crate::wire::{self, Object};

/// A visit or an action counted without consent.
#[derive(Debug)]
pub(crate) struct AudienceHit {
    event: Option<String>,
    message_id: MessageId,
    scene: AudienceScene,
}

/// When and where, without what could tell one visitor from another.
#[derive(Debug)]
struct AudienceScene {
    at: Timestamp,
    path: String,
    /// Scheme and host of where the visitor came from.
    referrer: String,
    campaign: Option<Campaign>,
}

impl AudienceHit {
    /// A draft without all that could tell one visitor from another; `None` for what only makes sense with an id.
    pub fn new(draft: Draft, message_id: MessageId) -> Option<Self> {
        let event = match draft.happened {
            Happened::Event(EventKind::Page { .. }, _) => None,
            Happened::Event(EventKind::Track { event, .. }, _) => Some(event),
            _ => return None,
        };
        let Scene { at, page, campaign } = draft.scene;
        let scene = AudienceScene {
            at,
            path: page.path,
            referrer: url::origin(&page.referrer),
            campaign,
        };
        Some(Self {
            event,
            message_id,
            scene,
        })
    }

    /// The hit in the shape of Segment's event.
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        Object::write(&mut text, |fields| {
            match &self.event {
                None => fields.text("type", "page"),
                Some(event) => {
                    fields.text("type", "track");
                    fields.text("event", event);
                }
            }
            fields.text("messageId", self.message_id.as_str());
            fields.text("timestamp", &self.scene.at.to_text());
            fields.object("context", |fields| {
                fields.object("page", |fields| {
                    fields.text("path", &self.scene.path);
                    fields.text("referrer", &self.scene.referrer);
                });
                wire::campaign(fields, self.scene.campaign.as_ref());
            });
        });
        text
    }
}

/// What the consented lane adds to what happened.
pub(crate) struct Identity<'a> {
    pub anonymous_id: &'a Id,
    pub user_id: Option<&'a Id>,
    pub gate: &'a Gate,
    pub locale: &'a str,
}

/// The event of a visitor who agreed to be recognised.
pub(crate) fn consented(
    kind: EventKind<Json>,
    scene: Scene,
    message_id: MessageId,
    identity: &Identity<'_>,
) -> Event<Json> {
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
            locale: (!identity.locale.is_empty()).then(|| String::from(identity.locale)),
        },
    }
}
