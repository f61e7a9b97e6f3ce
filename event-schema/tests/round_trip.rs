//! The wire format, held by golden JSON and by the law that what is written reads back the same.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use event_schema::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn received_at() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

fn purposes() -> impl Strategy<Value = ConsentState> {
    prop::collection::btree_map("[a-z_]{1,20}", any::<bool>(), 0..5).prop_map(|answers| {
        answers
            .into_iter()
            .filter_map(|(name, granted)| Some((Purpose::new(&name)?, granted)))
            .collect()
    })
}

fn properties() -> impl Strategy<Value = Properties> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::ANY.prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from)
    ];
    let value = leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("\\PC{1,10}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("\\PC{1,10}", value, 0..5).prop_map(|fields| fields.into_iter().collect())
}

fn kinds() -> impl Strategy<Value = EventKind> {
    let id = || "[a-f]{1,8}[1-9]{1,8}".prop_map(|text| Id::new(&text).unwrap());
    prop_oneof![
        ("[A-Z]\\PC{0,30}", properties()).prop_map(|(event, properties)| EventKind::Track { event, properties }),
        (prop::option::of("\\PC{1,30}"), properties())
            .prop_map(|(name, properties)| EventKind::Page { name, properties }),
        properties().prop_map(|traits| EventKind::Identify { traits }),
        id().prop_map(|previous_id| EventKind::Alias { previous_id }),
        (id(), properties()).prop_map(|(group_id, traits)| EventKind::Group { group_id, traits }),
    ]
}

prop_compose! {
    fn events()(kind in kinds(), message in "[a-z0-9-]{1,40}", user in prop::option::of("[a-f]{1,8}[1-9]{1,8}"), age in -limits::FUTURE_MS..=limits::PAST_MS,
                path in "/[a-z]{0,12}", consent in purposes()) -> Event {
        let page = Some(Page { path, ..Page::default() });
        let context = Context { page, consent: Consent { category_preferences: consent, receipt: None }, ..Context::default() };
        Event {
            kind,
            message_id: MessageId::new(&message).unwrap(),
            anonymous_id: None,
            user_id: user.and_then(|id| Id::new(&id).ok()),
            timestamp: Timestamp::from_millis(received_at().as_millis() - age),
            context,
        }
    }
}

proptest! {
    #[test]
    fn a_valid_event_is_read_back_as_it_was_written(event in events()) {
        let json = serde_json::to_value(&event).unwrap();
        prop_assert_eq!(Event::validate(json, received_at()), Ok(event));
    }

    #[test]
    fn an_envelope_is_one_line_and_reads_back(event in events()) {
        let envelope = Envelope::Consented(Box::new(ConsentedEvent {
            event, received_at: received_at(), clock_skew_ms: 12, site: "shop".into(), country: "CH".into(), device: DeviceClass::Mobile, bot: false,
        }));
        let line = serde_json::to_string(&envelope).unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<Envelope>(&line).unwrap(), envelope);
    }

    #[test]
    fn no_body_makes_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Batch::from_body(&body, received_at());
    }
}

#[test]
fn a_number_is_read_as_itself_and_not_as_its_neighbour() {
    let body = r#"{"type":"track","event":"Order Completed","messageId":"m-1","timestamp":"2026-11-24T07:59:58Z",
        "properties":{"total":1.277777777777777779e20}}"#;
    let batch = Batch::from_body(body.as_bytes(), received_at()).unwrap();
    let event = batch.events.into_iter().next().unwrap().unwrap();
    let line = serde_json::to_string(&event).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event, "{line}");
}

#[test]
fn the_two_lanes_on_disk() {
    let body = json!({"sentAt": "2026-11-24T07:59:59Z", "batch": [
        {"type": "track", "event": "Order Completed", "messageId": "m-1", "anonymousId": "a-7", "userId": "u-1", "timestamp": "2026-11-24T07:59:58.250Z",
         "properties": {"order_id": "1001", "total": 49.9, "currency": "EUR"},
         "context": {"page": {"url": "https://shop.example/thanks", "path": "/thanks", "referrer": "", "title": "Thank you"},
                     "consent": {"categoryPreferences": {"analytics": true, "email_marketing": false}}, "locale": "fr-CH"}}]});
    let batch = Batch::from_body(body.to_string().as_bytes(), received_at()).unwrap();
    let event = batch.events.into_iter().next().unwrap().unwrap();
    let consented = Envelope::Consented(Box::new(ConsentedEvent {
        event,
        received_at: received_at(),
        clock_skew_ms: 1000,
        site: "shop".into(),
        country: "CH".into(),
        device: DeviceClass::Desktop,
        bot: false,
    }));
    let audience = Envelope::Audience(AudienceHit {
        message_id: MessageId::new("m-2").unwrap(),
        timestamp: received_at(),
        received_at: received_at(),
        site: "shop".into(),
        name: "Page Viewed".into(),
        path: "/".into(),
        referrer_host: "search.example".into(),
        campaign: None,
        visitor: Some(VisitorHash::from_bytes([7; 16])),
        country: String::new(),
        device: DeviceClass::Mobile,
        bot: false,
    });
    insta::assert_json_snapshot!([consented, audience]);
}

#[test]
fn an_audience_hit_with_an_id_is_no_audience_hit() {
    let line = json!({"lane": "audience", "messageId": "m-2", "timestamp": "2026-11-24T08:00:00Z", "receivedAt": "2026-11-24T08:00:00Z", "site": "shop",
        "name": "Page Viewed", "path": "/", "referrerHost": "", "country": "", "device": "mobile", "bot": false, "userId": "u-1"});
    assert!(serde_json::from_value::<Envelope>(line).is_err());
}

#[test]
fn reasons_have_codes() {
    assert_eq!(RejectReason::TimestampOutOfRange.code(), "timestamp_out_of_range");
}
