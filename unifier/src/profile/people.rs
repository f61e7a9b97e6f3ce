//! The `people` table: one row per person, with the values that won and what the person's orders, visits and answers add up
//! to.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::error::ArrowError;
use event_schema::Timestamp;

use super::activity::WebTotals;
use super::computed::Made;
use super::golden::GoldenRecord;
use super::purchase::Purchases;
use crate::columns::{Columns, MONEY, money, texts_builder, time};
use crate::record::{PersonId, Record};

/// The traits that have a column of their own.
pub const STANDARD_TRAITS: [&str; 14] = [
    "given_name",
    "family_name",
    "full_name",
    "email",
    "phone",
    "birth_date",
    "company",
    "street",
    "street_number",
    "city",
    "postcode",
    "region",
    "country",
    "language",
];

/// One person, ready for the table.
#[derive(Debug)]
pub struct Row<'a> {
    /// The lasting id.
    pub id: PersonId,
    /// What won.
    pub golden: GoldenRecord<'a>,
    /// The sources that know the person.
    pub sources: BTreeSet<&'a str>,
    /// How many records the person has.
    pub records: usize,
    /// The earliest of the records' known first days.
    pub first_seen: Option<Timestamp>,
    /// What was bought.
    pub purchases: Purchases,
    /// What was done on the web.
    pub web: WebTotals,
    /// The answers to the configured purposes, in the configured order.
    pub consents: Vec<Option<bool>>,
    /// Whether the person may not be contacted at all.
    pub suppressed: bool,
    /// What is computed of orders and web events, in the order of the traits' names.
    pub computed: Vec<Made<'a>>,
}

impl<'a> Row<'a> {
    /// What the records themselves tell; the rest is empty.
    pub fn new(id: PersonId, golden: GoldenRecord<'a>, records: impl Iterator<Item = &'a Record>) -> Self {
        let mut row = Self {
            id,
            golden,
            sources: BTreeSet::new(),
            records: 0,
            first_seen: None,
            purchases: Purchases::default(),
            web: WebTotals::default(),
            consents: Vec::new(),
            suppressed: false,
            computed: Vec::new(),
        };
        for record in records {
            row.records += 1;
            row.sources.insert(&record.source);
            row.first_seen = row.first_seen.into_iter().chain(record.first_seen).min();
        }
        row
    }

    fn standard_trait(&self, name: &str) -> Option<String> {
        if name == "full_name" {
            self.golden.full_name()
        } else {
            self.golden.value(name).map(str::to_owned)
        }
    }
}

/// A batch of `people`.
///
/// # Errors
/// [`ArrowError`] when the batch is too large for Arrow.
pub fn people(rows: &[Row<'_>], purposes: &[String]) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    let ids = rows.iter().map(|row| row.id.to_string());
    columns.add("person_id", Arc::new(StringArray::from_iter_values(ids)));
    for name in STANDARD_TRAITS {
        let values = rows.iter().map(|row| row.standard_trait(name));
        columns.add_nullable(name, Arc::new(values.collect::<StringArray>()));
    }
    let mut sources = texts_builder();
    rows.iter()
        .for_each(|row| sources.append_value(row.sources.iter().copied().map(Some)));
    columns.add("sources", Arc::new(sources.finish()));
    columns.add("records", counts(rows, |row| row.records as u64));
    columns.add_nullable("first_seen", times(rows, |row| row.first_seen));
    add_purchases(&mut columns, rows);
    columns.add("web_events", counts(rows, |row| row.web.events));
    columns.add("web_days", counts(rows, |row| row.web.days));
    columns.add_nullable("first_visit", times(rows, |row| row.web.span.map(|span| span.0)));
    columns.add_nullable("last_visit", times(rows, |row| row.web.span.map(|span| span.1)));
    for (index, purpose) in purposes.iter().enumerate() {
        let answers = rows.iter().map(|row| row.consents.get(index).copied().flatten());
        columns.add_nullable(
            &format!("consent_{purpose}"),
            Arc::new(answers.collect::<BooleanArray>()),
        );
    }
    let suppressed = rows.iter().map(|row| Some(row.suppressed));
    columns.add("suppressed", Arc::new(suppressed.collect::<BooleanArray>()));
    columns.batch()
}

fn add_purchases(columns: &mut Columns, rows: &[Row<'_>]) {
    columns.add("orders", counts(rows, |row| row.purchases.count));
    let revenue = rows.iter().map(|row| Some(money(row.purchases.revenue())));
    columns.add(
        "revenue",
        Arc::new(revenue.collect::<Decimal128Array>().with_data_type(MONEY)),
    );
    let average = rows.iter().map(|row| row.purchases.average().map(money));
    columns.add_nullable(
        "average_order",
        Arc::new(average.collect::<Decimal128Array>().with_data_type(MONEY)),
    );
    let day = |of: fn((i32, i32)) -> i32| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|row| row.purchases.span.map(of))
                .collect::<Date32Array>(),
        )
    };
    columns.add_nullable("first_order", day(|span| span.0));
    columns.add_nullable("last_order", day(|span| span.1));
}

fn counts(rows: &[Row<'_>], count: impl Fn(&Row<'_>) -> u64) -> ArrayRef {
    let counts = rows.iter().map(|row| i64::try_from(count(row)).unwrap_or(i64::MAX));
    Arc::new(Int64Array::from_iter_values(counts))
}

fn times(rows: &[Row<'_>], at: impl Fn(&Row<'_>) -> Option<Timestamp>) -> ArrayRef {
    let millis = rows.iter().map(|row| at(row).map(Timestamp::as_millis));
    Arc::new(millis.collect::<TimestampMillisecondArray>().with_data_type(time()))
}
