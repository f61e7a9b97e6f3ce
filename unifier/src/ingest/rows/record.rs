//! Rows about people.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder, UInt64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use event_schema::Timestamp;

use crate::ingest::Field;

use super::column::{Columns, batch, hashes, map_text, moment, moments, schema, text_map};

/// What one row says of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordRow {
    /// The source's key.
    pub record_key: String,
    /// The line it was read from.
    pub line: u64,
    /// A hash of everything the row says, to find it again.
    pub row_hash: u128,
    /// When the source came to know the person.
    pub created_at: Option<Timestamp>,
    /// When the source says it was so; nothing means the day of the import.
    pub observed_at: Option<Timestamp>,
    /// The values of [`Field::PERSON`], in that order.
    pub person: Vec<Option<String>>,
    /// Further identifiers by their type.
    pub identifiers: BTreeMap<String, String>,
    /// Anything else by its name.
    pub traits: BTreeMap<String, String>,
}

impl RecordRow {
    /// The value of a person's field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.person.get(field.person_index()?)?.as_deref()
    }

    /// The rows of a batch of the log.
    pub fn read(batch: &RecordBatch) -> Vec<Self> {
        (0..batch.num_rows()).map(Self::reader(batch)).collect()
    }

    /// Gives each row of a batch of the log by its number.
    pub fn reader(batch: &RecordBatch) -> impl Fn(usize) -> Self + Sync {
        let columns = Columns(batch);
        let (keys, lines, hashes) = (
            columns.texts("record_key"),
            columns.lines("line"),
            columns.hashes("row_hash"),
        );
        let (created, observed) = (columns.moments("created_at"), columns.moments("observed_at"));
        let person: Vec<_> = Field::PERSON
            .iter()
            .map(|field| columns.texts(field.as_str()))
            .collect();
        let (identifiers, traits) = (columns.texts("identifiers"), columns.texts("traits"));
        move |at| Self {
            record_key: keys.get(at).unwrap_or_default().to_owned(),
            line: lines(at),
            row_hash: hashes(at),
            created_at: created.get(at),
            observed_at: observed.get(at),
            person: person.iter().map(|column| column.get(at).map(str::to_owned)).collect(),
            identifiers: text_map(identifiers.get(at)),
            traits: text_map(traits.get(at)),
        }
    }
}

/// The columns of the log.
fn record_schema() -> SchemaRef {
    let fixed = [
        ("record_key", DataType::Utf8, false),
        ("line", DataType::UInt64, false),
        ("row_hash", DataType::FixedSizeBinary(16), false),
        ("created_at", moment(), true),
        ("observed_at", moment(), true),
    ];
    let person = Field::PERSON.iter().map(|field| (field.as_str(), DataType::Utf8, true));
    let free = [("identifiers", DataType::Utf8, true), ("traits", DataType::Utf8, true)];
    schema(fixed.into_iter().chain(person).chain(free))
}

/// Rows as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn record_batch(rows: &[RecordRow]) -> Result<RecordBatch, ArrowError> {
    let texts = |value: &dyn Fn(&RecordRow) -> Option<String>| -> ArrayRef {
        let mut texts = StringBuilder::new();
        rows.iter().for_each(|row| texts.append_option(value(row)));
        Arc::new(texts.finish())
    };
    let mut columns: Vec<ArrayRef> = vec![
        texts(&|row| Some(row.record_key.clone())),
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.line))),
        hashes(rows.iter().map(|row| row.row_hash)),
        moments(rows.iter().map(|row| row.created_at).collect()),
        moments(rows.iter().map(|row| row.observed_at).collect()),
    ];
    for index in 0..Field::PERSON.len() {
        let mut texts = StringBuilder::new();
        rows.iter()
            .for_each(|row| texts.append_option(row.person.get(index).and_then(Option::as_deref)));
        columns.push(Arc::new(texts.finish()));
    }
    columns.push(texts(&|row| map_text(&row.identifiers)));
    columns.push(texts(&|row| map_text(&row.traits)));
    batch(record_schema(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_from_their_batch() {
        let mut person = vec![None; Field::PERSON.len()];
        person[Field::Email as usize] = Some("Ann@example.org".to_owned());
        let full = RecordRow {
            record_key: "1".to_owned(),
            line: 2,
            row_hash: u128::MAX - 7,
            created_at: Some(Timestamp::from_millis(1_000)),
            observed_at: None,
            person,
            identifiers: BTreeMap::from([("national_id".to_owned(), "756".to_owned())]),
            traits: BTreeMap::from([("shoe".to_owned(), "42".to_owned())]),
        };
        let bare = RecordRow {
            person: vec![None; Field::PERSON.len()],
            ..RecordRow::default()
        };
        let rows = [full, bare];
        assert_eq!(RecordRow::read(&record_batch(&rows).unwrap()), rows);
    }
}
