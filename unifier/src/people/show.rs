//! One person with everything a night says of them, read from its tables.

use std::collections::BTreeSet;

use serde::Serialize;

use super::find::PersonRow;
use super::resolve::resolve;
use super::row::{Row, rows};
use super::view::{Chance, Consent, EventDay, Group, Identifier, Identity, Order, PersonView, Segment, Totals, Trait};
use crate::store::{Night, TablesError, Wanted};

/// People that an ambiguous text lists at most.
const CANDIDATES: usize = 20;

/// What a text names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Nobody.
    Nobody,
    /// One person.
    Person(Box<PersonView>),
    /// Several people.
    Several {
        /// The first of them, by their ids.
        candidates: Vec<PersonRow>,
        /// How many there are.
        count: usize,
    },
}

/// The person that a text names, as [`resolve`] reads it.
///
/// # Errors
/// [`TablesError`] when a table is missing or damaged.
pub fn show(night: &Night, text: &str) -> Result<Shown, TablesError> {
    let mut ids = resolve(night, text)?;
    let count = ids.len();
    if count > 1 {
        ids.truncate(CANDIDATES);
        let batches = night.rows("people", "person_id", &Wanted::OneOf(ids.into_iter().collect()))?;
        let candidates = rows(&batches).map(|row| PersonRow::new(row, None)).collect();
        return Ok(Shown::Several { candidates, count });
    }
    let person = ids.pop().map(|id| view(night, id)).transpose()?.flatten();
    Ok(person.map_or(Shown::Nobody, |person| Shown::Person(Box::new(person))))
}

/// Everything that is known of the person with this id.
fn view(night: &Night, id: String) -> Result<Option<PersonView>, TablesError> {
    let about = About {
        night,
        person: Wanted::OneOf(BTreeSet::from([id])),
    };
    let people = about.each("people", |row| (PersonRow::new(row, None), Totals::new(row)))?;
    let Some((person, totals)) = people.into_iter().next() else {
        return Ok(None);
    };
    let mut orders = about.each("orders", Order::new)?;
    orders.reverse();
    let mut events_daily = about.each("events_daily", EventDay::new)?;
    events_daily.sort_by(|a, b| b.day.cmp(&a.day));
    Ok(Some(PersonView {
        person,
        totals,
        traits: about.each("traits", Trait::new)?,
        identities: about.each("identities", Identity::new)?,
        identifiers: about.each("identifiers", Identifier::new)?,
        orders,
        consents: about.each("consents", Consent::new)?,
        events_daily,
        scores: about.each("scores", |row| row.values())?.pop().unwrap_or_default(),
        propensities: about.each("propensities", Chance::new)?,
        groups: about.each("group_members", Group::new)?,
        segments: about.each("segments", Segment::new)?,
    }))
}

/// The rows about one person.
struct About<'a> {
    night: &'a Night,
    person: Wanted,
}

impl About<'_> {
    /// What `read` makes of each row of a table; nothing of a table that the night did not publish.
    fn each<T>(&self, table: &str, read: impl Fn(Row<'_>) -> T) -> Result<Vec<T>, TablesError> {
        if !self.night.has(table) {
            return Ok(Vec::new());
        }
        let batches = self.night.rows(table, "person_id", &self.person)?;
        Ok(rows(&batches).map(read).collect())
    }
}
