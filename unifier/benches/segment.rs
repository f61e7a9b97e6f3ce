//! Prints what it costs to count the people a rule matches, from the published tables on disk to the answer with reach and
//! sample, and to evaluate many segments at once.
//!
//! `cargo bench -p unifier --bench segment -- [PEOPLE]`; each person has two traits and three days on the web on average.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListBuilder, RecordBatch,
    StringArray, StringBuilder,
};
use arrow::error::ArrowError;
use event_schema::Timestamp;
use unifier::config::SegmentRule;
use unifier::segment::{TableSet, compile};
use unifier::store::{CONFIG_FILE, Night, Store};

/// The day of the night: 2026-11-24.
const TODAY: i32 = 20_781;
const RULES: [&str; 8] = [
    "orders >= 2",
    "country = \"CH\" and (orders >= 2 or revenue > 100) and last_order within 90 days",
    "email ends with \"@example.org\" and consents to email_marketing",
    "city contains \"er\"",
    "p_buy_90d >= 0.5",
    "from source \"shopify\" and not from source \"hubspot\"",
    "trait \"loyalty_tier\" = \"gold\"",
    "event \"Product Viewed\" at least 3 times within 30 days and no event \"Order Completed\" within 180 days",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let night = publish(folder.path(), people)?;
    let now = Timestamp::from_millis(i64::from(TODAY) * 86_400_000);
    println!("{people} people, {} threads", rayon::current_num_threads());
    let purposes = ["email_marketing", "sms_marketing"].map(str::to_owned);
    let rules: BTreeMap<String, SegmentRule> = RULES
        .iter()
        .enumerate()
        .map(|(index, rule)| (format!("s{index}"), named(rule)))
        .collect();
    let segments = compile(&rules, &purposes).map_err(|errors| format!("{errors:?}"))?;
    for (name, rule) in segments.iter() {
        let mut times = Vec::new();
        let mut matched = 0;
        for _ in 0..5 {
            let start = Instant::now();
            matched = segments.count(&night, rule, now)?.matched;
            times.push(start.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        println!(
            "count {name}  median {:.3} s, slowest {:.3} s  {matched:>8} matched  {rule}",
            times[2], times[4]
        );
    }
    let start = Instant::now();
    let tables = TableSet::read(&night)?;
    println!("read all tables        {:.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let members: usize = segments.evaluate(&tables, now)?.sizes().map(|(_, size)| size).sum();
    println!(
        "evaluate all {} rules  {:.3} s  {members} members",
        RULES.len(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn named(rule: &str) -> SegmentRule {
    SegmentRule {
        rule: rule.to_owned(),
        title: None,
        description: None,
        purpose: None,
    }
}

fn publish(folder: &std::path::Path, people: usize) -> Result<Night, Box<dyn std::error::Error>> {
    fs::write(folder.join(CONFIG_FILE), "")?;
    let draft = Store::open(folder)?.tables().draft()?;
    draft.write("people", [people_table(people)])?;
    draft.write("scores", [scores_table(people)])?;
    draft.write("traits", [traits_table(people)])?;
    draft.write("events_daily", [events_table(people)])?;
    Ok(draft.publish()?)
}

/// A number that looks drawn by lot and is the same each time (the finaliser of MurmurHash3).
fn lot(person: usize, what: u64) -> u64 {
    let mut x = (person as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ what.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Ids that ascend and whose digits look random, as hashes in order do.
fn ids(rows: impl Iterator<Item = usize>, people: usize) -> ArrayRef {
    let step = u64::MAX / people.max(1) as u64;
    let ids = rows.map(|row| format!("{:016x}{:016x}", row as u64 * step + lot(row, 0) % step, lot(row, 1)));
    Arc::new(ids.collect::<Vec<_>>().into_iter().map(Some).collect::<StringArray>())
}

fn people_table(people: usize) -> Result<RecordBatch, ArrowError> {
    let all = || 0..people;
    let orders = |person: usize| (lot(person, 2) % 100).saturating_sub(60) / 8;
    let mut sources = ListBuilder::new(StringBuilder::new());
    for person in all() {
        let known = ["hubspot", "shopify", "web"];
        sources.append_value(known[(lot(person, 3) % 3) as usize..].iter().map(Some));
    }
    let email = |person: usize| {
        let host = ["example.org", "example.com", "mail.example.net"][(lot(person, 5) % 3) as usize];
        (!lot(person, 4).is_multiple_of(10)).then(|| format!("person{person}@{host}"))
    };
    let city = |person: usize| ["Bern", "Zürich", "Genève", "Basel", "Winterthur"][(lot(person, 6) % 5) as usize];
    let answer = |what: u64| -> ArrayRef {
        let answers = all().map(|person| (lot(person, what) % 3).checked_sub(1).map(|granted| granted == 1));
        Arc::new(answers.collect::<BooleanArray>())
    };
    RecordBatch::try_from_iter_with_nullable([
        ("person_id", ids(all(), people), false),
        (
            "email",
            Arc::new(all().map(email).collect::<StringArray>()) as ArrayRef,
            true,
        ),
        (
            "phone",
            Arc::new(
                all()
                    .map(|p| lot(p, 7).is_multiple_of(2).then(|| format!("+4179{p:07}")))
                    .collect::<StringArray>(),
            ),
            true,
        ),
        ("city", Arc::new(StringArray::from_iter_values(all().map(city))), true),
        (
            "country",
            Arc::new(StringArray::from_iter_values(
                all().map(|p| ["CH", "FR", "DE"][(lot(p, 8) % 3) as usize]),
            )),
            true,
        ),
        ("sources", Arc::new(sources.finish()), true),
        (
            "orders",
            Arc::new(Int64Array::from_iter_values(all().map(|p| orders(p) as i64))),
            false,
        ),
        (
            "revenue",
            Arc::new(
                Decimal128Array::from_iter_values(all().map(|p| i128::from(orders(p) * (lot(p, 9) % 1_000_000))))
                    .with_precision_and_scale(18, 4)?,
            ),
            false,
        ),
        (
            "last_order",
            Arc::new(
                all()
                    .map(|p| (orders(p) > 0).then(|| TODAY - (lot(p, 10) % 1_000) as i32))
                    .collect::<Date32Array>(),
            ),
            true,
        ),
        ("consent_email_marketing", answer(11), true),
        ("consent_sms_marketing", answer(12), true),
        (
            "suppressed",
            Arc::new(BooleanArray::from(
                all().map(|p| lot(p, 13).is_multiple_of(50)).collect::<Vec<_>>(),
            )),
            false,
        ),
    ])
}

fn scores_table(people: usize) -> Result<RecordBatch, ArrowError> {
    let buyers: Vec<usize> = (0..people)
        .filter(|person| !lot(*person, 14).is_multiple_of(3))
        .collect();
    let p_buy = buyers.iter().map(|person| (lot(*person, 15) % 1_000) as f64 / 1_000.0);
    let p_buy: ArrayRef = Arc::new(Float64Array::from_iter_values(p_buy));
    RecordBatch::try_from_iter([("person_id", ids(buyers.into_iter(), people)), ("p_buy_90d", p_buy)])
}

fn traits_table(people: usize) -> Result<RecordBatch, ArrowError> {
    let rows = || (0..people).flat_map(|person| [(person, "loyalty_tier"), (person, "shoe_size")]);
    let value = |(person, _): (usize, &str)| ["gold", "silver", "bronze", "42"][(lot(person, 16) % 4) as usize];
    RecordBatch::try_from_iter([
        ("person_id", ids(rows().map(|(person, _)| person), people)),
        (
            "trait",
            Arc::new(StringArray::from_iter_values(rows().map(|(_, name)| name))) as ArrayRef,
        ),
        ("value", Arc::new(StringArray::from_iter_values(rows().map(value)))),
    ])
}

fn events_table(people: usize) -> Result<RecordBatch, ArrowError> {
    const EVENTS: [&str; 3] = ["Order Completed", "Page Viewed", "Product Viewed"];
    let rows = || (0..people).flat_map(|person| (0..lot(person, 17) % 7).map(move |number| (person, number)));
    let day = |(person, number): (usize, u64)| TODAY - (lot(person, 18) % 400) as i32 + number as i32 / 3;
    RecordBatch::try_from_iter([
        ("person_id", ids(rows().map(|(person, _)| person), people)),
        (
            "day",
            Arc::new(Date32Array::from_iter_values(rows().map(day))) as ArrayRef,
        ),
        (
            "event",
            Arc::new(StringArray::from_iter_values(
                rows().map(|(p, n)| EVENTS[(lot(p, 20) % 3 + n) as usize % 3]),
            )),
        ),
        (
            "count",
            Arc::new(Int64Array::from_iter_values(
                rows().map(|(person, n)| (lot(person, 19 + n) % 5) as i64 + 1),
            )),
        ),
    ])
}
