//! Reads the log as the night needs it: normalised records, orders, consents, activity, audience counts.
//!
//! Segments are read in parallel, and what comes out is sorted, so neither threads nor the order of imports show in it.

mod answers;
mod audience;
mod merge;
mod offline;
mod person;
mod traits;
mod web;

use std::collections::BTreeMap;

use event_schema::Timestamp;
use rayon::prelude::*;

use crate::config::Config;
use crate::record::{AudienceCount, ConsentFact, DailyActivity, Order, Record};
use crate::store::{Lane, Log, Segment, SegmentError};

use answers::Answer;
use offline::TimedOrder;

pub use person::identifiers;
pub use traits::row as traits_row;
pub use web::web_key;

/// What the log says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Every record, by its id.
    pub records: Vec<Record>,
    /// Every order as each source tells it, by order number and source.
    pub orders: Vec<Order>,
    /// Every answer to consent that changed something, by record, purpose and time.
    pub consents: Vec<ConsentFact>,
    /// What each web identity did each day, by record, day and event.
    pub activity: Vec<DailyActivity>,
    /// What visitors without consent did, by day, site, event and path.
    pub audience: Vec<AudienceCount>,
    /// Web events with consent, bots left out.
    pub web_events: u64,
    /// Web events with consent that programs made; they are in nothing else.
    pub bot_events: u64,
}

/// What one part of the log says, before the parts are put together.
#[derive(Default)]
struct Part {
    records: Vec<Record>,
    orders: Vec<TimedOrder>,
    web_orders: Vec<web::OrderEvent>,
    answers: Vec<Answer>,
    activity: Vec<DailyActivity>,
    audience: Vec<AudienceCount>,
    web_events: u64,
    bot_events: u64,
}

impl Part {
    fn and(mut self, other: Self) -> Self {
        self.records.extend(other.records);
        self.orders.extend(other.orders);
        self.web_orders.extend(other.web_orders);
        self.answers.extend(other.answers);
        self.activity.extend(other.activity);
        self.audience.extend(other.audience);
        self.web_events += other.web_events;
        self.bot_events += other.bot_events;
        self
    }
}

/// Reads the whole log.
///
/// # Errors
/// [`SegmentError`] when a segment is damaged.
pub fn read(log: &Log, config: &Config) -> Result<Facts, SegmentError> {
    let offline = [Lane::Records, Lane::Orders, Lane::Consents].map(|lane| {
        parts(log.segments(lane).map(|s| vec![s]), |segments| {
            offline::read(lane, segments[0], config)
        })
    });
    let web = parts(days(log, Lane::Events), |segments| web::read(segments, config));
    let audience = parts(days(log, Lane::Audience), audience::read);
    let mut whole = web?.and(audience?);
    for part in offline {
        whole = whole.and(part?);
    }
    Ok(together(whole))
}

/// The segments of each day.
pub(super) fn days(log: &Log, lane: Lane) -> impl Iterator<Item = Vec<&Segment>> {
    let mut days: BTreeMap<&str, Vec<&Segment>> = BTreeMap::new();
    for segment in log.segments(lane) {
        days.entry(segment.partition()).or_default().push(segment);
    }
    days.into_values()
}

fn parts<'a>(
    groups: impl Iterator<Item = Vec<&'a Segment>>,
    read: impl Fn(&[&Segment]) -> Result<Part, SegmentError> + Sync,
) -> Result<Part, SegmentError> {
    let groups: Vec<_> = groups.collect();
    let parts: Vec<Part> = groups
        .par_iter()
        .map(|segments| read(segments))
        .collect::<Result<_, _>>()?;
    Ok(parts.into_iter().fold(Part::default(), Part::and))
}

fn together(part: Part) -> Facts {
    let mut orders = offline::latest(part.orders);
    orders.extend(web::orders(part.web_orders));
    orders.sort_by(|a, b| (&a.order_id, &a.source).cmp(&(&b.order_id, &b.source)));
    let (mut activity, mut audience) = (part.activity, part.audience);
    activity.par_sort_unstable();
    audience.sort_unstable();
    Facts {
        records: merge::records(part.records),
        orders,
        consents: answers::changes(part.answers),
        activity,
        audience,
        web_events: part.web_events,
        bot_events: part.bot_events,
    }
}

/// Midnight of a day, as `2026-11-24`; the first of all days when it is none.
fn midnight(day: &str) -> Timestamp {
    format!("{day}T00:00:00Z").parse().unwrap_or(Timestamp::from_millis(0))
}

#[cfg(test)]
mod tests;
