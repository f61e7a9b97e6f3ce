//! Rows about answers to consent.

use std::sync::Arc;

use arrow::array::{BooleanArray, FixedSizeBinaryBuilder, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, SchemaRef};
use event_schema::Timestamp;

use super::column::{Columns, batch, moment, moments, schema};

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

/// Rows on their way into a batch.
#[derive(Default)]
pub struct ConsentRows(Vec<ConsentRow>);

impl ConsentRows {
    /// The columns of the log.
    pub fn schema() -> SchemaRef {
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

    /// Adds a row.
    pub fn push(&mut self, row: ConsentRow) {
        self.0.push(row);
    }

    /// How many rows wait.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows as a batch; none wait afterwards.
    pub fn take(&mut self) -> RecordBatch {
        let rows = std::mem::take(&mut self.0);
        let mut hashes = FixedSizeBinaryBuilder::with_capacity(rows.len(), 16);
        for row in &rows {
            // Sixteen bytes always fit a column of sixteen bytes.
            let _ = hashes.append_value(row.row_hash.to_be_bytes());
        }
        batch(
            Self::schema(),
            vec![
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.record_key))),
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.line))),
                Arc::new(hashes.finish()),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.purpose))),
                Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(row.granted)))),
                moments(rows.iter().map(|row| row.at).collect()),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.evidence))),
            ],
        )
    }

    /// The rows of a batch of the log.
    pub fn read(batch: &RecordBatch) -> Vec<ConsentRow> {
        let columns = Columns(batch);
        let (keys, lines, hashes) = (
            columns.texts("record_key"),
            columns.lines("line"),
            columns.hashes("row_hash"),
        );
        let (purposes, granted) = (columns.texts("purpose"), columns.flags("granted"));
        let (times, evidence) = (columns.moments("at"), columns.texts("evidence"));
        let row = |at| ConsentRow {
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
        let mut rows = ConsentRows::default();
        rows.push(row.clone());
        rows.push(ConsentRow {
            at: None,
            granted: false,
            ..row.clone()
        });
        assert_eq!(
            ConsentRows::read(&rows.take()),
            [
                row.clone(),
                ConsentRow {
                    at: None,
                    granted: false,
                    ..row
                }
            ]
        );
    }
}
