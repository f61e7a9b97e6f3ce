//! Imported rows: one segment at a time.

use std::cmp::Reverse;

use event_schema::Timestamp;
use rayon::prelude::*;

use crate::config::Config;
use crate::ingest::rows::{ConsentRow, OrderRow, RecordRow};
use crate::record::{ConsentFact, Order, Origin, Record, RecordId, Telling};
use crate::store::{Lane, Segment, SegmentError};
use crate::symbol::Symbol;

use super::answers::{Answer, Time};
use super::{Part, midnight, person};

/// An order, and the day of the file that tells of it.
pub struct TimedOrder {
    order: Order,
    as_of: Timestamp,
}

/// What all rows of a segment have in common.
struct Import<'a> {
    source: &'a str,
    file: Symbol,
    as_of: Timestamp,
    enrichment: bool,
    config: &'a Config,
}

/// Reads one segment.
///
/// # Errors
/// [`SegmentError`] when it is damaged.
pub fn read(lane: Lane, segment: &Segment, config: &Config) -> Result<Part, SegmentError> {
    let mut notes = segment.notes()?;
    let import = Import {
        source: segment.partition(),
        file: notes.remove("file").unwrap_or_default().into(),
        as_of: midnight(&notes.remove("as_of").unwrap_or_default()),
        enrichment: config
            .sources
            .get(segment.partition())
            .is_some_and(|source| source.enrichment),
        config,
    };
    let mut part = Part::default();
    for batch in segment.read(None)? {
        let batch = batch?;
        match lane {
            Lane::Records => {
                let row = RecordRow::reader(&batch);
                let rows = (0..batch.num_rows()).into_par_iter();
                part.records.par_extend(rows.map(|at| import.record(&row(at))));
            }
            Lane::Orders => part
                .orders
                .extend(OrderRow::read(&batch).into_iter().map(|row| import.order(row))),
            _ => part
                .answers
                .extend(ConsentRow::read(&batch).into_iter().map(|row| import.answer(row))),
        }
    }
    Ok(part)
}

/// Of the rows of one source about one order, the last: by the day of its file; within one day, the one that says that the
/// order was undone, or how much of it.
pub fn latest(mut orders: Vec<TimedOrder>) -> Vec<Order> {
    orders.sort_by(|a, b| order_key(a).cmp(&order_key(b)));
    let mut kept: Vec<Order> = Vec::with_capacity(orders.len());
    for TimedOrder { order, .. } in orders {
        match kept.last_mut() {
            Some(last) if (&last.source, &last.order_id) == (&order.source, &order.order_id) => *last = order,
            _ => kept.push(order),
        }
    }
    kept
}

fn order_key(timed: &TimedOrder) -> impl Ord + '_ {
    let order = &timed.order;
    (
        &order.source,
        &order.order_id,
        timed.as_of,
        order.status,
        Reverse(order.amount),
        &order.origin,
    )
}

impl Import<'_> {
    fn origin(&self, line: u64) -> Origin {
        Origin {
            file: self.file.clone(),
            line,
        }
    }

    fn record(&self, row: &RecordRow) -> Record {
        let country = &self.config.company.country;
        let told = Telling {
            at: row.observed_at.unwrap_or(self.as_of),
            origin: self.origin(row.line),
        };
        let (identifiers, observations) = person::read(row, country, told);
        Record {
            id: RecordId::new(self.source, &row.record_key),
            source: self.source.into(),
            key: row.record_key.as_str().into(),
            first_seen: row.created_at,
            identifiers,
            observations,
            enrichment: self.enrichment,
        }
    }

    fn order(&self, row: OrderRow) -> TimedOrder {
        let order = Order {
            order_id: row.order_id,
            source: self.source.to_owned(),
            record: row.record_key.map(|key| RecordId::new(self.source, &key)),
            ordered_at: row.ordered_at,
            amount: row.amount,
            currency: row.currency,
            status: row.status,
            origin: self.origin(row.line),
        };
        TimedOrder {
            order,
            as_of: self.as_of,
        }
    }

    fn answer(&self, row: ConsentRow) -> Answer {
        let at = row.at.unwrap_or(self.as_of);
        let fact = ConsentFact {
            record: RecordId::new(self.source, &row.record_key),
            purpose: row.purpose,
            at,
            earliest: at,
            granted: row.granted,
            source: self.source.to_owned(),
            evidence: row.evidence,
        };
        let time = if row.at.is_some() { Time::Told } else { Time::Import };
        Answer { fact, time }
    }
}
