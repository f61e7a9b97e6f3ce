//! The recorded day of the web shop: 19 November 2026, as the edge stored it.

mod batch;
mod event;
mod everyday;
mod log;
mod story;
mod visit;

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::civil::DateTime;

use super::orders::{Channel, Fate, Order};
use super::people::Person;
use super::sighting::Sighting;
use super::truth::Truth;

pub use visit::Visit;

/// All visits of the day, by people with and without consent.
pub fn visits(people: &[Person], sightings: &[Sighting]) -> Vec<Visit> {
    let mut visits = everyday::visits(people, sightings);
    visits.extend(story::visits(people, sightings));
    visits.sort_by(|one, other| (one.start, &one.anonymous_id).cmp(&(other.start, &other.anonymous_id)));
    visits
}

/// The orders placed during the visits, for the shop's own ledger.
pub fn orders(visits: &[Visit]) -> impl Iterator<Item = Order> {
    visits
        .iter()
        .flat_map(|visit| visit.orders())
        .map(|(buyer, at, cents)| Order {
            id: String::new(),
            channel: Channel::Shop,
            buyer,
            at,
            pieces: 1,
            cents,
            fate: Fate::Paid,
        })
}

/// The day's objects by key, once the orders have their numbers; and who was behind each web identity.
pub fn record(visits: &[Visit], orders: &[Order], truth: &mut Truth) -> Result<BTreeMap<String, Vec<u8>>> {
    let numbers: BTreeMap<(&str, DateTime), &str> = orders
        .iter()
        .map(|order| ((order.buyer.as_str(), order.at), order.id.as_str()))
        .collect();
    let mut batches = Vec::new();
    for (n, visit) in visits.iter().enumerate() {
        visit.tell(truth)?;
        batches.extend(batch::batches(visit, n as u64, &numbers)?);
    }
    log::objects(batches)
}
