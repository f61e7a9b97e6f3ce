//! A command that is killed at any moment leaves the old state or the new one, and the next command goes on from there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::program::{NOW, TestStore, contents, files};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
const MAP: &str = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\ngiven_name = \"first\"\nemail = \"mail\"\n\
                   birth_date = \"born\"\n";

/// A store, and beside it an export of `rows` people that is not imported yet.
fn store(rows: u32) -> TestStore {
    let store = TestStore::new(CONFIG);
    store.file("crm.map.toml", MAP);
    let rows: String = (0..rows)
        .map(|n| format!("{n},N{n},n{n}@example.org,1980-05-01\n"))
        .collect();
    store.file("crm.csv", format!("id,first,mail,born\n{rows}"));
    store
}

/// The tables, but for the report, which names its night.
fn tables(store: &TestStore) -> BTreeMap<String, Vec<u8>> {
    let mut tables = store.tables();
    tables.remove("report.json");
    tables
}

/// The segments of the log, and leftovers if there are any.
fn log(store: &TestStore) -> BTreeMap<String, Vec<u8>> {
    contents(&store.path("log"))
}

#[test]
fn a_killed_night_leaves_the_old_night_or_the_new_one() {
    let store = store(50);
    store.import(&store.beside("crm.csv")).ended(0);
    store.night();
    let whole = tables(&store);
    let run = |store: &TestStore| store.command(["run", "--now", NOW]);
    store.killed_at(20, run, |killed| {
        assert!(tables(killed) == whole, "the night in force is whole");
        killed.night();
        assert!(tables(killed) == whole, "and so is the next");
    });
}

#[test]
fn a_killed_import_is_there_whole_or_not_at_all() {
    let store = store(20_000);
    let import = |store: &TestStore| store.importing(&store.beside("crm.csv"));
    let whole = store.copy();
    assert!(import(&whole).output().unwrap().status.success());
    store.killed_at(12, import, |killed| {
        assert!(import(killed).output().unwrap().status.success());
        assert!(log(killed) == log(&whole), "one segment and no leftovers");
    });
}

#[test]
fn a_killed_pull_takes_no_object_twice_and_misses_none() {
    let store = TestStore::of_the_example();
    let pull = |store: &TestStore| store.command(["pull"]);
    let whole = store.copy();
    let said = pull(&whole).output().unwrap();
    assert!(matches!(said.status.code(), Some(0 | 3)), "{said:?}");
    whole.night();
    store.killed_at(12, pull, |killed| {
        assert!(matches!(pull(killed).output().unwrap().status.code(), Some(0 | 3)));
        killed.night();
        assert!(tables(killed) == tables(&whole));
        assert!(
            unfinished(&killed.root()).is_empty(),
            "{:?}",
            unfinished(&killed.root())
        );
    });
}

/// Files that a killed command may have left half-written.
fn unfinished(root: &Path) -> Vec<PathBuf> {
    let mut found = files(root);
    found.retain(|path| path.extension().is_some_and(|ending| ending == "tmp"));
    found
}
