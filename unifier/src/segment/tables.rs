//! The tables that rules are evaluated over, cut into partitions of people that can be worked on side by side.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{concat_batches, sort_to_indices, take_record_batch};

use super::error::EvaluationError;
use super::field::Table;
use super::join::between;
use super::rule::{Rule, Subject};
use crate::store::{Night, TablesError};

/// People in one partition at most.
const PARTITION_ROWS: usize = 65_536;

/// What rules read of the table traits.
const TRAITS: [&str; 3] = ["person_id", "trait", "value"];
/// What rules read of the table events_daily.
const EVENTS_DAILY: [&str; 4] = ["person_id", "day", "event", "count"];

/// What rules read of the table propensities.
const PROPENSITIES: [&str; 4] = ["person_id", "propensity", "probability", "percentile"];

/// What rules read of the table group_members.
const GROUP_MEMBERS: [&str; 7] = [
    "person_id",
    "group",
    "name",
    "people",
    "orders",
    "revenue",
    "last_order",
];

/// The tables people, scores, propensities, groups, traits and events_daily, each sorted by person.
#[derive(Clone, Debug)]
pub struct TableSet {
    pub(super) people: Vec<RecordBatch>,
    scores: Vec<RecordBatch>,
    pub(super) traits: Vec<RecordBatch>,
    pub(super) events_daily: Vec<RecordBatch>,
    pub(super) propensities: Vec<RecordBatch>,
    pub(super) groups: Vec<RecordBatch>,
}

/// What rules read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) people: BTreeSet<String>,
    pub(super) scores: BTreeSet<String>,
    pub(super) traits: bool,
    pub(super) events: bool,
    pub(super) propensities: bool,
    pub(super) groups: bool,
}

impl Needs {
    /// Adds what one rule reads by itself; the segments it names are not followed.
    pub(super) fn add(&mut self, rule: &Rule) {
        rule.each_condition(&mut |condition| match condition {
            Rule::Compare(Subject::Field(field), _) => {
                let columns = match field.table {
                    Table::People => &mut self.people,
                    Table::Scores => &mut self.scores,
                };
                columns.insert(field.name.to_owned());
            }
            Rule::Compare(Subject::Trait(_), _) => self.traits = true,
            Rule::Compare(Subject::Propensity(_) | Subject::PropensityPercentile(_), _) => self.propensities = true,
            Rule::Compare(Subject::Group(..), _) => self.groups = true,
            Rule::Event(..) => self.events = true,
            Rule::Consents(purpose) | Rule::Refuses(purpose) => drop(self.people.insert(consent_column(purpose))),
            Rule::FromSource(_) => drop(self.people.insert("sources".to_owned())),
            _ => {}
        });
    }
}

/// The column of people with the answer to a purpose.
pub(crate) fn consent_column(purpose: &str) -> String {
    format!("consent_{purpose}")
}

impl TableSet {
    /// The tables as a night has them in memory. Batches may have any size, and the rows any order.
    ///
    /// # Errors
    /// [`EvaluationError`] when a table has no column person_id, or its batches differ in their columns.
    pub fn new(
        people: Vec<RecordBatch>,
        scores: Vec<RecordBatch>,
        traits: Vec<RecordBatch>,
        events_daily: Vec<RecordBatch>,
    ) -> Result<Self, EvaluationError> {
        Ok(Self {
            people: sorted("people", people)?,
            scores: sorted("scores", scores)?,
            traits: sorted("traits", traits)?,
            events_daily: sorted("events_daily", events_daily)?,
            propensities: Vec::new(),
            groups: Vec::new(),
        })
    }

