//! Nothing leaves and nothing is stored before consent, and nothing after it was taken back.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::page::{Call, Open, Page, call, call_at, settings};

const GRANT: &str = r#"{"analytics": true}"#;

fn consent(answers: &str) -> Call {
    call(json!(["consent", serde_json::from_str::<Value>(answers).unwrap()]))
}

fn browse(collector: &mut Open) {
    collector.say(&call(json!(["visit"])));
    collector.say(&call_at(10, "/kitchen", json!(["visit"])));
    collector.say(&call_at(
        20,
        "/kitchen",
        json!(["track", "Product Viewed", {"product_id": "LIN-01"}]),
    ));
    collector.say(&call_at(
        30,
        "/kitchen",
        json!(["identify", "u-17", {"email": "jo@example.com"}]),
    ));
}

#[test]
fn before_consent_nothing_is_stored_and_nothing_is_sent() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    browse(&mut collector);
    collector.tick();
    collector.hide(false);
    collector.hide(true);
    assert!(page.sent().is_empty());
    assert!(page.0.borrow().writes.is_empty());
    assert_eq!(collector.waiting(), (4, 0));
}

#[test]
fn a_grant_sends_what_was_held_with_its_own_times_and_one_id() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    browse(&mut collector);
    page.wait(60_000);
    collector.say(&consent(GRANT));
    collector.tick();
    assert_eq!(
        page.names(),
        [
            "Page Viewed",
            "Page Viewed",
            "Product Viewed",
            "Identified",
            "Segment Consent Preference Updated"
        ]
    );
    let sent = page.sent();
    let times: Vec<_> = sent
        .iter()
        .map(|event| event.timestamp.as_millis() - crate::page::NOON)
        .collect();
    assert_eq!(times[..4], [0, 10, 20, 30]);
    assert!(
        sent.iter()
            .all(|event| event.anonymous_id == sent[0].anonymous_id && event.anonymous_id.is_some())
    );
    assert!(
        sent.iter()
            .all(|event| event.context.consent.category_preferences.grants("analytics"))
    );
    let known: Vec<_> = sent.iter().map(|event| event.user_id.is_some()).collect();
    assert_eq!(known, [false, false, false, true, true]);
}

#[test]
fn a_refusal_discards_what_was_held() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    browse(&mut collector);
    collector.say(&consent(r#"{"analytics": false, "email_marketing": true}"#));
    browse(&mut collector);
    collector.tick();
    collector.hide(true);
    assert!(page.sent().is_empty());
    assert!(page.0.borrow().writes.is_empty());
    assert_eq!(collector.counters().refused, 8, "4 held, 4 after");
}

#[test]
fn withdrawal_stops_the_next_event_and_deletes_everything_in_the_same_call() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&consent(GRANT));
    browse(&mut collector);
    collector.tick();
    let sent = page.sent().len();
    collector.say(&call(json!(["track", "Unsent"])));
    assert!(page.0.borrow().storage.len() > 2);
    collector.say(&consent(r#"{"analytics": false}"#));
    assert!(page.0.borrow().storage.is_empty());
    let (flight, notice) = (page.flight(), page.sent());
    assert_eq!(notice.len(), sent + 1, "the edge is told at once");
    collector.settled(flight, 503);
    collector.say(&call(json!(["track", "Late"])));
    collector.tick();
    collector.settled(page.flight(), 200);
    collector.tick();
    collector.hide(true);
    let told: Vec<_> = page.sent().split_off(sent);
    assert_eq!(told.len(), 2, "the notice, and the notice again after the failure");
    for event in told {
        assert_eq!(event.name(), event_schema::CONSENT_UPDATED);
        assert_eq!(event.message_id, notice[sent].message_id);
        assert!(!event.context.consent.category_preferences.grants("analytics"));
    }
    assert!(page.0.borrow().storage.is_empty());
    assert_eq!(collector.waiting(), (0, 0));
}

#[test]
fn the_notice_of_a_withdrawal_says_nothing_of_the_page_and_what_led_there() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&call_at(
        0,
        "/clinic?utm_source=news&gclid=Cj0K",
        json!(["consent", {"analytics": true}]),
    ));
    collector.tick();
    collector.settled(page.flight(), 200);
    page.0.borrow_mut().posts.clear();
    let withdrawn = json!(["consent", {"analytics": false, "method": "footer"}]);
    collector.say(&call_at(1, "/clinic?utm_source=news&gclid=Cj0K", withdrawn));
    let notice = page.read();
    assert!(notice.contains("footer"), "{notice}");
    for trace in ["clinic", "news", "Cj0K", "Shop", "search.example", "shop.example"] {
        assert!(!notice.contains(trace), "{trace} in {notice}");
    }
}

