//! The rows of one source with one key are one record.

use rayon::prelude::*;

use crate::record::{Observation, Record};

/// Puts the rows of each record together. Of a value that is told again and again, the first telling counts.
pub fn records(mut rows: Vec<Record>) -> Vec<Record> {
    rows.par_sort_unstable_by_key(|row| row.id);
    let mut records: Vec<Record> = Vec::with_capacity(rows.len());
    for row in rows {
        match records.last_mut() {
            Some(record) if record.id == row.id => {
                // Of the two, the earlier known time; an unknown one says nothing.
                record.first_seen = record.first_seen.into_iter().chain(row.first_seen).min();
                record.identifiers.extend(row.identifiers);
                record.observations.extend(row.observations);
            }
            _ => records.push(row),
        }
    }
    records.par_iter_mut().for_each(settle);
    records
}

/// Within one moment values have no order; over time, only a change is told.
fn settle(record: &mut Record) {
    record.identifiers.sort_unstable();
    record.identifiers.dedup();
    record.observations.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
    record
        .observations
        .dedup_by(|later, earlier| later.name == earlier.name && later.value == earlier.value);
}

fn order(observation: &Observation) -> impl Ord + '_ {
    (
        &observation.name,
        observation.observed_at,
        &observation.value,
        &observation.origin,
    )
}
