//! From a built night to what is found and shown.

use std::path::Path;
use std::sync::Arc;

use event_schema::Timestamp;

use super::*;
use crate::config::Config;
use crate::identity::{self, tables};
use crate::profile::{self, Input};
use crate::record::{
    self, Amount, ConsentFact, DailyActivity, Identifier as Key, Observation, OrderStatus, Origin, Record, RecordId,
    Telling,
};
use crate::store::{Night, Tables};

const DAY_MS: i64 = 86_400_000;
const CONFIG: &str = "purposes = [\"email_marketing\"]\n\
    [company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[sources.crm]\nrank = 1\n";

fn at(day: i64) -> Timestamp {
    Timestamp::from_millis(day * DAY_MS)
}

fn origin(file: &str, line: u64) -> Origin {
    Origin {
        file: file.into(),
        line,
    }
}

/// A record with these traits, which are its identifiers too where they can be.
fn record(source: &str, key: &str, day: i64, traits: &[(&str, &str)]) -> Record {
    let observation = |&(name, value): &(&str, &str)| Observation {
        name: name.into(),
        value: value.into(),
        told: Arc::new(Telling {
            at: at(day),
            origin: origin(&format!("{source}.csv"), 2),
        }),
    };
    let keys = traits.iter().filter(|(name, _)| ["email", "phone"].contains(name));
    let mut identifiers: Vec<Key> = keys
        .map(|&(kind, value)| Key {
            kind: kind.into(),
            value: value.into(),
        })
        .collect();
    identifiers.sort();
    Record {
        id: RecordId::new(source, key),
        source: source.into(),
        key: key.into(),
        first_seen: Some(at(day)),
        identifiers,
        observations: traits.iter().map(observation).collect(),
        enrichment: false,
    }
}

fn records() -> Vec<Record> {
    vec![
        record(
            "crm",
            "C-1",
            100,
            &[
                ("given_name", "Jörg"),
                ("family_name", "Müller"),
                ("email", "joerg@example.com"),
                ("phone", "+41791234567"),
                ("city", "Bern"),
                ("country", "CH"),
            ],
        ),
        record(
            "shop",
            "77",
            200,
            &[
                ("given_name", "Joerg"),
                ("family_name", "Mueller"),
                ("email", "joerg@example.com"),
                ("city", "Thun"),
            ],
        ),
        record(
            "crm",
            "C-2",
            150,
            &[
                ("given_name", "Anna"),
                ("family_name", "Keller"),
                ("email", "anna@example.com"),
            ],
        ),
        record("crm", "C-36", 170, &[("full_name", "Rosa Huber")]),
        record(
            "crm",
            "C-3",
            160,
            &[
                ("given_name", "Joanna"),
                ("family_name", "Meier"),
                ("email", "jm@example.org"),
            ],
        ),
    ]
}

fn orders() -> Vec<record::Order> {
    let order = |order_id: &str, source: &str, day, amount| record::Order {
        order_id: order_id.to_owned(),
        source: source.to_owned(),
        record: Some(RecordId::new("shop", "77")),
        ordered_at: at(day),
        amount: Amount(amount),
        currency: "EUR".to_owned(),
        status: OrderStatus::Completed,
        origin: origin("orders.csv", 2),
    };
    vec![
        order("#1", "shop", 210, 100_000),
        order("1", "web", 210, 110_000),
        order("2", "shop", 220, 12_345_678),
    ]
}

/// A night of the records above, published in `folder`.
fn night(folder: &Path) -> Night {
    let (records, orders, config) = (records(), orders(), Config::parse(CONFIG).unwrap());
    let consents = [ConsentFact {
        record: records[0].id,
        purpose: "email_marketing".to_owned(),
        at: at(100),
        earliest: at(100),
        granted: true,
        source: "crm".to_owned(),
        evidence: "opt-in column".to_owned(),
    }];
    let activity = [DailyActivity {
        record: records[0].id,
        day: 230,
        event: "Page Viewed".to_owned(),
        count: 3,
        span: (at(230), at(230)),
    }];
    let who = identity::resolve(&records, &config.identity, &[]);
    let people: Vec<_> = who
        .people
        .iter()
        .map(|person| (person.id, person.records.clone()))
        .collect();
    let input = Input {
        records: &records,
        people: &people,
        orders: &orders,
        consents: &consents,
        suppressions: &Default::default(),
        activity: &activity,
        occurrences: &[],
    };
    let profiles = profile::build(input, &config, at(300));
    let draft = Tables::new(folder).draft().unwrap();
    let (people, traits): (Vec<_>, Vec<_>) = profiles.people_and_traits().unzip();
    draft.write("people", people).unwrap();
    draft.write("traits", traits).unwrap();
    draft.write("orders", profiles.orders()).unwrap();
    draft.write("consents", profiles.consents()).unwrap();
    draft.write("events_daily", profiles.events_daily()).unwrap();
    let (identities, identifiers) = (tables::identities(&records, &who), tables::identifiers(&who));
    draft
        .write("identities", identities.unwrap().into_iter().map(Ok))
        .unwrap();
    draft
        .write("identifiers", identifiers.unwrap().into_iter().map(Ok))
        .unwrap();
    draft.publish().unwrap()
}

