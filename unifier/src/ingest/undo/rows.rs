//! Taking back an import of people, orders or consents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use rustc_hash::{FxHashMap, FxHashSet};

use super::replay::{Telling, replay};
use super::{Plan, UndoError, recounted};
use crate::ingest::Kind;
use crate::ingest::import::{ImportEntry, day_number, each_key, key_column};
use crate::ingest::rows::{BATCH_ROWS, Columns, RepeatRow, repeat_batch, repeat_schema};
use crate::store::{Lane, Segment, SegmentError, Store};

/// The lanes that hold what rows say.
const TOLD: [Lane; 3] = [Lane::Records, Lane::Orders, Lane::Consents];

/// A row: the import, by its place in their order, and the line.
type Place = (usize, u64);

/// The log of one source, import by import in the order in which they were made.
struct Imports<'a> {
    kind: Kind,
    ids: Vec<&'a str>,
    segments: Vec<Vec<(Segment, BTreeMap<String, String>)>>,
    gone: usize,
}

/// What changes in one import.
#[derive(Default)]
struct Edit {
    /// Lines that are kept from now on, and the rows that say the same.
    kept: BTreeMap<u64, Place>,
    /// Lines that are no news any more.
    dropped: FxHashSet<u64>,
    /// Lines that are no news, and which rows say the same; in place of what was noted of them.
    repeats: BTreeMap<u64, Place>,
}

/// What is to be done to take back the import `id`.
pub(super) fn plan(
    store: &Store,
    id: &str,
    import: &ImportEntry,
    all: &[(String, ImportEntry)],
) -> Result<Plan, UndoError> {
    let entries: BTreeMap<&str, &ImportEntry> = all.iter().map(|(id, entry)| (id.as_str(), entry)).collect();
    let imports = Imports::read(store, id, import, all)?;
    let edits = imports.edits()?;
    let mut plan = Plan {
        old: imports.segments[imports.gone]
            .iter()
            .map(|(segment, _)| segment.clone())
            .collect(),
        ..Plan::default()
    };
    let mut kept_more = BTreeMap::new();
    for (at, edit) in &edits {
        imports.rewrite(store, *at, edit, &mut plan)?;
        plan.handed_on += edit.kept.len() as u64;
        let more = edit.kept.len() as i64 - edit.dropped.len() as i64;
        kept_more.insert(imports.ids[*at].to_owned(), more);
    }
    plan.changes = recounted(&entries, &kept_more);
    Ok(plan)
}

impl<'a> Imports<'a> {
    fn read(
        store: &Store,
        id: &str,
        import: &ImportEntry,
        all: &'a [(String, ImportEntry)],
    ) -> Result<Self, SegmentError> {
        let same = all
            .iter()
            .filter(|(_, entry)| entry.source == import.source && entry.kind == import.kind);
        let ids: Vec<&str> = same.map(|(id, _)| id.as_str()).collect();
        let mut segments = vec![Vec::new(); ids.len()];
        for lane in TOLD.into_iter().chain([Lane::Repeats]) {
            for segment in store.log().partition(lane, &import.source) {
                let notes = segment.notes()?;
                let owner = notes.get("import").map_or("", String::as_str);
                if let Some(at) = ids.iter().position(|id| *id == owner) {
                    segments[at].push((segment.clone(), notes));
                }
            }
        }
        Ok(Self {
            kind: Kind::from_name(&import.kind),
            gone: ids.iter().position(|own| *own == id).unwrap_or_default(),
            ids,
            segments,
        })
    }

    fn of(&self, at: usize, lane: Lane) -> impl Iterator<Item = &Segment> {
        let segments = self.segments[at].iter().map(|(segment, _)| segment);
        segments.filter(move |segment| segment.lane() == lane)
    }

