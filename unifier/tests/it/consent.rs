//! Who may be written to: the answer in force, and how it changes.

use std::fs;

use serde_json::Value;

use crate::program::{TestStore, example, example_config};

/// The example's newsletter and web shop: enough to know both answers of Tobias Vogt.
fn shop() -> TestStore {
    let store = TestStore::new(&example_config());
    for file in [
        "shopify-customers.csv",
        "subscribed_members_export.csv",
        "unsubscribed_members_export.csv",
    ] {
        store.import(&example("exports").join(file));
    }
    store
}

fn id_of(store: &TestStore, text: &str) -> String {
    let found = store.run(["people", "find", text, "--format", "json"]).ended(0).json();
    let people = found["people"].as_array().unwrap();
    assert_eq!(people.len(), 1, "{found}");
    people[0]["person_id"].as_str().unwrap().to_owned()
}

/// What the person says to e-mail marketing.
fn answer_by_email(store: &TestStore, person: &str) -> Value {
    let shown = store
        .run(["people", "show", person, "--format", "json"])
        .ended(0)
        .json();
    let answers = shown["consents"].as_array().unwrap();
    let by_email = answers.iter().find(|answer| answer["purpose"] == "email_marketing");
    by_email.unwrap().clone()
}

#[test]
fn an_undated_yes_of_the_shop_does_not_undo_the_newsletters_unsubscription() {
    let store = shop();
    store.night();
    let tobias = id_of(&store, "tobias.vogt@boite.example.org");
    let email = answer_by_email(&store, &tobias);
    assert_eq!(
        (&email["granted"], &email["source"]),
        (&false.into(), &"mailchimp".into()),
        "{email}"
    );
    assert!(email["at"].as_str().unwrap().starts_with("2026-11-06"), "{email}");
}

/// The address of somebody in the example who subscribed.
const MICHAEL: &str = "michaelgraf@inbox.example.com";

/// A store after a night over the subscribers of the example, with a segment of everybody.
fn subscribers() -> TestStore {
    let everybody = "[segments.everybody]\nrule = 'orders >= 0'\npurpose = \"email_marketing\"\n";
    let store = TestStore::new(&format!("{}\n{everybody}", example_config()));
    store.import(&example("exports/subscribed_members_export.csv"));
    store.night();
    store
}

/// Whether an address is on the list that is exported now.
fn is_listed(store: &TestStore, address: &str) -> bool {
    let list = store.beside("list.csv");
    let export = ["segment", "export", "everybody", "--to", list.to_str().unwrap()];
    store.run(export).ended(0);
    fs::read_to_string(&list).unwrap().contains(address)
}

#[test]
fn a_refusal_told_to_us_takes_the_person_off_the_list_at_once_and_for_good() {
    let store = subscribers();
    let listed = || is_listed(&store, MICHAEL);
    assert!(listed());
    let person = id_of(&store, MICHAEL);
    let refusal = [
        "privacy",
        "consent",
        &person,
        "--purpose",
        "email_marketing",
        "--refuse",
        "--at",
        "2026-11-20T02:00:00Z",
    ];
    store.run(refusal).ended(0);
    assert!(!listed(), "before the next night");
    store.night();
    assert!(!listed(), "after it");
}

#[test]
fn a_refusal_that_a_later_yes_outranks_keeps_off_the_list_until_the_night_says_so() {
    let store = subscribers();
    let listed = || is_listed(&store, MICHAEL);
    let person = id_of(&store, MICHAEL);
    let long_ago = [
        "--purpose",
        "email_marketing",
        "--refuse",
        "--at",
        "2011-01-01T00:00:00Z",
    ];
    store
        .run(["privacy", "consent", &person].into_iter().chain(long_ago))
        .ended(0);
    assert!(!listed(), "nobody has weighed it yet");
    store.night();
    assert_eq!(answer_by_email(&store, &person)["granted"], true);
    assert!(listed(), "the list says what the person's page says");
}

#[test]
fn a_yes_dated_after_the_night_undoes_no_refusal() {
    let store = subscribers();
    let person = id_of(&store, MICHAEL);
    for (answer, at) in [
        ("--refuse", "2026-11-20T02:00:00Z"),
        ("--grant", "2031-01-01T00:00:00Z"),
    ] {
        let purpose = ["--purpose", "email_marketing", answer, "--at", at];
        store
            .run(["privacy", "consent", &person].into_iter().chain(purpose))
            .ended(0);
    }
    let list = store.beside("list.csv");
    store
        .run(["segment", "export", "everybody", "--to", list.to_str().unwrap()])
        .ended(0);
    let listed = fs::read_to_string(&list).unwrap();
    assert!(!listed.contains(MICHAEL), "before the next night");
    store.night();
    let email = answer_by_email(&store, &person);
    assert_eq!(email["granted"], false, "{email}");
}
