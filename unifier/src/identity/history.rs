//! The table `lineage`: what happened to people in all nights so far, and reading who belonged to whom from a published night.

use std::sync::Arc;

use arrow::array::{AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;

use super::lineage::{Lineage, Membership};
use super::resolution::Resolution;
use crate::columns::Columns;
use crate::record::{Record, RecordId};
use crate::store::{Night, TablesError};

/// The table's name.
const TABLE: &str = "lineage";

/// One event of one night.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    night: i64,
    change: String,
    person: String,
    other: String,
    records: i64,
}

/// Which person each record belongs to, as the stage found it.
pub fn membership(records: &[Record], resolution: &Resolution) -> Membership {
    let person = |at: usize| resolution.people[resolution.person_of[at]].id;
    records
        .iter()
        .enumerate()
        .map(|(at, record)| (record.id, person(at)))
        .collect()
}

/// Which person each record belongs to, as a night published it.
///
/// # Errors
/// [`TablesError`] when the table cannot be read.
pub fn published(night: &Night) -> Result<Membership, TablesError> {
    let mut membership = Membership::default();
    for batch in night.read("identities", Some(&["record_id", "person_id"]))? {
        let column = |name| {
            batch
                .column_by_name(name)
                .and_then(|column| column.as_string_opt::<i32>())
        };
        let (Some(records), Some(people)) = (column("record_id"), column("person_id")) else {
            continue;
        };
        let pairs = records.iter().zip(people).filter_map(|(record, person)| {
            let id = |text: Option<&str>| text?.parse::<RecordId>().ok();
            Some((id(record)?, id(person)?))
        });
        membership.extend(pairs);
    }
    Ok(membership)
}

/// `lineage`: what the nights before told, as far as its people are known still, and what this one tells.
///
/// # Errors
/// [`TablesError`] when the night before cannot be read.
pub fn lineage(
    before: Option<&Night>,
    number: u32,
    lineage: &Lineage,
    now: &Membership,
) -> Result<Result<RecordBatch, ArrowError>, TablesError> {
    let mut rows: Vec<Row> = match before {
        Some(night) if night.has(TABLE) => night.read(TABLE, None)?.iter().flat_map(rows).collect(),
        _ => Vec::new(),
    };
    rows.extend(lineage.events.iter().map(|event| Row {
        night: number.into(),
        change: event.change.as_str().to_owned(),
        person: event.person.to_string(),
        other: event.other.to_string(),
        records: event.records as i64,
    }));
    let is_known = |id: &str| id.parse().is_ok_and(|id: RecordId| now.contains_key(&id));
    // Who was erased is in no record, and must be in no lineage.
    rows.retain(|row| is_known(&row.person) && is_known(&row.other));
    rows.sort();
    Ok(batch(&rows))
}

fn batch(rows: &[Row]) -> Result<RecordBatch, ArrowError> {
    let texts = |of: fn(&Row) -> &str| Arc::new(StringArray::from_iter_values(rows.iter().map(of)));
    let numbers = |of: fn(&Row) -> i64| Arc::new(Int64Array::from_iter_values(rows.iter().map(of)));
    let mut columns = Columns::default();
    columns.add("night", numbers(|row| row.night));
    columns.add("change", texts(|row| &row.change));
    columns.add("person_id", texts(|row| &row.person));
    columns.add("other_id", texts(|row| &row.other));
    columns.add("records", numbers(|row| row.records));
    columns.batch()
}

fn rows(batch: &RecordBatch) -> Vec<Row> {
    let text = |name: &str, row: usize| {
        let column = batch
            .column_by_name(name)
            .and_then(|column| column.as_string_opt::<i32>());
        column.map_or_else(String::new, |column| column.value(row).to_owned())
    };
    let number = |name: &str, row: usize| {
        let column = batch
            .column_by_name(name)
            .and_then(|column| column.as_primitive_opt::<Int64Type>());
        column.map_or(0, |column| column.value(row))
    };
    let row = |row| Row {
        night: number("night", row),
        change: text("change", row),
        person: text("person_id", row),
        other: text("other_id", row),
        records: number("records", row),
    };
    (0..batch.num_rows()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Tables;

    fn id(key: &str) -> RecordId {
        RecordId::new("crm", key)
    }

    fn night(people: &[(&str, &str)]) -> Membership {
        people.iter().map(|(record, person)| (id(record), id(person))).collect()
    }

    #[test]
    fn lineage_grows_night_by_night_and_forgets_who_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let nights = [
            night(&[("a", "a"), ("b", "b"), ("c", "c")]),
            night(&[("a", "a"), ("b", "a"), ("c", "c")]),
            night(&[("a", "a"), ("b", "a"), ("c", "a")]),
            night(&[("a", "a"), ("c", "a")]),
        ];
        let mut counts = Vec::new();
        let mut before: Option<Night> = None;
        for (number, pair) in (2..).zip(nights.windows(2)) {
            let between = Lineage::between(&pair[0], &pair[1]);
            let batch = lineage(before.as_ref(), number, &between, &pair[1]).unwrap().unwrap();
            counts.push(batch.num_rows());
            let draft = Tables::new(folder.path()).draft().unwrap();
            draft.write(TABLE, [Ok(batch)]).unwrap();
            before = Some(draft.publish().unwrap());
        }
        assert_eq!(counts, [1, 2, 1]);
    }
}
