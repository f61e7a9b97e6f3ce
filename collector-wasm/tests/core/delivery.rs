//! Every event with consent is sent until the edge has acknowledged it, over failures and over pages.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::page::{Call, Open, Page, call, digit, settings, steps};

fn consented(page: &Page) -> Open {
    let mut collector = page.open(settings("", ""));
    collector.say(&call(json!(["consent", {"analytics": true}])));
    collector
}

fn track(name: &str) -> Call {
    call(json!(["track", name]))
}

#[test]
fn ten_events_go_at_once_and_fewer_wait_two_seconds_for_company() {
    let page = Page::default();
    let mut collector = consented(&page);
    for number in 1..9 {
        collector.say(&track(&format!("Event {number}")));
    }
    assert_eq!(page.0.borrow().wakes, [2_000]);
    assert!(page.sent().is_empty());
    collector.say(&track("Event 9"));
    assert_eq!(page.sent().len(), 10);
}

#[test]
fn an_event_stays_in_storage_until_the_edge_has_answered() {
    let page = Page::default();
    let mut collector = consented(&page);
    collector.tick();
    assert_eq!(page.0.borrow().storage.len(), 2, "the visitor and the event");
    collector.settled(page.flight(), 200);
    assert_eq!(page.0.borrow().storage.len(), 1);
    assert_eq!(collector.counters().delivered, 1);
}

#[test]
fn what_a_failing_edge_did_not_take_is_delivered_on_the_next_page_in_order() {
    let page = Page::default();
    let mut collector = consented(&page);
    for number in 0..3 {
        page.wait(1);
        collector.say(&track(&format!("Event {number}")));
    }
    collector.tick();
    collector.settled(page.flight(), 503);
    collector.hide(true);
    let next = page.next();
    let mut collector = next.open(settings("", ""));
    collector.tick();
    assert_eq!(
        next.names(),
        ["Segment Consent Preference Updated", "Event 0", "Event 1", "Event 2"]
    );
    let ids = |page: &Page| {
        page.sent()
            .iter()
            .map(|event| event.message_id.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&next), ids(&page), "the same message ids, so the edge can tell");
    collector.settled(next.flight(), 200);
    assert_eq!(next.0.borrow().storage.len(), 1);
}

#[test]
fn a_beacon_carries_an_event_once_and_is_no_acknowledgement() {
    let page = Page::default();
    let mut collector = consented(&page);
    collector.hide(true);
    assert_eq!(page.0.borrow().beacons.len(), 1);
    assert_eq!(page.0.borrow().storage.len(), 2);
    let next = page.next();
    let mut collector = next.open(settings("", ""));
    collector.hide(true);
    assert!(
        next.0.borrow().beacons.is_empty(),
        "one beacon was enough; the next word is a request's"
    );
    collector.tick();
    assert_eq!(next.0.borrow().posts.len(), 1);
}

#[test]
fn pauses_grow_and_differ_and_new_events_do_not_shorten_them() {
    let page = Page::default();
    let mut collector = consented(&page);
    for failure in 0..12 {
        collector.tick();
        collector.settled(page.flight(), if failure % 2 == 0 { 0 } else { 429 });
        collector.say(&track("Impatient"));
    }
    let wakes = page.0.borrow().wakes.clone();
    assert_eq!(wakes.len(), 13, "one for company, one for each failure: {wakes:?}");
    for (failure, pause) in wakes[1..].iter().enumerate() {
        let longest = (1_000 << failure).min(300_000);
        assert!((longest / 2..=longest).contains(pause), "{failure}: {pause}");
    }
}

#[test]
fn what_the_edge_will_never_take_is_dropped_and_counted() {
    for status in [400, 401, 403, 413, 422] {
        let page = Page::default();
        let mut collector = consented(&page);
        collector.tick();
        collector.settled(page.flight(), status);
        assert_eq!(
            (collector.counters().rejected, collector.waiting().1),
            (1, 0),
            "{status}"
        );
    }
}

#[test]
fn an_event_that_the_edge_refused_is_not_counted_as_delivered() {
    let page = Page::default();
    let mut collector = consented(&page);
    collector.say(&track("Event"));
    collector.say(&track("Refused"));
    collector.tick();
    collector.taken_but(page.flight(), 1);
    let counters = collector.counters();
    assert_eq!(
        (counters.delivered, counters.rejected, collector.waiting().1),
        (2, 1, 0)
    );
}

