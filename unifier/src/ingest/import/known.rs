//! Which rows the log already has, so that an unchanged row is not kept twice.
//!
//! A row is a duplicate when the log has an equal one of the same key from the same day, or from the last day before it on
//! which the log has the key at all. So a value that changes and changes back is kept each time, and within one day the
//! order of files does not matter.

use event_schema::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ingest::Kind;
use crate::ingest::rows::Columns;
use crate::record::RecordId;
use crate::store::{Lane, Log, SegmentError};

/// The rows of one source and kind, by hashes.
#[derive(Default)]
pub struct KnownRows {
    contents: FxHashSet<(u128, i32, u128)>,
    last_days: FxHashMap<u128, i32>,
    day: i32,
}

impl KnownRows {
    /// Reads which rows of `source` and `kind` the log has up to `day` (days since 1970-01-01).
    ///
    /// # Errors
    /// [`SegmentError`] when a segment is damaged.
    pub fn read(log: &Log, source: &str, kind: Kind, day: i32) -> Result<Self, SegmentError> {
        let mut known = Self { day, ..Self::default() };
        let (lane, key) = match kind {
            Kind::People => (Lane::Records, "record_key"),
            Kind::Orders => (Lane::Orders, "order_id"),
            Kind::Consents | Kind::Events => (Lane::Consents, "record_key"),
        };
        for segment in log.partition(lane, source) {
            let notes = segment.notes()?;
            let Some(segment_day) = notes.get("as_of").and_then(|day| day_number(day)) else {
                continue;
            };
            if segment_day > day || notes.get("kind").map(String::as_str) != Some(kind.as_str()) {
                continue;
            }
            for batch in segment.read(Some(&[key, "purpose", "row_hash"]))? {
                let batch = batch?;
                let columns = Columns(&batch);
                let (keys, purposes, hashes) =
                    (columns.texts(key), columns.texts("purpose"), columns.hashes("row_hash"));
                for row in 0..batch.num_rows() {
                    let Some(text) = keys.get(row) else { continue };
                    let hashed = match purposes.get(row) {
                        Some(purpose) => hash_key(&format!("{text}\n{purpose}")),
                        None => hash_key(text),
                    };
                    known.insert(hashed, segment_day, hashes(row));
                }
            }
        }
        Ok(known)
    }

    /// Whether the row is a duplicate; otherwise it is known from now on.
    pub fn has_or_insert(&mut self, key: &str, row_hash: u128) -> bool {
        let key = hash_key(key);
        let before = self
            .last_days
            .get(&key)
            .is_some_and(|last| self.contents.contains(&(key, *last, row_hash)));
        before || !self.contents.insert((key, self.day, row_hash))
    }

    fn insert(&mut self, key: u128, day: i32, row_hash: u128) {
        self.contents.insert((key, day, row_hash));
        if day < self.day {
            let last = self.last_days.entry(key).or_insert(day);
            *last = day.max(*last);
        }
    }
}

fn hash_key(key: &str) -> u128 {
    u128::from_be_bytes(*RecordId::new("", key).as_bytes())
}

/// Days since 1970-01-01 of `2026-11-24`.
pub fn day_number(day: &str) -> Option<i32> {
    let midnight: Timestamp = format!("{day}T00:00:00Z").parse().ok()?;
    Some(midnight.utc_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_changes_back_is_no_duplicate() {
        let mut known = KnownRows {
            day: 3,
            ..KnownRows::default()
        };
        known.insert(hash_key("1"), 1, 100);
        known.insert(hash_key("1"), 2, 200);
        assert!(known.has_or_insert("1", 200), "unchanged since the last day");
        assert!(!known.has_or_insert("1", 100), "changed back");
        assert!(known.has_or_insert("1", 100), "twice on one day");
        assert!(!known.has_or_insert("2", 100), "another key");
    }
}
