//! The orders: each purchase of the sample as an order in the shop or a receipt of the till, the day's web orders, and a
//! few that went wrong.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::cast::role;
use super::dice::Dice;
use super::people::Person;
use super::purchases::Purchase;

/// Where something was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Shop,
    Till,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Paid,
    /// This many of its cents were given back.
    Refunded(u32),
    Cancelled,
}

/// An order, in UTC.
#[derive(Clone, Debug)]
pub struct Order {
    /// `#1001` in the shop, `25-000001` at the till; given by [`number`].
    pub id: String,
    /// Where.
    pub channel: Channel,
    /// By whom: the person's name in the truth.
    pub buyer: String,
    /// When.
    pub at: DateTime,
    /// How many pieces.
    pub pieces: u32,
    /// What was charged, in cents.
    pub cents: u32,
    /// What became of it.
    pub fate: Fate,
}

/// Every purchase as an order.
pub fn of(purchases: &[Purchase], people: &[Person]) -> Vec<Order> {
    let buyers: BTreeMap<&str, &Person> = people.iter().map(|person| (person.truth.as_str(), person)).collect();
    let mut orders = Vec::new();
    for (n, purchase) in purchases.iter().enumerate() {
        let buyer = format!("c{:05}", purchase.customer);
        let mut dice = Dice::of("order", n as u64);
        let known = buyers[buyer.as_str()].known_to;
        let channel = match (known.shop, known.till) {
            (true, true) if dice.chance(50) => Channel::Till,
            (true, _) => Channel::Shop,
            _ => Channel::Till,
        };
        orders.push(Order {
            id: String::new(),
            channel,
            buyer,
            at: time_of_day(purchase.day, channel, &mut dice),
            pieces: purchase.pieces,
            cents: purchase.cents,
            fate: Fate::Paid,
        });
    }
    give_part_back(&mut orders);
    orders.extend(gone_wrong());
    orders
}

/// Between 7:00 and 20:59 UTC, so that the day is the same day in all four countries; the till while it is staffed.
fn time_of_day(day: Date, channel: Channel, dice: &mut Dice) -> DateTime {
    let hour = match channel {
        Channel::Shop => 7 + dice.below(14),
        Channel::Till => 9 + dice.below(8),
    };
    day.at(hour as i8, dice.below(60) as i8, dice.below(60) as i8, 0)
}

/// One order cost 20 euros more, and they were given back: net, the sample's amount.
fn give_part_back(orders: &mut [Order]) {
    if let Some(order) = orders
        .iter_mut()
        .filter(|order| order.buyer == role::ORDER_STORIES)
        .nth(3)
    {
        order.cents += 2_000;
        order.fate = Fate::Refunded(2_000);
    }
}

/// Two orders that count for nothing: one given back in full, one cancelled before it was paid.
fn gone_wrong() -> [Order; 2] {
    let order = |at: DateTime, cents, fate| Order {
        id: String::new(),
        channel: Channel::Shop,
        buyer: role::ORDER_STORIES.to_owned(),
        at,
        pieces: 1,
        cents,
        fate,
    };
    [
        order(
            Date::constant(2025, 12, 9).at(16, 5, 0, 0),
            8_900,
            Fate::Refunded(8_900),
        ),
        order(Date::constant(2026, 1, 22).at(10, 41, 12, 0), 24_900, Fate::Cancelled),
    ]
}

/// Sorts the orders by time and gives each the number its channel would.
pub fn number(orders: &mut [Order]) {
    orders.sort_by(|one, other| (one.channel, one.at, &one.buyer).cmp(&(other.channel, other.at, &other.buyer)));
    let mut given: BTreeMap<Channel, u32> = BTreeMap::new();
    for order in orders {
        let n = given.entry(order.channel).or_default();
        *n += 1;
        order.id = match order.channel {
            Channel::Shop => format!("#{}", 1_000 + *n),
            Channel::Till => format!("{:02}-{n:06}", order.at.year() % 100),
        };
    }
}
