//! Six people with everything a rule can speak of, for the tests of segments and of lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListBuilder, RecordBatch,
    StringArray, StringBuilder, TimestampMillisecondArray,
};
use event_schema::Timestamp;
use jiff::civil::Date;

use super::TableSet;
use crate::config::SegmentRule;

pub(crate) const NOW: &str = "2026-11-24T05:00:00Z";

/// The six, in the order of their ids. Émile is suppressed; the visitor is known by nothing but visits.
pub(crate) const NAMES: [&str; 6] = ["anna", "bruno", "chloé", "visitor", "émile", "fanny"];

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn purposes() -> Vec<String> {
    vec!["email_marketing".to_owned(), "sms_marketing".to_owned()]
}

pub(crate) fn id(index: usize) -> String {
    format!("{:032x}", index + 1)
}

/// The name of the person with that id.
pub(crate) fn name(id: &str) -> &'static str {
    NAMES[usize::from_str_radix(id, 16).unwrap() - 1]
}

pub(crate) fn rule(text: &str) -> SegmentRule {
    SegmentRule {
        rule: text.to_owned(),
        title: None,
        description: None,
        purpose: None,
    }
}

pub(crate) fn rules<const N: usize>(rules: [(&str, &str); N]) -> BTreeMap<String, SegmentRule> {
    rules
        .into_iter()
        .map(|(name, text)| (name.to_owned(), rule(text)))
        .collect()
}

pub(crate) fn tables() -> TableSet {
    TableSet::new(vec![people()], vec![scores()], vec![traits()], vec![events_daily()])
        .and_then(|tables| {
            tables
                .with_propensities(vec![propensities()])?
                .with_groups(vec![group_members()])
        })
        .unwrap()
}

pub(crate) fn people() -> RecordBatch {
    let sources: [&[&str]; 6] = [
        &["hubspot", "shopify"],
        &["mailchimp"],
        &["hubspot"],
        &["web"],
        &["shopify"],
        &[],
    ];
    let last_orders = [
        Some("2026-11-01"),
        Some("2025-06-01"),
        None,
        None,
        Some("2026-08-26"),
        Some("2026-08-25"),
    ];
    batch([
        ("person_id", text((0..6).map(|index| Some(id(index))))),
        (
            "given_name",
            text([
                Some("Anna"),
                Some("Bruno"),
                Some("Chloé"),
                None,
                Some("Émile"),
                Some("=Fanny"),
            ]),
        ),
        (
            "family_name",
            text([Some("Muster"), Some("Rossi"), Some("Dubois"), None, Some("Blanc"), None]),
        ),
        (
            "email",
            text([
                Some("anna@example.org"),
                Some("bruno@example.com"),
                Some("chloe_d@example.org"),
                None,
                Some("e@example.org"),
                None,
            ]),
        ),
        (
            "phone",
            text([
                Some("+41791112233"),
                None,
                Some("+41791112244"),
                None,
                None,
                Some("+33612345678"),
            ]),
        ),
        (
            "birth_date",
            text([
                Some("1980-02-29"),
                Some("1990-12-01"),
                None,
                None,
                Some("unreadable"),
                None,
            ]),
        ),
        (
            "city",
            text([
                Some("Bern"),
                Some("Lugano"),
                Some("ZÜRICH"),
                None,
                Some("Genève"),
                Some("Lyon"),
            ]),
        ),
        (
            "country",
            text([Some("CH"), Some("CH"), Some("CH"), None, Some("CH"), Some("FR")]),
        ),
        (
            "language",
            text([Some("de"), Some("it"), Some("fr"), None, Some("fr"), Some("fr")]),
        ),
        ("sources", lists(&sources)),
        ("records", numbers([2, 1, 1, 1, 1, 1])),
        (
            "first_seen",
            moments([
                Some("2024-05-01T23:59:59.999Z"),
                None,
                None,
                Some("2026-09-01T00:00:00Z"),
                None,
                None,
            ]),
        ),
        ("orders", numbers([5, 1, 0, 0, 3, 2])),
        ("revenue", amounts([4_805_000, 400_000, 0, 0, 1_000_001, 1_000_000])),
        ("last_order", days(last_orders)),
        (
            "consent_email_marketing",
            answers([Some(true), Some(false), None, None, Some(true), Some(true)]),
        ),
        (
            "consent_sms_marketing",
            answers([None, Some(true), Some(true), None, None, Some(true)]),
        ),
        (
            "suppressed",
            answers([
                Some(false),
                Some(false),
                Some(false),
                Some(false),
                Some(true),
                Some(false),
            ]),
        ),
    ])
}

pub(crate) fn scores() -> RecordBatch {
    batch([
        ("person_id", text([0, 1, 4].map(|index| Some(id(index))))),
        ("rfm", text([Some("555"), Some("111"), Some("543")])),
        (
            "p_alive",
            Arc::new(Float64Array::from(vec![Some(0.95), Some(0.1), None])) as ArrayRef,
        ),
        ("p_buy_90d", Arc::new(Float64Array::from(vec![0.8, 0.05, 0.5]))),
        (
            "next_order_median",
            days([Some("2026-12-10"), None, Some("2027-06-01")]),
        ),
    ])
}

