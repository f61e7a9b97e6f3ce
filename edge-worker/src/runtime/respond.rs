//! Answers.

use serde::Serialize;
use worker::{Response, Result};

use crate::answer::RefusalAnswer;
use crate::refusal::Refusal;

/// Seconds after which a sender may try again when the log was not to be had.
const RETRY_AFTER: &str = "5";
/// Seconds after which one that sent too often may try again: the period over which the runtime counts.
const RATE_PERIOD: &str = "60";

/// An answer in JSON that nobody may keep.
pub fn json(status: u16, value: &impl Serialize) -> Result<Response> {
    let response = Response::from_json(value)?.with_status(status);
    with_headers(
        response,
        &[
            ("cache-control", "no-store".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ],
    )
}

/// The answer to a request refused as a whole.
pub fn refused(refusal: &Refusal) -> Result<Response> {
    let response = json(refusal.status(), &RefusalAnswer::from(refusal))?;
    match refusal {
        Refusal::MethodNotAllowed(allowed) => with_headers(response, &[("allow", (*allowed).to_owned())]),
        Refusal::TooManyRequests => with_headers(response, &[("retry-after", RATE_PERIOD.to_owned())]),
        Refusal::Unavailable => with_headers(response, &[("retry-after", RETRY_AFTER.to_owned())]),
        _ => Ok(response),
    }
}

/// The answer with headers added.
pub fn with_headers(response: Response, headers: &[(&'static str, String)]) -> Result<Response> {
    for (name, value) in headers {
        response.headers().set(name, value)?;
    }
    Ok(response)
}
