//! What the edge reads: requests, and the parts of them that it keeps.

mod body;
mod cleaners;
mod consent;
mod headers;
mod line;
mod request;

use crate::Target;

/// The targets.
pub const TARGETS: [Target; 6] = [
    Target::new("edge-body", body::run),
    Target::new("edge-cleaners", cleaners::run),
    Target::new("edge-consent", consent::run),
    Target::new("edge-headers", headers::run),
    Target::new("edge-line", line::run),
    Target::new("edge-request", request::run),
];
