//! Taking back an import of events.
//!
//! A message that only imports have told is kept by each of them, and counted once by the night. So nothing has to be handed on but
//! the counts.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::{Plan, UndoError, recounted};
use crate::ingest::intake::{Intake, PULLED};
use crate::ingest::rows::Columns;
use crate::ingest::undo::imports;
use crate::record::RecordId;
use crate::store::{Change, Lane, Segment, SegmentError, Store};

/// What is to be done to take back the import `id`.
pub(super) fn plan(store: &Store, id: &str) -> Result<Plan, UndoError> {
    let mut plan = Plan::default();
    let mut days: BTreeSet<(Lane, String)> = BTreeSet::new();
    for lane in [Lane::Events, Lane::Audience] {
        for segment in store.log().segments(lane) {
            if owner(segment)? == id {
                days.insert((lane, segment.partition().to_owned()));
                plan.old.push(segment.clone());
            }
        }
    }
    let mut heirs: BTreeMap<String, i64> = BTreeMap::new();
    for (lane, day) in days {
        for (heir, messages) in heirs_of_day(store, lane, &day, id)? {
            *heirs.entry(heir).or_default() += messages;
        }
    }
    plan.handed_on = heirs.values().sum::<i64>().unsigned_abs();
    let imports = imports(store)?;
    plan.changes = recounted(
        &imports.iter().map(|(id, entry)| (id.as_str(), entry)).collect(),
        &heirs,
    );
    let pulled: BTreeMap<String, Intake> = store.state().all(PULLED)?;
    for (commit, intake) in pulled {
        if let Some(more) = heirs.get(&commit) {
            let intake = Intake {
                accepted: intake.accepted.saturating_add_signed(*more),
                duplicate: intake.duplicate.saturating_add_signed(-more),
                ..intake
            };
            plan.changes.push(Change::put(PULLED, &commit, &intake));
        }
    }
    Ok(plan)
}

/// How many of an import's messages of one day each later import or pull told first after it.
fn heirs_of_day(store: &Store, lane: Lane, day: &str, gone: &str) -> Result<BTreeMap<String, i64>, UndoError> {
    let mut batches: BTreeMap<(u64, String), Vec<&Segment>> = BTreeMap::new();
    for segment in store.log().partition(lane, day) {
        let number = segment.notes()?.get("number").and_then(|number| number.parse().ok());
        let of_batch = batches.entry((number.unwrap_or(0), owner(segment)?)).or_default();
        of_batch.push(segment);
    }
    let mut waiting: FxHashSet<u128> = FxHashSet::default();
    let (mut heirs, mut earlier): (BTreeMap<String, i64>, FxHashSet<u128>) = Default::default();
    let mut is_later = false;
    for ((_, owner), segments) in batches {
        let messages = messages(&segments)?;
        if owner == gone {
            is_later = true;
            waiting.extend(messages.difference(&earlier));
        } else if is_later {
            let taken = messages.iter().filter(|message| waiting.remove(message)).count();
            *heirs.entry(owner).or_default() += taken as i64;
        } else {
            earlier.extend(messages);
        }
    }
    heirs.retain(|_, messages| *messages > 0);
    Ok(heirs)
}

/// The import that a segment is of, or else the pull.
fn owner(segment: &Segment) -> Result<String, SegmentError> {
    Ok(segment
        .notes()?
        .remove("import")
        .unwrap_or_else(|| segment.id().to_owned()))
}

fn messages(segments: &[&Segment]) -> Result<FxHashSet<u128>, SegmentError> {
    let mut messages = FxHashSet::default();
    for segment in segments {
        for batch in segment.read(Some(&["message_id"]))? {
            let batch = batch?;
            let ids = Columns(&batch).texts("message_id");
            let hash = |id: &str| u128::from_be_bytes(*RecordId::new("", id).as_bytes());
            messages.extend((0..batch.num_rows()).filter_map(|row| ids.get(row)).map(hash));
        }
    }
    Ok(messages)
}
