//! The same input gives the same bytes, whatever the order of imports and rows and the number of threads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{NOW, TestStore, example_config, exports};

/// The beginnings of the example's exports, so that a night is short. Rows that go over several lines would be cut, so only
/// whole lines with the header's number of quotes are taken.
fn beginnings(store: &TestStore, shuffled: bool) -> Vec<PathBuf> {
    exports().iter().map(|path| beginning(store, path, shuffled)).collect()
}

fn beginning(store: &TestStore, path: &Path, shuffled: bool) -> PathBuf {
    let bytes = fs::read(path).unwrap();
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').take(150).collect();
    lines.retain(|line| line.iter().filter(|byte| **byte == b'"').count() % 2 == 0);
    let name = path.file_name().unwrap().to_str().unwrap();
    // The further articles of an order stand in rows that go on from the one before: there the order of rows means something.
    if shuffled && name != "shopify-orders.csv" {
        lines[1..].reverse();
    }
    let mapping = path.with_extension("map.toml");
    if mapping.is_file() {
        store.file(&name.replace(".csv", ".map.toml"), fs::read(mapping).unwrap());
    }
    store.file(name, lines.concat())
}

fn imported(files: &[PathBuf], store: TestStore) -> TestStore {
    for file in files {
        let said = store.import(file);
        assert!(matches!(said.code, Some(0 | 3)), "{}", said.all());
    }
    store
}

/// The tables of a night on `threads` threads.
fn night(store: &TestStore, threads: &str) -> BTreeMap<String, Vec<u8>> {
    let mut run = store.command(["run", "--now", NOW]);
    assert!(run.env("RAYON_NUM_THREADS", threads).output().unwrap().status.success());
    store.tables()
}

#[test]
fn neither_threads_nor_the_order_of_files_show_in_a_byte_of_the_tables() {
    let nights = ["1", "2", "8"].map(|threads| {
        let store = TestStore::new(&example_config());
        let mut files = beginnings(&store, false);
        if threads != "1" {
            files.reverse();
        }
        night(&imported(&files, store), threads)
    });
    assert!(nights[0].len() > 10, "{:?}", nights[0].keys());
    for night in &nights[1..] {
        for (name, bytes) in &nights[0] {
            assert!(night[name] == *bytes, "{name} differs");
        }
    }
}

#[test]
fn the_order_of_rows_shows_in_nothing_but_the_lines_that_values_were_read_from() {
    let mut nights = [false, true].map(|shuffled| {
        let store = TestStore::new(&example_config());
        let files = beginnings(&store, shuffled);
        night(&imported(&files, store), "2")
    });
    // The table of traits says of each value the line it came from.
    nights.iter_mut().for_each(|night| drop(night.remove("traits.parquet")));
    for (name, bytes) in &nights[0] {
        assert!(nights[1][name] == *bytes, "{name} differs");
    }
}

#[test]
fn the_same_files_twice_change_nothing_but_the_nights_number() {
    let store = TestStore::new(&example_config());
    let files = beginnings(&store, false);
    let store = imported(&files, store);
    // The report of the first night says that everybody is new, which the second has no reason to say.
    store.night();
    store.night();
    let mut first = store.tables();
    let store = imported(&files, store);
    store.night();
    let mut second = store.tables();
    // The report names its night, and each membership the night since which it lasts, which stays the first.
    let number = |night: Option<Vec<u8>>| String::from_utf8(night.unwrap()).unwrap();
    let (one, two) = (
        number(first.remove("report.json")),
        number(second.remove("report.json")),
    );
    assert_eq!(one.replacen("\"night\": 2", "\"night\": 3", 1), two);
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs");
    }
}
