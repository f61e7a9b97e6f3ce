//! What became of people from one night to the next: who was merged, who was split.
//!
//! An id that was ever handed out is the id of a record, which is in exactly one person; so it always leads to somebody, and
//! lineage tells how it came there.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::record::{PersonId, RecordId};

/// Which person each record belongs to.
pub type Membership = FxHashMap<RecordId, PersonId>;

/// What happened to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The other person became part of this one.
    Merged,
    /// Records of the other person came to this one, and the record that names the other stayed.
    Moved,
    /// The other person came out of this one.
    Split,
}

impl Change {
    /// The change's name in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Merged => "merged",
            Change::Moved => "moved",
            Change::Split => "split",
        }
    }
}

/// Something that happened to two people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// Who took in, or from whom was taken.
    pub person: PersonId,
    /// The other one.
    pub other: PersonId,
    /// How many records changed their person by it.
    pub records: u64,
}

/// How many people changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// People of the night before.
    pub before: u64,
    /// People who were not there.
    pub new: u64,
    /// People who became part of another.
    pub merged: u64,
    /// People who came out of another.
    pub split: u64,
    /// Times that records went from one person to another who both stayed.
    pub moved: u64,
    /// People whose naming record is gone.
    pub gone: u64,
}

/// What happened between two nights, the events sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lineage {
    /// Who was merged, split, or gave records away.
    pub events: Vec<Event>,
    /// How many.
    pub changes: Changes,
}

impl Lineage {
    /// Compares two nights.
    pub fn between(before: &Membership, after: &Membership) -> Self {
        let people = |membership: &Membership| membership.values().copied().collect::<FxHashSet<PersonId>>();
        let (were, are) = (people(before), people(after));
        let mut ways: BTreeMap<(PersonId, PersonId), u64> = BTreeMap::new();
        for (record, was) in before {
            if let Some(is) = after.get(record).filter(|is| *is != was) {
                *ways.entry((*was, *is)).or_default() += 1;
            }
        }
        let event = |((was, is), records): ((PersonId, PersonId), u64)| {
            let (change, person, other) = if after.get(&was) == Some(&is) {
                (Change::Merged, is, was)
            } else if !were.contains(&is) && before.get(&is) == Some(&was) {
                (Change::Split, was, is)
            } else {
                (Change::Moved, is, was)
            };
            Event {
                change,
                person,
                other,
                records,
            }
        };
        let mut events: Vec<Event> = ways.into_iter().map(event).collect();
        events.sort_unstable();
        let count = |change| events.iter().filter(|event| event.change == change).count() as u64;
        let split = count(Change::Split);
        let appeared = are.difference(&were).filter(|id| !before.contains_key(*id)).count() as u64;
        let changes = Changes {
            before: were.len() as u64,
            new: appeared,
            merged: count(Change::Merged),
            split,
            moved: count(Change::Moved),
            gone: were.iter().filter(|id| !after.contains_key(*id)).count() as u64,
        };
        Self { events, changes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(key: &str) -> RecordId {
        RecordId::new("crm", key)
    }

    /// People as lists of records, each named by its first.
    fn night(people: &[&[&str]]) -> Membership {
        let members = |person: &&[&str]| person.iter().map(|key| (id(key), id(person[0]))).collect::<Vec<_>>();
        people.iter().flat_map(members).collect()
    }

    fn event(change: Change, person: &str, other: &str, records: u64) -> Event {
        Event {
            change,
            person: id(person),
            other: id(other),
            records,
        }
    }

    #[test]
    fn merges_splits_and_moves_are_told_apart() {
        let before = night(&[&["a", "b"], &["c", "d"], &["e", "f", "g"], &["h"], &["i"]]);
        let after = night(&[&["a", "b", "c", "d"], &["e", "f"], &["g"], &["new", "h"], &["j"]]);
        let lineage = Lineage::between(&before, &after);
        let mut expected = [
            event(Change::Merged, "a", "c", 2),
            event(Change::Merged, "new", "h", 1),
            event(Change::Split, "e", "g", 1),
        ];
        expected.sort_unstable();
        assert_eq!(lineage.events, expected);
        let changes = Changes {
            before: 5,
            new: 2,
            merged: 2,
            split: 1,
            moved: 0,
            gone: 1,
        };
        assert_eq!(lineage.changes, changes);
        let moved = Lineage::between(&night(&[&["a", "x"], &["b"]]), &night(&[&["a"], &["b", "x"]]));
        assert_eq!(moved.events, [event(Change::Moved, "b", "a", 1)]);
    }

    #[test]
    fn a_night_like_the_one_before_has_no_events() {
        let night = night(&[&["a", "b"], &["c"]]);
        let lineage = Lineage::between(&night, &night);
        assert_eq!(lineage.events, []);
        assert_eq!(
            lineage.changes,
            Changes {
                before: 2,
                ..Changes::default()
            }
        );
    }
}
