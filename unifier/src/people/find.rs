//! Search: the people whose name, e-mail address, telephone number, id or record key matches a text.
//!
//! Reads the searched columns whole, row groups side by side, and the shown columns only of the people that are shown.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use serde::Serialize;

use super::query::{Match, Query};
use super::row::{Row, rows, rows_of};
use crate::record::PersonId;
use crate::store::{Night, TablesError, Wanted};

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonRow {
    /// The lasting id.
    pub person_id: String,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number, as `+41791234567`.
    pub phone: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// The country's ISO code.
    pub country: Option<String>,
    /// The sources that know the person.
    pub sources: Vec<String>,
    /// Purchases.
    pub orders: i64,
    /// What they add up to, in the company's currency.
    pub revenue: f64,
    /// The day of the last one.
    pub last_order: Option<String>,
    /// How the person matches what was looked for; nothing when nothing was.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
}

impl PersonRow {
    pub(super) fn new(row: Row<'_>, matched: Option<Match>) -> Self {
        let text = |column| row.text(column).map(str::to_owned);
        Self {
            person_id: row.owned("person_id"),
            name: text("full_name"),
            email: text("email"),
            phone: text("phone"),
            city: text("city"),
            country: text("country"),
            sources: row.texts("sources"),
            orders: row.integer("orders").unwrap_or_default(),
            revenue: row.money("revenue").unwrap_or_default(),
            last_order: row.day("last_order"),
            matched,
        }
    }
}

/// The people with these ids, by id.
///
/// # Errors
/// [`TablesError`] when the table is missing or damaged.
pub fn rows_by_id(night: &Night, ids: BTreeSet<String>) -> Result<Vec<PersonRow>, TablesError> {
    let batches = night.rows("people", "person_id", &Wanted::OneOf(ids))?;
    Ok(rows(&batches).map(|row| PersonRow::new(row, None)).collect())
}

/// The best matches for a text, at most `limit`: by how they match, then by id.
///
/// # Errors
/// [`TablesError`] when a table is missing or damaged.
pub fn find(night: &Night, text: &str, limit: usize) -> Result<Vec<PersonRow>, TablesError> {
    let Some(query) = Query::new(text) else {
        return Ok(Vec::new());
    };
    let mut found = in_people(night, &query)?;
    found.append(&mut in_identities(night, &query)?);
    found.append(&mut in_identifiers(night, &query)?);
    found.sort_unstable_by_key(|&(matched, person)| (person, matched));
    found.dedup_by_key(|found| found.1);
    found.sort_unstable();
    found.truncate(limit);
    people(night, &found)
}

/// How people match; the same person may stand there several times.
type Found = Vec<(Match, PersonId)>;

fn in_people(night: &Night, query: &Query) -> Result<Found, TablesError> {
    search(night, "people", &["person_id", "full_name", "email", "phone"], |row| {
        let id = row.text("person_id").and_then(|id| query.match_id(id));
        let name = row.text("full_name").and_then(|name| query.match_name(name));
        let keys = ["email", "phone"]
            .into_iter()
            .filter_map(|column| query.match_key(row.text(column)?));
        id.into_iter().chain(name).chain(keys).min()
    })
}

fn in_identities(night: &Night, query: &Query) -> Result<Found, TablesError> {
    // The records' ids are a third of all there is to read, and only what may be an id can match them.
    let columns = ["person_id", "record_key", "record_id"];
    let columns = &columns[..if query.id().is_some() { 3 } else { 2 }];
    search(night, "identities", columns, |row| {
        let id = row.text("record_id").and_then(|id| query.match_id(id));
        let key = row.text("record_key").and_then(|key| query.match_key(key));
        id.into_iter().chain(key).min()
    })
}

fn in_identifiers(night: &Night, query: &Query) -> Result<Found, TablesError> {
    search(night, "identifiers", &["person_id", "value"], |row| {
        query.match_key(row.text("value")?)
    })
}

fn search(
    night: &Night,
    table: &str,
    columns: &[&str],
    best: impl Fn(Row<'_>) -> Option<Match> + Sync,
) -> Result<Found, TablesError> {
    let found = night.scan(table, columns, |batch: &RecordBatch| -> Found {
        let matched = rows_of(batch).filter_map(|row| Some((best(row)?, row.text("person_id")?.parse().ok()?)));
        matched.collect()
    })?;
    Ok(found.concat())
}

/// The people that were found, in the order they were found in.
fn people(night: &Night, found: &[(Match, PersonId)]) -> Result<Vec<PersonRow>, TablesError> {
    let ids = found.iter().map(|(_, person)| person.to_string()).collect();
    let batches = night.rows("people", "person_id", &Wanted::OneOf(ids))?;
    let places: BTreeMap<PersonId, usize> = (0..).zip(found).map(|(place, found)| (found.1, place)).collect();
    let place = |row: Row<'_>| places.get(&row.text("person_id")?.parse().ok()?).copied();
    let mut people: Vec<_> = rows(&batches).filter_map(|row| Some((place(row)?, row))).collect();
    people.sort_unstable_by_key(|person| person.0);
    let shown = people
        .into_iter()
        .map(|(place, row)| PersonRow::new(row, Some(found[place].0)));
    Ok(shown.collect())
}
