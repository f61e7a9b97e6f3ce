//! One value of a table, as text for CSV and as JSON.

use std::fmt::Write;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray,
    StringArray, TimestampMillisecondArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType,
};
use event_schema::Timestamp;
use serde_json::Value;

use crate::record::Amount;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A column whose values can be written.
pub(super) enum Column<'a> {
    Text(&'a StringArray),
    Integer(&'a Int64Array),
    Number(&'a Float64Array),
    Amount(&'a Decimal128Array),
    YesNo(&'a BooleanArray),
    Day(&'a Date32Array),
    Moment(&'a TimestampMillisecondArray),
    /// Texts, joined by `|` in CSV.
    List(&'a ListArray, &'a StringArray),
}

impl<'a> Column<'a> {
    /// The column; nothing when no table that is exported has such columns.
    pub(super) fn new(array: &'a ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Utf8 => Some(Column::Text(array.as_string())),
            DataType::Int64 => Some(Column::Integer(array.as_primitive::<Int64Type>())),
            DataType::Float64 => Some(Column::Number(array.as_primitive::<Float64Type>())),
            // Four decimals are what an amount has.
            DataType::Decimal128(_, 4) => Some(Column::Amount(array.as_primitive::<Decimal128Type>())),
            DataType::Boolean => Some(Column::YesNo(array.as_boolean())),
            DataType::Date32 => Some(Column::Day(array.as_primitive::<Date32Type>())),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                Some(Column::Moment(array.as_primitive::<TimestampMillisecondType>()))
            }
            DataType::List(_) => {
                let list = array.as_list();
                Some(Column::List(list, list.values().as_string_opt()?))
            }
            _ => None,
        }
    }

    fn is_unknown(&self, row: usize) -> bool {
        match self {
            Column::Text(array) => array.is_null(row),
            Column::Integer(array) => array.is_null(row),
            Column::Number(array) => array.is_null(row),
            Column::Amount(array) => array.is_null(row),
            Column::YesNo(array) => array.is_null(row),
            Column::Day(array) => array.is_null(row),
            Column::Moment(array) => array.is_null(row),
            Column::List(array, _) => array.is_null(row),
        }
    }

    /// Whether the values are anybody's words, which a spreadsheet might run.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Column::Text(_) | Column::List(..))
    }

    /// Writes the value to `text` as CSV has it; an unknown value is empty.
    pub(super) fn write(&self, row: usize, text: &mut String) {
        if self.is_unknown(row) {
            return;
        }
        // Writing to a string cannot fail.
        let _ = match self {
            Column::Text(array) => text.write_str(array.value(row)),
            Column::Integer(array) => write!(text, "{}", array.value(row)),
            Column::Number(array) => write!(text, "{}", array.value(row)),
            Column::Amount(array) => write!(text, "{}", amount(array.value(row))),
            Column::YesNo(array) => write!(text, "{}", array.value(row)),
            Column::Day(array) => text.write_str(&day(array.value(row))),
            Column::Moment(array) => write!(text, "{}", Timestamp::from_millis(array.value(row))),
            Column::List(..) => text.write_str(&self.items(row).join("|")),
        };
    }

    /// The value as JSON; an unknown value is null.
    pub(super) fn json(&self, row: usize) -> Value {
        if self.is_unknown(row) {
            return Value::Null;
        }
        match self {
            Column::Text(array) => Value::from(array.value(row)),
            Column::Integer(array) => Value::from(array.value(row)),
            Column::Number(array) => Value::from(array.value(row)),
            Column::Amount(array) => Value::from(amount(array.value(row)).as_f64()),
            Column::YesNo(array) => Value::from(array.value(row)),
            Column::Day(array) => Value::from(day(array.value(row))),
            Column::Moment(array) => Value::from(Timestamp::from_millis(array.value(row)).to_string()),
            Column::List(..) => Value::from(self.items(row)),
        }
    }

    fn items(&self, row: usize) -> Vec<&'a str> {
        match self {
            Column::List(lists, values) => {
                let offsets = lists.value_offsets();
                (offsets[row] as usize..offsets[row + 1] as usize)
                    .filter(|item| values.is_valid(*item))
                    .map(|item| values.value(item))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// `decimal(18, 4)` has 18 digits, and 18 digits fit into 64 bits.
fn amount(ten_thousandths: i128) -> Amount {
    Amount(i64::try_from(ten_thousandths).unwrap_or(i64::MAX))
}

/// The day as `2026-01-31`.
fn day(days: i32) -> String {
    let mut text = Timestamp::from_millis(i64::from(days) * DAY_MS).to_string();
    text.truncate("2026-01-31".len());
    text
}
