//! Which rows the log already has, so that an unchanged row is not kept twice.
//!
//! A row is a duplicate when the log has an equal one of the same key from the same day, or from the last day before it on
//! which the log has the key at all. So a value that changes and changes back is kept each time, and within one day the
//! order of files does not matter.

use arrow::array::RecordBatch;
use event_schema::Timestamp;
use rustc_hash::FxHashMap;

use crate::ingest::Kind;
use crate::ingest::rows::Columns;
use crate::record::RecordId;
use crate::store::{Lane, Log, SegmentError};

/// A hash that somebody would have to break SHA-256 to choose. In two halves, since a map of 16-byte numbers has gaps.
type Hash = (u64, u64);

/// The rows of one source and kind, by hashes: 25 to 50 bytes a row, however long the rows are.
#[derive(Default)]
pub struct KnownRows {
    /// Where the log has a row: by the row's hash and its day.
    rows: FxHashMap<Hash, Place>,
    last_days: FxHashMap<Hash, i32>,
    imports: Vec<String>,
    day: i32,
}

/// Which import has a row, and in which line: the number of the import, and below it [`LINE_BITS`] of the line.
#[derive(Clone, Copy)]
struct Place(u64);

const LINE_BITS: u32 = 40;

impl KnownRows {
    /// Reads which rows of `source` and `kind` the log has up to `day` (days since 1970-01-01), for the import `own`.
    ///
    /// # Errors
    /// [`SegmentError`] when a segment is damaged.
    pub fn read(log: &Log, source: &str, kind: Kind, day: i32, own: &str) -> Result<Self, SegmentError> {
        let mut known = Self {
            day,
            imports: vec![own.to_owned()],
            ..Self::default()
        };
        let (lane, key) = key_column(kind);
        for segment in log.partition(lane, source) {
            let notes = segment.notes()?;
            let Some(segment_day) = notes.get("as_of").and_then(|day| day_number(day)) else {
                continue;
            };
            if segment_day > day || notes.get("kind").map(String::as_str) != Some(kind.as_str()) {
                continue;
            }
            let import = known.imports.len();
            known.imports.push(notes.get("import").cloned().unwrap_or_default());
            for batch in segment.read(Some(&[key, "purpose", "row_hash", "line"]))? {
                let batch = batch?;
                let (hashes, lines) = (Columns(&batch).hashes("row_hash"), Columns(&batch).lines("line"));
                each_key(&batch, kind, |row, key| {
                    known.insert(key, segment_day, hashes(row), Place::new(import, lines(row)));
                });
            }
        }
        Ok(known)
    }

    /// Which import and line have the row already; otherwise it is known from now on.
    pub fn find_or_insert(&mut self, key: &str, row_hash: u128, line: u64) -> Option<(&str, u64)> {
        let last = self.last_days.get(&halves(hash_key(key)));
        let before = last.and_then(|last| self.rows.get(&at_day(row_hash, *last)).copied());
        let today = at_day(row_hash, self.day);
        let held = before.or_else(|| self.rows.get(&today).copied());
        if held.is_none() {
            self.rows.insert(today, Place::new(0, line));
        }
        held.map(|place| (self.imports[place.import()].as_str(), place.line()))
    }

    fn insert(&mut self, key: u128, day: i32, row_hash: u128, place: Place) {
        self.rows.insert(at_day(row_hash, day), place);
        if day < self.day {
            let last = self.last_days.entry(halves(key)).or_insert(day);
            *last = day.max(*last);
        }
    }
}

impl Place {
    fn new(import: usize, line: u64) -> Self {
        Self((import as u64) << LINE_BITS | line & ((1 << LINE_BITS) - 1))
    }

    fn import(self) -> usize {
        (self.0 >> LINE_BITS) as usize
    }

    fn line(self) -> u64 {
        self.0 & ((1 << LINE_BITS) - 1)
    }
}

/// The lane and the column in which rows of a kind have the key under which duplicates are found.
pub fn key_column(kind: Kind) -> (Lane, &'static str) {
    match kind {
        Kind::People => (Lane::Records, "record_key"),
        Kind::Orders => (Lane::Orders, "order_id"),
        Kind::Consents | Kind::Events => (Lane::Consents, "record_key"),
    }
}

/// Gives the number and the key's hash of each row of a batch of the key's lane.
pub fn each_key(batch: &RecordBatch, kind: Kind, mut take: impl FnMut(usize, u128)) {
    let columns = Columns(batch);
    let (keys, purposes) = (columns.texts(key_column(kind).1), columns.texts("purpose"));
    for row in 0..batch.num_rows() {
        let Some(text) = keys.get(row) else { continue };
        let key = match purposes.get(row) {
            Some(purpose) => hash_key(&format!("{text}\n{purpose}")),
            None => hash_key(text),
        };
        take(row, key);
    }
}

/// The row on a day. A row's hash covers its key.
fn at_day(row_hash: u128, day: i32) -> Hash {
    let (high, low) = halves(row_hash);
    (high ^ u64::from(day.cast_unsigned()), low)
}

fn halves(hash: u128) -> Hash {
    ((hash >> 64) as u64, hash as u64)
}

/// The hash under which a key is sought.
pub fn hash_key(key: &str) -> u128 {
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
            imports: vec!["own".to_owned(), "first".to_owned(), "second".to_owned()],
            ..KnownRows::default()
        };
        known.insert(hash_key("1"), 1, 100, Place::new(1, 7));
        known.insert(hash_key("1"), 2, 200, Place::new(2, 8));
        assert_eq!(
            known.find_or_insert("1", 200, 2),
            Some(("second", 8)),
            "unchanged since the last day"
        );
        assert_eq!(known.find_or_insert("1", 100, 3), None, "changed back");
        assert_eq!(known.find_or_insert("1", 100, 4), Some(("own", 3)), "twice on one day");
        assert_eq!(known.find_or_insert("2", 300, 5), None, "another key");
    }
}
