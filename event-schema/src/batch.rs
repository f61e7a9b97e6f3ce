//! Several events in one request, as Segment's `/v1/batch` takes them.

use serde_json::Value;

use crate::wire::{self, WireError};
use crate::{Event, RejectReason, Timestamp, limits};

/// A request's events, each of them either whole or with the reason why not, in the order sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The key that names the site, where the body carries it (a beacon can set no header).
    pub write_key: Option<String>,
    /// When the client sent the batch, by the client's clock.
    pub sent_at: Option<Timestamp>,
    /// The events, or why one was refused.
    pub events: Vec<Result<Event, RejectReason>>,
}

/// Why a whole request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// More than [`limits::BODY_BYTES`].
    #[error("the body is larger than {} bytes: send smaller batches", limits::BODY_BYTES)]
    BodyTooLarge,
    /// Not JSON, or nested deeper than any honest body.
    #[error("the body is not JSON")]
    MalformedJson,
    /// A page's bytes that cannot be read.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// JSON, but neither a batch nor an event.
    #[error("the body is neither an event nor an object with a list named batch")]
    NoBatch,
    /// Nothing in it.
    #[error("the batch is empty")]
    Empty,
    /// More than [`limits::BATCH_EVENTS`].
    #[error("the batch has more than {} events: send smaller batches", limits::BATCH_EVENTS)]
    TooManyEvents,
}

impl Batch {
    /// Reads a request body: a page's bytes ([`wire`]), `{"batch": […], "sentAt": …, "writeKey": …}`, or one event by itself.
    ///
    /// # Errors
    /// [`BatchError`] when the body as a whole cannot be read. An event that cannot be read is an `Err` in
    /// [`Batch::events`] and leaves its neighbours alone.
    pub fn from_body(body: &[u8], received_at: Timestamp) -> Result<Self, BatchError> {
        Self::from_value(value_of(body)?, received_at)
    }

    /// Takes a body that [`value_of`] has read.
    ///
    /// # Errors
    /// As for [`Batch::from_body`].
    pub fn from_value(body: Value, received_at: Timestamp) -> Result<Self, BatchError> {
        let Value::Object(mut fields) = body else {
            return Err(BatchError::NoBatch);
        };
        let write_key = fields.get("writeKey").and_then(Value::as_str).map(str::to_owned);
        let sent_at = fields
            .get("sentAt")
            .and_then(Value::as_str)
            .and_then(|text| text.parse().ok());
        let events = match fields.remove("batch") {
            Some(Value::Array(events)) => events,
            None if fields.contains_key("type") => vec![Value::Object(fields)],
            _ => return Err(BatchError::NoBatch),
        };
        match events.len() {
            0 => Err(BatchError::Empty),
            count if count > limits::BATCH_EVENTS => Err(BatchError::TooManyEvents),
            _ => {
                let events = events
                    .into_iter()
                    .map(|event| Event::validate(event, received_at))
                    .collect();
                Ok(Self {
                    write_key,
                    sent_at,
                    events,
                })
            }
        }
    }
}

/// Reads a request body as JSON, whichever of the two forms it came in.
///
/// # Errors
/// [`BatchError`] when it is neither.
pub fn value_of(body: &[u8]) -> Result<Value, BatchError> {
    if body.len() > limits::BODY_BYTES {
        Err(BatchError::BodyTooLarge)
    } else if wire::is_wire(body) {
        Ok(wire::to_segment(body)?)
    } else {
        serde_json::from_slice(body).map_err(|_| BatchError::MalformedJson)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received_at() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn one_bad_event_leaves_its_neighbours_alone() {
        let body = br#"{"writeKey":"shop","sentAt":"2026-11-24T07:59:59Z","batch":[
            {"type":"page","messageId":"m1","timestamp":"2026-11-24T07:59:58Z"},
            {"type":"dance","messageId":"m2","timestamp":"2026-11-24T07:59:58Z"},
            {"type":"track","messageId":"m3","timestamp":"2026-11-24T07:59:58Z","event":"Product Viewed"}]}"#;
        let batch = Batch::from_body(body, received_at()).unwrap();
        assert_eq!(batch.write_key.as_deref(), Some("shop"));
        assert_eq!(
            batch.sent_at.map(|at| at.to_string()).as_deref(),
            Some("2026-11-24T07:59:59.000Z")
        );
        let verdicts: Vec<_> = batch
            .events
            .iter()
            .map(|event| event.as_ref().map(|e| e.name()).map_err(|r| *r))
            .collect();
        assert_eq!(
            verdicts,
            [Ok("Page Viewed"), Err(RejectReason::UnknownType), Ok("Product Viewed")]
        );
    }

    #[test]
    fn an_event_by_itself_is_a_batch_of_one() {
        let body = br#"{"type":"page","messageId":"m1","timestamp":"2026-11-24T07:59:58Z"}"#;
        assert_eq!(
            Batch::from_body(body, received_at()).map(|batch| batch.events.len()),
            Ok(1)
        );
    }

    #[test]
    fn bodies_that_are_no_batch_are_refused_as_a_whole() {
        let refusal = |body: &[u8]| Batch::from_body(body, received_at()).err();
        assert_eq!(refusal(b"{"), Some(BatchError::MalformedJson));
        assert_eq!(refusal(b"[]"), Some(BatchError::NoBatch));
        assert_eq!(refusal(b"{}"), Some(BatchError::NoBatch));
        assert_eq!(refusal(br#"{"batch":[]}"#), Some(BatchError::Empty));
        assert_eq!(refusal("[".repeat(200).as_bytes()), Some(BatchError::MalformedJson));
        assert_eq!(
            refusal(&vec![b' '; limits::BODY_BYTES + 1]),
            Some(BatchError::BodyTooLarge)
        );
        let many = format!(r#"{{"batch":[{}1]}}"#, "1,".repeat(limits::BATCH_EVENTS));
        assert_eq!(refusal(many.as_bytes()), Some(BatchError::TooManyEvents));
    }
}
