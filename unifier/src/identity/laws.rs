//! What holds for every input: the laws of identity, on random records that share few values and few names.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::probable::laws::company;
use super::sample::{With, record, rules};
use super::{Resolution, resolve, tables};
use crate::config;
use crate::record::{Record, RecordId};

const GIVEN: [&str; 5] = ["Anna", "Bob", "B.", "Carl", "Robert"];
const TYPES: [&str; 4] = ["user_id", "email", "phone", "anonymous_id"];

fn limits() -> config::Identity {
    let limits = rules(&[("user_id", 1), ("email", 2), ("phone", 2), ("anonymous_id", 3)]);
    config::Identity { shared_by: 3, ..limits }
}

prop_compose! {
    fn a_record()(
        day in 0i64..5,
        given in prop::option::of(prop::sample::select(&GIVEN)),
        values in prop::collection::vec((prop::sample::select(&TYPES), 0u8..6), 0..4),
        birth in prop::option::weighted(0.2, 0u8..3),
        enrichment in prop::bool::weighted(0.15),
    ) -> Record {
        let mut record = record("", day);
        record.enrichment = enrichment;
        if let Some(given) = given {
            record = record.named(&format!("{given} Meier"));
        }
        if let Some(birth) = birth {
            record = record.says("birth_date", &format!("19{birth}{birth}-01-1{birth}"));
        }
        values.into_iter().fold(record, |record, (kind, value)| record.with(kind, &format!("+4179123456{value}")))
    }
}

/// Records with distinct keys.
fn records() -> impl Strategy<Value = Vec<Record>> {
    let numbered = |(record, number): (Record, usize)| {
        let key = format!("r{number}");
        Record {
            id: RecordId::new("crm", &key),
            key: key.into(),
            ..record
        }
    };
    prop::collection::vec(a_record(), 0..24)
        .prop_map(move |records| records.into_iter().zip(0..).map(numbered).collect::<Vec<_>>())
}

/// Everything a night publishes, as text.
fn published(records: &[Record], resolution: &Resolution) -> String {
    let tables = [
        tables::identities(records, resolution),
        tables::identifiers(resolution),
        tables::links(records, resolution),
        tables::conflicts(resolution),
    ];
    format!("{:?}", tables.map(Result::unwrap))
}

/// Groups of records that hang together by pairs, found by relabelling until nothing changes.
fn components(count: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut labels: Vec<usize> = (0..count).collect();
    loop {
        let before = labels.clone();
        for &(a, b) in pairs {
            let label = labels[a].min(labels[b]);
            (labels[a], labels[b]) = (label, label);
        }
        if labels == before {
            return labels;
        }
    }
}

