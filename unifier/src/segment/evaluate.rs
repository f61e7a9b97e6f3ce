//! What a rule says of each person of a partition: yes, no, or unknown.
//!
//! Masks are Arrow boolean arrays whose nulls mean unknown, joined by Kleene's three-valued logic: unknown and no is no,
//! unknown or yes is yes, and the contrary of unknown is unknown. Only who is a yes at the end belongs to the segment.

use std::collections::BTreeMap;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, RecordBatch, StringArray, UInt32Array, new_null_array,
};
use arrow::compute::kernels::cmp;
use arrow::compute::{and, and_kleene, concat, is_not_null, is_null, not, or_kleene, take};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};
use arrow::error::ArrowError;
use event_schema::Timestamp;
use jiff::civil::Date;

use super::error::EvaluationError;
use super::field::{Field, Kind, Table};
use super::join::matches;
use super::rule::{Comparison, DayTest, Duration, GroupFigure, Rule, Subject, Test, Times};
use super::tables::{Partition, column, consent_column, ids, text_column, unusable};
use super::value::{any_of, arrow_type, compare, day_mask, days, numbers, text_mask};

type Mask = Result<BooleanArray, EvaluationError>;

/// What rules are evaluated against: some people, the day, and who of them is in the segments evaluated so far.
pub(super) struct Evaluation<'a> {
    partition: &'a Partition,
    /// The day of the night's now, in UTC.
    today: Date,
    segments: &'a BTreeMap<&'a str, BooleanArray>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(partition: &'a Partition, now: Timestamp, segments: &'a BTreeMap<&'a str, BooleanArray>) -> Self {
        Self {
            partition,
            today: jiff::tz::Offset::UTC.to_datetime(now.into()).date(),
            segments,
        }
    }

    /// What the rule says, person by person.
    pub(super) fn mask(&self, rule: &Rule) -> Mask {
        match rule {
            Rule::All(rules) => self.joined(rules, true, and_kleene),
            Rule::Any(rules) => self.joined(rules, false, or_kleene),
            Rule::Not(rule) => Ok(not(&self.mask(rule)?)?),
            Rule::Compare(subject, test) => self.test(subject, test),
            Rule::Event(name, times, window) => self.event(name, *times, *window),
            Rule::Consents(purpose) => self.answered(purpose, true),
            Rule::Refuses(purpose) => self.answered(purpose, false),
            Rule::InSegment(name) => Ok(self
                .segments
                .get(name.as_str())
                .cloned()
                .unwrap_or_else(|| self.all(false))),
            Rule::FromSource(source) => self.has_source(source),
        }
    }

    fn joined(
        &self,
        rules: &[Rule],
        neutral: bool,
        join: fn(&BooleanArray, &BooleanArray) -> Result<BooleanArray, ArrowError>,
    ) -> Mask {
        rules
            .iter()
            .try_fold(self.all(neutral), |mask, rule| Ok(join(&mask, &self.mask(rule)?)?))
    }

    fn all(&self, answer: bool) -> BooleanArray {
        BooleanArray::from(vec![answer; self.partition.ids.len()])
    }

    fn test(&self, subject: &Subject, test: &Test) -> Mask {
        let (column, table, name) = match subject {
            Subject::Field(field) => (self.field(field)?, table_name(field.table), field.name),
            Subject::Trait(name) => (self.free_trait(name)?, "traits", "value"),
            Subject::Propensity(name) => (self.propensity(name, "probability")?, "propensities", "probability"),
            Subject::PropensityPercentile(name) => (self.propensity(name, "percentile")?, "propensities", "percentile"),
            Subject::Group(name, figure) => (self.group(name, *figure)?, "group_members", figure.column()),
        };
        match test {
            Test::Known => Ok(is_not_null(&column)?),
            Test::Unknown => Ok(is_null(&column)?),
            Test::Number(comparison, number) => compare(&numbers(&column)?, *comparison, *number),
            Test::NumberIn(holds, list) => {
                let numbers = numbers(&column)?;
                let masks = list.iter().map(|number| compare(&numbers, Comparison::Equal, *number));
                negated_unless(*holds, any_of(masks, column.len())?)
            }
            Test::Text(holds, test) => {
                let texts = column.as_string_opt().ok_or_else(|| unusable(table, name))?;
                negated_unless(*holds, text_mask(texts, test)?)
            }
            Test::Day(test) => day_mask(&days(&column).ok_or_else(|| unusable(table, name))?, *test, self.today),
            Test::YesNo(yes) => {
                let answers = column.as_boolean_opt().ok_or_else(|| unusable(table, name))?;
                negated_unless(*yes, answers.clone())
            }
        }
    }

    /// A field's column, with a row for each person of the partition.
    fn field(&self, field: &Field) -> Result<ArrayRef, EvaluationError> {
        if field.table == Table::People {
            return Ok(column("people", &self.partition.people, field.name)?.clone());
        }
        let all = |batch: &RecordBatch| Ok(BooleanArray::from(vec![true; batch.num_rows()]));
        self.gathered("scores", &self.partition.scores, field.name, field.kind, all)
    }

    /// A figure of everybody's group of a kind, with a row for each person of the partition.
    fn group(&self, name: &str, figure: GroupFigure) -> Result<ArrayRef, EvaluationError> {
        let kind = match figure {
            GroupFigure::People | GroupFigure::Orders | GroupFigure::Revenue => Kind::Number,
            GroupFigure::LastOrder => Kind::Day,
            GroupFigure::Name => Kind::Text,
        };
        let of_kind = |batch: &RecordBatch| equal_text(text_column("group_members", batch, "group")?, name);
        self.gathered("group_members", &self.partition.groups, figure.column(), kind, of_kind)
    }

    /// A column of another table, of the rows that are chosen: at most one a person. It has a row for each person of the partition.
    fn gathered(
        &self,
        table: &'static str,
        batches: &[RecordBatch],
        name: &str,
        kind: Kind,
        choose: impl Fn(&RecordBatch) -> Mask,
    ) -> Result<ArrayRef, EvaluationError> {
        let mut rows: Vec<Option<u32>> = vec![None; self.partition.ids.len()];
        let mut columns: Vec<&dyn Array> = Vec::new();
        let mut start = 0;
        for batch in batches {
            let (others, mask) = (ids(table, batch)?, choose(batch)?);
            for (person, row) in matches(&self.partition.ids, others, chosen(&mask)) {
                rows[person] = Some(start + row as u32);
            }
            columns.push(column(table, batch, name)?);
            start += others.len() as u32;
        }
        if columns.is_empty() {
            return Ok(new_null_array(&arrow_type(kind), rows.len()));
        }
        Ok(take(&concat(&columns)?, &UInt32Array::from(rows), None)?)
    }

    /// A free trait's values, with a row for each person of the partition.
    fn free_trait(&self, name: &str) -> Result<ArrayRef, EvaluationError> {
        let mut values: Vec<Option<&str>> = vec![None; self.partition.ids.len()];
        for batch in &self.partition.traits {
            let named = equal_text(text_column("traits", batch, "trait")?, name)?;
            let all_values = text_column("traits", batch, "value")?;
            for (person, row) in matches(&self.partition.ids, ids("traits", batch)?, chosen(&named)) {
                values[person] = all_values.is_valid(row).then(|| all_values.value(row));
            }
        }
        Ok(Arc::new(StringArray::from(values)))
    }

    /// A propensity's numbers, with a row for each person of the partition.
    fn propensity(&self, name: &str, number: &str) -> Result<ArrayRef, EvaluationError> {
        let mut values: Vec<Option<f64>> = vec![None; self.partition.ids.len()];
        for batch in &self.partition.propensities {
            let named = equal_text(text_column("propensities", batch, "propensity")?, name)?;
            let numbers = column("propensities", batch, number)?
                .as_primitive_opt::<Float64Type>()
                .ok_or_else(|| unusable("propensities", number))?;
            for (person, row) in matches(&self.partition.ids, ids("propensities", batch)?, chosen(&named)) {
                values[person] = numbers.is_valid(row).then(|| numbers.value(row));
            }
        }
        Ok(Arc::new(Float64Array::from(values)))
    }

    fn event(&self, name: &str, times: Times, window: Option<Duration>) -> Mask {
        let mut counts = vec![0_i64; self.partition.ids.len()];
        for batch in &self.partition.events_daily {
            let mut mask = equal_text(text_column("events_daily", batch, "event")?, name)?;
            if let Some(window) = window {
                let days = column("events_daily", batch, "day")?;
                let days = days
                    .as_primitive_opt::<Date32Type>()
                    .ok_or_else(|| unusable("events_daily", "day"))?;
                mask = and(&mask, &day_mask(days, DayTest::Within(true, window), self.today)?)?;
            }
            let all_counts = column("events_daily", batch, "count")?;
            let all_counts = all_counts
                .as_primitive_opt::<Int64Type>()
                .ok_or_else(|| unusable("events_daily", "count"))?;
            for (person, row) in matches(&self.partition.ids, ids("events_daily", batch)?, chosen(&mask)) {
                counts[person] = counts[person].saturating_add(all_counts.value(row));
            }
        }
        Ok(counts.into_iter().map(|count| Some(times.holds(count))).collect())
    }

    /// Whether the answer to a purpose is `answer`; without an answer it is not. A purpose that was configured after the
    /// night has no column yet: nobody has answered it.
    fn answered(&self, purpose: &str, answer: bool) -> Mask {
        let name = consent_column(purpose);
        let Some(answers) = self.partition.people.column_by_name(&name) else {
            return Ok(self.all(false));
        };
        let answers = answers.as_boolean_opt().ok_or_else(|| unusable("people", &name))?;
        Ok(answers.iter().map(|given| Some(given == Some(answer))).collect())
    }

    fn has_source(&self, source: &str) -> Mask {
        let sources = column("people", &self.partition.people, "sources")?;
        let sources = sources
            .as_list_opt::<i32>()
            .ok_or_else(|| unusable("people", "sources"))?;
        let names = sources
            .values()
            .as_string_opt::<i32>()
            .ok_or_else(|| unusable("people", "sources"))?;
        let equal = equal_text(names, source)?;
        let has = |window: &[i32]| (window[0]..window[1]).any(|row| is_yes(&equal, row as usize));
        Ok(sources
            .value_offsets()
            .windows(2)
            .map(|window| Some(has(window)))
            .collect())
    }
}

fn table_name(table: Table) -> &'static str {
    match table {
        Table::People => "people",
        Table::Scores => "scores",
    }
}

/// Whether a mask says yes.
pub(super) fn is_yes(mask: &BooleanArray, row: usize) -> bool {
    mask.is_valid(row) && mask.value(row)
}

/// The rows that a mask says yes to.
fn chosen(mask: &BooleanArray) -> impl Iterator<Item = usize> + '_ {
    mask.values().set_indices().filter(|row| mask.is_valid(*row))
}

fn equal_text(texts: &StringArray, text: &str) -> Mask {
    Ok(cmp::eq(texts, &StringArray::new_scalar(text))?)
}

fn negated_unless(holds: bool, mask: BooleanArray) -> Mask {
    Ok(if holds { mask } else { not(&mask)? })
}
