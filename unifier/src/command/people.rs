//! `people` and `explain`: who somebody is, and why.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::bail;
use serde::Serialize;

use super::{Place, progress};
use crate::cli;
use crate::identity::{self, Answer, Explanation, KeptModel, Unlike};
use crate::ingest;
use crate::people::{self, PersonRow, PersonView, Shown};
use crate::record::RecordId;
use crate::review::Ledger;
use crate::store::Night;

/// Does what the command says.
pub(super) fn people(place: &Place, command: &cli::People) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    match command {
        cli::People::Find { text, limit } => place.print(&Found {
            people: people::find(&night, text, *limit)?,
        }),
        cli::People::Show { id } => place.print(&Whole(view(&night, id)?)),
    }
}

/// Explains why two records or people are the same person, or why not; of one alone, how the person came together.
pub(super) fn explain(place: &Place, a: &str, b: Option<&str>) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    match b {
        Some(b) => {
            let mut explanation = identity::explain(&night, a, b)?;
            let Explanation { left, right, answer } = &mut explanation;
            if let Answer::DifferentPeople { likeness, .. } = answer {
                *likeness = unlike(place, &night, [&left.person_id, &right.person_id])?;
            }
            place.print(&explanation)
        }
        None => place.print(&identity::formation(&night, a)?),
    }
}

/// What likeness says of two people of the night, by its model and the records of today.
fn unlike(place: &Place, night: &Night, people: [&str; 2]) -> anyhow::Result<Option<Unlike>> {
    let Some(kept) = KeptModel::of(night)? else {
        return Ok(None);
    };
    let store = match place.store() {
        Ok(store) => store,
        Err(busy) => {
            progress::say(&format!("likeness is not weighed: {busy:#}"));
            return Ok(None);
        }
    };
    let config = place.config()?;
    let facts = ingest::read(store.log(), &config)?;
    let decisions = Ledger::read(store.log())?.in_force();
    let ids = |person: &str| -> anyhow::Result<BTreeSet<RecordId>> {
        let records = identity::records_of(night, person)?;
        Ok(records
            .iter()
            .filter_map(|record| record.record_id.parse().ok())
            .collect())
    };
    let (left, right) = (ids(people[0])?, ids(people[1])?);
    Ok(identity::unlike(
        &facts.records,
        &config.identity,
        &decisions,
        &kept.model,
        [&left, &right],
    ))
}

/// The one person that `id` names.
pub(super) fn view(night: &Night, id: &str) -> anyhow::Result<PersonView> {
    match people::show(night, id)? {
        Shown::Person(view) => Ok(*view),
        Shown::Nobody => bail!("nobody has that id in the last night: look for them with `people find`"),
        Shown::Several { candidates, count } => {
            let ids: Vec<&str> = candidates.iter().map(|person| person.person_id.as_str()).collect();
            bail!(
                "{count} people have an id that begins so: give more of it, as {}",
                ids.join(", ")
            )
        }
    }
}

/// The people a search found.
#[derive(Serialize)]
struct Found {
    people: Vec<PersonRow>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.people.as_slice() {
            [] => f.write_str("nobody was found"),
            people => f.write_str(people::list(people).trim_end()),
        }
    }
}

/// One person.
#[derive(Serialize)]
#[serde(transparent)]
struct Whole(PersonView);

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(people::page(&self.0).trim_end())
    }
}