#[test]
fn what_follows_a_reset_waits_for_an_answer_of_its_own() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&consent(r#"{"analytics": true, "email_marketing": true}"#));
    collector.say(&call(json!(["identify", "u-17"])));
    collector.say(&call(json!(["reset"])));
    let before = page.sent();
    assert_eq!(before.len(), 2, "what the person before agreed to goes at once");
    assert!(!page.0.borrow().storage.contains_key("firsthand.visitor"));
    collector.say(&call(json!(["track", "Browsed"])));
    collector.settled(page.flight(), 200);
    collector.hide(false);
    assert_eq!(page.sent().len(), 2);
    assert_eq!(collector.waiting(), (1, 0));
    collector.say(&consent(GRANT));
    collector.hide(true);
    let after = page.sent().split_off(2);
    assert_eq!(after.len(), 2, "the event that waited and the receipt");
    for event in after {
        assert_ne!(event.anonymous_id, before[0].anonymous_id);
        let given = &event.context.consent;
        assert!(
            given.category_preferences.grants("analytics") && !given.category_preferences.grants("email_marketing")
        );
    }
}

#[test]
fn what_was_held_before_a_reset_is_not_released_by_the_next_person_s_answer() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    browse(&mut collector);
    collector.say(&call(json!(["reset"])));
    collector.say(&call(json!(["track", "Browsed"])));
    collector.say(&consent(GRANT));
    collector.hide(true);
    assert_eq!(page.names(), ["Browsed", event_schema::CONSENT_UPDATED]);
    assert_eq!(collector.counters().refused, 4);
}

#[test]
fn marks_that_hide_in_an_address_forge_nothing_in_storage() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    collector.say(&consent(GRANT));
    let forged = "%1Efirsthand.visitor%1E00000000000000000000000000000000%0Avictim%0Aanalytics%3Dyes";
    for path in ["/jo@x.example", "/?utm_source=jo@x.example"] {
        collector.say(&call_at(1, &format!("{path}{forged}"), json!(["track", "Seen"])));
    }
    let (kept, entries) = (page.kept(), page.0.borrow().storage.len());
    assert_eq!(kept.split('\u{1e}').count(), 2 * entries, "{kept:?}");
    let next = page.next();
    let mut later = next.open(settings("", ""));
    later.say(&call(json!(["track", "Later"])));
    later.tick();
    let sent = next.sent();
    assert_eq!(sent.len(), 4);
    assert!(
        sent.iter()
            .all(|event| event.user_id.is_none() && event.anonymous_id == sent[0].anonymous_id)
    );
}

