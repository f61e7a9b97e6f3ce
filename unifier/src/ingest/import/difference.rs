//! What an import would change, row by row, against what the log says up to the import's day.
//!
//! Rows wait until there are many, then the log is read for all their keys at once: memory grows neither with the file nor with the
//! log. Nothing is written.

use std::collections::BTreeMap;
use std::io;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::known::{day_number, each_key, hash_key, key_column};
use super::told::{Names, Packed, Values};
use super::translate::RowFacts;
use super::{IMPORT, ImportEntry, ImportError};
use crate::ingest::rows::{Columns, ConsentRow, OrderRow, RecordRow};
use crate::ingest::{Field, Kind};
use crate::store::{Lane, Segment, SegmentError, Store};

/// Rows, and bytes of them, that wait before the log is read.
const WAITING_ROWS: usize = if cfg!(test) { 3 } else { 65_536 };
const WAITING_BYTES: usize = 32 << 20;

/// What one row of a file would change. It holds personal data: it is for the screen of who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowChange {
    /// The line it begins at.
    pub line: u64,
    /// The key of the record, the order or the answer.
    pub key: String,
    /// Whether the log has nothing of the key yet.
    pub change: News,
    /// The values that differ, by their names.
    pub values: BTreeMap<String, ValueChange>,
}

/// Whether the log knows the key of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum News {
    /// It does not.
    New,
    /// It does, with other values.
    Changed,
}

/// A value as the log has it last, and as the file has it; nothing where it has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueChange {
    /// The log's.
    pub old: Option<String>,
    /// The file's.
    pub new: Option<String>,
}

/// How many rows would change something. The unchanged ones are the report's duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Rows whose key the log does not have.
    pub new: u64,
    /// Rows whose key the log has with other values.
    pub changed: u64,
}

/// Where changes are shown.
pub type Show<'a> = &'a dyn Fn(&RowChange) -> io::Result<()>;

/// Compares rows with the log.
pub struct Comparison<'a> {
    kind: Kind,
    /// The segments of the source up to the day, with when they count: their day, and their import's number.
    segments: Vec<(&'a Segment, When)>,
    show: Show<'a>,
    waiting: Vec<Waiting>,
    bytes: usize,
    names: Names,
    difference: Difference,
}

/// The day a segment's file tells of, and the number of its import.
type When = (i32, u64);

/// Where a row of the log stands: when it counts, and its line.
type Place = (When, u64);

struct Waiting {
    line: u64,
    key: String,
    values: Packed,
}

impl<'a> Comparison<'a> {
    /// Compares rows of `source` and `kind` with what the log has up to `day` (days since 1970-01-01).
    ///
    /// # Errors
    /// [`ImportError`] when the log or the state cannot be read.
    pub fn new(store: &'a Store, source: &'a str, kind: Kind, day: i32, show: Show<'a>) -> Result<Self, ImportError> {
        let entries = store.state().all::<ImportEntry>(IMPORT)?;
        let mut segments = Vec::new();
        for lane in [Lane::Records, Lane::Orders, Lane::Consents] {
            for segment in store.log().partition(lane, source) {
                let notes = segment.notes()?;
                let told = notes.get("as_of").and_then(|day| day_number(day));
                let of_kind = notes.get("kind").map(String::as_str) == Some(kind.as_str());
                let number = notes
                    .get("import")
                    .and_then(|id| entries.get(id))
                    .map_or(0, |entry| entry.number);
                segments.extend(
                    told.filter(|told| of_kind && *told <= day)
                        .map(|told| (segment, (told, number))),
                );
            }
        }
        Ok(Self {
            kind,
            segments,
            show,
            waiting: Vec::new(),
            bytes: 0,
            names: Names::default(),
            difference: Difference::default(),
        })
    }

