//! Computed traits: what is made of what a person did, as configured and built in.
//!
//! Owns which facts belong to whom and to which trait, and the trail a computed value leaves; the arithmetic is in [`compute`], and
//! what web events tell is read by ingest. What records say of a person is survivorship's business.

mod built_in;
pub mod compute;

use event_schema::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

pub use built_in::{BUILT_IN, BuiltIn};
use compute::{Fact, compute};

use super::activity::PersonDay;
use super::grouped::{Grouped, Roster};
use super::orders::LedgerOrder;
use crate::config::{ComputedTrait, Config, ORDER};
use crate::record::{Occurrence, Origin};

/// The source that computed values name.
pub const COMPUTED: &str = "computed";

/// A computed value, and what it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Made<'a> {
    /// The trait.
    pub name: &'a str,
    /// The value.
    pub value: String,
    /// What was done: `count`, `sum`, …
    pub rule: &'static str,
    /// How many facts it was made of, and of what days, in words.
    pub origin: Origin,
    /// When the latest of them was.
    pub observed_at: Timestamp,
}

impl<'a> Made<'a> {
    /// Notes what was made of facts at these moments, which are in order; nothing of none.
    fn new(name: &'a str, rule: &'static str, value: String, what: &str, moments: &[Timestamp]) -> Option<Self> {
        let (first, last) = (moments.first()?, moments.last()?);
        let several = if moments.len() == 1 { "" } else { "s" };
        let [first_day, last_day] = [first, last].map(|at| day_of(at.utc_day()));
        let days = if first_day == last_day {
            first_day.to_string()
        } else {
            format!("{first_day} to {last_day}")
        };
        Some(Self {
            name,
            value,
            rule,
            origin: Origin {
                file: format!("{} {what}{several}, {days}", moments.len()).into(),
                line: 0,
            },
            observed_at: *last,
        })
    }
}

/// The day of that number since 1970-01-01.
fn day_of(day: i32) -> Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(day)).unwrap_or(epoch)
}

/// What is computed of everybody.
#[derive(Debug)]
pub struct Computed<'a> {
    config: &'a Config,
    occurrences: Grouped<(usize, &'a Occurrence)>,
    /// The last day that counts.
    today: i32,
    /// For each configured trait the first day that counts.
    since: Vec<i32>,
}

impl<'a> Computed<'a> {
    /// Groups what web events tell by person. Those of records that belong to nobody are left out.
    pub fn new(occurrences: &'a [Occurrence], roster: &Roster, config: &'a Config, now: Timestamp) -> Self {
        let of_person = |occurrence: &'a Occurrence| Some((roster.place(occurrence.record)?, occurrence));
        let mut rows: Vec<(usize, &Occurrence)> = occurrences.par_iter().filter_map(of_person).collect();
        rows.par_sort_unstable_by_key(|(person, told)| (*person, told.computed, told.at, &told.value));
        let today = now.utc_day();
        let since = |computed: &ComputedTrait| {
            let first = computed.window().map(|window| window.before(day_of(today)));
            first.map_or(i32::MIN, |first| (first - day_of(0)).get_days())
        };
        Self {
            config,
            occurrences: Grouped::new(roster.people(), rows, |row| Some(row.0)),
            today,
            since: config.traits.values().map(since).collect(),
        }
    }

    /// The computed traits of the person at `place`, whose orders and days on the web are given, in the order of their names.
    pub fn of(&self, place: usize, orders: &'a [LedgerOrder<'a>], days: &[PersonDay<'_>]) -> Vec<Made<'a>> {
        let mut made: Vec<Made<'_>> = built_in::of(orders, days, self.today);
        let mut told = self.occurrences.of(place);
        for (at, (name, computed)) in self.config.traits.iter().enumerate() {
            let (own, rest) = told.split_at(told.partition_point(|row| usize::from(row.1.computed) <= at));
            told = rest;
            let mut facts: Vec<Fact<'_>> = if computed.event == ORDER {
                order_facts(computed, orders)
            } else {
                own.iter().map(|(_, told)| fact_of(told)).collect()
            };
            facts.retain(|fact| (self.since[at]..=self.today).contains(&fact.at.utc_day()));
            let moments: Vec<Timestamp> = facts.iter().map(|fact| fact.at).collect();
            let what = if computed.event == ORDER { "order" } else { "event" };
            made.extend(
                compute(computed.compute, &facts)
                    .and_then(|value| Made::new(name, computed.compute.as_str(), value, what, &moments)),
            );
        }
        made.sort_unstable_by_key(|made| made.name);
        made
    }
}

fn fact_of(told: &Occurrence) -> Fact<'_> {
    Fact {
        at: told.at,
        value: told.value.as_ref().map(|value| value.as_str().into()),
    }
}

/// The orders that a trait counts: purchases, or those of the status it names.
fn order_facts<'a>(computed: &ComputedTrait, orders: &'a [LedgerOrder<'a>]) -> Vec<Fact<'a>> {
    let counts = |order: &&LedgerOrder<'a>| {
        let named = computed.filter.contains_key("status");
        (named || order.verdict.is_ok())
            && computed.filter.iter().all(|(property, wanted)| {
                let values = order_values(order, property);
                values.iter().any(|value| wanted.is(value))
            })
    };
    let fact = |order: &'a LedgerOrder<'a>| {
        let values: Vec<Option<String>> = match &computed.property {
            None => vec![None],
            Some(property) => order_values(order, property).into_iter().map(Some).collect(),
        };
        values.into_iter().map(|value| Fact {
            at: order.told.ordered_at,
            value: value.map(Into::into),
        })
    };
    let mut facts: Vec<Fact<'a>> = orders.iter().filter(counts).flat_map(fact).collect();
    facts.sort_unstable();
    facts
}

/// What is known of an order under a property's name.
fn order_values(order: &LedgerOrder<'_>, property: &str) -> Vec<String> {
    match property {
        "value" => order
            .value
            .map(|value| value.as_f64().to_string())
            .into_iter()
            .collect(),
        "currency" => vec![order.told.currency.clone()],
        "channel" => vec![order.channel().as_str().to_owned()],
        "status" => vec![order.told.status.as_str().to_owned()],
        "source" => order.sources.iter().map(|&source| source.to_owned()).collect(),
        "order_id" => vec![order.order_id.to_owned()],
        _ => Vec::new(),
    }
}
