//! What holds for every input: the laws of the probabilistic layer, and what it makes of planted truths.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::sample::{With, people, record};
use super::super::{Because, resolve, resolve_by};
use super::compare::{Comparer, Kind, Pattern};
use super::component::Pair;
use super::fields::Fields;
use super::linkage::{self, Rule};
use super::train::{Model, Observed, PERSON, STRANGERS};
use super::{LinkModel, Mute, block};
use crate::config;
use crate::dice::mixed;
use crate::record::Record;

const GIVEN: [&str; 12] = [
    "Anna", "Bruno", "Carla", "David", "Elena", "Fabio", "Greta", "Hanna", "Ivan", "Julia", "Karim", "Lena",
];
const FAMILY: [&str; 12] = [
    "Meier", "Rossi", "Dubois", "Keller", "Favre", "Schmid", "Moretti", "Huber", "Blanc", "Frei", "Graf", "Zbinden",
];
const STREETS: [&str; 6] = [
    "Lindenweg",
    "Rue du Lac",
    "Bahnhofstrasse",
    "Via Roma",
    "Kirchgasse",
    "Seestrasse",
];

fn one<'t>(of: &[&'t str], number: u64) -> &'t str {
    of[(mixed(number) % of.len() as u64) as usize]
}

/// What a made-up person says of themselves.
pub(in super::super) fn person(number: u64) -> Record {
    let year = 1940 + mixed(number * 7) % 60;
    let (month, day) = (1 + mixed(number * 11) % 12, 1 + mixed(number * 13) % 28);
    record("", 1)
        .named(&format!("{} {}", one(&GIVEN, number * 3), one(&FAMILY, number * 5)))
        .says("birth_date", &format!("{year}-{month:02}-{day:02}"))
        .says(
            "street",
            &format!("{} {}", one(&STREETS, number * 17), 1 + mixed(number * 19) % 90),
        )
        .says("postcode", &format!("{}", 1000 + mixed(number * 23) % 800))
}

/// The same under another key.
pub(in super::super) fn keyed(record: Record, key: &str) -> Record {
    Record {
        id: crate::record::RecordId::new("crm", key),
        key: key.into(),
        ..record
    }
}

/// A hundred and fifty people, of whom every third stands there twice.
pub(in super::super) fn company() -> Vec<Record> {
    let records = (0..150).flat_map(|number| {
        let twice = number % 3 == 0;
        let again = twice.then(|| keyed(person(number), &format!("p{number}-again")));
        [Some(keyed(person(number), &format!("p{number}"))), again]
    });
    records.flatten().collect()
}

#[test]
fn records_that_say_the_same_are_one_person_without_any_identifier() {
    let records = company();
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.people.len(), 150);
    let told = people(&records, &resolution);
    assert!(told.contains("p0 p0-again |") && told.contains("| p1 |"), "{told}");
}

#[test]
fn a_kept_model_links_as_it_did_when_it_was_fitted_and_learns_nothing_from_new_records() {
    let config = config::Identity::default();
    let mut records = company();
    let fitted = resolve(&records, &config, &[]);
    // As a night reads it back.
    let kept: LinkModel = serde_json::from_str(&serde_json::to_string(&fitted.model).unwrap()).unwrap();
    assert_eq!(resolve_by(&records, &config, &[], Some(&kept)), fitted);
    records.extend((0..60).map(|number| keyed(person(number).says("plan", "gold"), &format!("later-{number}"))));
    assert_ne!(resolve(&records, &config, &[]).model, Some(kept.clone()));
    assert_eq!(resolve_by(&records, &config, &[], Some(&kept)).model, Some(kept));
}

#[test]
fn a_model_that_cannot_be_worked_with_is_fitted_anew() {
    let (config, records) = (config::Identity::default(), company());
    let fitted = resolve(&records, &config, &[]);
    let told = serde_json::to_value(&fitted.model).unwrap();
    let damages: [fn(&mut serde_json::Value); 3] = [
        |model| model["form"] = 0.into(),
        |model| model["traits"] = ["plan"].as_slice().into(),
        |model| model["learnt"]["shares"][0] = 0.into(),
    ];
    for damage in damages {
        let mut told = told.clone();
        damage(&mut told);
        let damaged: LinkModel = serde_json::from_value(told).unwrap();
        assert_eq!(resolve_by(&records, &config, &[], Some(&damaged)), fitted);
    }
}

