//! What a page sends: compact bytes, which the edge turns back into Segment's JSON and judges like any other client's.
//!
//! A body is one byte that names the version and then a `Batch` as [postcard](https://postcard.jamesmunns.com/wire-format)
//! writes it: fields in order, without names, integers of variable length. The page has the writing half only; the reading
//! half is behind the feature `decode`. The two lanes are two types from here on: a `Hit` has no field that could hold
//! an id of a visitor's.
//!
//! Types of a released version never change. What must change becomes a new version with types of its own, and the edge goes
//! on reading the one before: the golden vectors in `tests/vectors` hold it to that.

use crate::Purpose;

#[cfg(feature = "decode")]
mod decode;
mod encode;
#[cfg(feature = "decode")]
mod types;

#[cfg(feature = "decode")]
pub use decode::{WireError, is_wire, to_segment};
pub use encode::Writer;
#[cfg(feature = "decode")]
pub use types::{Answer, Batch, Event, Hit, Lane, Named, Scene, Text, Texts, Token, Visitor, What};

/// The first byte of a body of version 1. No JSON text and no gzip stream begins with it.
pub const VERSION_1: u8 = 0xf1;

/// Purposes that are written as their position here. At the end new ones may be added, elsewhere never.
pub const PURPOSES: [&str; 5] = [
    Purpose::ANALYTICS,
    Purpose::PERSONALISATION,
    Purpose::PROFILING,
    Purpose::EMAIL_MARKETING,
    Purpose::SMS_MARKETING,
];

/// Query parameters that tell of a campaign, written as their position here. Up to [`FIRST_CLICK_ID`] they name the
/// campaign; from there on each names one click, and so goes with consent only.
pub const CAMPAIGN: [&str; 16] = [
    "utm_campaign",
    "utm_source",
    "utm_medium",
    "utm_term",
    "utm_content",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "yclid",
    "mc_cid",
];

/// Where in [`CAMPAIGN`] the ids of clicks begin.
pub const FIRST_CLICK_ID: u8 = 5;