#[test]
fn consent_lasts_over_pages_and_the_banner_may_repeat_it_without_a_new_event() {
    let page = Page::default();
    page.open(settings("", "")).say(&consent(GRANT));
    let next = page.next();
    let mut collector = next.open(settings("", ""));
    collector.say(&consent(GRANT));
    collector.say(&call(json!(["visit"])));
    collector.tick();
    assert_eq!(
        next.names(),
        ["Segment Consent Preference Updated", "Page Viewed"],
        "the first is what the page before left"
    );
    collector.say(&consent(r#"{"email_marketing": true}"#));
    collector.settled(next.flight(), 200);
    collector.tick();
    assert_eq!(next.names().len(), 3);
}

#[test]
fn a_browser_that_objects_is_left_alone_whatever_the_banner_says() {
    let page = Page::default();
    page.open(settings("", "")).say(&consent(GRANT));
    let next = page.next();
    let mut collector = next.open(settings("", "objects audience"));
    assert!(next.0.borrow().storage.is_empty());
    collector.say(&consent(GRANT));
    browse(&mut collector);
    collector.hide(true);
    assert!(next.sent().is_empty());
    assert!(next.0.borrow().writes.is_empty());
}

#[test]
fn another_tab_s_withdrawal_holds_here_too() {
    let page = Page::default();
    let (mut here, mut there) = (page.open(settings("", "")), page.open(settings("", "")));
    here.say(&consent(GRANT));
    there.elsewhere();
    there.say(&call(json!(["track", "Seen"])));
    assert_eq!(there.waiting(), (0, 1));
    here.say(&consent(r#"{"analytics": false}"#));
    there.elsewhere();
    there.say(&call(json!(["track", "Unseen"])));
    there.hide(true);
    assert_eq!(
        page.names(),
        [event_schema::CONSENT_UPDATED],
        "told by the tab where it was said"
    );
    assert!(page.0.borrow().storage.is_empty());
}

#[test]
fn an_audience_hit_carries_no_id_no_property_and_no_query() {
    let page = Page::default();
    let mut collector = page.open(settings("q", "audience"));
    collector.say(&call_at(
        0,
        "/kitchen?q=secret-search&utm_source=news",
        json!(["visit"]),
    ));
    collector.say(&call(json!(["track", "Product Viewed", {"product_id": "LIN-01"}])));
    collector.say(&call(json!(["identify", "u-17", {"email": "jo@example.com"}])));
    assert!(page.sent().is_empty(), "the visitor may still agree");
    collector.hide(true);
    let bodies = page.read();
    assert_eq!(page.names(), ["Page Viewed", "Product Viewed"]);
    for trace in [
        "u-17",
        "jo@example.com",
        "secret-search",
        "LIN-01",
        "anonymousId",
        "userId",
        "traits",
        "properties",
        "linen",
    ] {
        assert!(!bodies.contains(trace), "{trace} in {bodies}");
    }
    assert_eq!(page.sent()[0].context.campaign.as_ref().unwrap().source, "news");
    assert!(page.0.borrow().writes.is_empty());
}

#[test]
fn an_event_goes_into_one_lane_only() {
    let page = Page::default();
    let mut collector = page.open(settings("", "audience"));
    collector.say(&call(json!(["visit"])));
    collector.say(&consent(GRANT));
    collector.hide(true);
    assert_eq!(page.names().iter().filter(|name| *name == "Page Viewed").count(), 1);
    assert!(page.sent().iter().all(|event| event.anonymous_id.is_some()));
}

#[test]
fn counting_can_be_objected_to() {
    let page = Page::default();
    let mut collector = page.open(settings("", "audience"));
    collector.say(&consent(r#"{"analytics": false, "audience": false}"#));
    collector.say(&call(json!(["visit"])));
    collector.hide(true);
    assert!(page.sent().is_empty());
}

fn anything() -> impl Strategy<Value = Call> {
    prop_oneof![
        Just(call(json!(["visit"]))),
        "/[a-z]{0,2}".prop_map(|path| call_at(1, &path, json!(["visit"]))),
        "[A-Z][a-z]{0,5}".prop_map(|name| call(json!(["track", name, {"a": 1}]))),
        "[a-z0-9]{0,4}".prop_map(|id| call(json!(["identify", id, {"email": "jo@example.com"}]))),
        Just(call(json!(["alias", "u-2"]))),
        Just(call(json!(["reset"]))),
        Just(call(json!(["return"]))),
        Just(call(json!(["elsewhere"]))),
        Just(consent(r#"{"email_marketing": true}"#)),
        any::<String>().prop_map(|text| Call { at: 0, text }),
    ]
}

proptest! {
    #[test]
    fn no_sequence_of_calls_without_a_grant_stores_or_sends(calls in prop::collection::vec(anything(), 0..30), refused in any::<bool>()) {
        let page = Page::default();
        let mut collector = page.open(settings("", ""));
        if refused {
            collector.say(&consent(r#"{"analytics": false}"#));
        }
        for call in calls {
            collector.say(&call);
            collector.tick();
        }
        collector.hide(true);
        prop_assert!(page.sent().is_empty());
        prop_assert!(page.0.borrow().writes.is_empty());
    }

    #[test]
    fn after_a_withdrawal_storage_is_empty_whatever_came_before(calls in prop::collection::vec(anything(), 0..30)) {
        let page = Page::default();
        let mut collector = page.open(settings("", ""));
        collector.say(&consent(GRANT));
        calls.iter().for_each(|call| collector.say(call));
        collector.say(&consent(r#"{"analytics": false}"#));
        prop_assert!(page.0.borrow().storage.is_empty());
        prop_assert!(collector.waiting().0 == 0 && collector.waiting().1 <= 1, "at most the notice, which no storage holds");
    }
}

#[test]
fn each_change_makes_a_receipt_that_events_point_to_and_that_points_to_the_one_before() {
    let page = Page::default();
    let mut collector = page.open(settings("", ""));
    let asked = r#"{"analytics": true, "wording": "sha256-c775e7b757ede630cd0aa1113bd102661ab38829ca52a6422ab782862f268646", "version": "7", "language": "fr", "method": "banner"}"#;
    collector.say(&consent(asked));
    collector.say(&consent(asked));
    collector.say(&call(json!(["track", "Browsed"])));
    collector.say(&consent(r#"{"email_marketing": true, "method": "account page"}"#));
    collector.hide(true);
    let sent = page.sent();
    let receipts: Vec<_> = sent
        .iter()
        .map(|event| event.context.consent.receipt.clone().unwrap())
        .collect();
    let id = sent[0].anonymous_id.clone().unwrap();
    assert_eq!(
        receipts,
        [1, 1, 2].map(|number| format!("{id}.{number}")),
        "a repeated answer makes none"
    );
    let first = sent[0].properties().unwrap();
    assert_eq!(
        (&first["wording"], &first["version"]),
        (
            &json!("sha256-c775e7b757ede630cd0aa1113bd102661ab38829ca52a6422ab782862f268646"),
            &json!("7")
        )
    );
    assert_eq!((&first["language"], &first["method"]), (&json!("fr"), &json!("banner")));
    assert_eq!(sent[2].properties().unwrap()["method"], "account page");
}
