//! Erasure: takes a person out of the log, the state, the tables and the rejects, and keeps them from coming back.
//!
//! The log's segments that hold rows of the person are written anew without them and take the old ones' place in one
//! step, together with the suppression. Then the last night is run again on what is left, which rebuilds the tables by the
//! same path as any night, the older nights are deleted, and the state is written anew, since its database keeps old
//! values until it needs the room. An erasure that was killed after its first step is finished by the next command that
//! opens the store for writing.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{filter_record_batch, not};
use event_schema::Timestamp;
use serde::Serialize;

use super::suppression::{Suppression, record_kind};
use super::{PrivacyError, consent, rejected};
use crate::config;
use crate::identity::{self, Decision, KeptModel, Membership, Person, PersonIdentifier, Resolution, history};
use crate::ingest;
use crate::people::PersonView;
use crate::record::{Record, RecordId};
use crate::review::ledger;
use crate::store::{Change, Lane, Night, Segment, StagedSegment, Store, TablesError};

/// The state's kind for an erasure whose later steps are not done yet.
const PENDING: &str = "erasure";

/// Everything by which a person is known, and so what is to be erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traces {
    /// The records, as (source, key).
    pub records: BTreeSet<(String, String)>,
    /// The identifiers that are this person's alone, as (type, value).
    pub identifiers: BTreeSet<(String, String)>,
    /// Identifiers that others use too, or that join nobody: their values go with the records, and are not suppressed.
    pub shared: BTreeSet<(String, String)>,
}

/// What an erasure removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Rows of the log, by lane.
    pub rows: BTreeMap<&'static str, u64>,
    /// Rows of the rejects files.
    pub rejects: u64,
    /// Answers to consent that were recorded here.
    pub consents: u64,
    /// Identifiers and record keys that are suppressed from now on.
    pub suppressed: u64,
}

impl Traces {
    /// What a published night knows of a person.
    pub fn of(view: PersonView) -> Self {
        let mut traces = Self::default();
        for identity in view.identities {
            traces.records.insert((identity.source, identity.record_key));
        }
        for identifier in view.identifiers {
            let of_kind = if identifier.joins {
                &mut traces.identifiers
            } else {
                &mut traces.shared
            };
            of_kind.insert((identifier.kind, identifier.value));
        }
        traces
    }

    /// What a night that ran now would take for the person whom `night` published: also what came in since.
    ///
    /// # Errors
    /// [`TablesError`] when the night cannot be read.
    pub fn find(
        view: PersonView,
        night: &Night,
        records: &[Record],
        config: &config::Identity,
        decisions: &[Decision],
    ) -> Result<Self, TablesError> {
        let published = history::published(night)?;
        let kept = KeptModel::of(night)?.map(|kept| kept.model);
        let who = identity::resolve_by(records, config, decisions, kept.as_ref());
        Ok(Self::of(view).widened(records, &who, &published))
    }

    /// Adds records that `published` does not know: those that are now one person with the known records, and those that carry what
    /// is this person's alone, if they are not somebody else's that the night knows. Where a known record of another person would
    /// join, nothing is followed beyond what is this person's alone.
    fn widened(mut self, records: &[Record], who: &Resolution, published: &Membership) -> Self {
        let theirs = self.ids();
        let holds = |person: &Person, test: &dyn Fn(&RecordId) -> bool| {
            person.records.iter().any(|&record| test(&records[record].id))
        };
        let is_theirs = |id: &RecordId| theirs.contains(id);
        let is_anothers = |id: &RecordId| published.contains_key(id) && !theirs.contains(id);
        let known = |person: &Person| (holds(person, &is_theirs), holds(person, &is_anothers));
        let whole: Vec<bool> = who.people.iter().map(|person| known(person) == (true, false)).collect();
        for (person, _) in who.people.iter().zip(&whole).filter(|(_, whole)| **whole) {
            let records = person.records.iter().map(|&record| &records[record]);
            self.records
                .extend(records.map(|record| (record.source.to_string(), record.key.to_string())));
        }
        for PersonIdentifier { identifier, joins, .. } in who.identifiers.iter().filter(|known| whole[known.person]) {
            let pair = (identifier.kind.to_string(), identifier.value.to_string());
            if *joins {
                self.shared.remove(&pair);
                self.identifiers.insert(pair);
            } else if !self.identifiers.contains(&pair) {
                self.shared.insert(pair);
            }
        }
        for person in who.people.iter().filter(|person| known(person) != (false, true)) {
            let new = person.records.iter().map(|&record| &records[record]);
            let named = new.filter(|record| !published.contains_key(&record.id) && self.names(record));
            let named: Vec<_> = named
                .map(|record| (record.source.to_string(), record.key.to_string()))
                .collect();
            self.records.extend(named);
        }
        self
    }