/// The names of who is found, with how.
fn found(text: &str) -> Vec<(String, Match)> {
    let folder = tempfile::tempdir().unwrap();
    let people = find(&night(folder.path()), text, 10).unwrap();
    people
        .into_iter()
        .map(|person| (person.name.unwrap(), person.matched.unwrap()))
        .collect()
}

fn jorg(matched: Match) -> Vec<(String, Match)> {
    vec![("Jörg Müller".to_owned(), matched)]
}

#[test]
fn a_person_is_found_by_everything_that_is_known_of_them() {
    let other_id = RecordId::new("shop", "77").to_string();
    assert_eq!(found("muller"), jorg(Match::Prefix));
    assert_eq!(found("079 123 45 67"), jorg(Match::Part));
    assert_eq!(found("c-1"), jorg(Match::Key));
    assert_eq!(found(&other_id), jorg(Match::Id));
    assert_eq!(found(&other_id[..12]), jorg(Match::Prefix));
    assert_eq!(found("nobody"), []);
    assert_eq!(found("  "), []);
}

#[test]
fn what_begins_with_it_stands_before_what_holds_it() {
    assert_eq!(
        found("anna"),
        [
            ("Anna Keller".to_owned(), Match::Prefix),
            ("Joanna Meier".to_owned(), Match::Part)
        ]
    );
    assert_eq!(found("anna@example.com"), [("Anna Keller".to_owned(), Match::Key)]);
}

#[test]
fn the_limit_keeps_the_best() {
    let folder = tempfile::tempdir().unwrap();
    let people = find(&night(folder.path()), "anna", 1).unwrap();
    assert_eq!(
        people.iter().map(|person| person.matched).collect::<Vec<_>>(),
        [Some(Match::Prefix)]
    );
}

#[test]
fn every_id_record_and_key_of_a_person_leads_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let night = night(folder.path());
    let person = RecordId::new("crm", "C-1").to_string();
    let shop_id = RecordId::new("shop", "77").to_string();
    for text in [
        &person,
        &shop_id,
        &shop_id[..10],
        "crm:C-1",
        "shop:77",
        "Joerg@example.com",
        "+41791234567",
    ] {
        assert_eq!(resolve(&night, text).unwrap(), [person.as_str()], "{text}");
    }
    assert_eq!(resolve(&night, "shop:78").unwrap(), [""; 0]);
    assert_eq!(show(&night, "ffffffffff").unwrap(), Shown::Nobody);
}

#[test]
fn an_ambiguous_start_lists_the_candidates() {
    let folder = tempfile::tempdir().unwrap();
    // The ids of C-2 and C-36 both begin with 7.
    let shown = show(&night(folder.path()), "7").unwrap();
    let Shown::Several { candidates, count: 2 } = shown else {
        panic!("{shown:?}");
    };
    let names: Vec<_> = candidates
        .iter()
        .map(|person| person.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["Rosa Huber", "Anna Keller"]);
}

fn shown(text: &str) -> PersonView {
    let folder = tempfile::tempdir().unwrap();
    match show(&night(folder.path()), text).unwrap() {
        Shown::Person(view) => *view,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_as_json() {
    insta::assert_json_snapshot!(shown("crm:C-1"));
}

#[test]
fn a_person_as_text() {
    insta::assert_snapshot!(page(&shown("crm:C-1")));
}

#[test]
fn people_as_text() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(list(&find(&night(folder.path()), "example", 10).unwrap()));
}
