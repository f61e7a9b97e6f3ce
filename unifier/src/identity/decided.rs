//! What decisions do: each test is a claim about who is joined and who is not once somebody decided.

use event_schema::Timestamp;
use proptest::prelude::*;

use super::ConflictReason::{Decision as Decided, DifferentPeople};
use super::decision::{Decision, Ruling};
use super::probable::laws::{company, keyed, person};
use super::sample::{With, people, record, rules};
use super::{Because, resolve};
use crate::config;
use crate::record::{Record, RecordId};

fn id(key: &str) -> RecordId {
    RecordId::new("crm", key)
}

fn decide(ruling: Ruling, left: &[&str], right: &[&str], at: i64) -> Decision {
    let ids = |keys: &[&str]| keys.iter().map(|key| id(key)).collect();
    Decision::new(ruling, ids(left), ids(right), Timestamp::from_millis(at), "maria")
}

fn same(a: &str, b: &str) -> Decision {
    decide(Ruling::Same, &[a], &[b], 1)
}

fn different(left: &[&str], right: &[&str]) -> Decision {
    decide(Ruling::Different, left, right, 1)
}

fn joined(records: &[Record], decisions: &[Decision]) -> String {
    people(records, &resolve(records, &config::Identity::default(), decisions))
}

fn by_email(keys: &[&str]) -> Vec<Record> {
    keys.iter()
        .zip(1..)
        .map(|(key, day)| record(key, day).with("email", "m@x"))
        .collect()
}

#[test]
fn same_outranks_names_limits_and_the_lack_of_anything_shared() {
    let records = [
        record("maiden", 1)
            .named("Anna Meier")
            .with("user_id", "1")
            .with("email", "a@x"),
        record("married", 2).named("Johanna Huber").with("user_id", "2"),
        record("a2", 3).named("Anna Meier").with("email", "a@x"),
        record("j2", 4).named("Johanna Huber").with("user_id", "2"),
        record("other", 5).named("Karl Frei").with("user_id", "2"),
    ];
    assert_eq!(joined(&records, &[]), "a2 maiden | j2 married | other");
    let decision = [same("maiden", "married")];
    assert_eq!(
        joined(&records, &decision),
        "a2 j2 maiden married | other",
        "what each of them carries goes on joining its own, and nobody else"
    );
    let resolution = resolve(&records, &config::Identity::default(), &decision);
    let by_decision = resolution
        .links
        .iter()
        .filter(|link| matches!(link.because, Because::Decision(_)));
    assert_eq!(by_decision.count(), 1);
}

#[test]
fn what_a_decision_brought_beyond_a_limit_lets_no_further_value_in() {
    let row = |key: &str, day, user: &str| record(key, day).with("user_id", user);
    let records = [
        row("a", 1, "1").with("email", "a@x"),
        row("b", 2, "2"),
        row("c", 3, "3").with("email", "a@x"),
    ];
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(people(&records, &resolution), "a | b | c");
    assert_eq!(joined(&records, &[same("a", "b")]), "a b | c");
}

#[test]
fn different_outranks_whatever_they_share_on_any_way_between_them() {
    let records = [
        record("a", 1)
            .named("Anna Meier")
            .with("user_id", "u")
            .with("phone", "+41791234567"),
        record("b", 2)
            .named("Anna Meier")
            .with("user_id", "u")
            .with("email", "b@x"),
        record("bridge", 3).with("phone", "+41791234567").with("email", "b@x"),
    ];
    assert_eq!(joined(&records, &[]), "a b bridge");
    let decisions = [different(&["a"], &["b"])];
    let resolution = resolve(&records, &config::Identity::default(), &decisions);
    assert_ne!(resolution.person_of[0], resolution.person_of[1]);
    let reasons: Vec<_> = resolution.conflicts.iter().map(|conflict| conflict.reason).collect();
    assert!(reasons.contains(&Decided), "{reasons:?}");
}

#[test]
fn a_split_takes_its_records_out_and_leaves_the_others_together() {
    let records = by_email(&["a", "b", "c", "d"]);
    assert_eq!(joined(&records, &[]), "a b c d");
    assert_eq!(joined(&records, &[different(&["d"], &["a", "b", "c"])]), "a b c | d");
    assert_eq!(joined(&records, &[different(&["a"], &["b", "c", "d"])]), "a | b c d");
    assert_eq!(joined(&records, &[different(&["c", "d"], &["a", "b"])]), "a b | c d");
}

