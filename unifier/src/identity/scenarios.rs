//! What has to come out in the situations the field knows: each test is a claim about who is joined and who is not.

use super::ConflictReason::{BlockedPattern, BlockedValue, DifferentPeople, Limit, SharedByMany};
use super::resolve;
use super::sample::{With, record, resolved, resolved_by, rules};
use crate::config;
use crate::record::Record;

fn conflict(value: &str, reason: super::ConflictReason, people: usize) -> (String, super::ConflictReason, usize) {
    (value.to_owned(), reason, people)
}

// The shapes of graphs.

#[test]
fn a_bridge_joins_two_sides() {
    let sides = [
        record("a", 1).with("email", "a@x"),
        record("b", 2).with("phone", "+41791111112"),
    ];
    assert_eq!(resolved(&sides).0, "a | b");
    let [a, b] = sides;
    let bridge = record("c", 3).with("email", "a@x").with("phone", "+41791111112");
    assert_eq!(resolved(&[a, b, bridge]).0, "a b c");
}

#[test]
fn erasing_the_only_bridge_splits_and_each_id_goes_with_its_record() {
    let a = record("a", 1).with("email", "a@x");
    let b = record("b", 2).with("phone", "+41791111112");
    let bridge = record("c", 3).with("email", "a@x").with("phone", "+41791111112");
    let joined = [a.clone(), b.clone(), bridge];
    let resolution = resolve(&joined, &config::Identity::default(), &[]);
    assert_eq!(
        resolution.people.iter().map(|person| person.id).collect::<Vec<_>>(),
        [a.id]
    );
    let split = [a, b];
    let resolution = resolve(&split, &config::Identity::default(), &[]);
    let mut ids: Vec<_> = resolution.people.iter().map(|person| person.id).collect();
    ids.sort_unstable_by_key(|id| *id != split[0].id);
    assert_eq!(ids, [split[0].id, split[1].id]);
}

#[test]
fn a_chain_joins_from_end_to_end() {
    let chain: Vec<Record> = (0..5)
        .map(|i| {
            record(&format!("r{i}"), i)
                .with("email", &format!("e{i}@x"))
                .with("email", &format!("e{}@x", i + 1))
        })
        .collect();
    assert_eq!(resolved_by(&chain, &rules(&[("email", 6)])).0, "r0 r1 r2 r3 r4");
}

#[test]
fn many_records_fan_in_to_one_and_a_diamond_closes() {
    let mut records: Vec<Record> = (0..4)
        .map(|i| {
            record(&format!("r{i}"), i)
                .with("phone", &format!("+4179111111{i}"))
                .with("user_id", "u")
        })
        .collect();
    assert_eq!(resolved(&records).0, "r0 r1 r2 r3");
    records[3] = record("r3", 3)
        .with("phone", "+41791111110")
        .with("phone", "+41791111111");
    records[2] = record("r2", 2).with("phone", "+41791111110").with("email", "d@x");
    records[1] = record("r1", 1).with("phone", "+41791111111").with("email", "d@x");
    records.remove(0);
    assert_eq!(resolved(&records).0, "r1 r2 r3");
}

#[test]
fn an_older_root_absorbs_a_younger_one_and_names_the_person() {
    let records = [
        record("young", 9).with("email", "a@x"),
        record("younger", 10).with("email", "a@x").with("user_id", "u"),
        record("old", 1).with("user_id", "u"),
    ];
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.people.len(), 1);
    assert_eq!(resolution.people[0].id, records[2].id);
    assert_eq!(resolution.people[0].records, [2, 0, 1]);
}

#[test]
fn an_unknown_time_is_later_than_every_known_one() {
    let mut undated = record("a", 0).with("email", "a@x");
    undated.first_seen = None;
    let records = [undated, record("b", 9_000).with("email", "a@x")];
    assert_eq!(
        resolve(&records, &config::Identity::default(), &[]).people[0].id,
        records[1].id
    );
}

