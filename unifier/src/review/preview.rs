//! Who would change in a drafted night: counts and examples, in words and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::identity::lineage::{Change, Event};
use crate::identity::{Changes, Lineage};
use crate::people::rows_by_id;
use crate::report::grouped;
use crate::store::{Night, TablesError};

/// Examples of each kind of change.
const EXAMPLES: usize = 10;

/// Who would change.
#[derive(Debug, PartialEq, Serialize)]
pub struct Preview {
    /// People of the drafted night.
    pub people: u64,
    /// How many would change.
    pub changes: Changes,
    /// Some of the changes.
    pub examples: Vec<Example>,
    /// Limits of the configuration that the night would cross, in words.
    pub crossed: Vec<String>,
}

/// A change, with the names of the people.
#[derive(Debug, PartialEq, Serialize)]
pub struct Example {
    /// What would happen.
    #[serde(flatten)]
    pub event: Event,
    /// What the person is called in the night in force.
    pub person_name: Option<String>,
    /// What the other is called: in the night in force, or in the drafted one if they are new.
    pub other_name: Option<String>,
}

impl Preview {
    /// Names the people of some of the changes.
    ///
    /// # Errors
    /// [`TablesError`] when a table cannot be read.
    pub fn of(
        before: Option<&Night>,
        after: &Night,
        lineage: &Lineage,
        people: u64,
        crossed: Vec<String>,
    ) -> Result<Self, TablesError> {
        let of_kind = |change| {
            lineage
                .events
                .iter()
                .filter(move |event| event.change == change)
                .take(EXAMPLES)
        };
        let chosen: Vec<&Event> = [Change::Merged, Change::Split, Change::Moved]
            .into_iter()
            .flat_map(of_kind)
            .collect();
        let ids: BTreeSet<String> = chosen
            .iter()
            .flat_map(|event| [event.person, event.other])
            .map(|id| id.to_string())
            .collect();
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        for night in [Some(after), before].into_iter().flatten() {
            for person in rows_by_id(night, ids.clone())? {
                names.insert(person.person_id, person.name);
            }
        }
        let name = |id: &dyn ToString| names.get(&id.to_string()).cloned().flatten();
        let example = |event: &Event| Example {
            event: event.clone(),
            person_name: name(&event.person),
            other_name: name(&event.other),
        };
        Ok(Self {
            people,
            changes: lineage.changes,
            examples: chosen.into_iter().map(example).collect(),
            crossed,
        })
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Changes {
            before,
            new,
            merged,
            split,
            moved,
            gone,
        } = self.changes;
        writeln!(
            f,
            "{} people, where the night in force has {}",
            grouped(self.people),
            grouped(before)
        )?;
        writeln!(
            f,
            "  new {} · merged into others {} · split off {} · records moved {} · gone {}",
            grouped(new),
            grouped(merged),
            grouped(split),
            grouped(moved),
            grouped(gone)
        )?;
        self.examples
            .iter()
            .try_for_each(|example| writeln!(f, "  {example}"))?;
        for crossed in &self.crossed {
            writeln!(f, "it would be stopped: {crossed}")?;
        }
        write!(f, "nothing has changed")
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Event {
            person, other, records, ..
        } = &self.event;
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "somebody without a name".to_owned());
        let (person, other) = (
            format!("{person} ({})", name(&self.person_name)),
            format!("{other} ({})", name(&self.other_name)),
        );
        match self.event.change {
            Change::Merged => write!(f, "merged  {other} would become part of {person}, records: {records}"),
            Change::Split => write!(f, "split   {other} would come out of {person}, records: {records}"),
            Change::Moved => write!(f, "moved   {records} of the records of {other} would go to {person}"),
        }
    }
}
