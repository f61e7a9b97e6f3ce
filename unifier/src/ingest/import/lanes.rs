//! Writes the lanes of one import side by side while its rows are read, so that no lane waits in memory for another.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow::array::RecordBatch;

use crate::ingest::rows::{BATCH_ROWS, ConsentRows, OrderRows, RecordRows};
use crate::store::{Lane, Log, SegmentError, StagedSegment};

use super::translate::RowFacts;

/// Batches that may wait for a lane's writer.
const WAITING: usize = 2;

/// Where the segments of an import go.
pub struct Place<'a> {
    /// The log.
    pub log: &'a Log,
    /// The source, which is the partition.
    pub source: &'a str,
    /// The import's id, which names the segments.
    pub id: &'a str,
    /// What is noted with each segment.
    pub notes: &'a BTreeMap<String, String>,
}

/// Takes the facts of rows.
pub struct Lanes {
    records: RecordRows,
    orders: OrderRows,
    consents: ConsentRows,
    senders: [SyncSender<RecordBatch>; 3],
}

/// Runs `work` with open lanes, and gives back its result and the staged segments; a lane without rows has none.
///
/// # Errors
/// The first error of `work` or of a writer. What was staged then counts for nothing.
pub fn write<T, E>(
    place: &Place<'_>,
    work: impl FnOnce(&mut Lanes) -> Result<T, E>,
) -> Result<(T, Vec<StagedSegment>), E>
where
    E: From<SegmentError>,
{
    thread::scope(|scope| {
        let mut writers = Vec::new();
        let senders = [Lane::Records, Lane::Orders, Lane::Consents].map(|lane| {
            let (sender, receiver) = sync_channel(WAITING);
            writers.push(scope.spawn(move || stage(place, lane, receiver)));
            sender
        });
        let mut lanes = Lanes {
            records: RecordRows::default(),
            orders: OrderRows::default(),
            consents: ConsentRows::default(),
            senders,
        };
        let result = work(&mut lanes);
        lanes.flush();
        drop(lanes);
        let mut staged = Vec::new();
        for writer in writers {
            staged.extend(writer.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok((result?, staged))
    })
}

fn stage(place: &Place<'_>, lane: Lane, batches: Receiver<RecordBatch>) -> Result<Option<StagedSegment>, SegmentError> {
    let mut batches = batches.into_iter().peekable();
    let Some(first) = batches.peek() else {
        return Ok(None);
    };
    let schema = first.schema();
    place
        .log
        .stage(lane, place.source, place.id, schema, batches, place.notes)
        .map(Some)
}

impl Lanes {
    /// Adds what a row says.
    pub fn push(&mut self, mut facts: RowFacts) {
        // The hash stands in the lane in which duplicates of this kind of row are sought.
        if let Some(mut order) = facts.order.take() {
            order.row_hash = facts.hash;
            self.orders.push(order);
        }
        if let Some(mut record) = facts.record.take() {
            record.row_hash = facts.hash;
            self.records.push(record);
        }
        for mut consent in facts.consents {
            consent.row_hash = facts.hash;
            self.consents.push(consent);
        }
        if self.records.len().max(self.orders.len()).max(self.consents.len()) >= BATCH_ROWS {
            self.flush();
        }
    }

    /// Hands the waiting rows to the writers. A writer that has failed takes none, and says so at the end.
    fn flush(&mut self) {
        let [records, orders, consents] = &self.senders;
        if !self.records.is_empty() {
            let _ = records.send(self.records.take());
        }
        if !self.orders.is_empty() {
            let _ = orders.send(self.orders.take());
        }
        if !self.consents.is_empty() {
            let _ = consents.send(self.consents.take());
        }
    }
}
