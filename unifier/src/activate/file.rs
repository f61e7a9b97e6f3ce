//! The files: CSV, JSON lines, Parquet.
//!
//! In CSV an unknown value is empty, lists are joined by `|`, and what a spreadsheet would run is neutralised. In JSON lines an
//! unknown value is null. Days are written as `2026-01-31`, moments in UTC as `2026-01-31T12:00:00.000Z`.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use serde::Serializer;

use super::cell::Column;
use super::error::ExportError;
use super::formula::neutralised;
use crate::store::{AtomicFile, parquet_properties};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    JsonLines,
    Parquet,
}

impl Format {
    /// The format that a file's ending says.
    pub(super) fn of(path: &Path) -> Result<Self, ExportError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Ok(Format::Csv),
            "jsonl" => Ok(Format::JsonLines),
            "parquet" => Ok(Format::Parquet),
            _ => Err(ExportError::Ending(path.to_owned())),
        }
    }
}

/// Writes the rows to a file that does not stand under its name yet, and counts the formulas that were neutralised.
pub(super) fn write(
    path: &Path,
    format: Format,
    schema: SchemaRef,
    batches: &[RecordBatch],
) -> Result<(AtomicFile, usize), ExportError> {
    let refused = |source: io::Error| ExportError::io(path, source);
    let file = AtomicFile::create(path).map_err(refused)?;
    match format {
        Format::Csv => write_csv(file, &schema, batches),
        Format::JsonLines => write_json_lines(file, batches).map(|file| (file, 0)),
        Format::Parquet => write_parquet(file, schema, batches).map(|file| (file, 0)),
    }
    .map_err(|failure| match failure {
        Failure::Io(source) => refused(source),
        Failure::Column(column) => ExportError::Unwritable(column),
    })
}

/// Why a file could not be written.
enum Failure {
    Io(io::Error),
    Column(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        Failure::Io(error.into())
    }
}

impl From<ParquetError> for Failure {
    fn from(error: ParquetError) -> Self {
        Failure::Io(io::Error::other(error))
    }
}

/// The columns of a batch with their names.
fn columns(batch: &RecordBatch) -> Result<Vec<(String, Column<'_>)>, Failure> {
    let schema = batch.schema();
    let named = schema.fields().iter().zip(batch.columns());
    named
        .map(|(field, array)| {
            let column = Column::new(array).ok_or_else(|| Failure::Column(field.name().clone()))?;
            Ok((field.name().clone(), column))
        })
        .collect()
}

fn write_csv(file: AtomicFile, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<(AtomicFile, usize), Failure> {
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(schema.fields().iter().map(|field| field.name()))?;
    let (mut formulas, mut text) = (0, String::new());
    for batch in batches {
        let columns = columns(batch)?;
        for row in 0..batch.num_rows() {
            for (_, column) in &columns {
                text.clear();
                column.write(row, &mut text);
                let safe = if column.is_text() {
                    neutralised(&text)
                } else {
                    Cow::Borrowed(text.as_str())
                };
                formulas += usize::from(matches!(safe, Cow::Owned(_)));
                writer.write_field(safe.as_ref())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
    }
    let file = writer.into_inner().map_err(|error| error.into_error())?;
    Ok((file, formulas))
}

fn write_json_lines(file: AtomicFile, batches: &[RecordBatch]) -> Result<AtomicFile, Failure> {
    let mut writer = BufWriter::new(file);
    for batch in batches {
        let columns = columns(batch)?;
        for row in 0..batch.num_rows() {
            let values = columns.iter().map(|(name, column)| (name, column.json(row)));
            let mut json = serde_json::Serializer::new(&mut writer);
            json.collect_map(values).map_err(io::Error::from)?;
            writer.write_all(b"\n")?;
        }
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?)
}

fn write_parquet(file: AtomicFile, schema: SchemaRef, batches: &[RecordBatch]) -> Result<AtomicFile, Failure> {
    let mut writer = ArrowWriter::try_new(file, schema, Some(parquet_properties().build()))?;
    for batch in batches {
        writer.write(batch)?;
    }
    Ok(writer.into_inner()?)
}
