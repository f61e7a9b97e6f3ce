//! The model of likeness is kept between two fits, and nights by one model do not depend on how they came to their records.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{NOW, TestStore, example_config};

const NOTE: &str = "identity_model.json";
const NAMES: [&str; 7] = ["Anna", "Bruno", "Carla", "David", "Elena", "Fabio", "Greta"];
const FAMILIES: [&str; 11] = [
    "Meier", "Rossi", "Dubois", "Keller", "Favre", "Schmid", "Moretti", "Huber", "Blanc", "Frei", "Graf",
];

/// People who are told of twice, the second time without what would join them for certain.
fn people(numbers: std::ops::Range<usize>) -> String {
    let mut file = "id,given,family,born,zip,mail\n".to_owned();
    for number in numbers {
        let (given, family) = (NAMES[number % 7], FAMILIES[number % 11]);
        let (born, zip) = (
            format!("19{}-0{}-1{}", 40 + number % 59, 1 + number % 9, number % 8),
            1000 + number,
        );
        writeln!(
            file,
            "{number},{given},{family},{born},{zip},{given}.{number}@example.com"
        )
        .unwrap();
        writeln!(file, "{number}b,{given},{family},{born},{zip},").unwrap();
    }
    file
}

fn import(store: &TestStore, name: &str, numbers: std::ops::Range<usize>) {
    let map = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\ngiven_name = \"given\"\nfamily_name = \"family\"\n\
        birth_date = \"born\"\npostcode = \"zip\"\nemail = \"mail\"\n";
    store.file(&format!("{name}.map.toml"), map);
    store
        .import(&store.file(&format!("{name}.csv"), people(numbers)))
        .ended(0);
}

/// The version of the model that the last night worked by.
fn version(store: &TestStore) -> u64 {
    let note: Value = serde_json::from_slice(&store.tables()[NOTE]).unwrap();
    note["version"].as_u64().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn a_model_is_kept_until_it_is_old_or_asked_for_anew_or_the_records_are_others() {
    let store = TestStore::new(&example_config());
    import(&store, "first", 0..200);
    store.night();
    assert_eq!(version(&store), 1);
    import(&store, "few", 200..210);
    store.night();
    assert_eq!(version(&store), 1);
    store.say("run --refit --now 2026-11-21T03:00:00Z").ended(0);
    assert_eq!(version(&store), 2);
    store.say("run --now 2026-12-20T03:00:00Z").ended(0);
    assert_eq!(version(&store), 2);
    store.say("run --now 2026-12-21T03:00:00Z").ended(0);
    assert_eq!(version(&store), 3);
    import(&store, "many", 210..300);
    store.say("run --now 2026-12-21T03:00:00Z").ended(0);
    assert_eq!(version(&store), 4);
}

#[test]
fn a_night_that_adds_to_another_equals_a_rebuild_by_the_same_model_byte_for_byte() {
    let grown = TestStore::new(&example_config());
    import(&grown, "first", 0..200);
    grown.night();
    // What a full rebuild starts from: the night before, with its model, and an empty log.
    let rebuilt = TestStore::new(&example_config());
    copy(&grown.path("tables"), &rebuilt.path("tables"));
    import(&grown, "later", 200..215);
    grown.night();
    import(&rebuilt, "later", 200..215);
    import(&rebuilt, "first", 0..200);
    rebuilt.night();
    let (grown, rebuilt) = (grown.tables(), rebuilt.tables());
    assert_eq!(grown.keys().collect::<Vec<_>>(), rebuilt.keys().collect::<Vec<_>>());
    for (name, bytes) in &grown {
        assert!(rebuilt[name] == *bytes, "{name} differs");
    }
    let report: Value = serde_json::from_slice(&grown["report.json"]).unwrap();
    assert!(
        report["identity"]["links"]["likeness"].as_u64() > Some(100),
        "{report:#}"
    );
    assert_eq!(report["identity"]["model"]["fitted_at"], NOW.replace("Z", ".000Z"));
}

#[test]
fn two_people_are_explained_by_what_likeness_says_of_them_too() {
    let store = TestStore::new(&example_config());
    import(&store, "first", 0..200);
    store.night();
    let words = store.say("explain crm:0 crm:77").ended(0).stdout;
    assert!(
        words.contains("likeness: given_name same") && words.contains("one person begins at -1.0"),
        "{words}"
    );
    let json = store.say("--format json explain crm:0 crm:77").ended(0).json();
    assert_eq!(json["likeness"]["pairs"], 4, "{json:#}");
    assert_eq!(json["likeness"]["compared_by"][0], "all pairs of few records");
}
