//! Web events on their way into the log: each message once, each lane and day in its own segment.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use event_schema::{AudienceHit, ConsentedEvent, Envelope, EventKind, MessageId, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::Config;
use crate::ingest::Suppressed;
use crate::ingest::read;
use crate::ingest::rows::{BATCH_ROWS, Columns, audience_batch, audience_schema, event_batch, event_schema};
use crate::record::RecordId;
use crate::store::{Lane, Log, SegmentError, StagedSegment};

/// What was taken since the counts were last asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New events with consent.
    pub events: u64,
    /// New hits without consent.
    pub hits: u64,
    /// Messages that the log has already.
    pub duplicate: u64,
}

/// Collects events, and stages them by lane and UTC day.
pub struct EventWriter {
    country: String,
    events: BTreeMap<String, Vec<ConsentedEvent>>,
    hits: BTreeMap<String, Vec<AudienceHit>>,
    seen: FxHashMap<(Lane, String), FxHashSet<u128>>,
    counts: Counts,
}

impl EventWriter {
    /// An empty writer.
    pub fn new(config: &Config) -> Self {
        Self {
            country: config.company.country.clone(),
            events: BTreeMap::new(),
            hits: BTreeMap::new(),
            seen: FxHashMap::default(),
            counts: Counts::default(),
        }
    }

    /// Whether the event belongs to a person who was erased. A hit without consent belongs to nobody.
    pub fn is_erased(&self, envelope: &Envelope, suppressed: Suppressed<'_>) -> bool {
        let Envelope::Consented(event) = envelope else {
            return false;
        };
        let event = &event.event;
        let known =
            |kind: &str, id: &Option<event_schema::Id>| id.as_ref().is_some_and(|id| suppressed(kind, id.as_str()));
        let named = || match &event.kind {
            EventKind::Identify { traits } => read::identifiers(&read::traits_row(traits), &self.country)
                .iter()
                .any(|identifier| suppressed(&identifier.kind, &identifier.value)),
            EventKind::Alias { previous_id } => suppressed("anonymous_id", previous_id.as_str()),
            _ => false,
        };
        known("anonymous_id", &event.anonymous_id) || known("user_id", &event.user_id) || named()
    }

    /// Takes an envelope, unless the log has its message already: the same message has the same time, so only its own day
    /// has to be looked at.
    ///
    /// # Errors
    /// [`SegmentError`] when a segment of that day is damaged.
    pub fn push(&mut self, log: &Log, envelope: Envelope) -> Result<(), SegmentError> {
        let (lane, day, id) = match &envelope {
            Envelope::Audience(hit) => (Lane::Audience, day(hit.timestamp), hash(&hit.message_id)),
            Envelope::Consented(event) => (Lane::Events, day(event.event.timestamp), hash(&event.event.message_id)),
        };
        if !self.is_new(log, lane, &day, id)? {
            self.counts.duplicate += 1;
            return Ok(());
        }
        match envelope {
            Envelope::Audience(hit) => {
                self.counts.hits += 1;
                self.hits.entry(day).or_default().push(hit);
            }
            Envelope::Consented(event) => {
                self.counts.events += 1;
                self.events.entry(day).or_default().push(*event);
            }
        }
        Ok(())
    }

    /// Stages everything taken, sorted by time; nothing waits afterwards.
    ///
    /// # Errors
    /// [`SegmentError`] when the disk refuses.
    pub fn stage(&mut self, log: &Log, id: &str) -> Result<Vec<StagedSegment>, SegmentError> {
        let mut staged = Vec::new();
        for (day, mut events) in std::mem::take(&mut self.events) {
            events.sort_unstable_by(|a, b| {
                (a.event.timestamp, &a.event.message_id).cmp(&(b.event.timestamp, &b.event.message_id))
            });
            staged.push(segment(
                log,
                Lane::Events,
                &day,
                id,
                &events,
                (event_schema(), event_batch),
            )?);
        }
        for (day, mut hits) in std::mem::take(&mut self.hits) {
            hits.sort_unstable_by(|a, b| (a.timestamp, &a.message_id).cmp(&(b.timestamp, &b.message_id)));
            staged.push(segment(
                log,
                Lane::Audience,
                &day,
                id,
                &hits,
                (audience_schema(), audience_batch),
            )?);
        }
        Ok(staged)
    }

    /// Lets go of everything taken, as a dry run does; it still counts, and is still known.
    pub fn forget_waiting(&mut self) {
        self.events.clear();
        self.hits.clear();
    }

    /// What was taken since this was last called.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    fn is_new(&mut self, log: &Log, lane: Lane, day: &str, id: u128) -> Result<bool, SegmentError> {
        let partition = (lane, day.to_owned());
        if let Some(seen) = self.seen.get_mut(&partition) {
            return Ok(seen.insert(id));
        }
        let mut seen = FxHashSet::default();
        for segment in log.partition(lane, day) {
            for batch in segment.read(Some(&["message_id"]))? {
                let batch = batch?;
                let ids = Columns(&batch).texts("message_id");
                seen.extend((0..batch.num_rows()).filter_map(|row| ids.get(row)).map(hash_text));
            }
        }
        let new = seen.insert(id);
        self.seen.insert(partition, seen);
        Ok(new)
    }
}

/// Builds a batch of rows.
type Build<T> = fn(&[T]) -> Result<RecordBatch, ArrowError>;

fn segment<T>(
    log: &Log,
    lane: Lane,
    day: &str,
    id: &str,
    rows: &[T],
    (schema, batch): (SchemaRef, Build<T>),
) -> Result<StagedSegment, SegmentError> {
    let batches = rows.chunks(BATCH_ROWS).map(batch);
    log.stage(lane, day, id, schema, batches, &BTreeMap::new())
}

/// The UTC day, as `2026-11-19`.
fn day(at: Timestamp) -> String {
    let mut text = at.to_string();
    text.truncate(10);
    text
}

fn hash(id: &MessageId) -> u128 {
    hash_text(id.as_str())
}

fn hash_text(id: &str) -> u128 {
    u128::from_be_bytes(*RecordId::new("", id).as_bytes())
}