pub(crate) fn traits() -> RecordBatch {
    let rows = [
        (0, "children", "2"),
        (0, "loyalty_tier", "gold"),
        (0, "member_since", "2024-05-01"),
        (1, "children", "many"),
        (1, "loyalty_tier", "silver"),
        (4, "loyalty_tier", "Gold"),
    ];
    batch([
        ("person_id", text(rows.map(|(index, ..)| Some(id(index))))),
        ("trait", text(rows.map(|(_, name, _)| Some(name)))),
        ("value", text(rows.map(|(.., value)| Some(value)))),
    ])
}

pub(crate) fn events_daily() -> RecordBatch {
    let rows = [
        (0, "2025-01-01", "Product Viewed", 5),
        (0, "2026-10-25", "Product Viewed", 1),
        (0, "2026-11-01", "Order Completed", 1),
        (0, "2026-11-20", "Product Viewed", 2),
        (2, "2026-11-22", "Product Viewed", 1),
        (3, "2026-09-01", "Product Viewed", 4),
    ];
    batch([
        ("person_id", text(rows.map(|(index, ..)| Some(id(index))))),
        ("day", days(rows.map(|(_, day, ..)| Some(day)))),
        ("event", text(rows.map(|(_, _, event, _)| Some(event)))),
        ("count", numbers(rows.map(|(.., count)| count))),
    ])
}

pub(crate) fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, name != "person_id"))).unwrap()
}

pub(crate) fn text<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

pub(crate) fn numbers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

pub(crate) fn answers(values: impl IntoIterator<Item = Option<bool>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<BooleanArray>())
}

/// Amounts in ten-thousandths.
pub(crate) fn amounts(values: impl IntoIterator<Item = i128>) -> ArrayRef {
    let amounts = Decimal128Array::from_iter_values(values);
    Arc::new(amounts.with_precision_and_scale(18, 4).unwrap())
}

pub(crate) fn days<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
    let epoch = Date::constant(1970, 1, 1);
    let day = |text: &str| epoch.until(text.parse::<Date>().unwrap()).unwrap().get_days();
    Arc::new(values.into_iter().map(|value| value.map(day)).collect::<Date32Array>())
}

fn moments<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
    let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millis();
    let moments: TimestampMillisecondArray = values.into_iter().map(|value| value.map(ms)).collect();
    Arc::new(moments.with_timezone("UTC"))
}

fn lists(values: &[&[&str]]) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for list in values {
        list.iter().for_each(|text| lists.values().append_value(text));
        lists.append(true);
    }
    Arc::new(lists.finish())
}

pub(crate) fn propensities() -> RecordBatch {
    let rows = [
        (0, "cart", 0.4, 20.0),
        (0, "order-soon", 0.7, 80.0),
        (3, "order-soon", 0.2, 40.0),
    ];
    let ids = rows.iter().map(|row| id(row.0));
    let numbers = |of: fn(&(usize, &str, f64, f64)) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(rows.iter().map(of)))
    };
    let columns: [(&str, ArrayRef); 4] = [
        ("person_id", Arc::new(StringArray::from_iter_values(ids))),
        (
            "propensity",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1))),
        ),
        ("probability", numbers(|row| row.2)),
        ("percentile", numbers(|row| row.3)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Persons 0 and 3 are one household, 0 works at Acme; 5 lives alone and never ordered.
pub(crate) fn group_members() -> RecordBatch {
    type Row = (usize, &'static str, &'static str, i64, i64, i128, Option<i32>);
    let rows: [Row; 4] = [
        (0, "account", "Acme", 1, 3, 1_000_000, Some(20_758)),
        (0, "household", "Muster, Weg 1", 2, 4, 1_500_000, Some(20_758)),
        (3, "household", "Muster, Weg 1", 2, 4, 1_500_000, Some(20_758)),
        (5, "household", "Sola, Gasse 2", 1, 0, 0, None),
    ];
    let texts = |of: fn(&Row) -> String| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(of))) };
    let counts = |of: fn(&Row) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(rows.iter().map(of))) };
    let revenue: Decimal128Array = rows.iter().map(|row| Some(row.5)).collect();
    let days: Date32Array = rows.iter().map(|row| row.6).collect();
    let columns: [(&str, ArrayRef); 7] = [
        ("person_id", texts(|row| id(row.0))),
        ("group", texts(|row| row.1.to_owned())),
        ("name", texts(|row| row.2.to_owned())),
        ("people", counts(|row| row.3)),
        ("orders", counts(|row| row.4)),
        ("revenue", Arc::new(revenue.with_data_type(crate::columns::MONEY))),
        ("last_order", Arc::new(days)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}