// Limits and priorities, as Segment's documentation works them.

/// The table of its example: user_id 1, email 5, anonymous_id 5, ranked in that order.
fn segment() -> config::Identity {
    rules(&[("user_id", 1), ("email", 5), ("anonymous_id", 5)])
}

#[test]
fn segment_example_a_new_user_id_with_a_known_email_is_a_new_profile() {
    let records = [
        record("first", 1)
            .with("user_id", "abc123x")
            .with("email", "jane@example1.com"),
        record("second", 2)
            .with("user_id", "abc456x")
            .with("email", "jane@example1.com"),
    ];
    let (people, conflicts) = resolved_by(&records, &segment());
    assert_eq!(people, "first | second");
    assert_eq!(conflicts, [conflict("jane@example1.com", Limit, 2)]);
}

#[test]
fn segment_example_two_user_ids_under_one_email_when_the_limits_say_so() {
    let records = [
        record("shop", 1)
            .with("user_id", "shopify-7")
            .with("email", "jane@example1.com"),
        record("app", 2)
            .with("user_id", "uuid-7")
            .with("email", "jane@example1.com"),
    ];
    let limits = rules(&[("email", 1), ("user_id", 2)]);
    assert_eq!(resolved_by(&records, &limits), ("app shop".to_owned(), vec![]));
}

#[test]
fn segment_example_a_tablet_in_the_shop_joins_none_of_its_customers() {
    let customer = |i: i64| {
        record(&format!("c{i}"), i)
            .with("email", &format!("c{i}@x"))
            .with("android.id", "tablet")
    };
    let records: Vec<Record> = (1..=6).map(customer).collect();
    let (people, conflicts) = resolved_by(&records, &segment());
    assert_eq!(people, "c1 | c2 | c3 | c4 | c5 | c6");
    assert_eq!(conflicts, [conflict("tablet", Limit, 6)]);
}

#[test]
fn segment_example_suggested_blocked_values_join_nobody() {
    for value in ["0000-00", "-1", "null", "anonymous"] {
        let records = [
            record("a", 1).with("user_id", value),
            record("b", 2).with("user_id", value),
        ];
        assert_eq!(resolved_by(&records, &segment()).0, "a | b", "{value}");
    }
}

#[test]
fn a_less_trusted_surplus_gives_way_and_the_more_trusted_link_holds() {
    let visit = |i: i64| {
        record(&format!("v{i}"), i)
            .with("user_id", "u")
            .with("anonymous_id", &format!("cookie-{i}"))
    };
    let mut records: Vec<Record> = (1..=6).map(visit).collect();
    records.push(record("w", 7).with("anonymous_id", "cookie-6"));
    let (people, conflicts) = resolved_by(&records, &segment());
    assert_eq!(people, "v1 v2 v3 v4 v5 v6 | w");
    assert_eq!(conflicts, [conflict("cookie-6", Limit, 2)]);
}

#[test]
fn beyond_a_limit_the_earliest_of_one_name_stay_together() {
    let row = |i: i64| {
        record(&format!("r{i}"), i)
            .with("email", &format!("e{i}@x"))
            .with("phone", "+41791234567")
    };
    let named: Vec<Record> = (1..=6).map(|i| row(i).named("Anna Meier")).collect();
    let (people, conflicts) = resolved(&named);
    assert_eq!(people, "r1 r2 r3 r4 r5 | r6");
    assert_eq!(conflicts, [conflict("+41791234567", Limit, 2)]);
    let nameless: Vec<Record> = (1..=6).map(row).collect();
    assert_eq!(resolved(&nameless).0, "r1 | r2 | r3 | r4 | r5 | r6");
}

// Shared identifiers.

