//! Who is in which segment, and since which night.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};

use super::error::EvaluationError;
use super::join::matches;
use super::tables::{column, ids, text_column, unusable};

/// The members of each segment, sorted by person id.
#[derive(Clone, Debug, PartialEq)]
pub struct Memberships {
    members: BTreeMap<String, StringArray>,
}

impl Memberships {
    pub(super) fn new(members: BTreeMap<String, StringArray>) -> Self {
        Self { members }
    }

    /// The segments and how many people are in each, by name.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.members
            .iter()
            .map(|(name, members)| (name.as_str(), members.len()))
    }

    /// The ids of a segment's members; nothing when there is no such segment.
    pub fn members(&self, segment: &str) -> Option<impl Iterator<Item = &str>> {
        self.members.get(segment).map(|members| members.iter().flatten())
    }

    /// The rows of the table segments for `night`: one batch a segment that has members, or one without rows.
    ///
    /// `previous` is the same table of the night before. Who was in a segment then stays in it since the night that
    /// stands there; everybody else is in it since `night`.
    ///
    /// # Errors
    /// [`EvaluationError`] when `previous` is no table of segments.
    pub fn to_batches(&self, night: u32, previous: &[RecordBatch]) -> Result<Vec<RecordBatch>, EvaluationError> {
        let mut batches = Vec::new();
        for (name, members) in self.members.iter().filter(|(_, members)| !members.is_empty()) {
            let since = since(name, members, night, previous)?;
            let names = StringArray::from_iter_values(std::iter::repeat_n(name, members.len()));
            let columns = vec![
                Arc::new(names) as _,
                Arc::new(members.clone()) as _,
                Arc::new(since) as _,
            ];
            batches.push(RecordBatch::try_new(schema(), columns)?);
        }
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema()));
        }
        Ok(batches)
    }
}

/// The table's columns.
fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("segment", DataType::Utf8, false),
        Field::new("person_id", DataType::Utf8, false),
        Field::new("since", DataType::Int64, false),
    ]))
}

fn since(
    segment: &str,
    members: &StringArray,
    night: u32,
    previous: &[RecordBatch],
) -> Result<Int64Array, EvaluationError> {
    let mut since = vec![i64::from(night); members.len()];
    for batch in previous {
        let segments = text_column("segments", batch, "segment")?;
        let nights = column("segments", batch, "since")?;
        let nights = nights
            .as_primitive_opt::<Int64Type>()
            .ok_or_else(|| unusable("segments", "since"))?;
        let rows = (0..batch.num_rows()).filter(|row| segments.value(*row) == segment);
        for (member, row) in matches(members, ids("segments", batch)?, rows) {
            since[member] = nights.value(row);
        }
    }
    Ok(Int64Array::from(since))
}
