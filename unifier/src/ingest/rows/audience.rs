//! Audience hits without consent: no column could hold an id that lasts.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use event_schema::AudienceHit;

use super::column::{batch, moment, moments, schema};

/// The columns of the log.
pub fn audience_schema() -> SchemaRef {
    let text = |name| (name, DataType::Utf8, false);
    schema([
        text("message_id"),
        text("name"),
        ("timestamp", moment(), false),
        ("received_at", moment(), false),
        text("site"),
        text("path"),
        text("referrer_host"),
        ("campaign", DataType::Utf8, true),
        ("visitor", DataType::Utf8, true),
        text("country"),
        text("device"),
        ("bot", DataType::Boolean, false),
    ])
}

/// Hits as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn audience_batch(hits: &[AudienceHit]) -> Result<RecordBatch, ArrowError> {
    let texts = |value: &dyn Fn(&AudienceHit) -> Option<String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(hits.iter().map(value)))
    };
    let columns: Vec<ArrayRef> = vec![
        texts(&|hit| Some(hit.message_id.to_string())),
        texts(&|hit| Some(hit.name.clone())),
        moments(hits.iter().map(|hit| Some(hit.timestamp)).collect()),
        moments(hits.iter().map(|hit| Some(hit.received_at)).collect()),
        texts(&|hit| Some(hit.site.clone())),
        texts(&|hit| Some(hit.path.clone())),
        texts(&|hit| Some(hit.referrer_host.clone())),
        texts(&|hit| {
            hit.campaign
                .as_ref()
                .and_then(|campaign| serde_json::to_string(campaign).ok())
        }),
        texts(&|hit| hit.visitor.as_ref().map(|visitor| visitor.as_str().to_owned())),
        texts(&|hit| Some(hit.country.clone())),
        texts(&|hit| Some(hit.device.as_str().to_owned())),
        Arc::new(BooleanArray::from_iter(hits.iter().map(|hit| Some(hit.bot)))),
    ];
    batch(audience_schema(), columns)
}
