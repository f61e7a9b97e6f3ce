//! Writes the lanes of one import side by side while its rows are read, so that no lane waits in memory for another.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;

use crate::ingest::rows::{
    BATCH_ROWS, ConsentRow, OrderRow, RecordRow, RepeatRow, consent_batch, order_batch, record_batch, repeat_batch,
};
use crate::store::{Lane, Log, SegmentError, StagedSegment};

use super::translate::RowFacts;

/// Bytes of rows after which a batch is full, however few they are.
const BATCH_BYTES: usize = 32 << 20;

/// Batches that may wait for a lane's writer.
const WAITING: usize = 2;

/// A batch on its way to its writer, or why it could not be built.
type Built = Result<RecordBatch, ArrowError>;

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
    records: Vec<RecordRow>,
    orders: Vec<OrderRow>,
    consents: Vec<ConsentRow>,
    repeats: Vec<RepeatRow>,
    bytes: usize,
    senders: [SyncSender<Built>; 4],
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
        let senders = [Lane::Records, Lane::Orders, Lane::Consents, Lane::Repeats].map(|lane| {
            let (sender, receiver) = sync_channel(WAITING);
            writers.push(scope.spawn(move || stage(place, lane, receiver)));
            sender
        });
        let mut lanes = Lanes {
            records: Vec::new(),
            orders: Vec::new(),
            consents: Vec::new(),
            repeats: Vec::new(),
            bytes: 0,
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

fn stage(place: &Place<'_>, lane: Lane, batches: Receiver<Built>) -> Result<Option<StagedSegment>, SegmentError> {
    let mut batches = batches.into_iter().peekable();
    let schema = match batches.peek() {
        None => return Ok(None),
        Some(Ok(first)) => first.schema(),
        Some(Err(_)) => Arc::new(Schema::empty()),
    };
    place
        .log
        .stage(lane, place.source, place.id, schema, batches, place.notes)
        .map(Some)
}

impl Lanes {
    /// Adds a row that is no news.
    pub fn repeat(&mut self, line: u64, (held_by, held_line): (&str, u64)) {
        self.repeats.push(RepeatRow {
            line,
            held_by: held_by.to_owned(),
            held_line,
        });
        if self.repeats.len() >= BATCH_ROWS {
            self.flush();
        }
    }

    /// Adds what a row of so many bytes says.
    pub fn push(&mut self, mut facts: RowFacts, bytes: usize) {
        self.bytes += bytes;
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
        let rows = self.records.len().max(self.orders.len()).max(self.consents.len());
        if rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
            self.flush();
        }
    }

    /// Hands the waiting rows to the writers.
    fn flush(&mut self) {
        self.bytes = 0;
        let [records, orders, consents, repeats] = &self.senders;
        hand_over(&mut self.records, record_batch, records);
        hand_over(&mut self.orders, order_batch, orders);
        hand_over(&mut self.consents, consent_batch, consents);
        hand_over(&mut self.repeats, repeat_batch, repeats);
    }
}

/// Makes the waiting rows of a lane a batch for its writer. A writer that has failed takes none, and says so at the end.
fn hand_over<T>(rows: &mut Vec<T>, batch: fn(&[T]) -> Built, writer: &SyncSender<Built>) {
    if !rows.is_empty() {
        let _ = writer.send(batch(rows));
        rows.clear();
    }
}