    /// Whether a record carries an identifier that is this person's alone.
    fn names(&self, record: &Record) -> bool {
        let mut carried = record
            .identifiers
            .iter()
            .map(|id| (id.kind.to_string(), id.value.to_string()));
        carried.any(|pair| self.identifiers.contains(&pair))
    }

    /// The ids of the records.
    pub(super) fn ids(&self) -> BTreeSet<RecordId> {
        self.records
            .iter()
            .map(|(source, key)| RecordId::new(source, key))
            .collect()
    }

    /// Whether an alias names the person: its previous id is a visitor's or a customer's, and does not say which.
    fn named_by(&self, previous: &str) -> bool {
        ["anonymous_id", "user_id"]
            .iter()
            .any(|kind| self.identifiers.contains(&((*kind).to_owned(), previous.to_owned())))
    }

    /// Whether a row of `lane` and `source` with that record key is the person's.
    fn holds(&self, source: &str, key: &str) -> bool {
        self.records.contains(&(source.to_owned(), key.to_owned()))
    }
}

/// Takes the person out of the rejects, the log and the state, and suppresses what is theirs alone. The tables follow with
/// the next night, which [`finish`] must see to.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses; then the log and the state are as they were.
pub fn erase(store: &mut Store, traces: &Traces, now: Timestamp) -> Result<Erased, PrivacyError> {
    let mut erased = Erased {
        rejects: rejected::remove(store, traces)?,
        ..Erased::default()
    };
    let (mut old, mut staged) = (Vec::new(), Vec::new());
    for lane in [Lane::Events, Lane::Records, Lane::Orders, Lane::Consents] {
        for segment in store.log().segments(lane) {
            if let Some((removed, rest)) = without(store, segment, traces)? {
                *erased.rows.entry(lane.folder()).or_default() += removed;
                old.push(segment.clone());
                staged.extend(rest);
            }
        }
    }
    for segment in store.log().segments(Lane::Decisions) {
        if let Some((removed, rest)) = ledger::without(store, segment, &traces.ids())? {
            *erased.rows.entry(Lane::Decisions.folder()).or_default() += removed;
            old.push(segment.clone());
            staged.extend(rest);
        }
    }
    let forgotten = consent::forget(store.state(), &traces.ids())?;
    erased.consents = forgotten.len() as u64;
    let suppressions = suppressions(store, traces, now)?;
    erased.suppressed = suppressions.len() as u64;
    let mut changes: Vec<Change> = forgotten.into_iter().chain(suppressions).collect();
    changes.push(Change::put(PENDING, "", &true));
    store.replace(&old, staged, changes)?;
    Ok(erased)
}

/// Whether an erasure waits for a night without the person and for what comes after it.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses.
pub fn is_pending(store: &Store) -> Result<bool, PrivacyError> {
    Ok(store.state().get::<bool>(PENDING, "")?.unwrap_or(false))
}

/// Ends an erasure after a night without the person was published: deletes every older night, and writes the state anew
/// without the note that an erasure is pending.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses; the next run tries again.
pub fn finish(store: Store) -> Result<(), PrivacyError> {
    store.tables().prune(1)?;
    Ok(store.compact_without(PENDING)?)
}

fn suppressions(store: &Store, traces: &Traces, now: Timestamp) -> Result<Vec<Change>, PrivacyError> {
    let list = Suppression::open(store.state())?;
    let identifiers = traces
        .identifiers
        .iter()
        .map(|(kind, value)| list.add(kind, value, now));
    let records = traces
        .records
        .iter()
        .map(|(source, key)| list.add(&record_kind(source), key, now));
    Ok(identifiers.chain(records).collect())
}

