//! Who is who: the right answer for every record the unifier makes of the example.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use super::sighting::Sighting;
use super::table;

/// Records by source and key, with the person each belongs to.
#[derive(Default)]
pub struct Truth(BTreeMap<(String, String), String>);

impl Truth {
    /// Adds the rows of the offline sources.
    pub fn add_sightings(&mut self, sightings: &[Sighting]) -> Result<()> {
        sightings
            .iter()
            .try_for_each(|row| self.add(row.source.name(), &row.key, &row.truth))
    }

    /// Adds one record. Two people cannot be behind one key.
    pub fn add(&mut self, source: &str, key: &str, person: &str) -> Result<()> {
        let earlier = self.0.insert((source.to_owned(), key.to_owned()), person.to_owned());
        let same = earlier.is_none_or(|earlier| earlier == person);
        ensure!(same, "the example gives two people the key {key} of {source}");
        Ok(())
    }

    /// `truth.csv`.
    pub fn file(&self) -> Result<String> {
        let rows = self
            .0
            .iter()
            .map(|((source, key), person)| vec![source.clone(), key.clone(), person.clone()]);
        table::csv(b',', &["source", "record_key", "person_id"], rows)
    }
}
