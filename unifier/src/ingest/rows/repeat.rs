//! Rows that say what the log had already: which row of which import says it.
//!
//! They are kept so that an import can be undone: what it was the first to say, a later one then says.

use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;

use super::column::{Columns, batch, schema};

/// One row that is no news.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepeatRow {
    /// The line it was read from.
    pub line: u64,
    /// The import that holds the same row.
    pub held_by: String,
    /// The line from which that import read it.
    pub held_line: u64,
}

/// The columns of the log.
pub fn repeat_schema() -> SchemaRef {
    schema([
        ("line", DataType::UInt64, false),
        ("held_by", DataType::Utf8, false),
        ("held_line", DataType::UInt64, false),
    ])
}

/// Rows as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn repeat_batch(rows: &[RepeatRow]) -> Result<RecordBatch, ArrowError> {
    batch(
        repeat_schema(),
        vec![
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.line))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.held_by))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.held_line))),
        ],
    )
}

impl RepeatRow {
    /// The rows of a batch of the log.
    pub fn read(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        let (lines, holders, held) = (
            columns.lines("line"),
            columns.texts("held_by"),
            columns.lines("held_line"),
        );
        let row = |at| Self {
            line: lines(at),
            held_by: holders.get(at).unwrap_or_default().to_owned(),
            held_line: held(at),
        };
        (0..batch.num_rows()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_from_their_batch() {
        let rows = [RepeatRow {
            line: 3,
            held_by: "0123456789abcdef".to_owned(),
            held_line: 2,
        }];
        assert_eq!(RepeatRow::read(&repeat_batch(&rows).unwrap()), rows);
    }
}
