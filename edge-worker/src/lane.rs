//! Which of the two lanes an event takes, and what becomes of it there.

use event_schema::{
    AudienceHit, CONSENT_UPDATED, ConsentedEvent, Envelope, Event, EventKind, Purpose, RejectReason, Timestamp,
};

use crate::agent::Agent;
use crate::consent;
use crate::keys::KeySettings;
use crate::page;

/// What the edge knows about a request, beside its body.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// When it arrived.
    pub received_at: Timestamp,
    /// Received minus sent, in milliseconds; 0 when the client does not say when it sent.
    pub clock_skew_ms: i64,
    /// The sender's country, ISO 3166-1 alpha-2; empty when unknown or the sender is a server.
    pub country: String,
    /// The sender's device; unknown when it is a server.
    pub agent: Agent,
    /// Whether the browser sent a global opt-out.
    pub global_opt_out: bool,
}

/// Puts an event into its lane: with consent to analytics and an id it is a consented event; without, a page or track becomes an
/// audience hit if the key takes those, and whatever says who somebody is is refused.
///
/// # Errors
/// Why the event fits neither lane.
pub fn choose(mut event: Event, key: &KeySettings, now: &Circumstances) -> Result<Envelope, RejectReason> {
    let identifiable = event.anonymous_id.is_some() || event.user_id.is_some();
    let withdrawn = identifiable && is_withdrawal(&event);
    let stated = &event.context.consent.category_preferences;
    let in_force = consent::in_force(stated, key, now.global_opt_out);
    let may_recognise = in_force.grants(Purpose::ANALYTICS);
    event.context.consent.category_preferences = in_force;
    if withdrawn {
        return Ok(Envelope::Consented(Box::new(consented(withdrawal(event), key, now))));
    }
    if may_recognise && identifiable {
        return Ok(Envelope::Consented(Box::new(consented(event, key, now))));
    }
    match event.kind {
        EventKind::Page { .. } | EventKind::Track { .. } if key.audience => {
            Ok(Envelope::Audience(audience(&event, key, now)))
        }
        _ if may_recognise => Err(RejectReason::MissingIdentity),
        EventKind::Page { .. } | EventKind::Track { .. } => Err(RejectReason::AudienceNotAccepted),
        _ => Err(RejectReason::ConsentRequired),
    }
}

/// Whether the event says that a visitor whom the site knew takes their consent back. It is the one event without consent that
/// may carry an id: it is for the id that it is meant.
fn is_withdrawal(event: &Event) -> bool {
    let refuses = |(purpose, granted): (&Purpose, bool)| purpose.as_str() == Purpose::ANALYTICS && !granted;
    let told = matches!(&event.kind, EventKind::Track { event, .. } if event == CONSENT_UPDATED);
    told && event.context.consent.category_preferences.iter().any(refuses)
}

/// A withdrawal without where it was said and what led there.
fn withdrawal(mut event: Event) -> Event {
    event.context.page = None;
    event.context.campaign = None;
    event
}

fn consented(mut event: Event, key: &KeySettings, now: &Circumstances) -> ConsentedEvent {
    event.context.campaign = page::campaign_of(&event.context);
    ConsentedEvent {
        event,
        received_at: now.received_at,
        clock_skew_ms: now.clock_skew_ms,
        site: key.site.clone(),
        country: now.country.clone(),
        device: now.agent.device,
        bot: now.agent.bot,
    }
}

