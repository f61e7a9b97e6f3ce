//! What calls become: Segment's events, page views counted once, nothing that names a person by accident.

use event_schema::EventKind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::page::{Call, Page, call, call_at, digit, settings};

/// A page with consent, and what the calls on it sent.
fn sent(query: &str, on: &str, calls: &[Call]) -> (Page, collector_wasm::Counters) {
    let page = Page::default();
    let mut collector = page.open(settings(query, on));
    collector.say(&call(json!(["consent", {"analytics": true}])));
    collector.tick();
    collector.settled(page.flight(), 200);
    page.0.borrow_mut().posts.clear();
    calls.iter().for_each(|call| collector.say(call));
    collector.hide(true);
    (page, collector.counters().clone())
}

#[test]
fn the_wire_of_an_order() {
    let order = json!(["track", "Order Completed", {"order_id": "#1001", "total": 47.9, "currency": "EUR",
        "products": [{"product_id": "LIN-01", "price": 14.5, "quantity": 1}], "note": "ring 079 123 45 67"}]);
    let (page, _) = sent(
        "product",
        "",
        &[call_at(5, "/thanks?product=lin-01&token=x&utm_source=news", order)],
    );
    let body: Value = event_schema::wire::to_segment(&page.bodies()[0]).unwrap();
    assert_eq!(body["writeKey"], "shop-web-key");
    let event = &body["batch"][0];
    assert_eq!(event["type"], "track");
    assert_eq!(event["timestamp"], "2026-11-24T08:00:00.005Z");
    assert_eq!(event["properties"]["total"], 47.9);
    assert_eq!(event["properties"]["order_id"], "#1001");
    assert_eq!(event["properties"]["note"], "ring [phone]");
    let id = event["anonymousId"].as_str().unwrap();
    assert_eq!(
        event["context"],
        json!({"page": {"url": "https://shop.example/thanks?product=lin-01&utm_source=news", "path": "/thanks",
                "referrer": "https://search.example/", "title": "Shop"},
            "campaign": {"source": "news"},
            "consent": {"categoryPreferences": {"analytics": true}, "receipt": format!("{id}.1")},
            "locale": "fr-CH",
            "session": {"id": event["messageId"].as_str().unwrap().strip_suffix("-1"), "sequence": 1, "dropped": 0}})
    );
}

#[test]
fn a_lost_event_is_a_missing_number_and_one_that_was_given_up_is_counted() {
    let large = json!(["track", "Large", {"text": "x ".repeat(20_000)}]);
    let calls = [
        call(json!(["track"])),
        call(json!(["track", "One"])),
        call(large),
        call(json!(["track", "Two"])),
    ];
    let session = |event: &event_schema::Event| event.context.session.clone().unwrap();
    let sent = sent("", "", &calls).0.sent();
    assert_eq!((session(&sent[0]).sequence, session(&sent[0]).dropped), (1, 1));
    assert_eq!(
        (session(&sent[1]).sequence, session(&sent[1]).dropped),
        (2, 2),
        "what is counted as given up is no missing number too"
    );
    assert_eq!(session(&sent[0]).id, session(&sent[1]).id);
}

#[test]
fn what_the_edge_refused_is_a_missing_number_and_not_given_up_as_well() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&call(json!(["consent", {"analytics": true}])));
    collector.tick();
    collector.settled(page.flight(), 400);
    collector.say(&call(json!(["track", "Next"])));
    collector.hide(true);
    let session = page.sent()[1].context.session.clone().unwrap();
    assert_eq!((session.sequence, session.dropped), (1, 0));
}

#[test]
fn what_finds_no_room_is_counted_and_gets_no_number() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&call(json!(["consent", {"analytics": true}])));
    collector.tick();
    for _ in 0..1_001 {
        collector.say(&call(json!(["track", "Browsed"])));
    }
    assert_eq!(collector.counters().overflowed, 2);
    collector.settled(page.flight(), 200);
    page.0.borrow_mut().posts.clear();
    collector.say(&call(json!(["track", "Last"])));
    collector.hide(true);
    collector.hide(true);
    let sessions = page.sent().into_iter().map(|event| event.context.session.unwrap());
    let last = sessions.max_by_key(|session| session.sequence).unwrap();
    assert_eq!((last.sequence, last.dropped), (1_000, 2));
}

