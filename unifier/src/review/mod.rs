//! People look at what the nights found, and decide: these records are one person, these are not.
//!
//! Owns the decisions in the log ([`ledger`]) and the table of them ([`table`]), the questions that are still open ([`queue`]),
//! samples to be judged ([`sample`]), and the comparison of a drafted night with the one in force ([`effects`], [`preview`]).
//! What a decision does is `identity`'s business.

pub mod effects;
pub mod ledger;
pub mod preview;
pub mod queue;
pub mod sample;
pub mod table;

pub use ledger::Ledger;