    /// The day that an import's file tells of.
    fn day(&self, at: usize) -> i32 {
        let notes = self.segments[at].first().map(|(_, notes)| notes);
        notes
            .and_then(|notes| day_number(notes.get("as_of")?))
            .unwrap_or_default()
    }

    /// Gives the key, hash and line of each row that an import keeps.
    fn each_row(&self, at: usize, mut take: impl FnMut(u128, u128, u64)) -> Result<(), SegmentError> {
        for segment in self.of(at, key_column(self.kind).0) {
            for batch in segment.read(Some(&[key_column(self.kind).1, "purpose", "row_hash", "line"]))? {
                let batch = batch?;
                let (hashes, lines) = (Columns(&batch).hashes("row_hash"), Columns(&batch).lines("line"));
                each_key(&batch, self.kind, |row, key| take(key, hashes(row), lines(row)));
            }
        }
        Ok(())
    }

    fn repeats(&self, at: usize) -> Result<Vec<RepeatRow>, SegmentError> {
        let mut repeats = Vec::new();
        for segment in self.of(at, Lane::Repeats) {
            for batch in segment.read(None)? {
                repeats.extend(RepeatRow::read(&batch?));
            }
        }
        Ok(repeats)
    }

    /// What changes in the other imports, of which those are left out in which nothing does.
    fn edits(&self) -> Result<BTreeMap<usize, Edit>, SegmentError> {
        let mut keys: FxHashSet<u128> = FxHashSet::default();
        self.each_row(self.gone, |key, _, _| {
            keys.insert(key);
        })?;
        let mut tellings: BTreeMap<u128, Vec<(Telling, Option<Place>)>> = BTreeMap::new();
        let mut told: FxHashMap<Place, (u128, u128)> = FxHashMap::default();
        for at in 0..self.ids.len() {
            let day = self.day(at);
            self.each_row(at, |key, hash, line| {
                if !keys.contains(&key) {
                    return;
                }
                told.insert((at, line), (key, hash));
                if at != self.gone {
                    let import = at;
                    tellings.entry(key).or_default().push((
                        Telling {
                            hash,
                            day,
                            import,
                            line,
                        },
                        None,
                    ));
                }
            })?;
        }
        for at in (0..self.ids.len()).filter(|at| *at != self.gone) {
            let day = self.day(at);
            for repeat in self.repeats(at)? {
                let holder = self.ids.iter().position(|id| *id == repeat.held_by);
                let Some(place) = holder.map(|holder| (holder, repeat.held_line)) else {
                    continue;
                };
                // A row that is not there any more was erased, or is about another key.
                let Some((key, hash)) = told.get(&place) else { continue };
                let (hash, line) = (*hash, repeat.line);
                let telling = Telling {
                    hash,
                    day,
                    import: at,
                    line,
                };
                tellings.entry(*key).or_default().push((telling, Some(place)));
            }
        }
        let mut edits = BTreeMap::new();
        tellings.into_values().for_each(|tellings| edit(tellings, &mut edits));
        Ok(edits)
    }

    /// Writes an import's segments anew.
    fn rewrite(&self, store: &Store, at: usize, edit: &Edit, plan: &mut Plan) -> Result<(), UndoError> {
        let notes = self.segments[at]
            .first()
            .map(|(_, notes)| notes.clone())
            .unwrap_or_default();
        for lane in TOLD {
            let mut batches = self.batches(at, lane, |line| (!edit.dropped.contains(&line)).then_some(line))?;
            let sources: BTreeSet<usize> = edit.kept.values().map(|(import, _)| *import).collect();
            for source in sources {
                let lines: FxHashMap<u64, u64> = edit
                    .kept
                    .iter()
                    .filter(|(_, (import, _))| *import == source)
                    .map(|(own, (_, line))| (*line, *own))
                    .collect();
                batches.extend(self.batches(source, lane, |line| lines.get(&line).copied())?);
            }
            self.replace(store, at, lane, batches.into_iter().map(Ok).collect(), &notes, plan)?;
        }
        let mut repeats = self.repeats(at)?;
        repeats.retain(|row| !edit.kept.contains_key(&row.line) && !edit.repeats.contains_key(&row.line));
        repeats.extend(edit.repeats.iter().map(|(line, (import, held_line))| RepeatRow {
            line: *line,
            held_by: self.ids[*import].to_owned(),
            held_line: *held_line,
        }));
        repeats.sort_unstable();
        self.replace(
            store,
            at,
            Lane::Repeats,
            repeats.chunks(BATCH_ROWS).map(repeat_batch).collect(),
            &notes,
            plan,
        )
    }

