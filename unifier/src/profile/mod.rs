//! The profile stage: who the people are, what they bought, did and agreed to.
//!
//! A pure function of (records, who belongs to whom, orders, answers, activity, configuration, now). Owns survivorship with
//! its lineage, the ledger of orders, the answers in force and the days on the web; decides no identity and predicts nothing.
//!
//! Big tables are made in batches of [`BATCH_ROWS`] on demand, so a night need never hold one as a whole. The same input
//! gives the same bytes whatever its order and however many threads there are.

pub mod activity;
pub mod block;
pub mod computed;
pub mod consent;
mod facts;
pub mod golden;
pub mod grouped;
pub mod groups;
mod lineage;
pub mod orders;
pub mod people;
pub mod purchase;
pub mod survivorship;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use event_schema::Timestamp;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use activity::Activity;
use computed::Computed;
use consent::{Consents, Suppressions};
use golden::GoldenRecord;
use grouped::Roster;
use groups::{Group, Key};
use orders::{Channel, Ledger, OrderCounts};
use people::Row;

use crate::config::{Config, GroupRule};
use crate::predict::propensity::timeline::{Deed, Kind, Timeline, Timelines};
use crate::predict::{History, Purchase};
use crate::record::{AudienceCount, ConsentFact, DailyActivity, Occurrence, Order, PersonId, Record};

/// Rows in one batch of a table; for `traits`, the people in one.
pub const BATCH_ROWS: usize = 65_536;

/// What the stage works on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The records, in any order.
    pub records: &'a [Record],
    /// The people in the order of their ids, each with the indexes of its records.
    pub people: &'a [(PersonId, Vec<usize>)],
    /// Every telling of every order.
    pub orders: &'a [Order],
    /// Every answer to a purpose.
    pub consents: &'a [ConsentFact],
    /// Who may not be contacted at all.
    pub suppressions: &'a Suppressions,
    /// What web identities did.
    pub activity: &'a [DailyActivity],
    /// What of it the configured traits are computed of.
    pub occurrences: &'a [Occurrence],
}

/// The profiles of everybody.
#[derive(Debug)]
pub struct Profiles<'a> {
    input: Input<'a>,
    config: &'a Config,
    ledger: Ledger<'a>,
    consents: Consents<'a>,
    activity: Activity<'a>,
    computed: Computed<'a>,
    today: i32,
}

/// Builds the profiles as they are at `now`.
pub fn build<'a>(input: Input<'a>, config: &'a Config, now: Timestamp) -> Profiles<'a> {
    let roster = Roster::new(input.records, input.people);
    let owners = (input.records, input.people);
    Profiles {
        input,
        config,
        ledger: Ledger::new(input.orders, &roster, config, now),
        consents: Consents::new(input.consents, input.suppressions, owners, &roster, config),
        activity: Activity::new(input.activity, &roster),
        computed: Computed::new(input.occurrences, &roster, config, now),
        today: now.utc_day(),
    }
}

impl<'a> Profiles<'a> {
    /// The `people` and the `traits` table, as many people at a time. What decides a trait is computed once for both.
    ///
    /// # Errors
    /// [`ArrowError`] when a batch is too large for Arrow; likewise below.
    pub fn people_and_traits(
        &self,
    ) -> impl Iterator<Item = (Result<RecordBatch, ArrowError>, Result<RecordBatch, ArrowError>)> {
        chunks(self.input.people.len()).map(|places| {
            let rows: Vec<Row<'_>> = places.into_par_iter().map(|place| self.row(place)).collect();
            rayon::join(
                || people::people(&rows, &self.config.purposes),
                || {
                    let traits = rows.iter().map(|row| (row.id, &row.golden, row.computed.as_slice()));
                    lineage::traits(traits, self.config)
                },
            )
        })
    }

