//! What a page sends: compact bytes, which the edge turns back into Segment's JSON and judges like any other client's.
//!
//! The page has the writing half only, of version 2; the reading half, of both versions, is behind the feature `decode`.
//!
//! ## Version 2
//! One byte that names version and lane ([`CONSENTED`] or [`AUDIENCE`]); the write key, as a length and its bytes; when it was
//! sent, in milliseconds since the epoch; and then events up to the end. Numbers have seven bits a byte, the lowest first, and
//! the highest bit says that more follow; of a signed one the lowest bit is the sign. A *text* is a number and perhaps bytes: twice
//! the length and the bytes when it is new, twice its number among the new ones of the batch, plus one, when it is not.
//!
//! An event with consent is: 0 where it is of the visitor of the event before, or else 1 and the length of *whose*, the visitor's 16
//! and the session's 4 random bytes, and *whose*: a line each for the site's id, the language, how many events were given up, the
//! number of the receipt, and each answer (`+` or `-` and the purpose, which is left out for `analytics`); how long before the
//! sending it happened, signed; its number in the session; how many texts follow, and those: address, referrer, title, the
//! kind's digit and a name, and the steps through its properties or traits.
//!
//! An event without consent is: 16 random bytes of its own; how long before the sending it happened, signed; and three texts: its name,
//! empty for a page view; path and campaign; scheme and host of where the visitor came from. There is no place for an id of a
//! visitor's.
//!
//! An address leaves out `https://`, and has the campaign behind all else: for each parameter the character [`CAMPAIGN_MARK`] plus
//! its place in [`CAMPAIGN`], and the value as it stood in the page's address.
//!
//! ## Version 1
//! One byte and then a `Batch` as [postcard](https://postcard.jamesmunns.com/wire-format) writes it.
//!
//! What a released version means never changes. What must change becomes a new version, and the edge goes on reading the one
//! before: the golden vectors in `tests/vectors` hold it to that.

#[cfg(feature = "decode")]
use crate::Purpose;

#[cfg(feature = "decode")]
mod compact;
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

/// The first byte of a body of version 1. No JSON text and no gzip stream begins with it, or with those of version 2.
#[cfg(feature = "decode")]
pub const VERSION_1: u8 = 0xf1;
/// The first byte of a body of version 2 with events of visitors who agreed to be recognised.
pub const CONSENTED: u8 = 0xf2;
/// The first byte of a body of version 2 with events that are counted without consent.
pub const AUDIENCE: u8 = 0xf3;

/// Purposes that version 1 writes as their position here. At the end new ones may be added, elsewhere never.
#[cfg(feature = "decode")]
pub const PURPOSES: [&str; 5] = [
    Purpose::ANALYTICS,
    Purpose::PERSONALISATION,
    Purpose::PROFILING,
    Purpose::EMAIL_MARKETING,
    Purpose::SMS_MARKETING,
];

/// Query parameters that tell of a campaign, with spaces between them, written as their position here. Up to [`FIRST_CLICK_ID`]
/// they name the campaign; from there on each names one click, and so goes with consent only.
pub const CAMPAIGN: &str = "utm_campaign utm_source utm_medium utm_term utm_content gclid gbraid wbraid dclid fbclid msclkid \
    ttclid twclid li_fat_id yclid mc_cid";

/// The mark of the first parameter in an address; those of the others follow it, up to `0x1d`.
pub const CAMPAIGN_MARK: u8 = 0x0e;

/// Where in [`CAMPAIGN`] the ids of clicks begin.
pub const FIRST_CLICK_ID: u8 = 5;
