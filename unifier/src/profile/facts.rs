//! The tables of what people did and said: `orders`, `consents`, `events_daily`, and `audience_daily` of those unknown.

use std::sync::Arc;

use arrow::array::{
    BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow::error::ArrowError;
use event_schema::Timestamp;

use super::activity::PersonDay;
use super::consent::Answer;
use super::orders::LedgerOrder;
use crate::columns::{Columns, MONEY, money, texts_builder, time};
use crate::record::{AudienceCount, PersonId};

/// The people of a night with their records.
type People = [(PersonId, Vec<usize>)];

/// A batch of `orders`.
///
/// # Errors
/// [`ArrowError`] when the batch is too large for Arrow.
pub fn orders(rows: &[LedgerOrder<'_>], people: &People) -> Result<RecordBatch, ArrowError> {
    let (mut columns, mut sources) = (Columns::default(), texts_builder());
    for row in rows {
        sources.append_value(row.sources.iter().copied().map(Some));
    }
    let ids = rows.iter().map(|row| row.person.and_then(|place| id(people, place)));
    columns.add_nullable("person_id", Arc::new(ids.collect::<StringArray>()));
    columns.add("order_id", texts(rows, |row| row.order_id));
    columns.add("ordered_at", times(rows, |row| row.told.ordered_at));
    let amounts = rows
        .iter()
        .map(|row| Some(money(row.told.amount)))
        .collect::<Decimal128Array>();
    columns.add("amount", Arc::new(amounts.with_data_type(MONEY)));
    columns.add("currency", texts(rows, |row| &row.told.currency));
    let values = rows.iter().map(|row| row.value.map(money)).collect::<Decimal128Array>();
    columns.add_nullable("amount_company", Arc::new(values.with_data_type(MONEY)));
    columns.add("status", texts(rows, |row| row.told.status.as_str()));
    columns.add("sources", Arc::new(sources.finish()));
    columns.add("channel", texts(rows, |row| row.channel().as_str()));
    columns.batch()
}

/// A batch of `consents`.
///
/// # Errors
/// [`ArrowError`] when the batch is too large for Arrow.
pub fn consents(rows: &[Answer<'_>], people: &People) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    columns.add(
        "person_id",
        Arc::new(rows.iter().map(|row| id(people, row.person)).collect::<StringArray>()),
    );
    columns.add("purpose", texts(rows, |row| row.purpose));
    columns.add(
        "granted",
        Arc::new(rows.iter().map(|row| Some(row.granted)).collect::<BooleanArray>()),
    );
    columns.add("at", times(rows, |row| row.at));
    columns.add("source", texts(rows, |row| row.source));
    columns.add("evidence", texts(rows, |row| row.evidence));
    columns.batch()
}

/// A batch of `events_daily`.
///
/// # Errors
/// [`ArrowError`] when the batch is too large for Arrow.
pub fn events_daily(rows: &[PersonDay<'_>], people: &People) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    columns.add(
        "person_id",
        Arc::new(rows.iter().map(|row| id(people, row.person)).collect::<StringArray>()),
    );
    columns.add(
        "day",
        Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.day))),
    );
    columns.add("event", texts(rows, |row| row.event));
    columns.add("count", counts(rows, |row| row.count));
    columns.add("first_at", times(rows, |row| row.span.0));
    columns.add("last_at", times(rows, |row| row.span.1));
    columns.batch()
}

/// A batch of `audience_daily`.
///
/// # Errors
/// [`ArrowError`] when the batch is too large for Arrow.
pub fn audience_daily(rows: &[&AudienceCount]) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    columns.add(
        "day",
        Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.day))),
    );
    columns.add("site", texts(rows, |row| &row.site));
    columns.add("event", texts(rows, |row| &row.event));
    columns.add("path", texts(rows, |row| &row.path));
    columns.add("hits", counts(rows, |row| row.hits));
    columns.add("visitors", counts(rows, |row| row.visitors));
    columns.add("bots", counts(rows, |row| row.bots));
    columns.batch()
}

fn id(people: &People, place: usize) -> Option<String> {
    people.get(place).map(|person| person.0.to_string())
}

fn texts<'r, T>(rows: &'r [T], text: impl Fn(&'r T) -> &'r str) -> Arc<StringArray> {
    Arc::new(StringArray::from_iter_values(rows.iter().map(text)))
}

fn times<T>(rows: &[T], at: impl Fn(&T) -> Timestamp) -> Arc<TimestampMillisecondArray> {
    let millis = rows.iter().map(|row| at(row).as_millis());
    Arc::new(TimestampMillisecondArray::from_iter_values(millis).with_data_type(time()))
}

fn counts<T>(rows: &[T], count: impl Fn(&T) -> u64) -> Arc<Int64Array> {
    let counts = rows.iter().map(|row| i64::try_from(count(row)).unwrap_or(i64::MAX));
    Arc::new(Int64Array::from_iter_values(counts))
}