#[test]
fn a_family_email_does_not_join_two_known_people() {
    let records = [
        record("anna", 1)
            .named("Anna Meier")
            .with("email", "meier@x")
            .with("user_id", "u1"),
        record("bob", 2).named("Bob Meier").with("email", "meier@x"),
        record("annie", 3).named("Annie Meier").with("email", "meier@x"),
    ];
    let (people, conflicts) = resolved(&records);
    assert_eq!(people, "anna annie | bob");
    assert_eq!(conflicts, [conflict("meier@x", DifferentPeople, 2)]);
}

#[test]
fn a_contested_value_attaches_its_anonymous_records_to_nobody() {
    let nameless = record("newsletter", 0).with("email", "meier@x");
    let anna = record("anna", 1).named("Anna Meier").with("email", "meier@x");
    let initial = record("initial", 1).named("B. Meier").with("email", "meier@x");
    let bob = record("bob", 2).named("Bob Meier").with("email", "meier@x");
    let ben = record("ben", 2).named("Ben Meier").with("email", "meier@x");
    assert_eq!(resolved(&[nameless.clone(), anna.clone()]).0, "anna newsletter");
    let all = [nameless, anna, initial, bob, ben];
    assert_eq!(resolved(&all).0, "anna | ben | bob | initial | newsletter");
}

#[test]
fn a_switchboard_does_not_join_colleagues_with_one_given_name() {
    let with_phone = |key: &str, name: &str| record(key, 1).named(name).with("phone", "+41441234567");
    let records = [
        with_phone("a", "Anna Meier"),
        with_phone("b", "Anna Kowalski"),
        with_phone("c", "Karl Huber"),
    ];
    assert_eq!(resolved(&records).0, "a | b | c");
    assert_eq!(
        resolved(&records[..2]).0,
        "a b",
        "alone, the other family name may be a marriage"
    );
}

#[test]
fn a_shared_browser_with_two_logins_gives_its_history_to_neither() {
    let records = [
        record("A", 1).with("anonymous_id", "A"),
        record("A/U1", 2).with("anonymous_id", "A").with("user_id", "U1"),
        record("A/U2", 3).with("anonymous_id", "A").with("user_id", "U2"),
        record("/U2", 4).with("user_id", "U2"),
    ];
    assert_eq!(resolved(&records[..2]).0, "A A/U1");
    let (people, conflicts) = resolved(&records);
    assert_eq!(people, "/U2 A/U2 | A | A/U1");
    assert_eq!(conflicts, [conflict("A", Limit, 3)]);
}

#[test]
fn different_national_ids_are_different_people() {
    let records = [
        record("a", 1)
            .with("national_id", "756.1")
            .with("email", "m@x")
            .named("Anna Meier"),
        record("b", 2)
            .with("national_id", "756.2")
            .with("email", "m@x")
            .named("Anna Meier"),
    ];
    assert_eq!(
        resolved(&records),
        ("a | b".to_owned(), vec![conflict("m@x", Limit, 2)])
    );
}

#[test]
fn father_and_son_are_told_apart_by_birth_date_and_a_typing_error_is_not() {
    let born = |key: &str, date: &str| {
        record(key, 1)
            .named("Karl Huber")
            .says("birth_date", date)
            .with("email", "k@x")
    };
    let family = [born("father", "1950-04-01"), born("son", "1981-06-02")];
    assert_eq!(
        resolved(&family),
        ("father | son".to_owned(), vec![conflict("k@x", DifferentPeople, 2)])
    );
    let typed = [born("a", "1950-04-01"), born("b", "1950-01-04")];
    assert_eq!(resolved(&typed), ("a b".to_owned(), vec![]));
}

#[test]
fn a_conflict_that_arises_after_a_merge_is_recorded() {
    let records = [
        record("a", 1).named("Anna Meier").with("email", "a@x"),
        record("a2", 2).with("email", "a@x").with("phone", "+41791234567"),
        record("bob", 3).named("Bob Frei").with("phone", "+41791234567"),
    ];
    let (people, conflicts) = resolved(&records);
    assert_eq!(people, "a a2 | bob");
    assert_eq!(conflicts, [conflict("+41791234567", DifferentPeople, 2)]);
}

