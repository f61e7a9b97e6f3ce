//! Rows about answers to consent.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use event_schema::Timestamp;

use super::column::{Columns, batch, hashes, moment, moments, schema};

/// One answer to one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// The key of the record that answered.
    pub record_key: String,
    /// The line it was read from.
    pub line: u64,
    /// A hash of everything the row says, to find it again; 0 for an answer beside a row about a person.
    pub row_hash: u128,
    /// What was asked for.
    pub purpose: String,
    /// The answer.
    pub granted: bool,
    /// When it was given; nothing means the day of the import.
    pub at: Option<Timestamp>,
    /// What shows it. Never personal data.
    pub evidence: String,
}

/// The columns of the log.
fn consent_schema() -> SchemaRef {
    schema([
        ("record_key", DataType::Utf8, false),
        ("line", DataType::UInt64, false),
        ("row_hash", DataType::FixedSizeBinary(16), false),
        ("purpose", DataType::Utf8, false),
        ("granted", DataType::Boolean, false),
        ("at", moment(), true),
        ("evidence", DataType::Utf8, false),
    ])
}

/// Rows as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn consent_batch(rows: &[ConsentRow]) -> Result<RecordBatch, ArrowError> {
    batch(
        consent_schema(),
        vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.record_key))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.line))),
            hashes(rows.iter().map(|row| row.row_hash)),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.purpose))),
            Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(row.granted)))),
            moments(rows.iter().map(|row| row.at).collect()),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.evidence))),
        ],
    )
}

impl ConsentRow {
    /// The rows of a batch of the log.
    pub fn read(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        let (keys, lines, hashes) = (
            columns.texts("record_key"),
            columns.lines("line"),
            columns.hashes("row_hash"),
        );
        let (purposes, granted) = (columns.texts("purpose"), columns.flags("granted"));
        let (times, evidence) = (columns.moments("at"), columns.texts("evidence"));
        let row = |at| Self {
            record_key: keys.get(at).unwrap_or_default().to_owned(),
            line: lines(at),
            row_hash: hashes(at),
            purpose: purposes.get(at).unwrap_or_default().to_owned(),
            granted: granted(at),
            at: times.get(at),
            evidence: evidence.get(at).unwrap_or_default().to_owned(),
        };
        (0..batch.num_rows()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_from_their_batch() {
        let row = ConsentRow {
            record_key: "1".to_owned(),
            line: 3,
            row_hash: 9,
            purpose: "email_marketing".to_owned(),
            granted: true,
            at: Some(Timestamp::from_millis(5)),
            evidence: "column Newsletter: yes".to_owned(),
        };
        let undated = ConsentRow {
            at: None,
            granted: false,
            ..row.clone()
        };
        let rows = [row, undated];
        assert_eq!(ConsentRow::read(&consent_batch(&rows).unwrap()), rows);
    }
}
