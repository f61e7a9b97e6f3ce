//! The questions that are open: what the last night asks, without what was decided since.

use std::collections::BTreeSet;

use arrow::array::{AsArray, RecordBatch};
use serde::Serialize;

use super::Ledger;
use crate::identity::ConflictReason;
use crate::store::{Night, TablesError};

/// The table that the night publishes its questions in.
const TABLE: &str = "review";

/// Are these two one person?
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The record on one side.
    pub left_record: String,
    /// The record on the other.
    pub right_record: String,
    /// The person of the one.
    pub left_person: String,
    /// The person of the other.
    pub right_person: String,
    /// Why they are not joined; nothing where another version of the program wrote the table.
    pub reason: Option<ConflictReason>,
    /// The type of what both carry.
    #[serde(rename = "type")]
    pub kind: String,
    /// What both carry.
    pub value: String,
}

/// The open questions in the order in which they are asked.
///
/// # Errors
/// [`TablesError`] when the table cannot be read.
pub fn open(night: &Night, ledger: &Ledger) -> Result<Vec<Open>, TablesError> {
    if !night.has(TABLE) {
        return Ok(Vec::new());
    }
    let mut decided: BTreeSet<(String, String)> = BTreeSet::new();
    for decision in ledger.in_force() {
        for left in &decision.left {
            for right in &decision.right {
                let (a, b) = (*left.min(right), *left.max(right));
                decided.insert((a.to_string(), b.to_string()));
            }
        }
    }
    let batches = night.read(TABLE, None)?;
    let all = batches.iter().flat_map(questions);
    // The table holds the smaller id on the left.
    let is_open = |question: &Open| {
        let pair = (question.left_record.clone(), question.right_record.clone());
        !decided.contains(&pair)
    };
    Ok(all.filter(is_open).collect())
}

fn questions(batch: &RecordBatch) -> Vec<Open> {
    let text = |name: &str, row: usize| {
        let column = batch
            .column_by_name(name)
            .and_then(|column| column.as_string_opt::<i32>());
        column.map_or_else(String::new, |column| column.value(row).to_owned())
    };
    let question = |row| Open {
        left_record: text("left_record", row),
        right_record: text("right_record", row),
        left_person: text("left_person", row),
        right_person: text("right_person", row),
        reason: ConflictReason::from_code(&text("reason", row)),
        kind: text("type", row),
        value: text("value", row),
    };
    (0..batch.num_rows()).map(question).collect()
}
