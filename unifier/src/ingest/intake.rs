//! What came in, source by source, from what the state keeps of imports and pulls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::import::{IMPORT, ImportEntry};
use crate::record::WEB;
use crate::store::{State, StateError};

/// The state's kind for what each commit of a pull brought.
pub(super) const PULLED: &str = "pulled";

/// What came in from one source: read = accepted + duplicate + the rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// Files or edge objects.
    pub files: u64,
    /// Rows or events.
    pub read: u64,
    /// New ones.
    pub accepted: u64,
    /// Ones that were there already.
    pub duplicate: u64,
    /// Refused ones, by the code of the reason.
    pub rejected: BTreeMap<String, u64>,
}

impl Intake {
    /// Adds what another file of the same source brought.
    pub fn add(&mut self, other: &Intake) {
        self.files += other.files;
        self.read += other.read;
        self.accepted += other.accepted;
        self.duplicate += other.duplicate;
        for (reason, count) in &other.rejected {
            *self.rejected.entry(reason.clone()).or_default() += count;
        }
    }

    /// How many were refused for any reason.
    pub fn rejected(&self) -> u64 {
        self.rejected.values().sum()
    }
}

impl From<&ImportEntry> for Intake {
    fn from(entry: &ImportEntry) -> Self {
        Self {
            files: 1,
            read: entry.read,
            accepted: entry.accepted,
            duplicate: entry.duplicate,
            rejected: entry
                .reasons
                .iter()
                .map(|(reason, count)| (reason.code(), *count))
                .collect(),
        }
    }
}

/// What came in so far, by source; web events stand under `web`.
///
/// # Errors
/// [`StateError`] when the disk refuses.
pub fn intake(state: &State) -> Result<BTreeMap<String, Intake>, StateError> {
    let mut sources: BTreeMap<String, Intake> = BTreeMap::new();
    for entry in state.all::<ImportEntry>(IMPORT)?.values() {
        sources.entry(entry.source.clone()).or_default().add(&entry.into());
    }
    for pulled in state.all::<Intake>(PULLED)?.values() {
        sources.entry(WEB.to_owned()).or_default().add(pulled);
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intake_adds_up() {
        let rejected = BTreeMap::from([("unreadable_date".to_owned(), 2)]);
        let one = Intake {
            files: 1,
            read: 10,
            accepted: 7,
            duplicate: 1,
            rejected,
        };
        let mut sum = one.clone();
        sum.add(&one);
        assert_eq!((sum.read, sum.accepted + sum.duplicate + sum.rejected()), (20, 20));
    }
}
