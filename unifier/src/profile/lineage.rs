//! The `traits` table: every value that won, where it comes from, the rule that decided, and what it won against.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Int64Builder, ListArray, RecordBatch, StringBuilder, StructArray, TimestampMillisecondBuilder,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use arrow::error::ArrowError;

use super::golden::GoldenRecord;
use super::survivorship::Evidence;
use crate::columns::{Columns, item, time, time_builder};
use crate::record::PersonId;

/// The rows of some people, given in the order of their ids.
///
/// # Errors
/// [`ArrowError`] when the lost values of one batch are more than 2 billion.
pub fn traits<'a>(people: impl Iterator<Item = (PersonId, &'a GoldenRecord<'a>)>) -> Result<RecordBatch, ArrowError> {
    let (mut ids, mut names, mut rules) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let (mut won, mut lost, mut lengths) = (Rows::new(), Rows::new(), Vec::new());
    for (person, golden) in people {
        let id = person.to_string();
        for survivor in golden.survivors() {
            ids.append_value(&id);
            names.append_value(survivor.name);
            rules.append_value(survivor.rule.as_str());
            won.append(&survivor.winner);
            survivor.lost.iter().for_each(|evidence| lost.append(evidence));
            lengths.push(survivor.lost.len());
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
    columns.batch()
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
