//! What the edge stores: an event plus what only the edge knows, in one of two lanes.
//!
//! The lanes are different types, so that no code path can carry an id from one into the other: an [`AudienceHit`] has no
//! field that could hold one, and the unifier's identity graph takes [`ConsentedEvent`]s only.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Campaign, Event, MessageId, Timestamp};

/// One stored line of the edge's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "lane", rename_all = "lowercase")]
#[allow(
    clippy::large_enum_variant,
    reason = "read and written one at a time; a hit fits, an event is larger still"
)]
pub enum Envelope {
    /// Anonymous audience measurement, without consent.
    Audience(AudienceHit),
    /// An event of a visitor who agreed to be recognised.
    Consented(Box<ConsentedEvent>),
}

impl Envelope {
    /// The id under which it is de-duplicated.
    pub fn message_id(&self) -> &MessageId {
        match self {
            Envelope::Audience(hit) => &hit.message_id,
            Envelope::Consented(event) => &event.event.message_id,
        }
    }
}

/// A visit counted without consent: no id, no properties, no traits, no query, and a visitor hash that nobody can
/// compute again once the day's salt is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AudienceHit {
    /// The id under which the hit is de-duplicated: new for every hit, so it joins nothing.
    pub message_id: MessageId,
    /// When it happened, as the client wrote it.
    pub timestamp: Timestamp,
    /// When the edge received it.
    pub received_at: Timestamp,
    /// The site the write key belongs to.
    pub site: String,
    /// The event's name, as [`Event::name`](crate::Event::name) gives it.
    pub name: String,
    /// The path of the page, without query or fragment.
    pub path: String,
    /// The host the visitor came from; empty when unknown.
    pub referrer_host: String,
    /// The campaign that brought the visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Campaign>,
    /// The visitor's hash of the day; absent when the edge does not know the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<VisitorHash>,
    /// ISO 3166-1 alpha-2 country; empty when unknown.
    pub country: String,
    /// What kind of device.
    pub device: DeviceClass,
    /// Whether it looks like a program rather than a person.
    pub bot: bool,
}

/// An event with consent, as the edge stores it. It carries the visitor's first-party ids and no visitor hash: a hash
/// stored beside an id would join the two lanes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentedEvent {
    /// The event as the client sent it, checked.
    #[serde(flatten)]
    pub event: Event,
    /// When the edge received it.
    pub received_at: Timestamp,
    /// How much earlier than the edge's clock the client's clock ran, in milliseconds: received minus sent.
    #[serde(default)]
    pub clock_skew_ms: i64,
    /// The site the write key belongs to.
    pub site: String,
    /// ISO 3166-1 alpha-2 country; empty when unknown.
    pub country: String,
    /// What kind of device.
    pub device: DeviceClass,
    /// Whether it looks like a program rather than a person.
    pub bot: bool,
}

/// A keyed hash of site, truncated address and agent under the day's random salt: 16 bytes as 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VisitorHash(String);

impl VisitorHash {
    /// The hash of 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(hex::encode(bytes))
    }

    /// The hash as 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for VisitorHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fits {
            Ok(Self(text))
        } else {
            Err("a visitor hash is 32 lower-case hexadecimal digits")
        }
    }
}

impl From<VisitorHash> for String {
    fn from(hash: VisitorHash) -> String {
        hash.0
    }
}

/// What kind of device the visitor used, as far as the agent string tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceClass {
    /// A telephone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A desktop or laptop computer.
    Desktop,
    /// A television or console.
    Tv,
    /// Not known.
    #[default]
    Unknown,
}

impl DeviceClass {
    /// The class's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            DeviceClass::Mobile => "mobile",
            DeviceClass::Tablet => "tablet",
            DeviceClass::Desktop => "desktop",
            DeviceClass::Tv => "tv",
            DeviceClass::Unknown => "unknown",
        }
    }
}

impl fmt::Display for DeviceClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
