//! The words the stages share: records and what they say, orders, consents, activity on the web.
//!
//! Plain values, made by ingest and normalise and read by every later stage. Nothing here reads or writes anything.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use compact_str::CompactString;
use event_schema::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::symbol::Symbol;

/// The source of web identities and of the orders that web events tell of.
pub const WEB: &str = "web";

/// The lasting id of a record: the first 16 bytes of SHA-256 over its source and its key. As text, 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

/// The lasting id of a person: the id of the earliest record that belongs to them.
pub type PersonId = RecordId;

impl RecordId {
    /// The id of the record that `source` knows under `key`.
    pub fn new(source: &str, key: &str) -> Self {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        let digest = Sha256::new()
            .chain_update((source.len() as u64).to_be_bytes())
            .chain_update(source)
            .chain_update(key)
            .finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }

    /// The id's 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Written by the million: one text, and not a formatted one for each byte.
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RecordId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is no id: an id is 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct NoId;

impl FromStr for RecordId {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let digits = text.as_bytes();
        if digits.len() != 32 || !digits.is_ascii() {
            return Err(NoId);
        }
        let mut id = [0; 16];
        for (byte, pair) in id.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| NoId)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NoId)?;
        }
        Ok(Self(id))
    }
}

/// A typed, normalised key under which a person is known: `email`, `phone`, `user_id`, `anonymous_id`, `national_id`, or a
/// source's own, as `hubspot:contact_id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// The type.
    pub kind: Symbol,
    /// The normalised value.
    pub value: CompactString,
}

/// One row of an offline import, or one web identity, after normalisation; the rows of one source with one key are one
/// record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The lasting id.
    pub id: RecordId,
    /// Where it comes from, as configured: `shopify`, `hubspot`, `web`, …
    pub source: Symbol,
    /// The source's own key. For the web: `anonymous id`, `anonymous id/user id` or `/user id`.
    pub key: CompactString,
    /// When the source says the record came to be; unknown sorts after every known time.
    pub first_seen: Option<Timestamp>,
    /// The keys it carries, sorted, each once.
    pub identifiers: Vec<Identifier>,
    /// What it says of the person, in the order of (trait, time, line).
    pub observations: Vec<Observation>,
    /// Third-party data: its identifiers find a person to add to, and never join two others.
    pub enrichment: bool,
}

/// One value of one trait, and where it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The trait: `given_name`, `email`, `city`, or any name the mapping gives.
    pub name: Symbol,
    /// The normalised value.
    pub value: CompactString,
    /// The telling it is part of: what one row says is told at once, so a row's observations share one.
    pub told: Arc<Telling>,
}

/// When and where something was told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Telling {
    /// When the source says it was so; otherwise the day of the import.
    pub at: Timestamp,
    /// Where it was read.
    pub origin: Origin,
}

/// Where a value was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The imported file's name, or the day of the web log, as `web 2026-11-19`.
    pub file: Symbol,
    /// The line in the file, counted from 1; 0 where there are no lines.
    pub line: u64,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Paid or on the way to it.
    Completed,
    /// Refunded in full.
    Refunded,
    /// Cancelled before it was fulfilled.
    Cancelled,
}

impl OrderStatus {
    /// The status's name in the log and in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderStatus::Completed => "completed",
            OrderStatus::Refunded => "refunded",
            OrderStatus::Cancelled => "cancelled",
        }
    }
}

/// An order as one source tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The order's number; the same number from two sources is the same order.
    pub order_id: String,
    /// The source that tells of it.
    pub source: String,
    /// The record of the customer, where there is one.
    pub record: Option<RecordId>,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// What was paid, less what was refunded.
    pub amount: Amount,
    /// ISO 4217 code.
    pub currency: String,
    /// What became of it.
    pub status: OrderStatus,
    /// Where it was read.
    pub origin: Origin,
}

/// An amount of money in ten-thousandths of its currency's unit, so that sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i64);

impl Amount {
    /// Ten-thousandths in one unit.
    pub const SCALE: i64 = 10_000;

    /// The amount in units of its currency.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }
}

impl fmt::Display for Amount {
    /// Two decimals, as `-12.50`; more only where the amount has them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, whole) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (units, rest) = (whole / Self::SCALE as u64, whole % Self::SCALE as u64);
        if rest % 100 == 0 {
            write!(f, "{sign}{units}.{:02}", rest / 100)
        } else {
            write!(f, "{sign}{units}.{rest:04}")
        }
    }
}

/// One answer to one purpose: what was said, when, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConsentFact {
    /// The record that answered.
    pub record: RecordId,
    /// The purpose, as `email_marketing`.
    pub purpose: String,
    /// When, as the source says; otherwise the day of the import.
    pub at: Timestamp,
    /// The earliest moment at which it can have been given, by which answers are ranked. It is `at`, but for a yes without a
    /// date: that may be as old as can be, and so it outranks no refusal that somebody dated.
    pub earliest: Timestamp,
    /// Granted or refused.
    pub granted: bool,
    /// The source that tells of it.
    pub source: String,
    /// What shows it: a column and its value class, a banner, a letter's reference. Never personal data.
    pub evidence: String,
}

/// What one web identity did on one day under one event name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyActivity {
    /// The web identity.
    pub record: RecordId,
    /// Days since 1970-01-01, in UTC, by the event's own time.
    pub day: i32,
    /// The event's name.
    pub event: String,
    /// How many times.
    pub count: u64,
    /// The first and the last of them.
    pub span: (Timestamp, Timestamp),
}

/// One thing a web identity did that a computed trait is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The web identity.
    pub record: RecordId,
    /// The trait's place among the configured ones, in the order of their names.
    pub computed: u16,
    /// When.
    pub at: Timestamp,
    /// The value of the property that the trait is made of, where it is made of one.
    pub value: Option<Symbol>,
}

/// How often visitors without consent did one thing on one page in one day. Counts only: it names nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AudienceCount {
    /// Days since 1970-01-01, in UTC, by the hit's own time.
    pub day: i32,
    /// The site.
    pub site: String,
    /// The event's name.
    pub event: String,
    /// The path of the page.
    pub path: String,
    /// How many times, bots left out.
    pub hits: u64,
    /// By how many visitors, as far as their hash of the day tells them apart.
    pub visitors: u64,
    /// How many times programs did it.
    pub bots: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_source_and_key_alone_and_read_back() {
        let id = RecordId::new("hubspot", "42");
        assert_eq!(id, RecordId::new("hubspot", "42"));
        assert_ne!(RecordId::new("ab", "c"), RecordId::new("a", "bc"));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("zz".repeat(16).parse::<RecordId>(), Err(NoId));
        assert_eq!("é".repeat(16).parse::<RecordId>(), Err(NoId));
    }

    #[test]
    fn amounts_show_two_decimals_or_all_four() {
        assert_eq!(Amount(-125_000).to_string(), "-12.50");
        assert_eq!(Amount(19_9999).to_string(), "19.9999");
        assert_eq!(Amount(0).to_string(), "0.00");
    }
}
