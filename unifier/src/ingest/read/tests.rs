//! What the night reads.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use event_schema::{ConsentedEvent, Envelope};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ingest::rows::{audience_batch, event_batch};
use crate::ingest::{ImportRequest, import};
use crate::record::OrderStatus;
use crate::store::{CONFIG_FILE, Store};

const COMPANY: &str =
    "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[sources.panel]\nenrichment = true\n";

fn config() -> Config {
    Config::parse(COMPANY).unwrap()
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(CONFIG_FILE), COMPANY).unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

/// A consented event at a second of 19 November 2026, with some fields replaced.
fn event(second: u32, id: &str, replaced: serde_json::Value) -> ConsentedEvent {
    let mut event = json!({"lane": "consented", "type": "track", "event": "Product Viewed", "messageId": id, "anonymousId": "a1",
        "timestamp": format!("2026-11-19T08:00:{second:02}Z"), "receivedAt": "2026-11-19T09:00:00Z", "site": "shop",
        "country": "CH", "device": "mobile", "bot": false});
    for (name, value) in replaced.as_object().unwrap() {
        event[name] = value.clone();
    }
    match serde_json::from_value(event).unwrap() {
        Envelope::Consented(event) => *event,
        Envelope::Audience(_) => unreachable!("the lane is consented"),
    }
}

fn facts_of(segments: &[Vec<ConsentedEvent>]) -> Facts {
    let (_folder, mut store) = store();
    let staged = segments.iter().enumerate().map(|(at, events)| {
        let batch = event_batch(events).unwrap();
        store
            .log()
            .stage(
                Lane::Events,
                "2026-11-19",
                &at.to_string(),
                batch.schema(),
                [Ok(batch)],
                &BTreeMap::new(),
            )
            .unwrap()
    });
    let staged = staged.collect();
    store.commit(staged, Vec::new()).unwrap();
    read(store.log(), &config()).unwrap()
}

