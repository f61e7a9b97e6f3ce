//! Web events on their way into the log: each message once, each lane and day in its own segment.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use event_schema::{AudienceHit, ConsentedEvent, Envelope, EventKind, MessageId, Timestamp};
use rustc_hash::FxHashMap;

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
    /// The messages of each day that was looked at, and whether only imports have them: an import can be taken back, so what only
    /// imports have is kept again, and the night counts it once.
    seen: FxHashMap<(Lane, String), FxHashMap<u128, bool>>,
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
            // An alias does not say whether its previous id is a visitor's or a customer's.
            EventKind::Alias { previous_id } => ["anonymous_id", "user_id"]
                .iter()
                .any(|kind| suppressed(kind, previous_id.as_str())),
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
        let standing = self.standing(log, lane, &day, id)?;
        if standing != Standing::New {
            self.counts.duplicate += 1;
        }
        if standing == Standing::Known {
            return Ok(());
        }
        let new = u64::from(standing == Standing::New);
        match envelope {
            Envelope::Audience(hit) => {
                self.counts.hits += new;
                self.hits.entry(day).or_default().push(hit);
            }
            Envelope::Consented(event) => {
                self.counts.events += new;
                self.events.entry(day).or_default().push(*event);
            }
        }
        Ok(())
    }

    /// Stages everything taken, sorted by time; nothing waits afterwards.
    ///
    /// # Errors
    /// [`SegmentError`] when the disk refuses.
    pub fn stage(
        &mut self,
        log: &Log,
        id: &str,
        notes: &BTreeMap<String, String>,
    ) -> Result<Vec<StagedSegment>, SegmentError> {
        let mut staged = Vec::new();
        for (day, mut events) in std::mem::take(&mut self.events) {
            events.sort_unstable_by(|a, b| {
                (a.event.timestamp, &a.event.message_id).cmp(&(b.event.timestamp, &b.event.message_id))
            });
            staged.push(segment(
                &Place {
                    log,
                    lane: Lane::Events,
                    day: &day,
                    id,
                    notes,
                },
                &events,
                (event_schema(), event_batch),
            )?);
        }
        for (day, mut hits) in std::mem::take(&mut self.hits) {
            hits.sort_unstable_by(|a, b| (a.timestamp, &a.message_id).cmp(&(b.timestamp, &b.message_id)));
            staged.push(segment(
                &Place {
                    log,
                    lane: Lane::Audience,
                    day: &day,
                    id,
                    notes,
                },
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

    fn standing(&mut self, log: &Log, lane: Lane, day: &str, id: u128) -> Result<Standing, SegmentError> {
        let partition = (lane, day.to_owned());
        if !self.seen.contains_key(&partition) {
            let seen = seen(log, lane, day)?;
            self.seen.insert(partition.clone(), seen);
        }
        let before = self.seen.entry(partition).or_default().insert(id, false);
        Ok(match before {
            None => Standing::New,
            Some(true) => Standing::OfAnImport,
            Some(false) => Standing::Known,
        })
    }
}

/// What the log has of a message already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    New,
    OfAnImport,
    Known,
}

fn seen(log: &Log, lane: Lane, day: &str) -> Result<FxHashMap<u128, bool>, SegmentError> {
    let mut seen: FxHashMap<u128, bool> = FxHashMap::default();
    for segment in log.partition(lane, day) {
        let of_an_import = segment.notes()?.contains_key("import");
        for batch in segment.read(Some(&["message_id"]))? {
            let batch = batch?;
            let ids = Columns(&batch).texts("message_id");
            for id in (0..batch.num_rows()).filter_map(|row| ids.get(row)) {
                let only_imports = seen.entry(hash_text(id)).or_insert(true);
                *only_imports &= of_an_import;
            }
        }
    }
    Ok(seen)
}

/// Builds a batch of rows.
type Build<T> = fn(&[T]) -> Result<RecordBatch, ArrowError>;

/// Where a segment goes.
struct Place<'a> {
    log: &'a Log,
    lane: Lane,
    day: &'a str,
    id: &'a str,
    notes: &'a BTreeMap<String, String>,
}

fn segment<T>(
    place: &Place<'_>,
    rows: &[T],
    (schema, batch): (SchemaRef, Build<T>),
) -> Result<StagedSegment, SegmentError> {
    let batches = rows.chunks(BATCH_ROWS).map(batch);
    place
        .log
        .stage(place.lane, place.day, place.id, schema, batches, place.notes)
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
