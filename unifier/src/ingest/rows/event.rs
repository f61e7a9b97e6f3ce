//! Web events with consent.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use event_schema::{ConsentedEvent, EventKind, Page};

use super::column::{batch, moment, moments, schema};

/// The columns of the log. Consent and properties are JSON text.
pub fn event_schema() -> SchemaRef {
    let text = |name| (name, DataType::Utf8, false);
    let optional = |name| (name, DataType::Utf8, true);
    schema([
        text("message_id"),
        text("type"),
        text("name"),
        optional("anonymous_id"),
        optional("user_id"),
        ("timestamp", moment(), false),
        ("received_at", moment(), false),
        ("clock_skew_ms", DataType::Int64, false),
        text("site"),
        text("country"),
        text("device"),
        ("bot", DataType::Boolean, false),
        optional("previous_id"),
        optional("group_id"),
        optional("url"),
        optional("path"),
        optional("referrer"),
        optional("title"),
        optional("campaign"),
        optional("locale"),
        optional("consent"),
        optional("properties"),
    ])
}

/// Events as a batch, in the order given.
///
/// # Errors
/// [`ArrowError`] when a row does not fit the columns.
pub fn event_batch(events: &[ConsentedEvent]) -> Result<RecordBatch, ArrowError> {
    let texts = |value: &dyn Fn(&ConsentedEvent) -> Option<String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(events.iter().map(value)))
    };
    let page = |value: fn(&Page) -> &String| {
        texts(&move |event| {
            event
                .event
                .context
                .page
                .as_ref()
                .map(value)
                .filter(|text| !text.is_empty())
                .cloned()
        })
    };
    let columns: Vec<ArrayRef> = vec![
        texts(&|event| Some(event.event.message_id.to_string())),
        texts(&|event| Some(event.event.kind.as_str().to_owned())),
        texts(&|event| Some(event.event.name().to_owned())),
        texts(&|event| event.event.anonymous_id.as_ref().map(ToString::to_string)),
        texts(&|event| event.event.user_id.as_ref().map(ToString::to_string)),
        moments(events.iter().map(|event| Some(event.event.timestamp)).collect()),
        moments(events.iter().map(|event| Some(event.received_at)).collect()),
        Arc::new(Int64Array::from_iter_values(
            events.iter().map(|event| event.clock_skew_ms),
        )),
        texts(&|event| Some(event.site.clone())),
        texts(&|event| Some(event.country.clone())),
        texts(&|event| Some(event.device.as_str().to_owned())),
        Arc::new(BooleanArray::from_iter(events.iter().map(|event| Some(event.bot)))),
        texts(&|event| match &event.event.kind {
            EventKind::Alias { previous_id } => Some(previous_id.to_string()),
            _ => None,
        }),
        texts(&|event| match &event.event.kind {
            EventKind::Group { group_id, .. } => Some(group_id.to_string()),
            _ => None,
        }),
        page(|page| &page.url),
        page(|page| &page.path),
        page(|page| &page.referrer),
        page(|page| &page.title),
        texts(&|event| {
            event
                .event
                .context
                .campaign
                .as_ref()
                .and_then(|campaign| serde_json::to_string(campaign).ok())
        }),
        texts(&|event| event.event.context.locale.clone()),
        texts(&|event| {
            let answers = &event.event.context.consent.category_preferences;
            if answers.is_empty() {
                None
            } else {
                serde_json::to_string(answers).ok()
            }
        }),
        texts(&|event| {
            let properties = event.event.properties().filter(|properties| !properties.is_empty());
            properties.and_then(|properties| serde_json::to_string(properties).ok())
        }),
    ];
    batch(event_schema(), columns)
}
