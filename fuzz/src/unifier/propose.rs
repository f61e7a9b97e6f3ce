//! A proposal for any file is a mapping that is accepted for that file, and says no value of it.

use std::path::Path;

use unifier::ingest::file::Encoding;
use unifier::ingest::mapping::Mapping;
use unifier::ingest::propose::propose;

use super::scratch::{self, CONFIG};

/// The file.
pub fn run(bytes: &[u8]) {
    scratch::with_file(bytes, |file| {
        let Ok(told) = scratch::read(file, None, Encoding::Windows1252) else {
            return;
        };
        let rows: Vec<Vec<String>> = told
            .rows
            .iter()
            .flatten()
            .map(|row| row.fields().map(str::to_owned).collect())
            .collect();
        let proposal = propose("people.csv", &told.columns, &rows, "CH").to_string();
        // Orders and answers need columns that not every file has: then the proposal says what is missing.
        if let Ok(mapping) = Mapping::parse(&proposal, &CONFIG) {
            let header: Vec<&str> = told.columns.iter().map(String::as_str).collect();
            let found = mapping.resolve(Path::new("map.toml"), &header, "people");
            assert!(found.is_ok(), "{}\nof {header:?}: {:?}", proposal, found.err());
        } else {
            let faults = Mapping::parse(&proposal, &CONFIG).err().unwrap_or_default();
            assert!(
                faults.iter().all(|fault| fault.contains("is missing")),
                "{faults:?} in\n{proposal}"
            );
        }
    });
}