#[test]
fn marks_that_hide_in_a_property_break_no_other_event() {
    let hidden = "jo@x.example%1F}%1F}%1F:forged%1F+";
    let calls = [
        call(json!(["track", "Noted", {"note": hidden}])),
        call(json!(["track", "After"])),
    ];
    let sent = sent("", "", &calls).0.sent();
    assert_eq!(sent.len(), 2);
    let fields: Vec<_> = sent[0].properties().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["note"]);
}

#[test]
fn half_an_hour_of_silence_ends_a_session() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&call(json!(["consent", {"analytics": true}])));
    for minutes in [29, 58, 88] {
        page.0.borrow_mut().now = minutes * 60_000;
        collector.say(&call_at(minutes * 60_000, "/", json!(["track", "Browsed"])));
    }
    collector.hide(true);
    let sent = page.sent().split_off(1);
    let sessions: Vec<_> = sent
        .iter()
        .map(|event| event.context.session.clone().unwrap())
        .collect();
    assert_eq!(sessions[0].id, sessions[1].id);
    assert_ne!(sessions[1].id, sessions[2].id);
    assert_eq!(sessions[2].sequence, 0);
}

#[test]
fn a_view_is_counted_once() {
    let visits = [
        "/?utm_source=news",
        "/",
        "/#details",
        "/kitchen",
        "/kitchen?session=2",
        "/",
        "/",
    ];
    let calls: Vec<_> = visits.iter().map(|path| call_at(0, path, json!(["visit"]))).collect();
    let (page, counters) = sent("", "", &calls);
    let seen: Vec<_> = page
        .sent()
        .iter()
        .map(|event| event.context.page.clone().unwrap())
        .collect();
    let paths: Vec<_> = seen.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(paths, ["/", "/kitchen", "/"]);
    assert_eq!(seen[0].referrer, "https://search.example/");
    assert_eq!(seen[1].referrer, "https://shop.example/");
    assert_eq!(counters.repeated, 0, "a route that replaces itself is no loss");
}

#[test]
fn a_manual_view_of_a_counted_page_is_not_counted_again() {
    let calls = [call(json!(["visit"])), call(json!(["page", "Home"]))];
    let (page, counters) = sent("", "", &calls);
    assert_eq!(page.names(), ["Page Viewed"]);
    assert_eq!(counters.repeated, 1);
    let (page, _) = sent("", "manual", &calls);
    assert!(matches!(&page.sent()[0].kind, EventKind::Page { name: Some(name), .. } if name == "Home"));
    assert_eq!(page.names(), ["Page Viewed"]);
}

#[test]
fn a_page_that_comes_back_from_the_browser_s_cache_is_a_view() {
    let calls = [call(json!(["visit"])), call(json!(["return"])), call(json!(["visit"]))];
    assert_eq!(sent("", "", &calls).0.names().len(), 2);
}

#[test]
fn ids_that_would_join_strangers_are_refused() {
    for id in [json!("undefined"), json!("null"), json!("0"), json!("[object Object]")] {
        let (page, counters) = sent(
            "",
            "",
            &[
                call(json!(["identify", id])),
                call(json!(["group", id])),
                call(json!(["alias", id])),
            ],
        );
        assert!(page.sent().is_empty(), "{id}");
        assert_eq!(counters.junk_ids, 3, "{id}");
    }
}

#[test]
fn traits_are_sent_as_given_and_ids_may_be_numbers() {
    let (page, _) = sent(
        "",
        "",
        &[call(
            json!(["identify", 42, {"email": "jo@example.com", "phone": "+41 79 123 45 67"}]),
        )],
    );
    let event = &page.sent()[0];
    assert_eq!(event.user_id.clone().map(String::from).as_deref(), Some("42"));
    assert_eq!(event.properties().unwrap()["phone"], "+41 79 123 45 67");
}