    /// The `orders` table.
    pub fn orders(&self) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        let rows = self.ledger.orders().rows();
        chunks(rows.len()).map(|places| facts::orders(&rows[places], self.input.people))
    }

    /// The `consents` table.
    pub fn consents(&self) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        let rows = self.consents.answers().rows();
        chunks(rows.len()).map(|places| facts::consents(&rows[places], self.input.people))
    }

    /// The `events_daily` table.
    pub fn events_daily(&self) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        let rows = self.activity.days().rows();
        chunks(rows.len()).map(|places| facts::events_daily(&rows[places], self.input.people))
    }

    /// The configured groups, kind by kind; nothing where none is configured.
    pub fn groups(&self) -> Vec<Group<'a>> {
        let people = self.input.people.len();
        let of_kind = |(kind, rule): (&'a String, &'a GroupRule)| {
            let key = |place| Key::of(&self.golden(place), rule);
            let keys = (0..people).into_par_iter().map(key).collect();
            groups::groups(kind, keys, |place| self.ledger.purchases(place))
        };
        self.config.groups.iter().flat_map(of_kind).collect()
    }

    /// Each person's purchases in the order of time, person by person. An order for nothing (a gift, a voucher) is no purchase, but
    /// who places it is alive: it counts in time and not in money.
    pub fn histories(&self) -> Vec<History> {
        let history = |place| {
            let purchase = |order: &orders::LedgerOrder<'_>| Purchase {
                day: order.told.ordered_at.utc_day(),
                value: order.value.map(|value| value.as_f64()).filter(|value| *value > 0.0),
            };
            History {
                purchases: self.occasions(place).map(purchase).collect(),
            }
        };
        (0..self.input.people.len()).into_par_iter().map(history).collect()
    }

    /// The orders that show that a person is alive.
    fn occasions(&self, place: usize) -> impl Iterator<Item = &orders::LedgerOrder<'a>> {
        let orders = self.ledger.orders().of(place).iter();
        orders.filter(|order| matches!(order.verdict, Ok(()) | Err(purchase::NoPurchase::ZeroAmount)))
    }

    /// What each person did, day by day: web events, and the orders that stand in `histories`.
    pub fn timelines(&self, histories: Vec<History>) -> Timelines {
        let events: BTreeSet<&str> = self.activity.days().rows().iter().map(|day| day.event).collect();
        let channels = [Channel::Web, Channel::Offline, Channel::Both].map(|channel| channel.as_str().to_owned());
        let names = events.iter().map(|&name| name.to_owned());
        let kinds: Vec<Kind> = channels
            .into_iter()
            .map(Kind::Order)
            .chain(names.map(Kind::Event))
            .collect();
        let orders = kinds.len() - events.len();
        let places: FxHashMap<&str, u32> = events.iter().copied().zip(orders as u32..).collect();
        let timeline = |(place, history): (usize, History)| {
            let days = self.activity.days().of(place).iter();
            let done = days.filter_map(|day| {
                Some(Deed {
                    day: day.day,
                    kind: *places.get(day.event)?,
                    count: u32::try_from(day.count).unwrap_or(u32::MAX),
                })
            });
            let ordered = self.occasions(place).map(|order| Deed {
                day: order.told.ordered_at.utc_day(),
                kind: order.channel() as u32,
                count: 1,
            });
            Timeline::new(done.chain(ordered).collect(), history.purchases)
        };
        Timelines {
            people: histories.into_par_iter().enumerate().map(timeline).collect(),
            kinds,
        }
    }

    /// What the ledger of orders met.
    pub fn order_counts(&self) -> &OrderCounts {
        self.ledger.counts()
    }

    /// The person's decided traits.
    pub fn golden(&self, place: usize) -> GoldenRecord<'a> {
        GoldenRecord::of(self.records(place), self.config, self.today)
    }

    fn row(&self, place: usize) -> Row<'_> {
        let purposes = self.config.purposes.iter();
        let (orders, days) = (self.ledger.orders().of(place), self.activity.days().of(place));
        Row {
            purchases: self.ledger.purchases(place),
            web: self.activity.totals(place),
            consents: purposes.map(|purpose| self.consents.granted(place, purpose)).collect(),
            suppressed: self.consents.suppressed(place),
            computed: self.computed.of(place, orders, days),
            ..Row::new(self.input.people[place].0, self.golden(place), self.records(place))
        }
    }

    fn records(&self, place: usize) -> impl Iterator<Item = &'a Record> + use<'a> {
        let records = self.input.records;
        self.input.people[place]
            .1
            .iter()
            .filter_map(|&member| records.get(member))
    }
}

/// The `audience_daily` table; the order of the counts does not matter.
pub fn audience_daily(counts: &[AudienceCount]) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
    let mut rows: Vec<&AudienceCount> = counts.iter().collect();
    rows.par_sort_unstable();
    chunks(rows.len()).map(move |places| facts::audience_daily(&rows[places]))
}

/// The rows of each batch; one empty batch when there are no rows.
fn chunks(rows: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let starts = (0..rows.max(1)).step_by(BATCH_ROWS);
    starts.map(move |start| start..rows.min(start + BATCH_ROWS))
}
