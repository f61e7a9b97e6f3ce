//! The table `decisions`, with the columns and the order of `docs/tables.md`.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;

use super::Ledger;
use super::ledger::Entry;
use crate::columns::{Columns, texts_builder, time_builder};
use crate::record::RecordId;

/// `decisions`: every decision that was ever taken, and what became of it. `set_aside` are the ids of those in force that newer
/// ones contradict.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn decisions(ledger: &Ledger, set_aside: &BTreeSet<&str>) -> Result<RecordBatch, ArrowError> {
    let entries = &ledger.entries;
    let texts =
        |of: &dyn Fn(&Entry) -> String| -> ArrayRef { Arc::new(StringArray::from_iter_values(entries.iter().map(of))) };
    let sides = |of: fn(&Entry) -> &[RecordId]| -> ArrayRef {
        let mut lists = texts_builder();
        for entry in entries {
            of(entry)
                .iter()
                .for_each(|record| lists.values().append_value(record.to_string()));
            lists.append(true);
        }
        Arc::new(lists.finish())
    };
    let mut times = time_builder();
    entries
        .iter()
        .for_each(|entry| times.append_value(entry.decision.at.as_millis()));
    let mut columns = Columns::default();
    columns.add("decision", texts(&|entry| entry.decision.id.clone()));
    columns.add("ruling", texts(&|entry| entry.decision.ruling.to_string()));
    columns.add("left", sides(|entry| &entry.decision.left));
    columns.add("right", sides(|entry| &entry.decision.right));
    columns.add("at", Arc::new(times.finish()));
    columns.add("by", texts(&|entry| entry.decision.by.clone()));
    columns.add("why", texts(&|entry| entry.decision.why.clone()));
    columns.add("occasion", texts(&|entry| entry.decision.occasion.clone()));
    let joined = entries.iter().map(|entry| Some(entry.decision.were_joined));
    columns.add("were_joined", Arc::new(joined.collect::<BooleanArray>()));
    let stands_for = entries.iter().map(|entry| entry.decision.stands_for as i64);
    columns.add("stands_for", Arc::new(Int64Array::from_iter_values(stands_for)));
    columns.add("state", texts(&|entry| state(entry, set_aside).to_owned()));
    columns.batch()
}

/// What became of a decision.
pub fn state(entry: &Entry, set_aside: &BTreeSet<&str>) -> &'static str {
    if entry.undone.is_some() {
        "undone"
    } else if set_aside.contains(entry.decision.id.as_str()) {
        "set_aside"
    } else {
        "in_force"
    }
}
