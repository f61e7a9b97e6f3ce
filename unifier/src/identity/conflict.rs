//! Identifiers that joined nobody or gave way, and why: what goes to review.

use std::fmt;

use serde::Serialize;

use crate::record::Identifier;

/// Why an identifier joined nobody, or not everybody who carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// Somebody decided that carriers of it are different people.
    Decision,
    /// A placeholder, or a value the configuration blocks.
    BlockedValue,
    /// It has the shape of a placeholder or a shared mailbox, or matches a pattern the configuration blocks.
    BlockedPattern,
    /// More people carry it than one value can belong to.
    SharedByMany,
    /// Joining its carriers would give one person too many values of some type.
    Limit,
    /// Its carriers are different people: their names or birth dates say so.
    DifferentPeople,
}

impl ConflictReason {
    /// Every reason.
    pub const ALL: [ConflictReason; 6] = [
        ConflictReason::Decision,
        ConflictReason::BlockedValue,
        ConflictReason::BlockedPattern,
        ConflictReason::SharedByMany,
        ConflictReason::Limit,
        ConflictReason::DifferentPeople,
    ];

    /// The code in the published table.
    pub fn as_str(self) -> &'static str {
        match self {
            ConflictReason::Decision => "decision",
            ConflictReason::BlockedValue => "blocked_value",
            ConflictReason::BlockedPattern => "blocked_pattern",
            ConflictReason::SharedByMany => "shared_by_many",
            ConflictReason::Limit => "limit",
            ConflictReason::DifferentPeople => "different_people",
        }
    }

    /// The reason with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }

    /// The reason as a clause about the value, for people.
    pub fn in_words(self) -> &'static str {
        match self {
            ConflictReason::Decision => "somebody decided that they are different people",
            ConflictReason::BlockedValue => "it is a placeholder or a blocked value and joins nobody",
            ConflictReason::BlockedPattern => {
                "it looks like a placeholder, a shared mailbox or a blocked value and joins nobody"
            }
            ConflictReason::SharedByMany => "more people carry it than one value can belong to, and it joins nobody",
            ConflictReason::Limit => "joining them would give one person too many values of a type",
            ConflictReason::DifferentPeople => "their names or birth dates are those of different people",
        }
    }

    /// Whether the value as a whole joins nobody, so that nobody in particular has to be reviewed.
    pub fn joins_nobody(self) -> bool {
        matches!(
            self,
            ConflictReason::BlockedValue | ConflictReason::BlockedPattern | ConflictReason::SharedByMany
        )
    }
}

impl fmt::Display for ConflictReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An identifier that gave way, or joins nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict<'r> {
    /// The identifier.
    pub identifier: &'r Identifier,
    /// Why; where several reasons hold, that too many carry it before all others, else the last of [`ConflictReason`].
    pub reason: ConflictReason,
    /// Everybody who carries it, as positions in [`super::Resolution::people`], ascending.
    pub people: Vec<usize>,
    /// How many records carry it.
    pub records: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_is_what_json_says() {
        for reason in ConflictReason::ALL {
            assert_eq!(ConflictReason::from_code(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