/// What may be counted of an event. Its message id is still the client's own, which [`Reception`](crate::receive::Reception)
/// replaces once the batch has its name.
fn audience(event: &Event, key: &KeySettings, now: &Circumstances) -> AudienceHit {
    AudienceHit {
        message_id: event.message_id.clone(),
        timestamp: event.timestamp,
        received_at: now.received_at,
        site: key.site.clone(),
        name: event.name().to_owned(),
        path: page::path_of(&event.context),
        referrer_host: page::referrer_host(&event.context),
        campaign: page::campaign_without_click(&event.context),
        visitor: None,
        country: now.country.clone(),
        device: now.agent.device,
        bot: now.agent.bot,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::KeyKind;

    fn key(audience: bool) -> KeySettings {
        let origins = vec!["https://shop.example".to_owned()];
        KeySettings {
            site: "shop".into(),
            kind: KeyKind::Browser,
            origins,
            audience,
            purposes: Vec::new(),
            schemas: None,
            enabled: true,
        }
    }

    fn now() -> Circumstances {
        Circumstances {
            received_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            clock_skew_ms: 0,
            country: "CH".into(),
            agent: Agent::default(),
            global_opt_out: false,
        }
    }

    fn event(kind: &str, consent: &Value, id: bool) -> Event {
        let mut event = json!({"type": kind, "event": "Product Viewed", "groupId": "g1", "previousId": "p1", "messageId": "m1",
            "timestamp": "2026-11-24T08:00:00Z", "properties": {"email": "ann@mail.example"}, "traits": {"email": "ann@mail.example"},
            "context": {"page": {"path": "/shoes"}, "consent": {"categoryPreferences": consent}}});
        if id {
            event["anonymousId"] = json!("a1");
        }
        Event::validate(event, now().received_at).unwrap()
    }

    #[test]
    fn a_withdrawal_reaches_the_log_with_its_id_and_without_its_page() {
        let told = |analytics: bool, name: &str| {
            let event = json!({"type": "track", "event": name, "messageId": "m1", "anonymousId": "a1",
                "timestamp": "2026-11-24T08:00:00Z", "context": {"page": {"url": "https://shop.example/clinic?utm_source=x"},
                "consent": {"categoryPreferences": {"analytics": analytics}}}});
            Event::validate(event, "2026-11-24T08:00:00Z".parse().unwrap()).unwrap()
        };
        let key = key(false);
        let Ok(Envelope::Consented(kept)) = choose(told(false, CONSENT_UPDATED), &key, &now()) else {
            panic!("a withdrawal is taken");
        };
        assert!(
            kept.event.anonymous_id.is_some()
                && kept.event.context.page.is_none()
                && kept.event.context.campaign.is_none()
        );
        assert!(
            !kept
                .event
                .context
                .consent
                .category_preferences
                .grants(Purpose::ANALYTICS)
        );
        let refused = choose(told(false, "Product Viewed"), &key, &now());
        assert_eq!(refused, Err(RejectReason::AudienceNotAccepted), "no other event is");
    }

    #[test]
    fn consent_and_an_id_make_a_consented_event_of_every_kind() {
        for kind in ["track", "page", "identify", "alias", "group"] {
            let envelope = choose(event(kind, &json!({"analytics": true}), true), &key(false), &now());
            assert!(matches!(envelope, Ok(Envelope::Consented(_))), "{kind}: {envelope:?}");
        }
    }

    #[test]
    fn without_consent_a_page_or_track_is_an_audience_hit_that_holds_no_id() {
        for consent in [json!({}), json!({"analytics": false}), json!({"email_marketing": true})] {
            for kind in ["track", "page"] {
                let Ok(Envelope::Audience(hit)) = choose(event(kind, &consent, true), &key(true), &now()) else {
                    panic!("{kind} with {consent} is no audience hit");
                };
                let json = serde_json::to_string(&hit).unwrap();
                assert!(!json.contains("a1") && !json.contains("ann@"), "{json}");
            }
        }
    }

    #[test]
    fn what_says_who_somebody_is_needs_consent() {
        for kind in ["identify", "alias", "group"] {
            let verdict = choose(event(kind, &json!({}), true), &key(true), &now());
            assert_eq!(verdict, Err(RejectReason::ConsentRequired), "{kind}");
        }
    }

    #[test]
    fn a_key_without_audience_hits_refuses_what_lacks_consent_or_an_id() {
        let verdict = |consent: &Value, id| choose(event("page", consent, id), &key(false), &now());
        assert_eq!(verdict(&json!({}), true), Err(RejectReason::AudienceNotAccepted));
        assert_eq!(
            verdict(&json!({"analytics": true}), false),
            Err(RejectReason::MissingIdentity)
        );
        let identify = choose(
            event("identify", &json!({"analytics": true}), false),
            &key(true),
            &now(),
        );
        assert_eq!(identify, Err(RejectReason::MissingIdentity));
    }
}
