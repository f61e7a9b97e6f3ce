//! Reading people back from the published tables: search, and one person with everything that is known of them.
//!
//! Owns how a person is found and shown; writes nothing and needs no lock, for a published night never changes. The command
//! line and the web UI share it.

mod best;
mod find;
mod query;
mod resolve;
mod row;
mod show;
#[cfg(test)]
mod tests;
mod text;
mod view;

pub use best::{best, listed};
pub use find::{PersonRow, find, rows_by_id};
pub use query::Match;
pub use resolve::resolve;
pub use show::{Shown, show};
pub use text::{list, page};
pub use view::{
    Activity, Chance, Consent, EventDay, Evidence, Group, Identifier, Identity, Order, PersonView, Segment, Totals,
    Trait,
};
