//! The whole way: a visitor in a real browser, the collector, the worker in the real Workers runtime, and the unifier on a real
//! disk, together with the shop's offline exports.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use whole_way::{Edge, Site, Unifier, node, repository};

/// A customer of the example shop, as its exports know them.
const CUSTOMER: &str = "7104201507328";
const ADDRESS: &str = "michel.lea@mail.example.org";

/// A visit to the example shop, as `tests/browser/visit.mjs` makes it and saw it.
fn visit(edge: &Edge, wanted: Value) -> Value {
    let mut wanted = wanted;
    wanted["base"] = json!(format!("{}/", edge.origin()));
    let mut browser = node();
    browser
        .arg(repository().join("tests/browser/visit.mjs"))
        .arg(wanted.to_string())
        .stderr(Stdio::inherit());
    let output = browser.output().unwrap();
    assert!(output.status.success(), "the visit ended with {}", output.status);
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["thrown"], json!([]), "the page must never see an error");
    seen
}

/// The worker with the shop's pages, and an empty store that pulls from it.
fn shop(folder: &Path) -> (Edge, Unifier) {
    let pages = Some(repository().join("examples/shop/site"));
    let edge = Edge::start(
        &folder.join("edge"),
        Site {
            pages,
            ..Site::default()
        },
    )
    .unwrap();
    let unifier = Unifier::init(&folder.join("store"), &edge.origin()).unwrap();
    (edge, unifier)
}

fn import(unifier: &Unifier, export: &str) {
    let file = repository().join("examples/shop/exports").join(export);
    unifier.run(&["import", &file.to_string_lossy()]).unwrap();
}

fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry[field].as_str())
        .collect()
}

#[test]
fn a_visitor_who_agrees_is_one_person_with_what_the_shop_knew_of_them() {
    let folder = TempDir::new().unwrap();
    let (edge, unifier) = shop(folder.path());
    let seen = visit(
        &edge,
        json!({"consent": "accept", "user": {"id": CUSTOMER, "email": ADDRESS}}),
    );
    let order = seen["did"]["orderId"].as_str().unwrap().trim().trim_start_matches('#');

    for export in [
        "shopify-customers.csv",
        "shopify-orders.csv",
        "subscribed_members_export.csv",
    ] {
        import(&unifier, export);
    }
    let pulled = unifier.json(&["pull"]).unwrap();
    // What a closing page may not have delivered is sent again by the next, so there may be duplicates, and nothing else.
    let [read, accepted, duplicate] = ["read", "accepted", "duplicate"].map(|count| pulled[count].as_u64().unwrap());
    assert_eq!(accepted + duplicate, read, "{pulled}");
    unifier.run(&["run"]).unwrap();

    let found = unifier.json(&["people", "find", ADDRESS]).unwrap();
    let id = found["people"][0]["person_id"].as_str().unwrap();
    let person = unifier.json(&["people", "show", id]).unwrap();
    assert_eq!(person["person"]["sources"], json!(["shopify", "web"]));
    let orders = person["orders"].as_array().unwrap();
    let web = orders
        .iter()
        .find(|told| told["order_id"] == order)
        .unwrap_or_else(|| panic!("order {order} of the visit is not among {orders:?}"));
    assert_eq!((&web["channel"], &web["status"]), (&json!("web"), &json!("completed")));
    assert!(
        orders.iter().any(|told| told["channel"] == "offline"),
        "the history of the shop's export is missing"
    );
    let events = texts(&person["events_daily"], "event");
    for event in [
        "Page Viewed",
        "Product Viewed",
        "Product Added",
        "Identified",
        "Order Completed",
    ] {
        assert!(events.contains(&event), "{event} is not among {events:?}");
    }
    let p_buy = person["scores"]["p_buy_90d"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&p_buy));
    let granted = |consent: &&Value| consent["granted"] == true && consent["source"] == "web";
    let consents = person["consents"].as_array().unwrap();
    assert!(
        consents.iter().filter(granted).count() > 0,
        "the banner's answer is missing: {consents:?}"
    );

    // Asked again, the edge has nothing new.
    assert_eq!(unifier.json(&["pull"]).unwrap()["accepted"], 0);
}

#[test]
fn a_visitor_who_refuses_leaves_nothing_that_consent_would_have_been_needed_for() {
    let folder = TempDir::new().unwrap();
    let (edge, unifier) = shop(folder.path());
    let seen = visit(
        &edge,
        json!({"consent": "refuse", "user": {"id": CUSTOMER, "email": ADDRESS}}),
    );
    for moment in [&seen["before"], &seen["after"]] {
        let kept = &moment["kept"];
        assert_eq!(kept["cookies"], json!([]));
        assert_eq!((&kept["indexedDB"], &kept["caches"]), (&json!([]), &json!([])));
        let ours = |store: &Value| {
            store
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| is_collectors(key))
                .count()
        };
        assert_eq!(ours(&kept["localStorage"]) + ours(&kept["sessionStorage"]), 0, "{kept}");
        assert_eq!(moment["requests"], json!([]));
    }

    let pulled = unifier.json(&["pull"]).unwrap();
    assert_eq!(
        (&pulled["read"], &pulled["with_consent"]),
        (&json!(0), &json!(0)),
        "{pulled}"
    );
    unifier.run(&["run"]).unwrap();
    assert_eq!(unifier.json(&["people", "find", ADDRESS]).unwrap()["people"], json!([]));
}

/// Whether the device's entry is the collector's. The shop itself keeps its basket and the banner's answer, which a shop may
/// without consent, because the visitor asked for both.
fn is_collectors(key: &str) -> bool {
    !key.starts_with("shop.")
}