/// The segment without the person's rows, and how many those are; nothing when it holds none.
fn without(
    store: &Store,
    segment: &Segment,
    traces: &Traces,
) -> Result<Option<(u64, Option<StagedSegment>)>, PrivacyError> {
    let mut kept = Vec::new();
    let mut removed = 0;
    for batch in segment.read(None)? {
        let batch = batch?;
        let theirs = theirs(segment, &batch, traces);
        removed += theirs.true_count() as u64;
        kept.push(filter_record_batch(&batch, &not(&theirs)?)?);
    }
    let Some(schema) = kept.first().map(RecordBatch::schema).filter(|_| removed > 0) else {
        return Ok(None);
    };
    if kept.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(Some((removed, None)));
    }
    let id = format!("{}-without", segment.id());
    let notes = segment.notes()?;
    let staged = store.log().stage(
        segment.lane(),
        segment.partition(),
        &id,
        schema,
        kept.into_iter().map(Ok),
        &notes,
    )?;
    Ok(Some((removed, Some(staged))))
}

/// The person's rows of a batch of `segment`.
pub(super) fn rows_of(segment: &Segment, batch: &RecordBatch, traces: &Traces) -> RecordBatch {
    // A mask is as long as its batch, so filtering by it cannot fail.
    filter_record_batch(batch, &theirs(segment, batch, traces)).unwrap_or_else(|_| batch.slice(0, 0))
}

/// Which rows are the person's.
fn theirs(segment: &Segment, batch: &RecordBatch, traces: &Traces) -> BooleanArray {
    let text = |name: &str, row: usize| -> Option<&str> {
        let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let ids = traces.ids();
    let is_theirs = |row: usize| match segment.lane() {
        Lane::Decisions => text("record_id", row).is_some_and(|id| id.parse().is_ok_and(|id| ids.contains(&id))),
        Lane::Events => {
            traces.holds("web", &ingest::web_key(text("anonymous_id", row), text("user_id", row)))
                || text("previous_id", row).is_some_and(|previous| traces.named_by(previous))
        }
        _ => text("record_key", row).is_some_and(|key| traces.holds(segment.partition(), key)),
    };
    (0..batch.num_rows()).map(|row| Some(is_theirs(row))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::sample::{With, record};

    /// What an erasure of the person of the record `ann` takes, of records of which a night knew those that `known` says.
    fn taken(records: &[Record], known: impl Fn(&Record) -> bool) -> (Vec<String>, Vec<String>) {
        let old: Vec<Record> = records.iter().filter(|record| known(record)).cloned().collect();
        let published = history::membership(&old, &identity::resolve(&old, &config::Identity::default(), &[]));
        let ann = old.iter().find(|record| record.key == "ann").unwrap();
        let hers = |record: &&Record| published[&record.id] == published[&ann.id];
        let mut traces = Traces::default();
        for record in old.iter().filter(hers) {
            traces
                .records
                .insert((record.source.to_string(), record.key.to_string()));
            traces.identifiers.extend(
                record
                    .identifiers
                    .iter()
                    .map(|id| (id.kind.to_string(), id.value.to_string())),
            );
        }
        let who = identity::resolve(records, &config::Identity::default(), &[]);
        let widened = traces.widened(records, &who, &published);
        (
            widened.records.into_iter().map(|(_, key)| key).collect(),
            widened.identifiers.into_iter().map(|(_, value)| value).collect(),
        )
    }

    #[test]
    fn what_came_in_since_the_night_is_followed_to_its_end() {
        let records = [
            record("ann", 1).with("email", "a@x"),
            record("ben", 1).with("email", "b@x"),
            record("new1", 2).with("email", "a@x").with("user_id", "u"),
            record("new2", 3).with("user_id", "u").with("phone", "+41790000017"),
            record("new3", 4).with("phone", "+41790000017"),
        ];
        let (keys, values) = taken(&records, |record| !record.key.starts_with("new"));
        assert_eq!(keys, ["ann", "new1", "new2", "new3"]);
        assert_eq!(values, ["a@x", "+41790000017", "u"]);
    }

    #[test]
    fn nothing_of_whom_the_night_knows_as_somebody_else_is_taken() {
        let records = [
            record("ann", 1).with("email", "a@x"),
            record("ben", 1).with("email", "b@x"),
            // It makes one person of both; what it leads to is not hers alone.
            record("new-bridge", 2).with("email", "a@x").with("email", "b@x"),
            record("new-ben", 3).with("email", "b@x"),
        ];
        let (keys, values) = taken(&records, |record| !record.key.starts_with("new"));
        assert_eq!(keys, ["ann", "new-bridge"]);
        assert_eq!(values, ["a@x"]);
    }
}
