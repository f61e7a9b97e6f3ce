//! Rows about decisions: one for each record that a decision speaks of, and one for each decision that is taken back.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use event_schema::Timestamp;

use super::column::{Columns, batch, moment, moments, schema};

/// One record's part in a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// The decision's id.
    pub decision: String,
    /// `same`, `different`, or `undo`.
    pub ruling: String,
    /// `left` or `right`: which of the two the record stands on.
    pub side: String,
    /// The record's id; for `undo` nothing.
    pub record_id: Option<String>,
    /// For `undo`: the decision that is taken back.
    pub undoes: Option<String>,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why, in the words of who decided.
    pub why: String,
    /// On what occasion it was decided: `review`, `split`, `merge` or `sample`.
    pub occasion: String,
    /// Whether the two sides were one person in the night that was in force.
    pub were_joined: bool,
    /// Of a pair of a sample: how many pairs of its kind it stands for; otherwise 1.
    pub stands_for: u64,
}

fn decision_schema() -> SchemaRef {
    schema([
        ("decision", DataType::Utf8, false),
        ("ruling", DataType::Utf8, false),
        ("side", DataType::Utf8, false),
        ("record_id", DataType::Utf8, true),
        ("undoes", DataType::Utf8, true),
        ("at", moment(), false),
        ("by", DataType::Utf8, false),
        ("why", DataType::Utf8, false),
        ("occasion", DataType::Utf8, false),
        ("were_joined", DataType::Boolean, false),
        ("stands_for", DataType::UInt64, false),
    ])
}

/// Rows as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn decision_batch(rows: &[DecisionRow]) -> Result<RecordBatch, ArrowError> {
    let texts = |of: fn(&DecisionRow) -> &str| Arc::new(StringArray::from_iter_values(rows.iter().map(of)));
    let optional = |of: fn(&DecisionRow) -> Option<&str>| Arc::new(rows.iter().map(of).collect::<StringArray>());
    batch(
        decision_schema(),
        vec![
            texts(|row| &row.decision),
            texts(|row| &row.ruling),
            texts(|row| &row.side),
            optional(|row| row.record_id.as_deref()),
            optional(|row| row.undoes.as_deref()),
            moments(rows.iter().map(|row| Some(row.at)).collect()),
            texts(|row| &row.by),
            texts(|row| &row.why),
            texts(|row| &row.occasion),
            Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(row.were_joined)))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.stands_for))),
        ],
    )
}

impl DecisionRow {
    /// The rows of a batch of the log.
    pub fn read(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        let (times, joined) = (columns.moments("at"), columns.flags("were_joined"));
        // Older logs do not say it.
        let stands_for = columns.lines("stands_for");
        let text = |name: &str, row: usize| columns.texts(name).get(row).map(str::to_owned);
        let row = |at| Self {
            decision: text("decision", at).unwrap_or_default(),
            ruling: text("ruling", at).unwrap_or_default(),
            side: text("side", at).unwrap_or_default(),
            record_id: text("record_id", at),
            undoes: text("undoes", at),
            at: times.get(at).unwrap_or(Timestamp::from_millis(0)),
            by: text("by", at).unwrap_or_default(),
            why: text("why", at).unwrap_or_default(),
            occasion: text("occasion", at).unwrap_or_default(),
            were_joined: joined(at),
            stands_for: stands_for(at).max(1),
        };
        (0..batch.num_rows()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_from_their_batch() {
        let row = DecisionRow {
            decision: "d1".to_owned(),
            ruling: "same".to_owned(),
            side: "left".to_owned(),
            record_id: Some("ab".repeat(16)),
            undoes: None,
            at: Timestamp::from_millis(5),
            by: "maria".to_owned(),
            why: "she called".to_owned(),
            occasion: "review".to_owned(),
            were_joined: true,
            stands_for: 12,
        };
        let undo = DecisionRow {
            ruling: "undo".to_owned(),
            record_id: None,
            undoes: Some("d1".to_owned()),
            were_joined: false,
            ..row.clone()
        };
        let rows = [row, undo];
        assert_eq!(DecisionRow::read(&decision_batch(&rows).unwrap()), rows);
    }
}
