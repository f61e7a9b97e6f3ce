//! Why a whole request is refused, and what the answer says. Never names a key, an address or anything a client sent.

use event_schema::BatchError;
use event_schema::wire::WireError;

/// Why a request is refused as a whole. Events refused one by one are [`event_schema::RejectReason`]s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such path.
    #[error("there is nothing at this path")]
    NotFound,
    /// The path takes other methods; they are listed.
    #[error("this path takes {0} only")]
    MethodNotAllowed(&'static str),
    /// No write key in the header or the body.
    #[error("no write key: send it as writeKey in the body, in X-Write-Key, or as the user of Authorization: Basic")]
    MissingKey,
    /// A write key that is not configured, or is switched off.
    #[error("unknown write key")]
    UnknownKey,
    /// The page's origin is not on the key's list.
    #[error("this write key does not take events from this origin: add the origin to the key's origins")]
    OriginNotAllowed,
    /// A browser key without an `Origin` header.
    #[error("no Origin header: a browser key is for pages, a server needs a server key")]
    OriginMissing,
    /// A server key with an `Origin` header: it was published in a page.
    #[error("a server key was used from a page: replace this key, it is public now, and use a browser key there")]
    ServerKeyInPage,
    /// A `Content-Encoding` other than gzip.
    #[error("unknown content encoding: send the body as it is, or compressed with gzip")]
    UnknownEncoding,
    /// A body that says gzip and is not.
    #[error("the body is not gzip")]
    MalformedGzip,
    /// The body as a whole is no batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The export token is missing or wrong.
    #[error("the export token is missing or wrong: send Authorization: Bearer with the worker's EXPORT_TOKEN")]
    Unauthorised,
    /// A query parameter of the export is missing or has no sensible value.
    #[error("the parameter {0} is missing or not one the worker lists")]
    BadParameter(&'static str),
    /// The sender sends too often.
    #[error("too many requests: send larger batches, less often")]
    TooManyRequests,
    /// Neither the log nor the spill took the batch.
    #[error("the batch could not be stored: send it again later")]
    Unavailable,
    /// The worker's own configuration is broken.
    #[error("the worker is not configured: {0}")]
    Misconfigured(String),
}

impl Refusal {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Batch(
                BatchError::BodyTooLarge | BatchError::TooManyEvents | BatchError::Wire(WireError::TooManyEvents),
            ) => 413,
            Refusal::Batch(_) | Refusal::MalformedGzip | Refusal::BadParameter(_) => 400,
            Refusal::MissingKey | Refusal::UnknownKey | Refusal::Unauthorised => 401,
            Refusal::OriginNotAllowed | Refusal::OriginMissing | Refusal::ServerKeyInPage => 403,
            Refusal::NotFound => 404,
            Refusal::MethodNotAllowed(_) => 405,
            Refusal::UnknownEncoding => 415,
            Refusal::TooManyRequests => 429,
            Refusal::Misconfigured(_) => 500,
            Refusal::Unavailable => 503,
        }
    }

    /// The code in the answer, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotFound => "not_found",
            Refusal::MethodNotAllowed(_) => "method_not_allowed",
            Refusal::MissingKey => "missing_key",
            Refusal::UnknownKey => "unknown_key",
            Refusal::OriginNotAllowed => "origin_not_allowed",
            Refusal::OriginMissing => "origin_missing",
            Refusal::ServerKeyInPage => "server_key_in_page",
            Refusal::UnknownEncoding => "unknown_encoding",
            Refusal::MalformedGzip => "malformed_gzip",
            Refusal::Batch(BatchError::BodyTooLarge) => "body_too_large",
            Refusal::Batch(BatchError::MalformedJson) => "malformed_json",
            Refusal::Batch(BatchError::NoBatch) => "no_batch",
            Refusal::Batch(BatchError::Empty) => "empty_batch",
            Refusal::Batch(BatchError::TooManyEvents | BatchError::Wire(WireError::TooManyEvents)) => "too_many_events",
            Refusal::Batch(BatchError::Wire(_)) => "malformed_bytes",
            Refusal::Unauthorised => "unauthorised",
            Refusal::BadParameter(_) => "bad_parameter",
            Refusal::TooManyRequests => "too_many_requests",
            Refusal::Unavailable => "unavailable",
            Refusal::Misconfigured(_) => "misconfigured",
        }
    }
}
