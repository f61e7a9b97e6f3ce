//! What the example company in `examples/shop` must come to.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::Date;
use serde::Deserialize;
use unifier::config::Config;
use unifier::ingest::{ImportReport, ImportRequest, import};
use unifier::store::Store;

use crate::program::example;

/// `expected.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    imports: BTreeMap<String, Counts>,
}

/// What an import counts.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    accepted: u64,
    #[serde(default)]
    duplicate: u64,
    #[serde(default)]
    rejected: BTreeMap<String, u64>,
}

impl Counts {
    fn of(report: &ImportReport) -> Self {
        let by_code = |(reason, count): (&unifier::ingest::reject::RowReject, &u64)| (reason.code(), *count);
        Self {
            accepted: report.accepted,
            duplicate: report.duplicate,
            rejected: report.reasons.iter().map(by_code).collect(),
        }
    }
}

/// A store with the example's configuration.
struct Shop {
    _folder: tempfile::TempDir,
    config: Config,
    store: Store,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("unifier.toml");
        fs::copy(example("unifier.toml"), &config).unwrap();
        Self {
            config: Config::read(&config).unwrap(),
            store: Store::open(folder.path()).unwrap(),
            _folder: folder,
        }
    }

    fn import(&mut self, file: &str) -> ImportReport {
        let file = example("exports").join(file);
        let mapping = file.with_extension("map.toml");
        let request = ImportRequest {
            file: &file,
            spooled: None,
            declared: &[],
            preset: None,
            mapping: mapping.is_file().then_some(mapping.as_path()),
            source: None,
            as_of: Date::constant(2026, 11, 19),
            dry_run: false,
            show: None,
            suppressed: None,
            progress: &|_, _| {},
        };
        import(&mut self.store, &self.config, &request).unwrap()
    }
}

fn expected() -> Expected {
    toml::from_str(&fs::read_to_string(example("expected.toml")).unwrap()).unwrap()
}

#[test]
fn every_export_is_read_to_the_last_row_and_bad_rows_have_their_reason() {
    let mut shop = Shop::new();
    for (file, expected) in expected().imports {
        let report = shop.import(&file);
        assert_eq!(Counts::of(&report), expected, "{file}");
        assert_eq!(
            report.read,
            report.accepted + report.duplicate + report.rejected,
            "{file}"
        );
    }
}

#[test]
fn every_export_in_the_folder_has_its_expected_counts() {
    let files = fs::read_dir(example("exports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".csv"));
    names.sort();
    assert_eq!(names, expected().imports.into_keys().collect::<Vec<_>>());
}

/// Who really is who, by source and record key.
fn truth() -> BTreeMap<(String, String), String> {
    let rows = csv::Reader::from_path(example("truth.csv")).unwrap().into_records();
    rows.map(|row| {
        let row = row.unwrap();
        ((row[0].to_owned(), row[1].to_owned()), row[2].to_owned())
    })
    .collect()
}

/// The example's records, and who is who with or without the probabilistic layer: for each person who they really are.
fn who(likeness: bool) -> Vec<Vec<String>> {
    let mut shop = Shop::new();
    expected().imports.into_keys().for_each(|file| drop(shop.import(&file)));
    shop.config.identity.likeness = likeness;
    let facts = unifier::ingest::read(shop.store.log(), &shop.config).unwrap();
    let who = unifier::identity::resolve(&facts.records, &shop.config.identity, &[]);
    let truth = truth();
    let real = |record: &usize| {
        let record = &facts.records[*record];
        truth[&(record.source.to_string(), record.key.to_string())].clone()
    };
    who.people
        .iter()
        .map(|person| person.records.iter().map(real).collect())
        .collect()
}

/// The share of pairs of one person's records that really are one person's.
fn precision(people: &[Vec<String>]) -> f64 {
    let pairs = |count: usize| (count * count.saturating_sub(1) / 2) as f64;
    let right = |records: &Vec<String>| {
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        records.iter().for_each(|real| *counts.entry(real).or_default() += 1);
        counts.into_values().map(pairs).sum::<f64>()
    };
    people.iter().map(right).sum::<f64>() / people.iter().map(|records| pairs(records.len())).sum::<f64>()
}

#[test]
fn identifiers_alone_never_make_one_of_two_people() {
    let people = who(false);
    for records in &people {
        assert!(records.iter().all(|real| *real == records[0]), "{records:?}");
    }
    // Joining nobody would be no merit: 6,594 records are fewer than 2,850 people.
    assert!(people.len() < 2_850, "{}", people.len());
}

#[test]
fn likeness_joins_more_and_hardly_ever_wrongly() {
    let (exact, alike) = (who(false), who(true));
    assert!(alike.len() < exact.len(), "{} {}", alike.len(), exact.len());
    assert!(precision(&alike) > 0.99, "{}", precision(&alike));
}