    /// The rows of an import in a lane, as far as `line` gives them a line.
    fn batches(
        &self,
        at: usize,
        lane: Lane,
        line: impl Fn(u64) -> Option<u64>,
    ) -> Result<Vec<RecordBatch>, SegmentError> {
        let mut batches = Vec::new();
        for segment in self.of(at, lane) {
            for batch in segment.read(None)? {
                let batch = batch?;
                let told = with_lines(&batch, &line).map_err(|error| segment.damaged(error))?;
                batches.extend(Some(told).filter(|told| told.num_rows() > 0));
            }
        }
        Ok(batches)
    }

    fn replace(
        &self,
        store: &Store,
        at: usize,
        lane: Lane,
        batches: Vec<Result<RecordBatch, ArrowError>>,
        notes: &BTreeMap<String, String>,
        plan: &mut Plan,
    ) -> Result<(), UndoError> {
        let old: Vec<&Segment> = self.of(at, lane).collect();
        let partition = self.segments[at].first().map_or("", |(segment, _)| segment.partition());
        let before = old.first().map_or(self.ids[at], |segment| segment.id());
        let id = format!("{before}-{}", self.ids[self.gone]);
        if let Some(first) = batches.first() {
            let schema = first.as_ref().map_or_else(|_| repeat_schema(), RecordBatch::schema);
            plan.staged
                .push(store.log().stage(lane, partition, &id, schema, batches, notes)?);
        }
        plan.old.extend(old.into_iter().cloned());
        Ok(())
    }
}

/// What changes by the tellings of one key, each with the row that said the same so far.
fn edit(mut tellings: Vec<(Telling, Option<Place>)>, edits: &mut BTreeMap<usize, Edit>) {
    tellings.sort_by_key(|(telling, _)| (telling.import, telling.line));
    let plain: Vec<Telling> = tellings.iter().map(|(telling, _)| *telling).collect();
    for ((telling, held), verdict) in tellings.iter().zip(replay(&plain)) {
        let holder = verdict.map(|at| (plain[at].import, plain[at].line));
        if *held == holder {
            continue;
        }
        let edit = edits.entry(telling.import).or_default();
        match (held, holder) {
            (Some(place), None) => drop(edit.kept.insert(telling.line, *place)),
            (_, Some(holder)) => {
                edit.repeats.insert(telling.line, holder);
                if held.is_none() {
                    edit.dropped.insert(telling.line);
                }
            }
            (None, None) => {}
        }
    }
}

/// The rows of a batch that get a line, with it.
fn with_lines(batch: &RecordBatch, line: impl Fn(u64) -> Option<u64>) -> Result<RecordBatch, ArrowError> {
    let lines = Columns(batch).lines("line");
    let given: Vec<Option<u64>> = (0..batch.num_rows()).map(|row| line(lines(row))).collect();
    let mask = BooleanArray::from_iter(given.iter().map(|line| Some(line.is_some())));
    let filtered = filter_record_batch(batch, &mask)?;
    let at = filtered.schema().index_of("line")?;
    let mut columns: Vec<ArrayRef> = filtered.columns().to_vec();
    columns[at] = Arc::new(UInt64Array::from_iter_values(given.into_iter().flatten()));
    RecordBatch::try_new(filtered.schema(), columns)
}
