//! Who is who: records become people.
//!
//! Two layers. First identifiers join records, unless that would make one person of two; then [`probable`] joins those that are
//! alike. The way of a record: [`rule`] (which identifier types are trusted how far) → [`graph`] (records and identifiers as
//! numbers, in the order of precedence) → [`constraint`] (what people decided) → [`resolve`] (type by type, value by value) →
//! [`contest`] (who of a value's carriers are one person, by [`compatible`] names and birth dates and by limits) → [`clusters`]
//! (union-find) → [`probable`] within the same [`limits`]. [`resolution`] is the result, [`tables`]
//! publishes it and [`explain`] answers questions about it.
//!
//! Pure: no clock, no I/O; the result depends on the records and the configuration alone, not on their order or on threads.

mod blocked;
mod clusters;
mod compatible;
mod confidence;
mod conflict;
mod constraint;
mod contest;
#[cfg(test)]
mod decided;
pub mod decision;
mod disjoint;
pub mod explain;
mod formation;
mod graph;
pub mod history;
#[cfg(test)]
mod laws;
mod letters;
mod limits;
pub mod lineage;
mod model;
mod nickname;
#[cfg(test)]
mod nights;
mod probable;
mod published;
pub mod quality;
mod question;
mod resolution;
mod resolve;
mod rule;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod scenarios;
mod similarity;
pub mod tables;
mod unlike;

pub use confidence::Confidence;
pub use conflict::{Conflict, ConflictReason};
pub use decision::{Decision, Ruling};
pub use explain::{Answer, ExplainError, Explanation, KnownRecord, explain, known_record, records_of};
pub use formation::{Formation, formation};
pub use lineage::{Changes, Lineage, Membership};
pub use model::KeptModel;
pub use probable::{LinkModel, UNPROVEN, Weighed, Weight};
pub use published::PublishedError;
pub use quality::Quality;
pub use question::{Question, questions};
pub use resolution::{Because, DECISION, LIKENESS, Link, Person, PersonIdentifier, Resolution};

pub use unlike::{Unlike, unlike};

use crate::config;
use crate::record::Record;

/// Decides which records are the same person. `records` may come in any order and each at most once, as may `decisions`.
pub fn resolve<'r>(records: &'r [Record], config: &config::Identity, decisions: &'r [Decision]) -> Resolution<'r> {
    resolve_by(records, config, decisions, None)
}

/// The same by a model that was fitted earlier, if it can still be worked with, and otherwise by one that is fitted now.
pub fn resolve_by<'r>(
    records: &'r [Record],
    config: &config::Identity,
    decisions: &'r [Decision],
    kept: Option<&LinkModel>,
) -> Resolution<'r> {
    Resolution::new(records, decisions, resolve::join(records, config, decisions, kept))
}