#[test]
fn the_bits_of_the_fields_add_up_to_those_of_the_link() {
    let records = company();
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.links.len(), 50);
    for link in &resolution.links {
        let Because::Alike(why) = &link.because else {
            panic!("{link:?}")
        };
        let said: f64 = why.fields.iter().map(|weight| weight.bits).sum();
        assert!((said + why.prior + why.against - why.bits).abs() < 0.006, "{why:?}");
    }
}

#[test]
fn two_of_one_household_stay_two_people() {
    let mut records = company();
    for (given, born) in [("Theodor", "1951-03-14"), ("Wilhelmina", "1957-11-02")] {
        records.push(keyed(
            person(1000).says("given_name", given).says("birth_date", born),
            given,
        ));
    }
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.people.len(), 152);
}

#[test]
fn too_few_records_teach_nothing_and_identifiers_alone_join() {
    let records = [keyed(person(1), "a"), keyed(person(1), "b")];
    assert_eq!(resolve(&records, &config::Identity::default(), &[]).people.len(), 2);
}

#[test]
fn who_has_another_account_is_another_person_however_alike() {
    let mut records = company();
    let known = |record: Record, account: &str| keyed(record, account).with("user_id", account);
    records.extend([known(person(1000), "u1"), known(person(1000), "u2")]);
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.people.len(), 152);
}

#[test]
fn a_value_that_thousands_share_joins_nobody_and_brings_few_pairs() {
    let count = 2_000;
    let records: Vec<Record> = (0..count)
        .map(|number| {
            let told = person(number).says("email", "desk@shop.example");
            keyed(told.with("email", "desk@shop.example"), &format!("p{number}"))
        })
        .collect();
    let resolution = resolve(&records, &config::Identity::default(), &[]);
    assert_eq!(resolution.people.len(), records.len());
    let positions: Vec<u32> = (0..count as u32).collect();
    let plain: Vec<Record> = (0..count)
        .map(|number| keyed(person(number), &format!("p{number}")))
        .collect();
    let pairs = |records: &[Record]| {
        let fields = Fields::read(records, &positions, &Mute::default(), None);
        block::pairs(&fields, &block::rules(&fields)).len()
    };
    assert!(
        pairs(&records) < 2 * pairs(&plain),
        "{} {}",
        pairs(&records),
        pairs(&plain)
    );
}

#[test]
fn a_pair_is_told_to_be_compared_by_some_rule_just_when_it_is() {
    let count = 1_600;
    let records: Vec<Record> = (0..count)
        .map(|number| keyed(person(number), &format!("p{number}")))
        .collect();
    let positions: Vec<u32> = (0..count as u32).collect();
    let fields = Fields::read(&records, &positions, &Mute::default(), None);
    let rules = block::rules(&fields);
    let compared: BTreeSet<(u32, u32)> = block::pairs(&fields, &rules).into_iter().collect();
    // Every pair of a few records with all others.
    let asked: Vec<(u32, u32)> = (0..20)
        .flat_map(|a| (a + 1..count as u32).map(move |b| (a, b)))
        .collect();
    let together = block::together(&fields, &rules, &asked);
    let told = asked
        .iter()
        .zip(&together)
        .filter(|(_, rules)| !rules.is_empty())
        .map(|(pair, _)| *pair);
    let told: BTreeSet<(u32, u32)> = told.collect();
    assert!(told.len() > 100, "{}", told.len());
    assert_eq!(told, compared.into_iter().filter(|(a, _)| *a < 20).collect());
}

/// The partition after naive average linkage: all means anew after each merge.
fn naive(pairs: &BTreeMap<(u32, u32), f64>, records: u32, rule: Rule) -> BTreeSet<BTreeSet<u32>> {
    let mut groups: Vec<BTreeSet<u32>> = (0..records).map(|record| BTreeSet::from([record])).collect();
    loop {
        let mut best: Option<(i64, usize, usize)> = None;
        for x in 0..groups.len() {
            for y in x + 1..groups.len() {
                let between = groups[x]
                    .iter()
                    .flat_map(|&a| groups[y].iter().map(move |&b| (a.min(b), a.max(b))));
                let known: Vec<Option<f64>> = between.map(|pair| pairs.get(&pair).copied()).collect();
                // Groups between which nothing was looked at are never joined.
                if known.iter().all(Option::is_none) {
                    continue;
                }
                let sum: f64 = known.iter().flatten().sum();
                let unseen = known.iter().filter(|pair| pair.is_none()).count() as f64 * rule.unseen;
                let mean = (sum + unseen) / known.len() as f64;
                let candidate = ((mean * 1e6) as i64, x, y);
                if mean >= rule.cut && best.is_none_or(|best| candidate.0 > best.0) {
                    best = Some(candidate);
                }
            }
        }
        let Some((_, x, y)) = best else {
            return groups.into_iter().collect();
        };
        let absorbed = groups.remove(y);
        groups[x].extend(absorbed);
    }
}

