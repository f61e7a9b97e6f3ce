//! The note of who received what and when. It names files, segments, purposes and counts, and nobody.

use event_schema::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::{Addressed, ExportReport};
use crate::store::{Change, StateError, Store};

/// The kind of these entries in the state.
const KIND: &str = "activation";

/// One export, as it is noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// When.
    pub at: Timestamp,
    /// What: `people`, `identities`, `scores` or `segment:NAME`.
    pub what: String,
    /// The night it was taken from.
    pub night: u32,
    /// The name of the file it went to, without its folder.
    pub destination: String,
    /// Which columns it has.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: usize,
    /// For a segment's list: the purpose, and who was left out.
    pub addressed: Option<Addressed>,
}

impl Activation {
    pub(super) fn of(report: &ExportReport, at: Timestamp) -> Self {
        let name = report.file.file_name().unwrap_or_default();
        Self {
            at,
            what: report.what.clone(),
            night: report.night,
            destination: name.to_string_lossy().into_owned(),
            columns: report.columns.clone(),
            rows: report.rows,
            addressed: report.addressed.clone(),
        }
    }

    /// Adds the note to the store. Nothing that was noted before is overwritten.
    pub(super) fn append(&self, store: &Store) -> Result<(), StateError> {
        let mut number = 0_u32;
        let mut key = format!("{}-{number}", self.at);
        while store.state().get::<Activation>(KIND, &key)?.is_some() {
            number += 1;
            key = format!("{}-{number}", self.at);
        }
        store.state().apply(&[Change::put(KIND, &key, self)])
    }

    /// Everything that was noted, oldest first.
    ///
    /// # Errors
    /// [`StateError`] when the disk refuses or an entry cannot be read.
    pub fn all(store: &Store) -> Result<Vec<Activation>, StateError> {
        Ok(store.state().all(KIND)?.into_values().collect())
    }

    /// The names of the files that exports went to, oldest first.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn destinations(store: &Store) -> Result<Vec<String>, StateError> {
        let all = Self::all(store)?.into_iter();
        Ok(all.map(|activation| activation.destination).collect())
    }
}