    /// Adds a row of so many bytes that is no duplicate.
    ///
    /// # Errors
    /// [`ImportError`] when the log cannot be read, or the change not be shown.
    pub fn add(&mut self, facts: &RowFacts, line: u64, bytes: usize) -> Result<(), ImportError> {
        let mut values = Values::new();
        facts.record.iter().for_each(|record| tell_record(record, &mut values));
        facts.order.iter().for_each(|order| tell_order(order, &mut values));
        facts
            .consents
            .iter()
            .for_each(|consent| tell_consent(consent, &mut values));
        let key = facts.key.clone();
        let values = Packed::of(&values, &mut self.names);
        self.waiting.push(Waiting { line, key, values });
        self.bytes += bytes;
        if self.waiting.len() >= WAITING_ROWS || self.bytes >= WAITING_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Shows what the last rows change, and gives the counts.
    ///
    /// # Errors
    /// [`ImportError`] when the log cannot be read, or the change not be shown.
    pub fn finish(mut self) -> Result<Difference, ImportError> {
        self.flush()?;
        Ok(self.difference)
    }

    /// Shows what the waiting rows change.
    fn flush(&mut self) -> Result<(), ImportError> {
        let places = self.places()?;
        let old = self.values(&places)?;
        self.bytes = 0;
        for row in std::mem::take(&mut self.waiting) {
            let old = places.get(&hash_key(&row.key)).map(|place| old.get(place));
            let change = match old {
                None => News::New,
                Some(_) => News::Changed,
            };
            match change {
                News::New => self.difference.new += 1,
                News::Changed => self.difference.changed += 1,
            }
            let old = old.flatten().map(|old| old.values(&self.names)).unwrap_or_default();
            let shown = RowChange {
                line: row.line,
                values: differing(&old, &row.values.values(&self.names)),
                key: row.key,
                change,
            };
            (self.show)(&shown).map_err(ImportError::Shown)?;
        }
        Ok(())
    }

    /// The last row of the log about each key that waits.
    fn places(&self) -> Result<FxHashMap<u128, Place>, SegmentError> {
        let wanted: FxHashSet<u128> = self.waiting.iter().map(|row| hash_key(&row.key)).collect();
        let (lane, key) = key_column(self.kind);
        let mut places: FxHashMap<u128, Place> = FxHashMap::default();
        for (segment, when) in self
            .segments
            .iter()
            .filter(|(segment, _)| segment.lane() == lane && !wanted.is_empty())
        {
            for batch in segment.read(Some(&[key, "purpose", "line"]))? {
                let batch = batch?;
                let lines = Columns(&batch).lines("line");
                each_key(&batch, self.kind, |row, key| {
                    if wanted.contains(&key) {
                        let place = (*when, lines(row));
                        let last = places.entry(key).or_insert(place);
                        *last = place.max(*last);
                    }
                });
            }
        }
        Ok(places)
    }

    /// What the rows at those places say.
    fn values(&mut self, places: &FxHashMap<u128, Place>) -> Result<FxHashMap<Place, Packed>, ImportError> {
        let mut values: FxHashMap<Place, Packed> = places.values().map(|place| (*place, Packed::default())).collect();
        for (segment, when) in &self.segments {
            if !values.keys().any(|(wanted, _)| wanted == when) {
                continue;
            }
            for batch in segment.read(None)? {
                let chosen = chosen(&batch?, |line| values.contains_key(&(*when, line)));
                let batch = chosen.map_err(|error| segment.damaged(error))?;
                let mut place = |line: u64, tell: &dyn Fn(&mut Values)| {
                    let packed = values.entry((*when, line)).or_default();
                    let mut said = packed.values(&self.names);
                    tell(&mut said);
                    *packed = Packed::of(&said, &mut self.names);
                };
                match segment.lane() {
                    Lane::Records => RecordRow::read(&batch)
                        .iter()
                        .for_each(|row| place(row.line, &|values| tell_record(row, values))),
                    Lane::Orders => OrderRow::read(&batch)
                        .iter()
                        .for_each(|row| place(row.line, &|values| tell_order(row, values))),
                    _ => ConsentRow::read(&batch)
                        .iter()
                        .for_each(|row| place(row.line, &|values| tell_consent(row, values))),
                }
            }
        }
        Ok(values)
    }
}

/// The rows of a batch whose lines are wanted.
fn chosen(batch: &RecordBatch, wanted: impl Fn(u64) -> bool) -> Result<RecordBatch, ArrowError> {
    let lines = Columns(batch).lines("line");
    let mask: BooleanArray = (0..batch.num_rows()).map(|row| Some(wanted(lines(row)))).collect();
    filter_record_batch(batch, &mask)
}

fn differing(old: &Values, new: &Values) -> BTreeMap<String, ValueChange> {
    let names = old.keys().chain(new.keys());
    let changes = names.filter(|name| old.get(*name) != new.get(*name)).map(|name| {
        let change = ValueChange {
            old: old.get(name).cloned(),
            new: new.get(name).cloned(),
        };
        (name.clone(), change)
    });
    changes.collect()
}

fn tell_record(record: &RecordRow, values: &mut Values) {
    let person = Field::PERSON.iter().zip(&record.person);
    values.extend(person.filter_map(|(field, value)| Some((field.as_str().to_owned(), value.clone()?))));
    let moments = [
        (Field::CreatedAt, record.created_at),
        (Field::UpdatedAt, record.observed_at),
    ];
    values.extend(
        moments
            .into_iter()
            .filter_map(|(field, at)| Some((field.as_str().to_owned(), at?.to_string()))),
    );
    for (table, named) in [("identifiers", &record.identifiers), ("traits", &record.traits)] {
        values.extend(
            named
                .iter()
                .map(|(name, value)| (format!("{table}.{name}"), value.clone())),
        );
    }
}

fn tell_order(order: &OrderRow, values: &mut Values) {
    let told = [
        (Field::OrderedAt, order.ordered_at.to_string()),
        (Field::Amount, order.amount.to_string()),
        (Field::Currency, order.currency.clone()),
        (Field::Status, order.status.as_str().to_owned()),
    ];
    values.extend(told.map(|(field, value)| (field.as_str().to_owned(), value)));
    let customer = order.record_key.iter();
    values.extend(customer.map(|customer| (Field::Customer.as_str().to_owned(), customer.clone())));
}

fn tell_consent(consent: &ConsentRow, values: &mut Values) {
    let name = format!("consents.{}", consent.purpose);
    values.extend(consent.at.map(|at| (format!("{name}.at"), at.to_string())));
    values.insert(format!("{name}.evidence"), consent.evidence.clone());
    values.insert(name, if consent.granted { "yes" } else { "no" }.to_owned());
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::import::tests::Desk;
    use crate::ingest::import::{ImportReport, ImportRequest, import};
    use crate::ingest::undo::imports;

    const PEOPLE: &str = "source = \"till\"\nrecord_key = \"Card\"\n[columns]\ngiven_name = \"First\"\n[traits]\nshoe = \"Shoe\"\n\
                          [consents]\nemail_marketing = \"News\"\n";
    const HEADER: &str = "Card,First,Shoe,News\n";

    /// What a file would change, in lines: key, news, and each value before and after.
    fn compared(desk: &mut Desk, content: &str) -> (ImportReport, Vec<String>) {
        let shown = RefCell::new(Vec::new());
        let show = |change: &RowChange| {
            let values = change.values.iter().map(|(name, value)| {
                let [old, new] = [&value.old, &value.new].map(|value| value.as_deref().unwrap_or("-"));
                format!(" {name}:{old}>{new}")
            });
            let told = format!("{} {:?}{}", change.key, change.change, values.collect::<String>());
            shown.borrow_mut().push(told);
            Ok(())
        };
        let (file, mapping) = (desk.file("next.csv", content), desk.folder.path().join("map.toml"));
        let request = ImportRequest {
            file: &file,
            spooled: None,
            declared: &[],
            preset: None,
            mapping: Some(&mapping),
            source: None,
            as_of: Date::constant(2026, 11, 25),
            dry_run: true,
            show: Some(&show),
            suppressed: None,
            progress: &|_, _| {},
        };
        let report = import(&mut desk.store, &desk.config, &request);
        (report.unwrap(), shown.take())
    }

    /// Every file of the store but the state's, with its bytes, and the imports that the state knows.
    fn everything(desk: &Desk) -> (BTreeMap<String, Vec<u8>>, usize) {
        fn add(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    add(&path, files);
                } else {
                    files.insert(path.display().to_string(), fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        for folder in ["log", "rejects"].map(|name| desk.folder.path().join(name)) {
            if folder.is_dir() {
                add(&folder, &mut files);
            }
        }
        (files, imports(&desk.store).unwrap().len())
    }

    #[test]
    fn each_value_is_shown_before_and_after_and_nothing_is_written() {
        let mut desk = Desk::new();
        desk.map(PEOPLE);
        desk.import("first.csv", format!("{HEADER}1,Ann,38,yes\n2,Bob,44,\n3,Cat,40,\n"));
        let before = everything(&desk);
        let next = format!("{HEADER}2,Robert,,\n1,Ann,38,no\n4,Dan,41,\n3,Cat,40,\nbroken\n");
        let (report, shown) = compared(&mut desk, &next);
        let expected = [
            "2 Changed given_name:Bob>Robert traits.shoe:44>-",
            "1 Changed consents.email_marketing:yes>no consents.email_marketing.evidence:column News: yes>column News: no",
            "4 New given_name:->Dan traits.shoe:->41",
        ];
        assert_eq!(shown, expected);
        assert_eq!(report.difference, Some(Difference { new: 1, changed: 2 }));
        assert_eq!((report.duplicate, report.rejected), (1, 1));
        assert_eq!(everything(&desk), before);
    }

    #[test]
    fn the_log_is_what_the_last_import_before_said() {
        let mut desk = Desk::new();
        desk.map(PEOPLE);
        desk.import("b.csv", format!("{HEADER}1,Ann,38,\n"));
        desk.import("a.csv", format!("{HEADER}1,Anna,38,\n"));
        let later = |request: &mut ImportRequest<'_>| request.as_of = Date::constant(2026, 11, 26);
        desk.try_import("c.csv", format!("{HEADER}1,Later,38,\n"), later)
            .unwrap();
        let (_, shown) = compared(&mut desk, &format!("{HEADER}1,Anne,38,\n"));
        assert_eq!(shown, ["1 Changed given_name:Anna>Anne"]);
    }

    #[test]
    fn an_order_shows_what_became_of_it_and_who_placed_it() {
        let mut desk = Desk::new();
        desk.map(
            "source = \"till\"\nkind = \"orders\"\n[columns]\norder_id = \"Nr\"\ncustomer = \"Card\"\nordered_at = \"Day\"\n\
             amount = \"Paid\"\nrefunded = \"Back\"\n",
        );
        let header = "Nr,Card,Day,Paid,Back\n";
        desk.import("first.csv", format!("{header}7,,2025-12-24,5.00,\n"));
        let (_, shown) = compared(&mut desk, &format!("{header}7,0020,2025-12-24,5.00,5.00\n"));
        let told = "7 Changed amount:5.00>0.00 created_at:->2025-12-24T00:00:00.000Z customer:->0020 status:completed>refunded \
                    updated_at:->2025-12-24T00:00:00.000Z";
        assert_eq!(shown, [told]);
    }

    #[test]
    fn events_are_not_compared() {
        let mut desk = Desk::new();
        let event =
            "{\"type\":\"track\",\"event\":\"Demo\",\"messageId\":\"m1\",\"timestamp\":\"2020-05-01T10:00:00Z\"}\n";
        let refused = desk.try_import("events.jsonl", event, |request| {
            request.dry_run = true;
            request.show = Some(&|_| Ok(()));
        });
        assert!(refused.unwrap_err().to_string().contains("without --diff"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_shown_is_what_the_import_then_keeps(
            first in prop::collection::btree_map(0..9_u8, 0..3_u8, 1..9),
            next in prop::collection::btree_map(0..9_u8, 0..3_u8, 1..9),
        ) {
            let file = |rows: &BTreeMap<u8, u8>| {
                HEADER.to_owned() + &rows.iter().map(|(key, name)| format!("{key},N{name},,\n")).collect::<String>()
            };
            let mut desk = Desk::new();
            desk.map(PEOPLE);
            desk.import("first.csv", file(&first));
            let (report, shown) = compared(&mut desk, &(file(&next) + "\n"));
            let expected: BTreeSet<String> = next
                .iter()
                .filter(|(key, name)| first.get(key) != Some(name))
                .map(|(key, name)| match first.get(key) {
                    Some(old) => format!("{key} Changed given_name:N{old}>N{name}"),
                    None => format!("{key} New given_name:->N{name}"),
                })
                .collect();
            prop_assert_eq!(report.accepted as usize, shown.len());
            prop_assert_eq!(shown.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}