// Placeholders.

#[test]
fn placeholders_and_role_mailboxes_join_nobody_and_are_reported() {
    let row = |key: &str| {
        record(key, 1)
            .with("email", "info@shop.example")
            .with("user_id", "undefined")
    };
    let records = [row("a"), row("b")];
    let (people, conflicts) = resolved(&records);
    assert_eq!(people, "a | b");
    assert_eq!(
        conflicts,
        [
            conflict("info@shop.example", BlockedPattern, 2),
            conflict("undefined", BlockedValue, 2)
        ]
    );
}

#[test]
fn a_value_of_many_people_is_learned_as_a_placeholder() {
    const NAMES: [&str; 12] = [
        "Anna", "Bob", "Carl", "Dora", "Emil", "Fritz", "Gina", "Hans", "Ida", "Jonas", "Klara", "Ludwig",
    ];
    let row = |(name, i): (&&str, i64)| record(name, i).named(name).with("email", "frontdesk@hotel.example");
    let mut records: Vec<Record> = NAMES.iter().zip(0..).map(row).collect();
    records.push(
        record("Anna again", 20)
            .named("Anna")
            .with("email", "frontdesk@hotel.example"),
    );
    let (_, conflicts) = resolved(&records);
    assert_eq!(conflicts, [conflict("frontdesk@hotel.example", SharedByMany, 13)]);
}

#[test]
fn a_learned_placeholder_counts_against_no_limit() {
    let till = |i: i64| {
        record(&format!("t{i}"), i)
            .with("user_id", "walk-in")
            .with("phone", &format!("+4179{i:07}"))
    };
    let mut records: Vec<Record> = (1..=60).map(till).collect();
    records.push(record("known", 99).with("user_id", "u7").with("phone", "+41790000001"));
    let (people, conflicts) = resolved(&records);
    assert_eq!(conflicts, [conflict("walk-in", SharedByMany, 60)]);
    assert!(people.starts_with("known t1 | "), "{people}");
}

#[test]
fn one_name_on_many_records_is_no_placeholder() {
    let guest = |i: i64| {
        record(&format!("{i}"), i)
            .named("Anna Meier")
            .with("email", "a@x")
            .with("shop:guest", &format!("g{i}"))
    };
    let records: Vec<Record> = (0..80).map(guest).collect();
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.people.len(), 1);
    assert_eq!(
        resolution
            .identifiers
            .iter()
            .filter(|identifier| identifier.joins)
            .count(),
        6,
        "an e-mail and five guest ids"
    );
}

// Third-party data.

#[test]
fn enrichment_attaches_to_a_person_and_never_bridges_two() {
    let enrichment = |mut record: Record| {
        record.enrichment = true;
        record
    };
    let anna = record("anna", 5).with("email", "a@x");
    let bob = record("bob", 6).with("phone", "+41791234567");
    let panel = enrichment(record("panel", 1).with("email", "a@x").with("phone", "+41791234567"));
    let panel2 = enrichment(record("panel2", 2).with("email", "nobody@x"));
    let panel3 = enrichment(record("panel3", 2).with("email", "nobody@x"));
    let records = [anna, bob, panel, panel2, panel3];
    assert_eq!(resolved(&records).0, "anna panel | bob | panel2 | panel3");
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert!(
        resolution.people.iter().any(|person| person.id == records[0].id),
        "third-party data names nobody"
    );
}

#[test]
fn enrichment_about_somebody_else_stays_apart() {
    let mut panel = record("panel", 1).named("Bob Meier").with("email", "m@x");
    panel.enrichment = true;
    let records = [record("anna", 5).named("Anna Meier").with("email", "m@x"), panel];
    assert_eq!(resolved(&records).0, "anna | panel");
}
