//! Identifiers that joined nobody or gave way, and why: what goes to review.

use std::fmt;

use crate::record::Identifier;

/// Why an identifier joined nobody, or not everybody who carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictReason {
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
    /// The code in the published table.
    pub fn as_str(self) -> &'static str {
        match self {
            ConflictReason::BlockedValue => "blocked_value",
            ConflictReason::BlockedPattern => "blocked_pattern",
            ConflictReason::SharedByMany => "shared_by_many",
            ConflictReason::Limit => "limit",
            ConflictReason::DifferentPeople => "different_people",
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
    /// Why; where several reasons hold, the last of [`ConflictReason`].
    pub reason: ConflictReason,
    /// Everybody who carries it, as positions in [`super::Resolution::people`], ascending.
    pub people: Vec<usize>,
    /// How many records carry it.
    pub records: usize,
}
