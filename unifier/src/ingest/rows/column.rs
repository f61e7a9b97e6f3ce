//! Typed columns of a batch by their names, and small maps as JSON text.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, FixedSizeBinaryArray, FixedSizeBinaryBuilder, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use event_schema::Timestamp;

/// The columns of a batch. A column that is missing or of another type reads as all null: a later version's segment may
/// have more columns, an earlier one's fewer.
pub struct Columns<'a>(pub &'a RecordBatch);

/// A column of texts, perhaps absent.
#[derive(Clone, Copy)]
pub struct Texts<'a>(Option<&'a StringArray>);

/// A column of moments, perhaps absent.
#[derive(Clone, Copy)]
pub struct Moments<'a>(Option<&'a TimestampMillisecondArray>);

impl<'a> Columns<'a> {
    fn typed<T: 'static>(&self, name: &str) -> Option<&'a T> {
        self.0.column_by_name(name)?.as_any().downcast_ref()
    }

    /// A column of texts.
    pub fn texts(&self, name: &str) -> Texts<'a> {
        Texts(self.typed(name))
    }

    /// A column of moments.
    pub fn moments(&self, name: &str) -> Moments<'a> {
        Moments(self.typed(name))
    }

    /// A column of line numbers, 0 where it is absent.
    pub fn lines(&self, name: &str) -> impl Fn(usize) -> u64 + use<'a> {
        let column: Option<&UInt64Array> = self.typed(name);
        move |row| column.map_or(0, |column| column.value(row))
    }

    /// A column of numbers, 0 where it is absent.
    pub fn numbers(&self, name: &str) -> impl Fn(usize) -> i64 + use<'a> {
        let column: Option<&Int64Array> = self.typed(name);
        move |row| column.map_or(0, |column| column.value(row))
    }

    /// A column of yes and no, no where it is absent.
    pub fn flags(&self, name: &str) -> impl Fn(usize) -> bool + use<'a> {
        let column: Option<&BooleanArray> = self.typed(name);
        move |row| column.is_some_and(|column| column.value(row))
    }

    /// A column of 16-byte hashes, 0 where it is absent.
    pub fn hashes(&self, name: &str) -> impl Fn(usize) -> u128 + use<'a> {
        let column: Option<&FixedSizeBinaryArray> = self.typed(name);
        move |row| {
            let bytes = column.and_then(|column| column.value(row).try_into().ok());
            bytes.map_or(0, u128::from_be_bytes)
        }
    }
}

impl<'a> Texts<'a> {
    /// The row's text, where it has one.
    pub fn get(self, row: usize) -> Option<&'a str> {
        self.0
            .filter(|column| column.is_valid(row))
            .map(|column| column.value(row))
    }
}

impl Moments<'_> {
    /// The row's moment, where it has one.
    pub fn get(self, row: usize) -> Option<Timestamp> {
        self.0
            .filter(|column| column.is_valid(row))
            .map(|column| Timestamp::from_millis(column.value(row)))
    }
}

/// A small map as JSON text; nothing when it is empty.
pub fn map_text(map: &BTreeMap<String, String>) -> Option<String> {
    // A map from text to text is always JSON.
    (!map.is_empty()).then(|| serde_json::to_string(map).unwrap_or_default())
}

/// The map in a JSON text that [`map_text`] wrote.
pub fn text_map(text: Option<&str>) -> BTreeMap<String, String> {
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// A schema of (name, type, may be null).
pub(super) fn schema(columns: impl IntoIterator<Item = (&'static str, DataType, bool)>) -> SchemaRef {
    let fields: Vec<Field> = columns
        .into_iter()
        .map(|(name, kind, nullable)| Field::new(name, kind, nullable))
        .collect();
    Arc::new(Schema::new(fields))
}

/// The type of moments.
pub(super) fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// A column of moments.
pub(super) fn moments(values: Vec<Option<Timestamp>>) -> ArrayRef {
    let values = values.into_iter().map(|at| at.map(Timestamp::as_millis));
    Arc::new(TimestampMillisecondArray::from_iter(values).with_timezone("UTC"))
}

/// A column of 16-byte hashes.
pub(super) fn hashes(values: impl Iterator<Item = u128>) -> ArrayRef {
    let mut hashes = FixedSizeBinaryBuilder::new(16);
    for value in values {
        // Sixteen bytes always fit a column of sixteen bytes.
        let _ = hashes.append_value(value.to_be_bytes());
    }
    Arc::new(hashes.finish())
}

/// A batch of columns that were built from one list of rows.
///
/// # Errors
/// [`ArrowError`] when a column does not fit the schema: its rows must not be lost in silence.
pub(super) fn batch(schema: SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, ArrowError> {
    RecordBatch::try_new(schema, columns)
}
