//! Parquet as rows of text, a few thousand at a time.
//!
//! A struct gives columns `outer.inner`; a list of plain values is written with commas between them; moments are UTC.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Fields, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::json::is_bookkeeping;
use super::{BrokenRow, Row, RowSource};

/// Rows that are in memory at once.
const BATCH_ROWS: usize = 2_048;

/// The rows of a Parquet file.
pub struct ParquetRows {
    reader: ParquetRecordBatchReader,
    columns: Vec<Column>,
    waiting: VecDeque<Row>,
    number: u64,
    rows: u64,
    bytes: u64,
}

/// A column: its name, and the way to it through the structs around it.
struct Column {
    name: String,
    path: Vec<usize>,
}

impl ParquetRows {
    /// Begins to read.
    ///
    /// # Errors
    /// When it is no Parquet file, or a damaged one.
    pub fn new(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(io::Error::other)?;
        let mut columns = Vec::new();
        leaves("", &[], builder.schema().fields(), &mut columns);
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(io::Error::other)?;
        Ok(Self {
            reader,
            columns,
            waiting: VecDeque::new(),
            number: 0,
            rows,
            bytes,
        })
    }

    /// The names of the columns.
    pub fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    fn fill(&mut self) -> io::Result<()> {
        while self.waiting.is_empty() {
            let Some(batch) = self.reader.next() else { return Ok(()) };
            let batch = batch.map_err(io::Error::other)?;
            let rows = texts(&batch, &self.columns, self.number).map_err(io::Error::other)?;
            self.number += batch.num_rows() as u64;
            self.waiting.extend(rows);
        }
        Ok(())
    }
}

impl RowSource for ParquetRows {
    fn next_row(&mut self) -> io::Result<Option<Result<Row, BrokenRow>>> {
        self.fill()?;
        Ok(self.waiting.pop_front().map(Ok))
    }

    fn position(&self) -> u64 {
        let share = self.number as f64 / self.rows.max(1) as f64;
        (self.bytes as f64 * share) as u64
    }
}

fn leaves(outer: &str, path: &[usize], fields: &Fields, columns: &mut Vec<Column>) {
    for (at, field) in fields.iter().enumerate() {
        let name = if outer.is_empty() {
            field.name().clone()
        } else {
            format!("{outer}.{}", field.name())
        };
        if is_bookkeeping(&name) {
            continue;
        }
        let path: Vec<usize> = path.iter().copied().chain([at]).collect();
        match field.data_type() {
            DataType::Struct(inner) => leaves(&name, &path, inner, columns),
            _ => columns.push(Column { name, path }),
        }
    }
}

/// The rows of a batch; the first has the number after `before`.
fn texts(batch: &RecordBatch, columns: &[Column], before: u64) -> Result<Vec<Row>, ArrowError> {
    let mut rows: Vec<Row> = (1..=batch.num_rows() as u64)
        .map(|row| Row::with_capacity(before + row, columns.len(), 16 * columns.len()))
        .collect();
    for column in columns {
        let (array, shown) = leaf(batch, &column.path);
        let options = FormatOptions::new().with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.fZ"));
        match array.data_type() {
            DataType::List(_) | DataType::LargeList(_) => lists(&array, &shown, &mut rows)?,
            _ => {
                let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
                for (at, row) in rows.iter_mut().enumerate() {
                    let told = shown.iter().all(|outer| outer.is_valid(at)) && array.is_valid(at);
                    row.push(&if told {
                        formatter.value(at).try_to_string()?
                    } else {
                        String::new()
                    });
                }
            }
        }
    }
    Ok(rows)
}

/// The array of a column, and the structs around it, any of which may be null in a row.
fn leaf(batch: &RecordBatch, path: &[usize]) -> (ArrayRef, Vec<ArrayRef>) {
    let mut array = batch.column(path[0]).clone();
    let mut outer = Vec::new();
    for at in &path[1..] {
        let inner = array.as_struct().column(*at).clone();
        outer.push(array);
        array = inner;
    }
    (in_utc(array), outer)
}

/// A moment with a time zone is stored in UTC; its zone only says how it is shown.
fn in_utc(array: ArrayRef) -> ArrayRef {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else {
        return array;
    };
    match unit {
        TimeUnit::Second => Arc::new(
            array
                .as_primitive::<TimestampSecondType>()
                .clone()
                .with_timezone_opt(None::<&str>),
        ),
        TimeUnit::Millisecond => Arc::new(
            array
                .as_primitive::<TimestampMillisecondType>()
                .clone()
                .with_timezone_opt(None::<&str>),
        ),
        TimeUnit::Microsecond => Arc::new(
            array
                .as_primitive::<TimestampMicrosecondType>()
                .clone()
                .with_timezone_opt(None::<&str>),
        ),
        TimeUnit::Nanosecond => Arc::new(
            array
                .as_primitive::<TimestampNanosecondType>()
                .clone()
                .with_timezone_opt(None::<&str>),
        ),
    }
}

fn lists(array: &ArrayRef, shown: &[ArrayRef], rows: &mut [Row]) -> Result<(), ArrowError> {
    let options = FormatOptions::new();
    for (at, row) in rows.iter_mut().enumerate() {
        if !array.is_valid(at) || shown.iter().any(|outer| outer.is_null(at)) {
            row.push("");
            continue;
        }
        let items = match array.data_type() {
            DataType::List(_) => array.as_list::<i32>().value(at),
            _ => array.as_list::<i64>().value(at),
        };
        let formatter = ArrayFormatter::try_new(items.as_ref(), &options)?;
        let items: Result<Vec<String>, _> = (0..items.len())
            .map(|item| formatter.value(item).try_to_string())
            .collect();
        row.push(&items?.join(", "));
    }
    Ok(())
}
