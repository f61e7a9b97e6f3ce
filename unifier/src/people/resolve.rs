//! From what somebody types to person ids: an id of any time, the start of one, a record, or a key.

use std::collections::BTreeSet;

use super::query::Query;
use super::row::rows;
use crate::record::RecordId;
use crate::store::{Night, TablesError, Wanted};

/// The ids of the people that `text` names, sorted: a person's id or its start; the id of any of the person's records, which
/// every id ever handed out is; `source:key` of a record; or an identifier's exact value, as an e-mail address.
///
/// # Errors
/// [`TablesError`] when a table is missing or damaged.
pub fn resolve(night: &Night, text: &str) -> Result<Vec<String>, TablesError> {
    let Some(query) = Query::new(text) else {
        return Ok(Vec::new());
    };
    if let Some(id) = query.id() {
        return by_id(night, id);
    }
    if let Some((source, key)) = text.trim().split_once(':') {
        let people = by_id(night, &RecordId::new(source, key).to_string())?;
        if !people.is_empty() {
            return Ok(people);
        }
    }
    let exact = Wanted::OneOf(BTreeSet::from([text.trim().to_owned(), text.trim().to_lowercase()]));
    people(night, "identifiers", "value", &exact)
}

fn by_id(night: &Night, id: &str) -> Result<Vec<String>, TablesError> {
    if id.len() < 32 {
        // Every person's id is the id of one of their records, so the records' ids are all there are.
        return people(night, "identities", "record_id", &Wanted::Prefix(id.to_owned()));
    }
    let exact = Wanted::OneOf(BTreeSet::from([id.to_owned()]));
    let found = people(night, "people", "person_id", &exact)?;
    if found.is_empty() {
        people(night, "identities", "record_id", &exact)
    } else {
        Ok(found)
    }
}

fn people(night: &Night, table: &str, column: &str, wanted: &Wanted) -> Result<Vec<String>, TablesError> {
    let batches = night.rows(table, column, wanted)?;
    let people: BTreeSet<&str> = rows(&batches).filter_map(|row| row.text("person_id")).collect();
    Ok(people.into_iter().map(str::to_owned).collect())
}
