//! The collector's promises, held without a browser: one file each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod consent;
mod delivery;
mod events;
mod page;