    /// The same with the table propensities.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_propensities(self, propensities: Vec<RecordBatch>) -> Result<Self, EvaluationError> {
        Ok(Self {
            propensities: sorted("propensities", propensities)?,
            ..self
        })
    }

    /// The same with the table group_members.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_groups(self, groups: Vec<RecordBatch>) -> Result<Self, EvaluationError> {
        Ok(Self {
            groups: sorted("group_members", groups)?,
            ..self
        })
    }

    /// Everything that rules can read of a night's tables.
    ///
    /// # Errors
    /// [`EvaluationError`] when a table is missing or damaged.
    pub fn read(night: &Night) -> Result<Self, EvaluationError> {
        Self::new(
            night.read("people", None)?,
            night.read("scores", None)?,
            columns_of(night, "traits", &TRAITS)?,
            columns_of(night, "events_daily", &EVENTS_DAILY)?,
        )?
        .with_propensities(since(night, "propensities", &PROPENSITIES)?)?
        .with_groups(since(night, "group_members", &GROUP_MEMBERS)?)
    }

    /// Only what `needs` names of a night's tables.
    pub(super) fn read_needed(night: &Night, needs: &Needs) -> Result<Self, EvaluationError> {
        let some = |table, columns: &BTreeSet<String>| {
            let columns: Vec<&str> = columns.iter().map(String::as_str).chain(["person_id"]).collect();
            columns_of(night, table, &columns)
        };
        let unless_idle = |needed: bool, read: &dyn Fn() -> Result<Vec<RecordBatch>, TablesError>| {
            if needed { read() } else { Ok(Vec::new()) }
        };
        Self::new(
            some("people", &needs.people)?,
            unless_idle(!needs.scores.is_empty(), &|| some("scores", &needs.scores))?,
            unless_idle(needs.traits, &|| columns_of(night, "traits", &TRAITS))?,
            unless_idle(needs.events, &|| columns_of(night, "events_daily", &EVENTS_DAILY))?,
        )?
        .with_propensities(unless_idle(needs.propensities, &|| {
            since(night, "propensities", &PROPENSITIES)
        })?)?
        .with_groups(unless_idle(needs.groups, &|| {
            since(night, "group_members", &GROUP_MEMBERS)
        })?)
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.people.iter().map(RecordBatch::num_rows).sum()
    }

    /// The people, in order, in pieces that can be evaluated each for itself.
    pub(super) fn partitions(&self) -> Result<Vec<Partition>, EvaluationError> {
        let pieces = self.people.iter().flat_map(|batch| {
            let starts = (0..batch.num_rows()).step_by(PARTITION_ROWS);
            starts.map(|start| batch.slice(start, PARTITION_ROWS.min(batch.num_rows() - start)))
        });
        pieces.map(|people| self.partition(people)).collect()
    }

    fn partition(&self, people: RecordBatch) -> Result<Partition, EvaluationError> {
        let ids = ids("people", &people)?.clone();
        let (first, last) = (ids.value(0), ids.value(ids.len() - 1));
        let rows_of = |table, batches: &[RecordBatch]| -> Result<Vec<RecordBatch>, EvaluationError> {
            let mut slices = Vec::new();
            for batch in batches {
                let rows = between(self::ids(table, batch)?, first, last);
                if !rows.is_empty() {
                    slices.push(batch.slice(rows.start, rows.len()));
                }
            }
            Ok(slices)
        };
        Ok(Partition {
            scores: rows_of("scores", &self.scores)?,
            traits: rows_of("traits", &self.traits)?,
            events_daily: rows_of("events_daily", &self.events_daily)?,
            propensities: rows_of("propensities", &self.propensities)?,
            groups: rows_of("group_members", &self.groups)?,
            people,
            ids,
        })
    }
}

/// Some of the people, and the rows of the other tables that are about them.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) ids: StringArray,
    pub(super) people: RecordBatch,
    pub(super) scores: Vec<RecordBatch>,
    pub(super) traits: Vec<RecordBatch>,
    pub(super) events_daily: Vec<RecordBatch>,
    pub(super) propensities: Vec<RecordBatch>,
    pub(super) groups: Vec<RecordBatch>,
}

/// A column as text.
pub(super) fn text_column<'a>(
    table: &'static str,
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a StringArray, EvaluationError> {
    let column = column(table, batch, name)?;
    column.as_string_opt().ok_or_else(|| unusable(table, name))
}

/// A column, whatever it holds.
pub(super) fn column<'a>(
    table: &'static str,
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a ArrayRef, EvaluationError> {
    batch.column_by_name(name).ok_or_else(|| unusable(table, name))
}

/// The column is missing, or holds something else than it should.
pub(super) fn unusable(table: &'static str, column: &str) -> EvaluationError {
    EvaluationError::Column {
        table,
        column: column.to_owned(),
    }
}

pub(super) fn ids<'a>(table: &'static str, batch: &'a RecordBatch) -> Result<&'a StringArray, EvaluationError> {
    text_column(table, batch, "person_id")
}

/// Some columns of a table that came later; nothing of a night that was published before there was any.
fn since(night: &Night, table: &str, columns: &[&str]) -> Result<Vec<RecordBatch>, TablesError> {
    if night.has(table) {
        columns_of(night, table, columns)
    } else {
        Ok(Vec::new())
    }
}

/// Some columns of a table, read side by side.
fn columns_of(night: &Night, table: &str, columns: &[&str]) -> Result<Vec<RecordBatch>, TablesError> {
    night.scan(table, columns, RecordBatch::clone)
}

/// The batches without the empty ones, sorted by person. The tables of a night are sorted already; that is checked, for
/// it costs little, and a walk through tables that are not would miss people in silence.
fn sorted(table: &'static str, batches: Vec<RecordBatch>) -> Result<Vec<RecordBatch>, EvaluationError> {
    let batches: Vec<RecordBatch> = batches.into_iter().filter(|batch| batch.num_rows() > 0).collect();
    let columns = batches
        .iter()
        .map(|batch| ids(table, batch))
        .collect::<Result<Vec<_>, _>>()?;
    if columns.iter().any(|ids| ids.null_count() > 0) {
        return Err(unusable(table, "person_id"));
    }
    let in_order = columns
        .iter()
        .flat_map(|ids| (0..ids.len()).map(|row| ids.value(row)))
        .is_sorted();
    if in_order {
        return Ok(batches);
    }
    let whole = concat_batches(&batches[0].schema(), &batches)?;
    let order = sort_to_indices(ids(table, &whole)?, None, None)?;
    Ok(vec![take_record_batch(&whole, &order)?])
}
