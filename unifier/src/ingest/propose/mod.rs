//! Proposes a mapping for a file that nobody has mapped: from its header and a sample of its values.
//!
//! [`vocabulary`] says what headers mean, [`class`] what values are, [`choose`] weighs both, [`write`] writes the mapping file, and
//! [`sample`] reads the first rows of a file.
//! A value never leaves this module: what is told of a column is its kind and how many values are of it.

mod choose;
mod class;
mod sample;
#[cfg(test)]
mod tests;
mod vocabulary;
mod write;

pub use choose::{Confidence, Proposal, ProposedColumn, Use, propose};
pub use class::Class;
pub use sample::propose_file;