/// Whether two labellings group alike.
fn same_groups(a: &[usize], b: &[usize]) -> bool {
    let pairs: BTreeSet<_> = a.iter().zip(b).collect();
    let distinct = |labels: &[usize]| labels.iter().collect::<BTreeSet<_>>().len();
    pairs.len() == distinct(a) && pairs.len() == distinct(b)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_of_records_does_not_matter((records, shuffled) in records().prop_flat_map(|records| {
        (Just(records.clone()), Just(records).prop_shuffle())
    })) {
        let once = published(&records, &resolve(&records, &limits(), &[]));
        prop_assert_eq!(&once, &published(&shuffled, &resolve(&shuffled, &limits(), &[])));
        prop_assert_eq!(&once, &published(&records, &resolve(&records, &limits(), &[])));
    }

    #[test]
    fn no_person_has_more_joining_values_of_a_type_than_its_limit(records in records()) {
        let config = limits();
        let resolution = resolve(&records, &config, &[]);
        let mut counts: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        for identifier in resolution.identifiers.iter().filter(|identifier| identifier.joins) {
            *counts.entry((identifier.person, &identifier.identifier.kind)).or_default() += 1;
        }
        for ((_, kind), count) in counts {
            let limit = config.identifiers.iter().find(|rule| rule.kind == kind).unwrap().limit;
            prop_assert!(count <= limit, "{count} of {kind}");
        }
    }

    #[test]
    fn the_links_of_a_person_connect_exactly_its_records(records in records()) {
        let resolution = resolve(&records, &limits(), &[]);
        let pairs: Vec<(usize, usize)> = resolution.links.iter().map(|link| (link.left, link.right)).collect();
        prop_assert!(same_groups(&components(records.len(), &pairs), &resolution.person_of));
        for link in &resolution.links {
            for side in [link.left, link.right] {
                let carried = records[side].identifiers.iter().map(|known| (known.kind.as_str(), known.value.as_str()));
                prop_assert!(carried.into_iter().any(|known| known == (link.because.kind(), &*link.because.value())));
            }
        }
    }

    #[test]
    fn no_person_has_two_given_names_or_birth_dates(records in records()) {
        let said = |record: &Record, name: &str| {
            let mut said = record.observations.iter().filter(|observation| observation.name == name);
            said.next().map(|observation| observation.value.to_string())
        };
        for person in &resolve(&records, &limits(), &[]).people {
            let first_party = || person.records.iter().map(|&at| &records[at]).filter(|record| !record.enrichment);
            let names: BTreeSet<String> = first_party().filter_map(|record| said(record, "given_name")).collect();
            let bobs: BTreeSet<String> = ["Bob", "B.", "Robert"].map(str::to_owned).into();
            // `B.` is Bob's initial, and nobody else's here.
            prop_assert!(names.len() <= 1 || (names.is_subset(&bobs) && !(names.contains("B.") && names.contains("Robert"))));
            let births: BTreeSet<String> = first_party().filter_map(|record| said(record, "birth_date")).collect();
            prop_assert!(births.len() <= 1);
        }
    }

    #[test]
    fn two_people_share_a_value_only_with_a_conflict_that_names_both(records in records()) {
        let resolution = resolve(&records, &limits(), &[]);
        let mut holders: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for identifier in &resolution.identifiers {
            holders.entry(identifier.identifier).or_default().push(identifier.person);
        }
        for (identifier, holders) in holders.into_iter().filter(|(_, holders)| holders.len() > 1) {
            let says_so = |at: &usize| !records[*at].enrichment && records[*at].identifiers.contains(identifier);
            let first_party = |person: &&usize| resolution.people[**person].records.iter().any(says_so);
            if holders.iter().filter(first_party).count() > 1 {
                let conflict = resolution.conflicts.iter().find(|conflict| conflict.identifier == identifier);
                prop_assert_eq!(&conflict.unwrap().people, &holders);
            }
        }
    }

    #[test]
    fn without_limits_and_names_people_are_what_hangs_together(records in records()) {
        let bare = |record: &Record| Record { observations: Vec::new(), enrichment: false, ..record.clone() };
        let records: Vec<Record> = records.iter().map(bare).collect();
        let config = rules(&TYPES.map(|kind| (kind, usize::MAX)));
        let shares = |a: &Record, b: &Record| a.identifiers.iter().any(|identifier| b.identifiers.contains(identifier));
        let all = || 0..records.len();
        let pairs: Vec<(usize, usize)> =
            all().flat_map(|a| all().map(move |b| (a, b))).filter(|&(a, b)| shares(&records[a], &records[b])).collect();
        let resolution = resolve(&records, &config, &[]);
        prop_assert!(same_groups(&components(records.len(), &pairs), &resolution.person_of));
    }
}

proptest! {
    // Each case is a resolution of two hundred records that likeness compares.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whoever_is_alike_limits_hold_and_links_connect_exactly_a_persons_records(mut records in records()) {
        records.extend(company());
        let config = limits();
        let resolution = resolve(&records, &config, &[]);
        prop_assert!(resolution.links.iter().any(|link| link.because.kind() == "likeness"));
        let pairs: Vec<(usize, usize)> = resolution.links.iter().map(|link| (link.left, link.right)).collect();
        prop_assert!(same_groups(&components(records.len(), &pairs), &resolution.person_of));
        for identifiers in resolution.identifiers.chunk_by(|a, b| (a.person, &a.identifier.kind) == (b.person, &b.identifier.kind)) {
            let joining = identifiers.iter().filter(|identifier| identifier.joins).count();
            prop_assert!(joining <= config.rule(&identifiers[0].identifier.kind).limit);
        }
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let row = |i: i64| {
        let row = record(&format!("r{i}"), i % 97).named(GIVEN[i as usize % 5]);
        row.with("email", &format!("e{}@x", i % 1_511))
            .with("anonymous_id", &format!("c{}", i % 2_003))
    };
    let records: Vec<Record> = (0..20_000).map(row).collect();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| resolve(&records, &limits(), &[]))
    };
    assert!(run(1) == run(3));
}
