//! How the words of docs/tables.md (`time`, `date`, `decimal`, list of text) are written in Arrow, and builders for them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListBuilder, RecordBatch, StringBuilder, TimestampMillisecondBuilder};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;

use crate::record::Amount;

/// `time`: UTC to the millisecond.
pub fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// `decimal(18, 4)`, whose unit is [`Amount`]'s.
pub const MONEY: DataType = DataType::Decimal128(18, 4);

/// The field of a list's items.
pub fn item(data_type: DataType) -> Field {
    Field::new("item", data_type, false)
}

/// A builder of times.
pub fn time_builder() -> TimestampMillisecondBuilder {
    TimestampMillisecondBuilder::new().with_data_type(time())
}

/// A builder of lists of texts.
pub fn texts_builder() -> ListBuilder<StringBuilder> {
    ListBuilder::new(StringBuilder::new()).with_field(item(DataType::Utf8))
}

/// An amount as the builders take it.
pub fn money(amount: Amount) -> i128 {
    i128::from(amount.0)
}

/// The columns of one batch, in order, with their names.
#[derive(Debug, Default)]
pub struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    /// Adds a column without nulls.
    pub fn add(&mut self, name: &str, array: ArrayRef) {
        self.fields.push(Field::new(name, array.data_type().clone(), false));
        self.arrays.push(array);
    }

    /// Adds a column that may hold nulls.
    pub fn add_nullable(&mut self, name: &str, array: ArrayRef) {
        self.fields.push(Field::new(name, array.data_type().clone(), true));
        self.arrays.push(array);
    }

    /// The batch.
    ///
    /// # Errors
    /// [`ArrowError`] when the columns differ in length, or one without nulls holds some.
    pub fn batch(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
    }
}
