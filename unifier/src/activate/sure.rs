//! Which rows of a table are sure enough to leave.

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;

use super::error::ExportError;
use super::recipients::text;
use crate::identity::Confidence;

/// The column that says how sure a row is.
pub(super) const COLUMN: &str = "confidence";

/// By row: whether it is at least so sure. Unknown means no.
pub(super) fn sure(table: &'static str, batch: &RecordBatch, least: Confidence) -> Result<BooleanArray, ExportError> {
    let words = text(table, batch, COLUMN)?;
    let is_sure = |word: Option<&str>| {
        word.and_then(|word| word.parse().ok())
            .is_some_and(|found: Confidence| found >= least)
    };
    Ok(words.iter().map(|word| Some(is_sure(word))).collect())
}

/// The rows that are at least so sure; all of them where nothing is asked.
pub(super) fn only_sure(
    table: &'static str,
    batches: Vec<RecordBatch>,
    least: Option<Confidence>,
) -> Result<Vec<RecordBatch>, ExportError> {
    let Some(least) = least else { return Ok(batches) };
    let kept = |batch: RecordBatch| Ok(filter_record_batch(&batch, &sure(table, &batch, least)?)?);
    batches.into_iter().map(kept).collect()
}
