//! The decisions as facts of the log: appended, never changed, taken back by a further fact.
//!
//! The decisions of a day are one segment, so that a thousand of them are few files; a new one writes the day's segment anew
//! in one atomic step. Erasure alone takes rows out.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use event_schema::Timestamp;
use serde::Serialize;

use crate::identity::{Decision, Ruling};
use crate::ingest::rows::{DecisionRow, decision_batch};
use crate::record::RecordId;
use crate::store::{Lane, Log, Segment, SegmentError, StagedSegment, Store, StoreError};

/// The ruling of a row that takes a decision back.
const UNDO: &str = "undo";

/// Every decision that was ever taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The decisions, oldest first, of one moment by id.
    pub entries: Vec<Entry>,
}

/// A decision, and whether it was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// When and by whom it was taken back.
    pub undone: Option<Undone>,
}

/// When and by whom a decision was taken back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Undone {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// Why decisions cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A segment of the log cannot be read or written.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// The rows do not fit their columns.
    #[error("the decisions cannot be written: {0}")]
    Arrow(#[from] ArrowError),
    /// There is no such decision.
    #[error("no decision begins with {0:?}: `unifier review list` names them")]
    Unknown(String),
    /// Several decisions begin so.
    #[error("{1} decisions begin with {0:?}: give more of the id")]
    Ambiguous(String, usize),
    /// The decision was taken back before.
    #[error("the decision {0} is undone already")]
    Undone(String),
}

impl Ledger {
    /// Reads the decisions of the log.
    ///
    /// # Errors
    /// [`LedgerError`] when a segment is damaged.
    pub fn read(log: &Log) -> Result<Self, LedgerError> {
        let mut rows = Vec::new();
        for segment in log.segments(Lane::Decisions) {
            rows.extend(rows_of(segment)?);
        }
        Ok(Self::of(rows))
    }

    fn of(rows: Vec<DecisionRow>) -> Self {
        let (undos, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.ruling == UNDO);
        let mut undone: BTreeMap<String, Undone> = BTreeMap::new();
        for DecisionRow { undoes, at, by, .. } in undos {
            undone.insert(undoes.unwrap_or_default(), Undone { at, by });
        }
        let mut by_id: BTreeMap<String, Vec<DecisionRow>> = BTreeMap::new();
        for row in rows {
            by_id.entry(row.decision.clone()).or_default().push(row);
        }
        let entry = |(id, rows): (String, Vec<DecisionRow>)| {
            let undone = undone.get(&id).cloned();
            Some(Entry {
                decision: decision(id, rows)?,
                undone,
            })
        };
        let mut entries: Vec<Entry> = by_id.into_iter().filter_map(entry).collect();
        entries.sort_by(|a, b| {
            let key = |entry: &Entry| (entry.decision.at, entry.decision.id.clone());
            key(a).cmp(&key(b))
        });
        Self { entries }
    }

    /// The decisions that nobody took back.
    pub fn in_force(&self) -> Vec<Decision> {
        let standing = self.entries.iter().filter(|entry| entry.undone.is_none());
        standing.map(|entry| entry.decision.clone()).collect()
    }

    /// The one decision whose id begins so.
    ///
    /// # Errors
    /// [`LedgerError::Unknown`] and [`LedgerError::Ambiguous`].
    pub fn find(&self, id: &str) -> Result<&Entry, LedgerError> {
        let found: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| !id.is_empty() && entry.decision.id.starts_with(id))
            .collect();
        match found[..] {
            [] => Err(LedgerError::Unknown(id.to_owned())),
            [one] => Ok(one),
            _ => Err(LedgerError::Ambiguous(id.to_owned(), found.len())),
        }
    }
}

/// Appends a decision. The same decision twice is one.
///
/// # Errors
/// [`LedgerError`] when the disk refuses; then nothing has changed.
pub fn record(store: &mut Store, decision: &Decision) -> Result<(), LedgerError> {
    append(store, rows_about(decision))
}

/// Appends decisions that were taken at one moment, all or none.
///
/// # Errors
/// [`LedgerError`] when the disk refuses; then nothing has changed.
pub fn record_all(store: &mut Store, decisions: &[Decision]) -> Result<(), LedgerError> {
    append(store, decisions.iter().flat_map(rows_about).collect())
}

