//! Who is who: records become people.
//!
//! Two layers. First identifiers join records, unless that would make one person of two; then [`probable`] joins those that are
//! alike. The way of a record: [`rule`] (which identifier types are trusted how far) → [`graph`] (records and identifiers as numbers, in the order
//! of precedence) → [`resolve`] (type by type, value by value) → [`contest`] (who of a value's carriers are one person, by
//! [`compatible`] names and birth dates and by limits) → [`clusters`] (union-find) → [`probable`] within the same
//! [`limits`]. [`resolution`] is the result, [`tables`]
//! publishes it and [`explain`] answers questions about it.
//!
//! Pure: no clock, no I/O; the result depends on the records and the configuration alone, not on their order or on threads.

mod blocked;
mod clusters;
mod compatible;
mod conflict;
mod contest;
pub mod explain;
mod graph;
#[cfg(test)]
mod laws;
mod limits;
mod nickname;
mod probable;
mod published;
mod resolution;
mod resolve;
mod rule;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod scenarios;
pub mod tables;

pub use conflict::{Conflict, ConflictReason};
pub use explain::{ExplainError, Explanation, explain};
pub use probable::{Weighed, Weight};
pub use published::PublishedError;
pub use resolution::{Confidence, Link, Person, PersonIdentifier, Reason, Resolution};

use crate::config;
use crate::record::Record;

/// Decides which records are the same person. `records` may come in any order and each at most once.
pub fn resolve<'r>(records: &'r [Record], config: &config::Identity) -> Resolution<'r> {
    Resolution::new(records, resolve::join(records, config))
}