proptest! {
    #[test]
    fn linkage_is_that_of_a_naive_oracle(known in prop::collection::btree_map((0u32..9, 0u32..9), -40i32..60, 0..30)) {
        // Eighths have exact sums, so the order of adding cannot show.
        let known: BTreeMap<(u32, u32), f64> = known
            .into_iter()
            .filter(|((a, b), _)| a < b)
            .map(|(pair, eighths)| (pair, f64::from(eighths) / 8.0))
            .collect();
        let pairs: Vec<Pair> = known.iter().map(|(&(a, b), &bits)| Pair { a, b, bits }).collect();
        let groups: BTreeMap<u32, Vec<u32>> = (0..9).map(|record| (record, vec![record])).collect();
        let rule = Rule { cut: -1.0, unseen: -3.0, bounds: (-20.0, 40.0) };
        let mut found: BTreeMap<u32, BTreeSet<u32>> = (0..9).map(|record| (record, BTreeSet::from([record]))).collect();
        for merge in linkage::link(&pairs, &groups, |record| record, rule, |_, _| false) {
            let union: BTreeSet<u32> = found[&merge.a].union(&found[&merge.b]).copied().collect();
            union.iter().for_each(|&member| drop(found.insert(member, union.clone())));
        }
        prop_assert_eq!(found.into_values().collect::<BTreeSet<_>>(), naive(&known, 9, rule));
    }

    #[test]
    fn a_pair_has_one_pattern_in_either_order(a in "[a-z]{0,9}( [a-z]{1,6})?", b in "[a-z]{0,9}", c in "[0-9]{0,12}", d in "[0-9]{0,12}") {
        let told = |name: &str, number: &str, key: &str| {
            let record = record("", 1).says("given_name", name).says("family_name", number).says("street", name);
            keyed(record.says("phone", number).says("postcode", number).says("city", name), key)
        };
        let records = [told(&a, &c, "a"), told(&b, &d, "b")];
        let fields = Fields::read(&records, &[0, 1], &Mute::default(), None);
        let comparer = Comparer::new(&fields);
        prop_assert_eq!(comparer.pattern(0, 1), comparer.pattern(1, 0));
    }

}

proptest! {
    // Each case is two whole resolutions.
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn the_order_of_records_changes_nothing(seed in any::<u64>()) {
        let mut records = company();
        let before = people(&records, &resolve(&records, &config::Identity::default(), &[]));
        records.sort_by_key(|record| mixed(seed ^ mixed(u64::from(record.id.as_bytes()[0]) << 8 | u64::from(record.id.as_bytes()[1]))));
        prop_assert_eq!(people(&records, &resolve(&records, &config::Identity::default(), &[])), before);
    }
}

/// Patterns of fields that agree or not, drawn from known probabilities.
fn planted(pairs: u64, person: &[f64], strangers: &[f64], share: f64) -> Vec<(Pattern, u64)> {
    let mut counts = BTreeMap::new();
    for pair in 0..pairs {
        let uniform = |salt: u64| (mixed(pair * 8 + salt) >> 11) as f64 / (1u64 << 53) as f64;
        let agreeing = if uniform(0) < share { person } else { strangers };
        let levels = (0..).zip(agreeing).map(|(place, same)| {
            if uniform(place + 1) < *same {
                3 << (place * 3)
            } else {
                1 << (place * 3)
            }
        });
        *counts.entry(levels.sum::<Pattern>()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

#[test]
fn the_fit_recovers_planted_probabilities() {
    let (person, strangers) = ([0.8, 0.7, 0.9, 0.75, 0.6], [0.001, 0.02, 0.005, 0.01, 0.003]);
    let candidates = planted(200_000, &person, &strangers, 0.05);
    let random = planted(100_000, &person, &strangers, 0.0);
    let observed = Observed {
        candidates: &candidates,
        random: &random,
        pairs: 200_000.0,
    };
    let model = Model::fit(&[Kind::Identifier; 5], 700, &observed);
    for place in 0..5 {
        let same = |class: usize| model.levels[class][place][3];
        assert!((same(PERSON) - person[place]).abs() < 0.03, "{place}: {}", same(PERSON));
        assert!(
            (same(STRANGERS) - strangers[place]).abs() < 0.003,
            "{place}: {}",
            same(STRANGERS)
        );
    }
    assert!((model.shares[PERSON] - 0.05).abs() < 0.005, "{:?}", model.shares);
}
