//! The rows of one source with one key are one record.

use rayon::prelude::*;

use crate::record::{Observation, Record, Telling};

/// Puts the rows of each record together. Of a value that is told again and again, the first telling counts.
pub fn records(mut rows: Vec<Record>) -> Vec<Record> {
    rows.par_sort_unstable_by_key(|row| row.id);
    rows.dedup_by(|row, record| {
        let same = row.id == record.id;
        if same {
            // Of the two, the earlier known time; an unknown one says nothing.
            record.first_seen = record.first_seen.into_iter().chain(row.first_seen).min();
            record.identifiers.append(&mut row.identifiers);
            record.observations.append(&mut row.observations);
        }
        same
    });
    rows.par_iter_mut().for_each(settle);
    rows
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
    let Telling { at, origin } = &*observation.told;
    (&observation.name, at, &observation.value, origin)
}