fn rows_about(decision: &Decision) -> Vec<DecisionRow> {
    let row = |side: &'static str| {
        move |record: &RecordId| DecisionRow {
            decision: decision.id.clone(),
            ruling: decision.ruling.as_str().to_owned(),
            side: side.to_owned(),
            record_id: Some(record.to_string()),
            undoes: None,
            at: decision.at,
            by: decision.by.clone(),
            why: decision.why.clone(),
            occasion: decision.occasion.clone(),
            were_joined: decision.were_joined,
            stands_for: decision.stands_for,
        }
    };
    let left = decision.left.iter().map(row("left"));
    left.chain(decision.right.iter().map(row("right"))).collect()
}

/// Takes a decision back, given by the beginning of its id, and gives it.
///
/// # Errors
/// [`LedgerError`] when there is none, when it is undone already, or when the disk refuses.
pub fn undo(store: &mut Store, id: &str, at: Timestamp, by: &str) -> Result<Decision, LedgerError> {
    let ledger = Ledger::read(store.log())?;
    let entry = ledger.find(id)?;
    let decision = entry.decision.clone();
    if entry.undone.is_some() {
        return Err(LedgerError::Undone(decision.id));
    }
    let row = DecisionRow {
        decision: decision.id.clone(),
        ruling: UNDO.to_owned(),
        side: String::new(),
        record_id: None,
        undoes: Some(decision.id.clone()),
        at,
        by: by.to_owned(),
        why: String::new(),
        occasion: String::new(),
        were_joined: false,
        stands_for: 1,
    };
    append(store, vec![row])?;
    Ok(decision)
}

/// The segment without the rows about `erased` records, and how many those are; nothing when it holds none. A decision that has
/// no record left on one side goes as a whole, and what was written as the reason of another is blanked: it may name them.
///
/// # Errors
/// [`LedgerError`] when the segment is damaged or the disk refuses.
pub fn without(
    store: &Store,
    segment: &Segment,
    erased: &BTreeSet<RecordId>,
) -> Result<Option<(u64, Option<StagedSegment>)>, LedgerError> {
    let erased: BTreeSet<String> = erased.iter().map(ToString::to_string).collect();
    let rows = rows_of(segment)?;
    let is_erased = |row: &DecisionRow| row.record_id.as_ref().is_some_and(|record| erased.contains(record));
    let touched: BTreeSet<&str> = rows
        .iter()
        .filter(|row| is_erased(row))
        .map(|row| row.decision.as_str())
        .collect();
    if touched.is_empty() {
        return Ok(None);
    }
    let sides: BTreeSet<(&str, &str)> = rows
        .iter()
        .filter(|row| !is_erased(row))
        .map(|row| (row.decision.as_str(), row.side.as_str()))
        .collect();
    let is_whole = |id: &str| sides.contains(&(id, "left")) && sides.contains(&(id, "right"));
    let kept: Vec<DecisionRow> = rows
        .iter()
        .filter(|row| !is_erased(row) && (!touched.contains(row.decision.as_str()) || is_whole(&row.decision)))
        .map(|row| match touched.contains(row.decision.as_str()) {
            true => DecisionRow {
                why: String::new(),
                ..row.clone()
            },
            false => row.clone(),
        })
        .collect();
    let removed = (rows.len() - kept.len()) as u64;
    let staged = if kept.is_empty() {
        None
    } else {
        Some(stage(
            store,
            segment.partition(),
            &format!("{}-without", segment.id()),
            &kept,
        )?)
    };
    Ok(Some((removed, staged)))
}

/// Puts rows into the segment of their day.
fn append(store: &mut Store, rows: Vec<DecisionRow>) -> Result<(), LedgerError> {
    let Some(first) = rows.first() else { return Ok(()) };
    let day = day_of(first.at);
    let id = format!("{}-{}", first.decision, first.ruling);
    let old: Vec<Segment> = store.log().partition(Lane::Decisions, &day).cloned().collect();
    let mut all = Vec::new();
    for segment in &old {
        all.extend(rows_of(segment)?);
    }
    if rows.iter().all(|row| all.contains(row)) {
        return Ok(());
    }
    all.extend(rows);
    let staged = stage(store, &day, &id, &all)?;
    Ok(store.replace(&old, vec![staged], Vec::new())?)
}

