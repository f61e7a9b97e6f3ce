//! One row of a published table, read by column names. Nothing is found where a column is null, missing, or of another type.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMillisecondType};
use event_schema::Timestamp;
use serde_json::{Map, Number, Value};

use crate::record::Amount;

const DAY_MS: i64 = 86_400_000;

/// A row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    batch: &'a RecordBatch,
    index: usize,
}

/// The rows of some batches.
pub(super) fn rows(batches: &[RecordBatch]) -> impl Iterator<Item = Row<'_>> {
    batches.iter().flat_map(rows_of)
}

/// The rows of one batch.
pub(super) fn rows_of(batch: &RecordBatch) -> impl Iterator<Item = Row<'_>> {
    (0..batch.num_rows()).map(move |index| Row { batch, index })
}

impl<'a> Row<'a> {
    fn column(&self, name: &str) -> Option<&'a dyn Array> {
        let column = self.batch.column_by_name(name)?;
        column.is_valid(self.index).then_some(column.as_ref())
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        Some(self.column(name)?.as_string_opt::<i32>()?.value(self.index))
    }

    /// The text, or an empty one.
    pub(super) fn owned(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        Some(self.column(name)?.as_primitive_opt::<Int64Type>()?.value(self.index))
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        Some(self.column(name)?.as_primitive_opt::<Float64Type>()?.value(self.index))
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        Some(self.column(name)?.as_boolean_opt()?.value(self.index))
    }

    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        let times = self.column(name)?.as_primitive_opt::<TimestampMillisecondType>()?;
        Some(Timestamp::from_millis(times.value(self.index)))
    }

    /// A date, as `2026-11-24`.
    pub(super) fn day(&self, name: &str) -> Option<String> {
        let days = self.column(name)?.as_primitive_opt::<Date32Type>()?;
        let midnight = Timestamp::from_millis(i64::from(days.value(self.index)) * DAY_MS);
        Some(day_of(midnight))
    }

    /// An amount in units of its currency.
    pub(super) fn money(&self, name: &str) -> Option<f64> {
        let amounts = self.column(name)?.as_primitive_opt::<Decimal128Type>()?;
        let amount = i64::try_from(amounts.value(self.index)).ok()?;
        Some(Amount(amount).as_f64())
    }

    /// The texts of a list.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.column(name).and_then(|column| column.as_list_opt::<i32>());
        let items = list.map(|list| list.value(self.index));
        let texts = items.as_ref().and_then(|items| items.as_string_opt::<i32>());
        texts.into_iter().flatten().flatten().map(str::to_owned).collect()
    }

    /// The structs of a list, as a batch.
    pub(super) fn structs(&self, name: &str) -> Option<RecordBatch> {
        let items = self.column(name)?.as_list_opt::<i32>()?.value(self.index);
        items.as_struct_opt().map(RecordBatch::from)
    }

    /// Every column but the person's id, as JSON.
    pub(super) fn values(&self) -> Map<String, Value> {
        let names = self.batch.schema_ref().fields().iter().map(|field| field.name());
        let others = names.filter(|name| *name != "person_id");
        others
            .map(|name| (name.clone(), self.value(name).unwrap_or(Value::Null)))
            .collect()
    }

    fn value(&self, name: &str) -> Option<Value> {
        let column = self.column(name)?;
        Some(match column.data_type() {
            DataType::Utf8 => self.text(name)?.into(),
            DataType::Int64 => self.integer(name)?.into(),
            DataType::Boolean => self.flag(name)?.into(),
            DataType::Float64 => Number::from_f64(column.as_primitive_opt::<Float64Type>()?.value(self.index))?.into(),
            DataType::Decimal128(..) => Number::from_f64(self.money(name)?)?.into(),
            DataType::Date32 => self.day(name)?.into(),
            DataType::Timestamp(..) => self.time(name)?.to_string().into(),
            DataType::List(_) => self.texts(name).into(),
            _ => return None,
        })
    }
}

/// The UTC day of a time, as `2026-11-24`.
pub(super) fn day_of(at: Timestamp) -> String {
    at.to_string().chars().take_while(|&letter| letter != 'T').collect()
}