/// The figures of `docs/collector.md`.
#[test]
fn a_request_is_as_small_as_the_documentation_says() {
    let on_a_page = |call: &[&str], fields: Value| Call {
        at: crate::page::NOON,
        text: [
            "https://shop.example/collections/linen?utm_source=newsletter&utm_campaign=winter",
            "https://search.example/",
            "Linen bed sheets | Example Shop",
        ]
        .into_iter()
        .chain(call.iter().copied())
        .chain(steps(&fields).iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("\u{1f}"),
    };
    let before = Page::default();
    let mut collector = consented(&before);
    collector.tick();
    collector.settled(before.flight(), 200);
    let length = |events: u32| {
        let page = before.next();
        let mut collector = page.open(settings("", ""));
        collector.say(&on_a_page(&[&digit("visit"), "", ""], json!({})));
        for number in 1..events {
            page.wait(700);
            let product = json!({"product_id": format!("LIN-{number:02}"), "price": 49.9, "currency": "CHF"});
            collector.say(&on_a_page(&[&digit("track"), "Product Viewed", ""], product));
        }
        collector.tick();
        assert_eq!(page.sent().len() as u32, events);
        page.bodies().concat().len() as u32
    };
    let (view, ten) = (length(1), length(10));
    assert_eq!((view, (ten - view) / 9), (155, 27));
}

#[test]
fn a_full_or_blocked_storage_loses_nothing_while_the_page_lives() {
    let page = Page::default();
    page.0.borrow_mut().storage_full = true;
    let mut collector = consented(&page);
    collector.say(&track("Event"));
    collector.tick();
    assert_eq!(page.names(), ["Segment Consent Preference Updated", "Event"]);
}

#[test]
fn a_refused_beacon_leaves_everything_for_the_next_page() {
    let page = Page::default();
    page.0.borrow_mut().beacons_refused = true;
    consented(&page).hide(true);
    let next = page.next();
    next.open(settings("", "")).tick();
    assert_eq!(next.sent().len(), 1);
}

#[test]
fn a_batch_fits_what_browsers_let_outlive_a_page() {
    let page = Page::default();
    let mut collector = consented(&page);
    for number in 0..9 {
        let text = format!("{number} lime blossoms ").repeat(230);
        collector.say(&call(
            json!(["track", "Long", {"a": format!("a {text}"), "b": format!("b {text}"), "c": format!("c {text}")}]),
        ));
    }
    collector.hide(true);
    let lengths: Vec<_> = page.bodies().iter().map(Vec::len).collect();
    assert!(
        lengths.len() > 1 && lengths.iter().all(|length| *length < 64 * 1024),
        "{lengths:?}"
    );
    assert_eq!(page.sent().len(), 10);
}

#[test]
fn broken_storage_is_ignored() {
    let page = Page::default();
    page.0
        .borrow_mut()
        .storage
        .insert("firsthand.visitor".into(), "{\"anonymousId\": 3}".into());
    let mut collector = page.open(settings("", ""));
    collector.say(&track("Event"));
    assert_eq!(
        collector.waiting(),
        (1, 0),
        "no grant can be read, so the event is held"
    );
}

proptest! {
    /// Whatever the edge answers and whenever the page goes, each event is delivered or still waits: none is lost, and none
    /// is acknowledged twice.
    #[test]
    fn nothing_is_lost(steps in prop::collection::vec((0..6_u8, prop::sample::select(vec![200_u32, 0, 503, 429, 500])), 1..60)) {
        let mut page = Page::default();
        let mut collector = consented(&page);
        let (mut asked, mut acknowledged) = (1, BTreeSet::new());
        for (step, status) in steps {
            match step {
                0 | 1 => {
                    page.wait(1);
                    collector.say(&track("Event"));
                    asked += 1;
                }
                2 => collector.tick(),
                3 => collector.hide(false),
                4 => {
                    collector.hide(true);
                    let next = page.next();
                    page = next;
                    collector = page.open(settings("", ""));
                }
                _ => {
                    let posts = std::mem::take(&mut page.0.borrow_mut().posts);
                    for (flight, body) in posts {
                        if status == 200 {
                            let body: Value = event_schema::wire::to_segment(&body).unwrap();
                            for event in body["batch"].as_array().unwrap() {
                                let id = event["messageId"].as_str().unwrap().to_owned();
                                prop_assert!(acknowledged.insert(id), "acknowledged twice");
                            }
                        }
                        collector.settled(flight, status);
                    }
                }
            }
            let waiting = collector.waiting().1;
            prop_assert_eq!(acknowledged.len() + waiting as usize, asked);
        }
    }
}
