//! Rows about orders. What they say of the customer is a row about a person beside them.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use event_schema::Timestamp;

use crate::record::{Amount, OrderStatus};

use super::column::{Columns, batch, hashes, moment, moments, schema};

/// One order as one row tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The key of the customer's record, where there is one.
    pub record_key: Option<String>,
    /// The line it was read from.
    pub line: u64,
    /// A hash of everything the row says, to find it again.
    pub row_hash: u128,
    /// The order's number.
    pub order_id: String,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// What was paid, less what was refunded.
    pub amount: Amount,
    /// ISO 4217 code.
    pub currency: String,
    /// What became of it.
    pub status: OrderStatus,
}

/// The columns of the log; the amount is in ten-thousandths.
fn order_schema() -> SchemaRef {
    schema([
        ("record_key", DataType::Utf8, true),
        ("line", DataType::UInt64, false),
        ("row_hash", DataType::FixedSizeBinary(16), false),
        ("order_id", DataType::Utf8, false),
        ("ordered_at", moment(), false),
        ("amount", DataType::Int64, false),
        ("currency", DataType::Utf8, false),
        ("status", DataType::Utf8, false),
    ])
}

/// Rows as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn order_batch(rows: &[OrderRow]) -> Result<RecordBatch, ArrowError> {
    batch(
        order_schema(),
        vec![
            Arc::new(StringArray::from_iter(rows.iter().map(|row| row.record_key.as_deref()))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.line))),
            hashes(rows.iter().map(|row| row.row_hash)),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.order_id))),
            moments(rows.iter().map(|row| Some(row.ordered_at)).collect()),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.amount.0))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.currency))),
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| row.status.as_str()),
            )),
        ],
    )
}

impl OrderRow {
    /// The rows of a batch of the log.
    pub fn read(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        let (keys, lines, hashes) = (
            columns.texts("record_key"),
            columns.lines("line"),
            columns.hashes("row_hash"),
        );
        let (orders, times, amounts) = (
            columns.texts("order_id"),
            columns.moments("ordered_at"),
            columns.numbers("amount"),
        );
        let (currencies, statuses) = (columns.texts("currency"), columns.texts("status"));
        let row = |at| Self {
            record_key: keys.get(at).map(str::to_owned),
            line: lines(at),
            row_hash: hashes(at),
            order_id: orders.get(at).unwrap_or_default().to_owned(),
            ordered_at: times.get(at).unwrap_or(Timestamp::from_millis(0)),
            amount: Amount(amounts(at)),
            currency: currencies.get(at).unwrap_or_default().to_owned(),
            status: status(statuses.get(at).unwrap_or_default()),
        };
        (0..batch.num_rows()).map(row).collect()
    }
}

fn status(text: &str) -> OrderStatus {
    match text {
        "refunded" => OrderStatus::Refunded,
        "cancelled" => OrderStatus::Cancelled,
        _ => OrderStatus::Completed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_from_their_batch() {
        let row = OrderRow {
            record_key: None,
            line: 3,
            row_hash: 9,
            order_id: "#1001".to_owned(),
            ordered_at: Timestamp::from_millis(5),
            amount: Amount(-125_000),
            currency: "CHF".to_owned(),
            status: OrderStatus::Refunded,
        };
        let rows = [row];
        assert_eq!(OrderRow::read(&order_batch(&rows).unwrap()), rows);
    }
}
