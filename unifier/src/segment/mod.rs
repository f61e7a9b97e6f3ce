//! Segments: rules in a small language, evaluated over the published tables. `docs/segments.md` is the language's manual.
//!
//! Text becomes a tree ([`Rule`]), which prints as text again, so that a form can edit what a file holds. [`compile`] checks
//! every rule of a configuration, [`Segments::evaluate`] says who is in which segment, [`Segments::count`] how many people
//! a rule matches and may be contacted. Nothing here writes, and nothing but [`TableSet::read`] reads a file.

mod compile;
mod condition;
mod count;
mod error;
mod evaluate;
mod field;
mod join;
mod membership;
mod parse;
mod print;
mod rule;
mod tables;
mod token;
mod unseen;
mod value;

pub use compile::{Segments, compile};
pub use count::{Count, Reach};
pub use error::{EvaluationError, RuleError, SegmentError, nearest};
pub use field::{FIELDS, Field, Kind, Table};
pub use membership::Memberships;
pub use parse::{Vocabulary, duration, parse};
pub use rule::{Comparison, DayTest, Duration, GroupFigure, Rule, Subject, Test, TextTest, Times, Unit};
pub use tables::TableSet;

pub(crate) use join::{between, matches};
pub(crate) use tables::consent_column;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
