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
            preset: None,
            mapping: mapping.is_file().then_some(mapping.as_path()),
            source: None,
            as_of: Date::constant(2026, 11, 19),
            dry_run: false,
            suppressed: &|_, _| false,
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

#[test]
fn no_two_people_of_the_example_become_one() {
    let mut shop = Shop::new();
    expected().imports.into_keys().for_each(|file| drop(shop.import(&file)));
    let facts = unifier::ingest::read(shop.store.log(), &shop.config).unwrap();
    let who = unifier::identity::resolve(&facts.records, &shop.config.identity);
    let truth = truth();
    let mut behind: BTreeMap<usize, &str> = BTreeMap::new();
    for (record, person) in facts.records.iter().zip(&who.person_of) {
        let real = &truth[&(record.source.clone(), record.key.clone())];
        let first = behind.entry(*person).or_insert(real);
        assert_eq!(first, real, "{} {}", record.source, record.key);
    }
    // Joining nobody would be no merit: 6,594 records are fewer than 2,850 people.
    assert!(who.people.len() < 2_850, "{}", who.people.len());
}
