//! The `traits` table: every value that won or was computed, where it comes from, the rule that decided, and what it won against.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayBuilder, ArrayRef, Date32Builder, Int64Builder, ListArray, RecordBatch, StringBuilder, StructArray,
    TimestampMillisecondBuilder,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use arrow::error::ArrowError;

use super::computed::{COMPUTED, Made};
use super::golden::GoldenRecord;
use super::survivorship::{Evidence, Survivor};
use crate::columns::{Columns, item, time, time_builder};
use crate::config::{Config, Source};
use crate::record::PersonId;

/// The rows of some people, given in the order of their ids, each with the decided and the computed traits. Where records tell of a
/// trait that is computed, the computed value stands and theirs have lost.
///
/// # Errors
/// [`ArrowError`] when the lost values of one batch are more than 2 billion.
pub fn traits<'a>(
    people: impl Iterator<Item = (PersonId, &'a GoldenRecord<'a>, &'a [Made<'a>])>,
    config: &Config,
) -> Result<RecordBatch, ArrowError> {
    let (mut ids, mut names, mut rules) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let (mut won, mut lost, mut lengths) = (Rows::new(), Rows::new(), Vec::new());
    let (mut purposes, mut last_days) = (StringBuilder::new(), Date32Builder::new());
    for (person, golden, computed) in people {
        let id = person.to_string();
        for (name, told) in by_name(golden, computed) {
            ids.append_value(&id);
            names.append_value(name);
            rules.append_value(told.rule());
            let source = told.source().and_then(|source| config.sources.get(source));
            purposes.append_option(source.and_then(|source| source.purpose.as_deref()));
            last_days.append_option(source.and_then(Source::last_day));
            match &told {
                Told::Decided(survivor) => won.append(&Evidence {
                    value: survivor.value(),
                    ..survivor.winner
                }),
                Told::Computed(made, _) => won.append(&evidence(made, person)),
            }
            let before = lost.value.len();
            told.lost().for_each(|evidence| lost.append(evidence));
            lengths.push(lost.value.len() - before);
        }
    }
    let mut columns = Columns::default();
    columns.add("person_id", Arc::new(ids.finish()));
    columns.add("trait", Arc::new(names.finish()));
    for (field, array) in evidence_fields().iter().zip(won.finish()) {
        columns.add(field.name(), array);
    }
    columns.add("rule", Arc::new(rules.finish()));
    columns.add("lost", Arc::new(lists(lost, &lengths)?));
    columns.add_nullable("purpose", Arc::new(purposes.finish()));
    columns.add_nullable("licensed_until", Arc::new(last_days.finish()));
    columns.batch()
}

/// What became of one trait.
enum Told<'r> {
    /// Records tell of it.
    Decided(&'r Survivor<'r>),
    /// It is computed; records may tell of it, too.
    Computed(&'r Made<'r>, Option<&'r Survivor<'r>>),
}

impl<'r> Told<'r> {
    fn rule(&self) -> &'static str {
        match self {
            Told::Decided(survivor) => survivor.rule.as_str(),
            Told::Computed(made, _) => made.rule,
        }
    }

    /// The source of the value that won; a computed one has none.
    fn source(&self) -> Option<&'r str> {
        match self {
            Told::Decided(survivor) => Some(survivor.winner.source),
            Told::Computed(..) => None,
        }
    }

    fn lost(&self) -> impl Iterator<Item = &'r Evidence<'r>> {
        let (own, beaten) = match self {
            Told::Decided(survivor) => (Some(*survivor), None),
            Told::Computed(_, beaten) => (*beaten, beaten.map(|survivor| &survivor.winner)),
        };
        beaten
            .into_iter()
            .chain(own.into_iter().flat_map(|survivor| &survivor.lost))
    }
}

/// Both kinds of traits in the order of their names.
fn by_name<'r>(golden: &'r GoldenRecord<'r>, computed: &'r [Made<'r>]) -> Vec<(&'r str, Told<'r>)> {
    let decided = golden.survivors();
    let place = |name: &str| decided.binary_search_by(|survivor| survivor.name.cmp(name)).ok();
    let replaced = |name: &str| computed.binary_search_by(|made| made.name.cmp(name)).is_ok();
    let kept = decided.iter().filter(|survivor| !replaced(survivor.name));
    let mut all: Vec<(&str, Told<'_>)> = kept.map(|survivor| (survivor.name, Told::Decided(survivor))).collect();
    all.extend(computed.iter().map(|made| {
        let beaten = place(made.name).map(|place| &decided[place]);
        (made.name, Told::Computed(made, beaten))
    }));
    all.sort_unstable_by_key(|told| told.0);
    all
}

/// A computed value as evidence: what it was made of stands where else the file does.
fn evidence<'r>(made: &'r Made<'r>, person: PersonId) -> Evidence<'r> {
    Evidence {
        value: &made.value,
        source: COMPUTED,
        rank: 0,
        observed_at: made.observed_at,
        origin: &made.origin,
        record: person,
    }
}

/// What is told of each value, won or lost.
fn evidence_fields() -> Fields {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let (line, at) = (
        Field::new("line", DataType::Int64, false),
        Field::new("observed_at", time(), false),
    );
    Fields::from(vec![text("value"), text("source"), text("file"), line, at])
}

fn lists(lost: Rows, lengths: &[usize]) -> Result<ListArray, ArrowError> {
    let structs = StructArray::try_new(evidence_fields(), lost.finish().into(), None)?;
    let field = Arc::new(item(structs.data_type().clone()));
    ListArray::try_new(
        field,
        OffsetBuffer::from_lengths(lengths.iter().copied()),
        Arc::new(structs),
        None,
    )
}

/// Columns of evidence under construction.
struct Rows {
    value: StringBuilder,
    source: StringBuilder,
    file: StringBuilder,
    line: Int64Builder,
    observed_at: TimestampMillisecondBuilder,
}

impl Rows {
    fn new() -> Self {
        Self {
            value: StringBuilder::new(),
            source: StringBuilder::new(),
            file: StringBuilder::new(),
            line: Int64Builder::new(),
            observed_at: time_builder(),
        }
    }

    fn append(&mut self, evidence: &Evidence<'_>) {
        self.value.append_value(evidence.value);
        self.source.append_value(evidence.source);
        self.file.append_value(&evidence.origin.file);
        self.line
            .append_value(i64::try_from(evidence.origin.line).unwrap_or(i64::MAX));
        self.observed_at.append_value(evidence.observed_at.as_millis());
    }

    fn finish(mut self) -> [ArrayRef; 5] {
        [
            Arc::new(self.value.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.file.finish()),
            Arc::new(self.line.finish()),
            Arc::new(self.observed_at.finish()),
        ]
    }
}
