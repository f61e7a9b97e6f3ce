//! The tables `identities`, `identifiers`, `links`, `conflicts`, `review` and `quality`, with the columns and the order of `docs/tables.md`.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use rayon::prelude::*;

use super::quality::{CHANGED, Measure, Quality};
use super::question::Question;
use super::resolution::{Person, Resolution};
use crate::record::Record;

/// Rows in one batch: text columns stay far below the 2 GiB that an Arrow array can hold.
const BATCH_ROWS: usize = 65_536;

/// `identities`: each record and the person it belongs to.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn identities(records: &[Record], resolution: &Resolution) -> Result<Vec<RecordBatch>, ArrowError> {
    let time = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let fields = [
        text("source"),
        text("record_key"),
        text("record_id"),
        text("person_id"),
        Field::new("first_seen", time, true),
        text("confidence"),
    ];
    let mut rows: Vec<usize> = (0..records.len()).collect();
    let key = |row: usize| (&records[row].source, &records[row].key);
    rows.par_sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
    batches(fields, &rows, |rows| {
        let of = |row: &usize| &records[*row];
        let first_seen = rows.iter().map(|row| of(row).first_seen.map(|time| time.as_millis()));
        vec![
            texts(rows.iter().map(|row| of(row).source.as_str())),
            texts(rows.iter().map(|row| of(row).key.as_str())),
            texts(rows.iter().map(|row| of(row).id.to_string())),
            texts(
                rows.iter()
                    .map(|row| resolution.people[resolution.person_of[*row]].id.to_string()),
            ),
            Arc::new(first_seen.collect::<TimestampMillisecondArray>().with_timezone("UTC")),
            texts(rows.iter().map(|row| resolution.confidence[*row].as_str())),
        ]
    })
}

/// `identifiers`: each identifier of each person.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn identifiers(resolution: &Resolution) -> Result<Vec<RecordBatch>, ArrowError> {
    let fields = [
        text("person_id"),
        text("type"),
        text("value"),
        Field::new("records", DataType::Int64, false),
        Field::new("joins", DataType::Boolean, false),
    ];
    batches(fields, &resolution.identifiers, |rows| {
        vec![
            texts(rows.iter().map(|row| resolution.people[row.person].id.to_string())),
            texts(rows.iter().map(|row| row.identifier.kind.as_str())),
            texts(rows.iter().map(|row| row.identifier.value.as_str())),
            counts(rows.iter().map(|row| row.records)),
            Arc::new(rows.iter().map(|row| Some(row.joins)).collect::<BooleanArray>()),
        ]
    })
}

/// `links`: why records are one person.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn links(records: &[Record], resolution: &Resolution) -> Result<Vec<RecordBatch>, ArrowError> {
    let fields = [
        text("person_id"),
        text("left_record"),
        text("right_record"),
        text("type"),
        text("value"),
        Field::new("rank", DataType::Int64, false),
        text("confidence"),
    ];
    batches(fields, &resolution.links, |rows| {
        let person = |position: usize| resolution.people[resolution.person_of[position]].id;
        vec![
            texts(rows.iter().map(|row| person(row.left).to_string())),
            texts(rows.iter().map(|row| records[row.left].id.to_string())),
            texts(rows.iter().map(|row| records[row.right].id.to_string())),
            texts(rows.iter().map(|row| row.because.kind())),
            texts(rows.iter().map(|row| row.because.value())),
            counts(rows.iter().map(|row| row.because.rank() as usize)),
            texts(rows.iter().map(|row| row.confidence.as_str())),
        ]
    })
}

/// `conflicts`: the identifiers that gave way or join nobody.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn conflicts(resolution: &Resolution) -> Result<Vec<RecordBatch>, ArrowError> {
    let people = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
    let fields = [
        text("type"),
        text("value"),
        text("reason"),
        Field::new("people", people, false),
        Field::new("records", DataType::Int64, false),
    ];
    batches(fields, &resolution.conflicts, |rows| {
        // Positions ascend with the ids, so the ids are sorted.
        let ids = rows
            .iter()
            .map(|row| row.people.iter().map(|&person| resolution.people[person].id));
        vec![
            texts(rows.iter().map(|row| row.identifier.kind.as_str())),
            texts(rows.iter().map(|row| row.identifier.value.as_str())),
            texts(rows.iter().map(|row| row.reason.as_str())),
            lists(ids),
            counts(rows.iter().map(|row| row.records)),
        ]
    })
}

