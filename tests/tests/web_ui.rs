//! The web UI in a real browser, over a store made of the example shop's exports: what a marketer does there with the keyboard
//! alone, and whether everybody can use the pages.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use whole_way::{Unifier, node, repository};

/// A customer of the example shop, as its exports know them.
const ADDRESS: &str = "michel.lea@mail.example.org";
/// The pages of the walk, in its order.
const PAGES: [&str; 11] = [
    "overview",
    "people",
    "found",
    "person",
    "person in French",
    "segments",
    "segment",
    "rule",
    "faulty rule",
    "predictions",
    "nowhere",
];

/// A store with a night over some of the shop's exports. It pulls from no edge.
fn store(folder: &TempDir) -> Unifier {
    let unifier = Unifier::init(&folder.path().join("store"), "http://127.0.0.1:9").unwrap();
    for export in [
        "shopify-customers.csv",
        "shopify-orders.csv",
        "subscribed_members_export.csv",
    ] {
        let file = repository().join("examples/shop/exports").join(export);
        unifier
            .run(&["import", "--as-of", "2026-11-19", &file.to_string_lossy()])
            .unwrap();
    }
    unifier.run(&["run", "--now", "2026-11-20T03:00:00Z"]).unwrap();
    unifier
}

/// What `tests/browser/ui.mjs` saw.
fn walk(origin: &str) -> Value {
    let wanted = json!({
        "base": origin, "person": ADDRESS, "segment": "regulars", "rule": "orders >= 2", "faulty": "ordres >= 2",
    });
    let mut browser = node();
    browser
        .arg(repository().join("tests/browser/ui.mjs"))
        .arg(wanted.to_string())
        .stderr(Stdio::inherit());
    let output = browser.output().unwrap();
    assert!(output.status.success(), "the walk ended with {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn page<'a>(seen: &'a Value, name: &str) -> &'a Value {
    let pages = seen["pages"].as_array().unwrap();
    pages.iter().find(|page| page["name"] == name).unwrap()
}

#[test]
fn a_marketer_without_a_mouse_finds_a_person_a_segment_and_a_rule_and_every_page_is_accessible() {
    let folder = TempDir::new().unwrap();
    let unifier = store(&folder);
    let ui = unifier.serve().unwrap();
    let seen = walk(ui.origin());

    let names: Vec<&str> = seen["pages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|page| page["name"].as_str())
        .collect();
    assert_eq!(names, PAGES);
    assert_eq!(seen["focus"], "main", "the first stop leads past the navigation");
    finds_the_person(&unifier, ui.origin(), &seen);
    counts_people(&unifier, &seen);
    assert_eq!(
        page(&seen, "nowhere")["language"],
        "fr",
        "an error speaks the reader's language"
    );

    assert_eq!(seen["foreign"], json!([]), "no other host is asked for anything");
    assert_eq!(seen["complaints"], json!([]));
    assert_eq!(seen["wide"], json!([]), "pages that a telephone has to scroll sideways");
    assert_eq!(seen["violations"], json!([]), "axe-core's findings");
    let passes = seen["passes"].as_object().unwrap();
    assert_eq!(
        passes.len(),
        2 * PAGES.len(),
        "every page was looked at in both colour schemes"
    );
    assert!(passes.values().all(|rules| rules.as_u64() > Some(10)), "{passes:?}");
}

/// The person's page is the one that the command line shows, before and after the change of language.
fn finds_the_person(unifier: &Unifier, origin: &str, seen: &Value) {
    let found = unifier.json(&["people", "find", ADDRESS]).unwrap();
    let person = &found["people"][0];
    let address = format!("{origin}/people/{}", person["person_id"].as_str().unwrap());
    assert_eq!(
        page(seen, "found")["address"],
        format!("{origin}/people"),
        "what is looked for stands in no address"
    );
    for (name, language) in [("person", "en"), ("person in French", "fr")] {
        let page = page(seen, name);
        assert_eq!(
            (&page["address"], &page["language"]),
            (&json!(address), &json!(language))
        );
        assert_eq!(page["heading"], person["name"]);
        assert_eq!(page["figures"][0], person["orders"].to_string());
        assert!(!page["timeline"].as_array().unwrap().is_empty());
    }
    assert_eq!(page(seen, "person in French")["pressed"], "Français");
}

/// The numbers of a segment and of a rule are those that the command line counts.
fn counts_people(unifier: &Unifier, seen: &Value) {
    let matched = |rule: &str| unifier.json(&["segment", "count", rule]).unwrap()["matched"].to_string();
    // Written in French, with a narrow space between thousands.
    let shown = |name: &str| page(seen, name)["figures"][0].as_str().unwrap().replace('\u{202f}', "");
    assert_eq!(shown("segment"), matched("regulars"));
    assert_eq!(shown("rule"), matched("orders >= 2"));
    let command = page(seen, "segment")["commands"][0].as_str().unwrap();
    assert!(
        command.ends_with(" segment export regulars --to regulars.csv"),
        "{command}"
    );
    assert_eq!(page(seen, "rule")["alert"], Value::Null);
    let alert = page(seen, "faulty rule")["alert"].as_str().unwrap();
    assert!(alert.contains("ordres") && alert.contains("orders"), "{alert}");
}
