//! The limits every event is held to, at the edge and, where the page can tell, before it is sent.
//!
//! Sizes and counts follow Segment's published limits, so that a client library written for them fits.

/// Bytes a request body may have, after any decompression.
pub const BODY_BYTES: usize = 500 * 1024;
/// Bytes one event may have as JSON.
pub const EVENT_BYTES: usize = 32 * 1024;
/// Events one batch may hold.
pub const BATCH_EVENTS: usize = 500;
/// Characters an id (message, anonymous, user, group) may have.
pub const ID_CHARS: usize = 100;
/// Characters an event or page name may have.
pub const NAME_CHARS: usize = 100;
/// Characters one string anywhere in properties or traits may have.
pub const STRING_CHARS: usize = 4_000;
/// Characters of a page URL, path, referrer or title that are kept; what is longer is cut.
pub const URL_CHARS: usize = 2_000;
/// Properties or traits an event may have, counted over all levels.
pub const PROPERTIES: usize = 300;
/// Levels objects and lists in properties or traits may be nested.
pub const DEPTH: usize = 8;
/// Characters the name of a consent purpose may have.
pub const PURPOSE_CHARS: usize = 40;
/// Purposes one consent state may name.
pub const PURPOSES: usize = 30;
/// How far before its arrival an event may say that it happened: 30 days, in milliseconds.
pub const PAST_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How far after its arrival an event may say that it happened (clocks run fast): one hour, in milliseconds.
pub const FUTURE_MS: i64 = 60 * 60 * 1000;
