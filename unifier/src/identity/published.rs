//! Reads the published tables of identity back, as far as questions need them.
//!
//! The counterpart of [`super::tables`]; owns no meaning.

use arrow::array::{Array, AsArray, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;

use super::conflict::ConflictReason;
use crate::store::{Night, TablesError, Wanted};

/// Why the published tables could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// A table is missing or damaged.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// A table has not the columns it was published with.
    #[error(
        "the table {table} has no column {column} of the expected type: run a night with this version of the unifier"
    )]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

/// A record and its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IdentityRow {
    pub(super) source: String,
    pub(super) record_key: String,
    pub(super) record_id: String,
    pub(super) person_id: String,
}

/// Two records of one person and what both carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkRow {
    pub(super) left: String,
    pub(super) right: String,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) rank: i64,
    pub(super) confidence: String,
}

/// An identifier that gave way or joins nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConflictRow {
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) reason: Option<ConflictReason>,
    pub(super) people: usize,
    pub(super) records: i64,
}

/// The records whose `column` holds `value`.
pub(super) fn identities(night: &Night, column: &str, value: &str) -> Result<Vec<IdentityRow>, PublishedError> {
    rows(night, "identities", column, &[value], |table| {
        let [source, key, record, person] = [
            table.text("source")?,
            table.text("record_key")?,
            table.text("record_id")?,
            table.text("person_id")?,
        ];
        Ok((0..table.batch.num_rows())
            .map(|row| IdentityRow {
                source: source.value(row).to_owned(),
                record_key: key.value(row).to_owned(),
                record_id: record.value(row).to_owned(),
                person_id: person.value(row).to_owned(),
            })
            .collect())
    })
}

/// The links of a person.
pub(super) fn links(night: &Night, person: &str) -> Result<Vec<LinkRow>, PublishedError> {
    rows(night, "links", "person_id", &[person], |table| {
        let [left, right, kind, value, confidence] = [
            table.text("left_record")?,
            table.text("right_record")?,
            table.text("type")?,
            table.text("value")?,
            table.text("confidence")?,
        ];
        let rank = table.numbers("rank")?;
        Ok((0..table.batch.num_rows())
            .map(|row| LinkRow {
                left: left.value(row).to_owned(),
                right: right.value(row).to_owned(),
                kind: kind.value(row).to_owned(),
                value: value.value(row).to_owned(),
                rank: rank.value(row),
                confidence: confidence.value(row).to_owned(),
            })
            .collect())
    })
}

/// The identifiers of a person as (type, value), sorted.
pub(super) fn identifiers(night: &Night, person: &str) -> Result<Vec<(String, String)>, PublishedError> {
    rows(night, "identifiers", "person_id", &[person], |table| {
        let (kind, value) = (table.text("type")?, table.text("value")?);
        Ok((0..table.batch.num_rows())
            .map(|row| (kind.value(row).to_owned(), value.value(row).to_owned()))
            .collect())
    })
}

/// The conflicts about any of `values`, whatever their type.
pub(super) fn conflicts(night: &Night, values: &[&str]) -> Result<Vec<ConflictRow>, PublishedError> {
    rows(night, "conflicts", "value", values, |table| {
        let (kind, value, reason) = (table.text("type")?, table.text("value")?, table.text("reason")?);
        let (people, records) = (table.lists("people")?, table.numbers("records")?);
        Ok((0..table.batch.num_rows())
            .map(|row| ConflictRow {
                kind: kind.value(row).to_owned(),
                value: value.value(row).to_owned(),
                reason: ConflictReason::from_code(reason.value(row)),
                people: people.value(row).len(),
                records: records.value(row),
            })
            .collect())
    })
}

fn rows<T>(
    night: &Night,
    table: &'static str,
    column: &str,
    values: &[&str],
    read: impl Fn(Table) -> Result<Vec<T>, PublishedError>,
) -> Result<Vec<T>, PublishedError> {
    let wanted = Wanted::OneOf(values.iter().map(|value| (*value).to_owned()).collect());
    let mut found = Vec::new();
    for batch in night.rows(table, column, &wanted)? {
        found.extend(read(Table {
            name: table,
            batch: &batch,
        })?);
    }
    Ok(found)
}

/// A batch of a table, asked for its columns by name and type.
struct Table<'a> {
    name: &'static str,
    batch: &'a RecordBatch,
}

impl<'a> Table<'a> {
    fn text(&self, column: &'static str) -> Result<&'a StringArray, PublishedError> {
        self.column(column, |array| array.as_string_opt())
    }

    fn numbers(&self, column: &'static str) -> Result<&'a Int64Array, PublishedError> {
        self.column(column, |array| array.as_primitive_opt::<Int64Type>())
    }

    fn lists(&self, column: &'static str) -> Result<&'a ListArray, PublishedError> {
        self.column(column, |array| array.as_list_opt())
    }

    fn column<T>(
        &self,
        column: &'static str,
        typed: impl Fn(&'a dyn Array) -> Option<&'a T>,
    ) -> Result<&'a T, PublishedError> {
        let array = self
            .batch
            .column_by_name(column)
            .and_then(|array| typed(array.as_ref()));
        array.ok_or(PublishedError::Column {
            table: self.name,
            column,
        })
    }
}