/// `review`: pairs of people that somebody should look at, in the order of the questions.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn review(
    records: &[Record],
    resolution: &Resolution,
    questions: &[Question],
) -> Result<Vec<RecordBatch>, ArrowError> {
    let fields = [
        text("left_record"),
        text("right_record"),
        text("left_person"),
        text("right_person"),
        text("reason"),
        text("type"),
        text("value"),
    ];
    let person = |record: usize| resolution.people[resolution.person_of[record]].id;
    batches(fields, questions, |rows| {
        vec![
            texts(rows.iter().map(|row| records[row.left].id.to_string())),
            texts(rows.iter().map(|row| records[row.right].id.to_string())),
            texts(rows.iter().map(|row| person(row.left).to_string())),
            texts(rows.iter().map(|row| person(row.right).to_string())),
            texts(rows.iter().map(|row| row.reason.as_str())),
            texts(rows.iter().map(|row| row.identifier.kind.as_str())),
            texts(rows.iter().map(|row| row.identifier.value.as_str())),
        ]
    })
}

/// `quality`: the figures of the night. What changed since the night before stands in the report alone, so that a night which is
/// run again gives the same bytes.
///
/// # Errors
/// [`ArrowError`] when Arrow refuses the columns.
pub fn quality(quality: &Quality) -> Result<Vec<RecordBatch>, ArrowError> {
    let people = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
    let fields = [
        text("measure"),
        text("subject"),
        Field::new("value", DataType::Float64, false),
        Field::new("people", people, false),
    ];
    let of_the_night: Vec<&Measure> = quality
        .measures
        .iter()
        .filter(|figure| figure.measure != CHANGED)
        .collect();
    batches(fields, &of_the_night, |rows| {
        vec![
            texts(rows.iter().map(|row| row.measure.as_str())),
            texts(rows.iter().map(|row| row.subject.as_str())),
            Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.value))),
            lists(rows.iter().map(|row| row.people.iter())),
        ]
    })
}

/// A batch of `people` with the column that says how sure it is that their records are theirs. `from` is the position of the
/// batch's first person.
///
/// # Errors
/// [`ArrowError`] when the batch is not of these people.
pub fn with_confidence(people: &RecordBatch, from: usize, resolution: &Resolution) -> Result<RecordBatch, ArrowError> {
    let rows = resolution.people[from..].iter().take(people.num_rows());
    let least = |person: &Person| person.records.iter().map(|&record| resolution.confidence[record]).min();
    let words = rows.map(|person| least(person).unwrap_or_default().as_str());
    let mut fields: Vec<Arc<Field>> = people.schema().fields().iter().cloned().collect();
    let mut columns = people.columns().to_vec();
    fields.push(Arc::new(text("confidence")));
    columns.push(texts(words));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The rows in batches of bounded size; a table without rows is one empty batch.
fn batches<T, const N: usize>(
    fields: [Field; N],
    rows: &[T],
    columns: impl Fn(&[T]) -> Vec<ArrayRef>,
) -> Result<Vec<RecordBatch>, ArrowError> {
    let schema: SchemaRef = Arc::new(Schema::new(fields.to_vec()));
    let batch = |rows: &[T]| RecordBatch::try_new(Arc::clone(&schema), columns(rows));
    if rows.is_empty() {
        return Ok(vec![batch(rows)?]);
    }
    rows.chunks(BATCH_ROWS).map(batch).collect()
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn texts(values: impl Iterator<Item = impl AsRef<str>>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn counts(values: impl Iterator<Item = usize>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values.map(|count| count as i64)))
}

fn lists(rows: impl Iterator<Item = impl Iterator<Item = impl std::fmt::Display>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for ids in rows {
        for id in ids {
            builder.values().append_value(id.to_string());
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}