fn keys(facts: &Facts) -> Vec<&str> {
    let mut keys: Vec<&str> = facts.records.iter().map(|record| record.key.as_str()).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_shared_device_is_one_identity_for_each_user_and_one_for_nobody() {
    let facts = facts_of(&[vec![
        event(1, "m1", json!({})),
        event(2, "m2", json!({"userId": "u1"})),
        event(3, "m3", json!({"userId": "u2"})),
        event(4, "m4", json!({"userId": "u2", "anonymousId": null})),
    ]]);
    assert_eq!(keys(&facts), ["/u2", "a1", "a1/u1", "a1/u2"]);
    assert_eq!((facts.web_events, facts.activity.len()), (4, 4));
}

#[test]
fn what_a_program_did_is_counted_and_makes_no_record() {
    let facts = facts_of(&[vec![
        event(1, "m1", json!({"bot": true, "anonymousId": "crawler"})),
        event(2, "m2", json!({})),
    ]]);
    assert_eq!((keys(&facts), facts.web_events, facts.bot_events), (vec!["a1"], 1, 1));
}

#[test]
fn identify_gives_observations_and_identifiers() {
    let traits = json!({"email": "Ann.S@Gmail.com", "phone": "079 111 22 33", "firstName": "ANN", "plan": "gold"});
    let facts = facts_of(&[vec![event(
        1,
        "m1",
        json!({"type": "identify", "userId": "u1", "traits": traits}),
    )]]);
    let record = &facts.records[0];
    let carried: Vec<_> = record
        .identifiers
        .iter()
        .map(|id| (id.kind.as_str(), id.value.as_str()))
        .collect();
    assert_eq!(
        carried,
        [
            ("anonymous_id", "a1"),
            ("email", "anns@gmail.com"),
            ("phone", "+41791112233"),
            ("user_id", "u1")
        ]
    );
    let told: Vec<_> = record
        .observations
        .iter()
        .map(|told| (told.name.as_str(), told.value.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("email", "ann.s@gmail.com"),
            ("given_name", "Ann"),
            ("phone", "+41791112233"),
            ("plan", "gold")
        ]
    );
    assert_eq!(record.observations[0].told.origin.file, "web 2026-11-19");
}

#[test]
fn only_a_changed_answer_is_a_fact() {
    let says = |second, id: &str, granted: bool| {
        event(
            second,
            id,
            json!({"context": {"consent": {"categoryPreferences": {"analytics": granted}}}}),
        )
    };
    let facts = facts_of(&[
        vec![says(1, "m1", true), says(5, "m5", true)],
        vec![says(3, "m3", false), says(6, "m6", true)],
    ]);
    let told: Vec<_> = facts
        .consents
        .iter()
        .map(|fact| (fact.at.as_millis() % 60_000 / 1_000, fact.granted))
        .collect();
    assert_eq!(told, [(1, true), (3, false), (5, true)]);
}

#[test]
fn a_web_order_is_an_order_until_it_is_refunded() {
    let order =
        |second, id: &str, name: &str, properties| event(second, id, json!({"event": name, "properties": properties}));
    let facts = facts_of(&[vec![
        order(
            1,
            "m1",
            "Order Completed",
            json!({"order_id": 7, "total": 129.9, "currency": "chf"}),
        ),
        order(2, "m2", "Order Completed", json!({"order_id": "7", "total": 129.9})),
        order(3, "m3", "Order Completed", json!({"order_id": "8", "revenue": "10.00"})),
        order(4, "m4", "Order Refunded", json!({"order_id": "7", "total": 29.9})),
        order(5, "m5", "Order Cancelled", json!({"order_id": "8"})),
        order(6, "m6", "Order Completed", json!({"total": 1})),
    ]]);
    let told: Vec<_> = facts
        .orders
        .iter()
        .map(|o| (o.order_id.as_str(), o.amount.to_string(), o.currency.as_str(), o.status))
        .collect();
    let expected = [
        ("7", "100.00".to_owned(), "CHF", OrderStatus::Completed),
        ("8", "10.00".to_owned(), "EUR", OrderStatus::Cancelled),
    ];
    assert_eq!(told, expected);
}

#[test]
fn audience_hits_are_counted_and_join_nothing() {
    let hit = |id: &str, visitor: &str, bot: bool| {
        let hit = json!({"lane": "audience", "messageId": id, "timestamp": "2026-11-19T08:00:00Z", "receivedAt": "2026-11-19T08:00:01Z",
            "site": "shop", "name": "Page Viewed", "path": "/", "referrerHost": "", "visitor": visitor.repeat(32),
            "country": "CH", "device": "mobile", "bot": bot});
        match serde_json::from_value(hit).unwrap() {
            Envelope::Audience(hit) => hit,
            Envelope::Consented(_) => unreachable!("the lane is audience"),
        }
    };
    let (_folder, mut store) = store();
    let batch = audience_batch(&[
        hit("m1", "a", false),
        hit("m2", "a", false),
        hit("m3", "b", false),
        hit("m4", "c", true),
    ])
    .unwrap();
    let staged = store
        .log()
        .stage(
            Lane::Audience,
            "2026-11-19",
            "x",
            batch.schema(),
            [Ok(batch)],
            &BTreeMap::new(),
        )
        .unwrap();
    store.commit(vec![staged], Vec::new()).unwrap();
    let facts = read(store.log(), &config()).unwrap();
    let count = &facts.audience[0];
    assert_eq!((count.hits, count.visitors, count.bots), (3, 2, 1));
    assert!(facts.records.is_empty() && facts.web_events == 0);
}

/// Imports files of people in an order, each as (name, rows).
fn imported(files: &[(String, Vec<String>)]) -> Facts {
    let (folder, mut store) = store();
    let mapping = folder.path().join("map.toml");
    fs::write(&mapping, "source = \"till\"\nrecord_key = \"k\"\n[columns]\nemail = \"mail\"\ncity = \"city\"\n[consents]\nemail_marketing = \"news\"\n").unwrap();
    for (name, rows) in files {
        let file = folder.path().join(name);
        fs::write(&file, format!("k,mail,city,news\n{}\n", rows.join("\n"))).unwrap();
        let request = ImportRequest {
            file: &file,
            spooled: None,
            declared: &[],
            preset: None,
            mapping: Some(&mapping),
            source: None,
            as_of: jiff::civil::Date::constant(2026, 11, 24),
            dry_run: false,
            show: None,
            suppressed: None,
            progress: &|_, _| {},
        };
        import(&mut store, &config(), &request).unwrap();
    }
    without_origin(read(store.log(), &config()).unwrap())
}

/// Where a value was read depends on the rows' order, what it says does not.
fn without_origin(mut facts: Facts) -> Facts {
    for observation in facts.records.iter_mut().flat_map(|record| &mut record.observations) {
        Arc::make_mut(&mut observation.told).origin = crate::record::Origin {
            file: "".into(),
            line: 0,
        };
    }
    for record in &mut facts.records {
        record
            .observations
            .sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    }
    facts
}

#[test]
fn the_rows_of_one_key_are_one_record_and_enrichment_is_marked() {
    let facts = imported(&[(
        "a.csv".to_owned(),
        vec![
            "1,ann@example.org,Bern,yes".to_owned(),
            "1,ann@example.net,Bern,yes".to_owned(),
        ],
    )]);
    let record = &facts.records[0];
    assert_eq!(
        (facts.records.len(), record.identifiers.len(), record.enrichment),
        (1, 2, false)
    );
    assert_eq!(record.observations.iter().filter(|told| told.name == "city").count(), 1);
    assert_eq!(facts.consents.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn neither_the_order_of_files_nor_of_rows_shows(
        rows in prop::collection::vec("[1-4],[ab]@example\\.org,(Bern|Basel|),(yes|no|)", 1..16),
        cut in 0usize..16,
    ) {
        let cut = cut.min(rows.len());
        let (first, second) = rows.split_at(cut);
        let backwards = |rows: &[String]| rows.iter().rev().cloned().collect::<Vec<_>>();
        let forth = imported(&[("a.csv".to_owned(), first.to_vec()), ("b.csv".to_owned(), second.to_vec())]);
        let back = imported(&[("b.csv".to_owned(), backwards(second)), ("a.csv".to_owned(), backwards(first))]);
        prop_assert_eq!(forth, back);
    }
}
