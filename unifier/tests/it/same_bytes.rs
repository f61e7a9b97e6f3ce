//! The same input gives the same bytes, however often it is imported.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{TestStore, example_config, exports};

/// The beginnings of the example's exports, so that a night is short. Rows that go over several lines would be cut, so only
/// whole lines with the header's number of quotes are taken.
fn beginnings(store: &TestStore) -> Vec<PathBuf> {
    exports().iter().map(|path| beginning(store, path)).collect()
}

fn beginning(store: &TestStore, path: &Path) -> PathBuf {
    let bytes = fs::read(path).unwrap();
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').take(150).collect();
    lines.retain(|line| line.iter().filter(|byte| **byte == b'"').count() % 2 == 0);
    let name = path.file_name().unwrap().to_str().unwrap();
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

#[test]
fn the_same_files_twice_change_nothing_but_the_nights_number() {
    let store = TestStore::new(&example_config());
    let files = beginnings(&store);
    let store = imported(&files, store);
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
    assert_eq!(one.replacen("\"night\": 1", "\"night\": 2", 1), two);
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs");
    }
}