#[test]
fn after_a_split_each_id_goes_with_its_record_and_a_later_record_could_be_either() {
    let mut records = by_email(&["a", "b", "c"]);
    let split = [different(&["c"], &["a", "b"])];
    let resolution = resolve(&records, &config::Identity::default(), &split);
    let mut ids: Vec<_> = resolution.people.iter().map(|person| person.id).collect();
    ids.sort_by_key(|known| *known != id("a"));
    assert_eq!(ids, [id("a"), id("c")]);
    records.push(record("late", 9).with("email", "m@x"));
    assert_eq!(joined(&records, &split), "a b | c | late");
}

#[test]
fn what_is_undone_leaves_no_trace_in_who_is_joined() {
    let records = by_email(&["a", "b"]);
    let before = resolve(&records, &config::Identity::default(), &[]);
    let split = [different(&["a"], &["b"])];
    assert_ne!(resolve(&records, &config::Identity::default(), &split), before);
    assert_eq!(resolve(&records, &config::Identity::default(), &[]), before);
}

#[test]
fn of_contradicting_decisions_the_newest_counts_and_the_older_is_told() {
    let records = by_email(&["a", "b", "c"]);
    let decisions = [
        decide(Ruling::Same, &["a"], &["b"], 1),
        decide(Ruling::Same, &["b"], &["c"], 2),
        decide(Ruling::Different, &["a"], &["c"], 3),
    ];
    let resolution = resolve(&records, &config::Identity::default(), &decisions);
    assert_eq!(people(&records, &resolution), "a | b c");
    assert_eq!(resolution.set_aside, [0]);
}

#[test]
fn decisions_about_records_that_are_gone_count_for_nothing() {
    let records = by_email(&["a", "b"]);
    let decisions = [different(&["a"], &["gone"]), same("gone", "b")];
    assert_eq!(joined(&records, &decisions), "a b");
    assert_eq!(joined(&records, &[different(&["gone", "a"], &["b"])]), "a | b");
}

#[test]
fn third_party_records_obey_too() {
    let mut panel = record("panel", 1).with("email", "m@x");
    panel.enrichment = true;
    let mut stranger = record("stranger", 1).with("email", "other@x");
    stranger.enrichment = true;
    let records = [record("anna", 5).with("email", "m@x"), panel, stranger];
    assert_eq!(joined(&records, &[]), "anna panel | stranger");
    let decisions = [different(&["anna"], &["panel"]), same("anna", "stranger")];
    assert_eq!(joined(&records, &decisions), "anna stranger | panel");
}

#[test]
fn a_third_party_record_that_was_decided_to_be_somebodys_leads_nobody_else_to_them() {
    let mut guest = record("guest", 1).with("email", "b@x");
    guest.enrichment = true;
    let known = |key: &str, email: &str| record(key, 2).with("email", email);
    let records = [known("a", "a@x"), known("b", "b@x"), guest];
    let taken = [same("a", "guest")];
    assert_eq!(joined(&records, &taken), "a guest | b");
    assert_eq!(
        joined(&records, &[same("a", "guest"), different(&["a"], &["b"])]),
        "a guest | b"
    );
}

#[test]
fn third_party_records_that_were_decided_to_be_one_go_together_to_whom_all_of_them_can_be() {
    let guest = |key: &str| {
        let mut guest = record(key, 1);
        guest.enrichment = true;
        guest
    };
    let records = [
        record("a", 2).named("Anna Meier").with("email", "a@x"),
        guest("g").with("email", "a@x"),
        guest("h").named("Karl Huber"),
    ];
    assert_eq!(joined(&records, &[same("g", "h")]), "a | g h");
    let apart = [same("g", "h"), different(&["a"], &["h"])];
    assert_eq!(joined(&records, &apart), "a | g h");
}

#[test]
fn same_throws_nobody_out_whom_likeness_had_joined() {
    let mut records = company();
    let row = |key: &str| keyed(person(1000), key);
    records.extend([row("alike"), row("one").with("user_id", "1")]);
    records.push(record("two", 9).with("user_id", "2"));
    assert!(joined(&records, &[]).starts_with("alike one |"));
    let told = joined(&records, &[same("one", "two")]);
    assert!(told.starts_with("alike one two |"), "{told}");
}