fn stage(store: &Store, day: &str, id: &str, rows: &[DecisionRow]) -> Result<StagedSegment, LedgerError> {
    let batch: RecordBatch = decision_batch(rows)?;
    let (schema, notes) = (batch.schema(), BTreeMap::new());
    Ok(store
        .log()
        .stage(Lane::Decisions, day, id, schema, [Ok(batch)], &notes)?)
}

fn rows_of(segment: &Segment) -> Result<Vec<DecisionRow>, SegmentError> {
    let mut rows = Vec::new();
    for batch in segment.read(None)? {
        rows.extend(DecisionRow::read(&batch?));
    }
    Ok(rows)
}

fn day_of(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn decision(id: String, rows: Vec<DecisionRow>) -> Option<Decision> {
    let first = rows.first()?.clone();
    let side = |side: &str| {
        let of_side = rows.iter().filter(|row| row.side == side);
        let mut records: Vec<RecordId> = of_side.filter_map(|row| row.record_id.as_ref()?.parse().ok()).collect();
        records.sort_unstable();
        records
    };
    Some(Decision {
        id,
        ruling: Ruling::from_name(&first.ruling)?,
        left: side("left"),
        right: side("right"),
        at: first.at,
        by: first.by,
        why: first.why,
        occasion: first.occasion,
        were_joined: first.were_joined,
        stands_for: first.stands_for,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store;

    fn id(key: &str) -> RecordId {
        RecordId::new("crm", key)
    }

    fn decided(ruling: Ruling, left: &[&str], right: &[&str], at: i64) -> Decision {
        let ids = |keys: &[&str]| keys.iter().map(|key| id(key)).collect();
        let decision = Decision::new(ruling, ids(left), ids(right), Timestamp::from_millis(at), "maria");
        Decision {
            why: "as Anna told us".to_owned(),
            ..decision
        }
    }

    #[test]
    fn decisions_last_until_they_are_undone_and_are_listed_for_ever() {
        let (folder, mut store) = store::empty();
        let (same, split) = (
            decided(Ruling::Same, &["1"], &["2"], 5),
            decided(Ruling::Different, &["3"], &["4", "5"], 5),
        );
        let tomorrow = decided(Ruling::Same, &["6"], &["7"], 86_400_007);
        for decision in [&tomorrow, &same, &split, &same] {
            record(&mut store, decision).unwrap();
        }
        let undone = undo(&mut store, &split.id[..8], Timestamp::from_millis(90_000_000), "paul").unwrap();
        assert_eq!(undone, split);
        assert!(matches!(
            undo(&mut store, &split.id, Timestamp::from_millis(9), "paul"),
            Err(LedgerError::Undone(_))
        ));
        assert!(matches!(
            undo(&mut store, "zz", Timestamp::from_millis(9), "paul"),
            Err(LedgerError::Unknown(_))
        ));
        drop(store);

        let store = Store::open(folder.path()).unwrap();
        let ledger = Ledger::read(store.log()).unwrap();
        assert_eq!(ledger.in_force(), [same, tomorrow]);
        assert_eq!(ledger.entries.len(), 3);
        assert_eq!(ledger.find(&split.id).unwrap().undone.as_ref().unwrap().by, "paul");
        assert_eq!(store.log().segments(Lane::Decisions).count(), 2, "one file a day");
    }

    #[test]
    fn erasure_takes_the_erased_out_of_decisions_and_what_was_written_of_them() {
        let (_folder, mut store) = store::empty();
        let split = decided(Ruling::Different, &["1"], &["2", "3"], 5);
        let gone = decided(Ruling::Same, &["3"], &["4"], 6);
        let other = decided(Ruling::Same, &["5"], &["6"], 7);
        for decision in [&split, &gone, &other] {
            record(&mut store, decision).unwrap();
        }
        let segment = store.log().segments(Lane::Decisions).next().unwrap().clone();
        assert!(without(&store, &segment, &[id("9")].into()).unwrap().is_none());
        let (removed, staged) = without(&store, &segment, &[id("3")].into()).unwrap().unwrap();
        store
            .replace(&[segment], staged.into_iter().collect(), Vec::new())
            .unwrap();
        assert_eq!(removed, 3);
        let left = Ledger::read(store.log()).unwrap().in_force();
        let split = Decision {
            right: vec![id("2")],
            why: String::new(),
            ..split
        };
        assert_eq!(left, [split, other]);
    }
}
