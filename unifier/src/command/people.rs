//! `people` and `explain`: who somebody is, and why.

use std::fmt;

use anyhow::bail;
use serde::Serialize;

use super::Place;
use crate::cli;
use crate::identity;
use crate::people::{self, PersonRow, PersonView, Shown};
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
        Some(b) => place.print(&identity::explain(&night, a, b)?),
        None => place.print(&identity::formation(&night, a)?),
    }
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