#[test]
fn who_was_decided_to_be_one_with_two_names_is_found_by_either_and_by_no_third() {
    let row = |key: &str, name: &str| record(key, 1).named(name).with("email", "m@x");
    let records = [row("a", "Anna Meier"), row("p", "Paul Frei"), row("k", "Karl Huber")];
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(people(&records, &resolution), "a | k | p");
    let resolution = {
        let decisions = [same("a", "p")];
        let resolution = resolve(&records, &config::Identity::default(), &decisions);
        (people(&records, &resolution), resolution.conflicts[0].reason)
    };
    assert_eq!(resolution, ("a p | k".to_owned(), DifferentPeople));
}

prop_compose! {
    fn a_world()(
        carried in prop::collection::vec((0u8..4, 0u8..4, prop::option::of(0usize..3), prop::bool::weighted(0.3)), 2..12),
        rulings in prop::collection::vec((any::<bool>(), 0usize..12, 0usize..12), 0..8),
    ) -> (Vec<Record>, Vec<Decision>) {
        let name = ["Anna Meier", "Bob Meier", "Carl Huber"];
        let row = |((email, user, named, enrichment), at): ((u8, u8, Option<usize>, bool), i64)| {
            let mut row = record(&format!("r{at}"), at).with("email", &format!("{email}@x")).with("user_id", &user.to_string());
            row.enrichment = enrichment;
            named.map_or(row.clone(), |named| row.named(name[named]))
        };
        let records: Vec<Record> = carried.into_iter().zip(0..).map(row).collect();
        let count = records.len();
        let decision = |((same, a, b), at): ((bool, usize, usize), i64)| {
            let ruling = if same { Ruling::Same } else { Ruling::Different };
            let ids = |at: usize| vec![records[at % count].id];
            (a % count != b % count).then(|| Decision::new(ruling, ids(a), ids(b), Timestamp::from_millis(at), "maria"))
        };
        let decisions = rulings.into_iter().zip(0..).filter_map(decision).collect();
        (records, decisions)
    }
}

/// Who of the decided records is one person, by decisions that stand, is as they say.
fn holds(records: &[Record], decisions: &[Decision]) -> Result<(), TestCaseError> {
    let resolution = resolve(records, &rules(&[("user_id", 1), ("email", 2)]), decisions);
    let person = |id: RecordId| {
        let at = records.iter().position(|record| record.id == id).unwrap();
        resolution.person_of[at]
    };
    for (at, decision) in decisions.iter().enumerate() {
        if !resolution.set_aside.contains(&at) {
            let joined = person(decision.left[0]) == person(decision.right[0]);
            prop_assert_eq!(joined, decision.ruling == Ruling::Same);
        }
    }
    Ok(())
}

proptest! {
    // Each case is a resolution of two hundred records that likeness compares.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_standing_decision_holds_whoever_is_alike((mut records, decisions) in a_world()) {
        records.extend(company());
        holds(&records, &decisions)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_standing_decision_holds_whatever_the_records_say((records, decisions) in a_world()) {
        holds(&records, &decisions)?;
    }

    #[test]
    fn the_order_of_records_and_decisions_does_not_matter(
        ((records, decisions), mixed, other) in a_world().prop_flat_map(|(records, decisions)| {
            let world = Just((records.clone(), decisions.clone()));
            (world, Just(records).prop_shuffle(), Just(decisions).prop_shuffle())
        })
    ) {
        let limits = rules(&[("user_id", 1), ("email", 2)]);
        let told = |records: &[Record], decisions: &[Decision]| {
            let resolution = resolve(records, &limits, decisions);
            let set_aside: std::collections::BTreeSet<String> =
                resolution.set_aside.iter().map(|&at| decisions[at].id.clone()).collect();
            let links: Vec<_> = resolution.links.iter().map(|link| [link.because.kind().to_owned(), link.because.value().into_owned()]).collect();
            (people(records, &resolution), set_aside, links)
        };
        prop_assert_eq!(told(&records, &decisions), told(&mixed, &other));
    }
}
