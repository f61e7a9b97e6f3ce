//! The fitted model over the nights. Between two fits it stays as it is, so that people change with what is told of them, and not
//! with what is learnt of everybody.

use event_schema::Timestamp;
use serde::{Deserialize, Serialize};

use super::probable::LinkModel;
use super::resolution::Resolution;
use crate::store::{Draft, Night, TablesError};

/// The note that a night keeps its model in.
const NOTE: &str = "identity_model";
const DAY_MS: u64 = 86_400_000;

/// A model, and when it was fitted over how many records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptModel {
    /// Which fit it is, counted from 1.
    pub version: u32,
    /// The moment of the night that fitted it.
    pub fitted_at: Timestamp,
    /// How many records there were.
    pub records: u64,
    /// What was learnt.
    pub model: LinkModel,
}

impl KeptModel {
    /// The model of a night; none where nothing was learnt, or by a release whose models are of no use today.
    ///
    /// # Errors
    /// [`TablesError`] when the night cannot be read.
    pub fn of(night: &Night) -> Result<Option<Self>, TablesError> {
        let note = night.note(NOTE)?;
        Ok(note.and_then(|note| serde_json::from_str(&note).ok()))
    }

    /// Whether a night at `now` over so many records works by it still: it is younger than `refit_days`, and there are not more than
    /// a tenth more or fewer records than it was learnt from.
    pub fn serves(&self, now: Timestamp, records: usize, refit_days: u32) -> bool {
        let age = now.as_millis().abs_diff(self.fitted_at.as_millis());
        let drift = self.records.abs_diff(records as u64);
        age < u64::from(refit_days) * DAY_MS && drift * 10 <= self.records
    }

    /// The model by which a night came to `who`: the one it was given, or one that it fitted, after version `fits`.
    pub fn used(kept: Option<&Self>, who: &Resolution, fits: u32, now: Timestamp, records: usize) -> Option<Self> {
        let model = who.model.as_ref()?;
        let fitted = || Self {
            version: fits + 1,
            fitted_at: now,
            records: records as u64,
            model: model.clone(),
        };
        Some(kept.filter(|kept| kept.model == *model).cloned().unwrap_or_else(fitted))
    }

    /// Keeps it with a night.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn write(&self, draft: &Draft) -> Result<(), TablesError> {
        draft.write_note(NOTE, &serde_json::to_string_pretty(self).unwrap_or_default())
    }
}