#[test]
fn traits_without_an_id_leave_the_visitor_unnamed() {
    for arguments in [
        json!(["identify", null, {"email": "jo@example.com"}]),
        json!(["identify", {"email": "jo@example.com"}]),
        json!(["identify", "  ", {"email": "jo@example.com"}]),
    ] {
        let (page, _) = sent("", "", &[call(arguments)]);
        assert_eq!(page.sent()[0].user_id, None);
        assert_eq!(page.sent()[0].properties().unwrap()["email"], "jo@example.com");
    }
}

#[test]
fn alias_joins_the_old_id_and_the_new() {
    let calls = [
        call(json!(["identify", "old-1"])),
        call(json!(["alias", "new-1"])),
        call(json!(["alias", "new-2", "old-2"])),
    ];
    let events = sent("", "", &calls).0.sent();
    let joined = |event: &event_schema::Event| match &event.kind {
        EventKind::Alias { previous_id } => {
            Some((previous_id.as_str().to_owned(), event.user_id.clone().map(String::from)))
        }
        _ => None,
    };
    assert_eq!(joined(&events[1]), Some(("old-1".into(), Some("new-1".into()))));
    assert_eq!(joined(&events[2]), Some(("old-2".into(), Some("new-2".into()))));
}

#[test]
fn after_a_reset_the_visitor_is_somebody_else() {
    let calls = [
        call(json!(["identify", "u-17"])),
        call(json!(["reset"])),
        call(json!(["track", "Browsed"])),
        call(json!(["consent", {"analytics": true}])),
    ];
    let events = sent("", "", &calls).0.sent();
    assert_ne!(events[0].anonymous_id, events[1].anonymous_id);
    assert_eq!(events[1].user_id, None);
}

#[test]
fn calls_that_mean_nothing_are_counted_and_not_sent() {
    let large = json!(["track", "Large", {"text": "x ".repeat(20_000)}]);
    let calls = [
        call(json!(["dance"])),
        call(json!(["track"])),
        call(json!(["track", {"a": 1}])),
        call(large),
        Call {
            at: 0,
            text: String::new(),
        },
        Call {
            at: 0,
            text: "https://shop.example/\n\n\n1\nBroken\n\n{\"a\":".to_owned(),
        },
    ];
    let (page, counters) = sent("", "", &calls);
    assert!(page.sent().is_empty());
    assert_eq!(counters.malformed, 6);
}

proptest! {
    #[test]
    fn no_call_makes_the_collector_panic(
        at in any::<i64>(),
        verb in prop::sample::select(vec!["visit", "page", "track", "identify", "group", "alias", "reset", "consent", "elsewhere"]),
        parts in prop::collection::vec(any::<String>(), 7),
        fields in "[\\[\\]{}:,\"\\\\u0-9a-z ]{0,30}",
    ) {
        let [url, referrer, title, name, other, broken, free] = <[String; 7]>::try_from(parts).unwrap();
        let calls = [&fields, &broken].map(|fields| {
            let text = [&format!("https://{url}"), &referrer, &title, &digit(verb), &name, &other, fields].map(String::as_str).join("\u{1f}");
            Call { at, text }
        });
        let free = Call { at, text: free };
        let page = Page::default();
        let mut collector = page.open(settings("a, b", ""));
        collector.say(&call(json!(["consent", {"analytics": true}])));
        calls.iter().chain([&free]).for_each(|call| collector.say(call));
        collector.hide(true);
    }

    #[test]
    fn planted_addresses_leave_in_no_part_of_an_event(local in "[a-z]{3,8}", depth in 0..4_usize, field in "[a-z_]{1,9}") {
        let planted = format!("{local}@mail.example");
        let value = (0..depth).fold(json!(format!("to {planted}")), |inner, _| json!({"in": [inner]}));
        let path = format!("/u/{planted}?x={planted}&product={planted}&utm_term={planted}#{planted}");
        let (page, _) = sent("product", "", &[call_at(0, &path, json!(["track", format!("Mail {planted}"), {field: value}]))]);
        let body = page.read();
        prop_assert!(body.contains("track") && !body.contains(&planted), "{}", body);
    }
}
