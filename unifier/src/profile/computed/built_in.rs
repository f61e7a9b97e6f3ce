//! Traits that are computed of everybody's orders and e-mail without being configured. It owns their names and meanings.

use event_schema::Timestamp;

use super::super::activity::PersonDay;
use super::super::orders::{Channel, LedgerOrder};
use super::compute::{interval, number};
use super::{Made, day_of};
use crate::record::OrderStatus;

/// Days that count as lately.
const LATELY: i32 = 90;
/// Events that say that somebody opened an e-mail, and that they followed one of its links, as Segment's specification names them.
const OPENED: &str = "Email Opened";
const CLICKED: &str = "Email Link Clicked";

/// A trait that is always computed.
#[derive(Debug)]
pub struct BuiltIn {
    /// The trait.
    pub name: &'static str,
    /// What it is, in a few words.
    pub meaning: &'static str,
    of: fn(&Known<'_>) -> Option<Made<'static>>,
}

/// Every built-in trait, in the order of names.
pub const BUILT_IN: [BuiltIn; 7] = [
    BuiltIn {
        name: "cancelled_orders",
        meaning: "orders that were cancelled",
        of: |known| known.orders_of(OrderStatus::Cancelled, "cancelled_orders"),
    },
    BuiltIn {
        name: "email_clicks_90d",
        meaning: "links of e-mails followed within 90 days",
        of: |known| known.emails(&[CLICKED], "email_clicks_90d"),
    },
    BuiltIn {
        name: "email_engaged_on",
        meaning: "the day an e-mail was last opened or one of its links followed",
        of: |known| {
            let moments = known.emailed(&[OPENED, CLICKED], i32::MIN);
            let last = day_of(moments.last()?.utc_day()).to_string();
            Made::new("email_engaged_on", "last", last, "day", &moments)
        },
    },
    BuiltIn {
        name: "email_opens_90d",
        meaning: "e-mails opened within 90 days",
        of: |known| known.emails(&[OPENED], "email_opens_90d"),
    },
    BuiltIn {
        name: "order_interval_days",
        meaning: "the median number of days from one day with a purchase to the next",
        of: |known| {
            let moments = known.moments(|order| order.verdict.is_ok());
            let days = interval(moments.iter().map(|at| at.utc_day()))?;
            Made::new("order_interval_days", "interval", days, "order", &moments)
        },
    },
    BuiltIn {
        name: "order_web_share",
        meaning: "the share of purchases that were made on the web, from 0 to 1",
        of: |known| {
            let bought = known.moments(|order| order.verdict.is_ok());
            let on_web = known.moments(|order| order.verdict.is_ok() && order.channel() != Channel::Offline);
            let share = number(on_web.len() as f64 / bought.len().max(1) as f64)?;
            Made::new("order_web_share", "share", share, "order", &bought)
        },
    },
    BuiltIn {
        name: "refunded_orders",
        meaning: "orders that were refunded in full",
        of: |known| known.orders_of(OrderStatus::Refunded, "refunded_orders"),
    },
];

/// What the traits of one person are made of.
struct Known<'a> {
    orders: &'a [LedgerOrder<'a>],
    days: &'a [PersonDay<'a>],
    today: i32,
}

/// The built-in traits of one person, of their orders and days on the web, which are in the order of time.
pub(super) fn of(orders: &[LedgerOrder<'_>], days: &[PersonDay<'_>], today: i32) -> Vec<Made<'static>> {
    let known = Known { orders, days, today };
    BUILT_IN.iter().filter_map(|trait_| (trait_.of)(&known)).collect()
}

impl Known<'_> {
    fn moments(&self, counts: impl Fn(&LedgerOrder<'_>) -> bool) -> Vec<Timestamp> {
        let orders = self.orders.iter().filter(|order| counts(order));
        orders.map(|order| order.told.ordered_at).collect()
    }

    fn orders_of(&self, status: OrderStatus, name: &'static str) -> Option<Made<'static>> {
        let moments =
            self.moments(|order| order.told.status == status && order.told.ordered_at.utc_day() <= self.today);
        Made::new(name, "count", moments.len().to_string(), "order", &moments)
    }

    /// The last moment of each day with such an event since a day, in order.
    fn emailed(&self, events: &[&str], since: i32) -> Vec<Timestamp> {
        let days = self.days.iter().filter(|day| events.contains(&day.event));
        let days = days.filter(|day| (since..=self.today).contains(&day.day));
        let mut moments: Vec<Timestamp> = days.map(|day| day.span.1).collect();
        moments.sort_unstable();
        moments
    }

    fn emails(&self, events: &[&str], name: &'static str) -> Option<Made<'static>> {
        let since = self.today - LATELY;
        let days = self.days.iter().filter(|day| events.contains(&day.event));
        let count: u64 = days
            .filter(|day| (since..=self.today).contains(&day.day))
            .map(|day| day.count)
            .sum();
        Made::new(name, "count", count.to_string(), "day", &self.emailed(events, since))
    }
}
