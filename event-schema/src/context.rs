//! Where an event happened: the page, the campaign that led there, and the consent in force.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ConsentState;

/// The part of Segment's `context` that Firsthand reads. What it does not read is dropped at the edge: an address, an
/// agent string or a device id written there by a client never reaches the disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// The page on which the event happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// The campaign that brought the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Campaign>,
    /// The consent in force when the event happened.
    #[serde(skip_serializing_if = "Consent::is_empty")]
    pub consent: Consent,
    /// The browser's language, as `fr-CH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The event's place in its session, where the client numbers events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// An event's place in its session: what is missing between two numbers was lost, and is not guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The session's random id. It lives in the page's memory and is never stored on the device.
    pub id: String,
    /// The event's number in the session, from 0.
    pub sequence: u32,
    /// Events that the page gave up before it numbered them, since the session began.
    pub dropped: u32,
}

/// Segment's `context.consent`: one object around the answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Consent {
    /// Purpose by purpose, granted or refused.
    pub category_preferences: ConsentState,
    /// The receipt for these answers: see [`CONSENT_UPDATED`](crate::CONSENT_UPDATED).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

impl Consent {
    fn is_empty(&self) -> bool {
        self.category_preferences.is_empty() && self.receipt.is_none()
    }
}

/// A page, in Segment's words. The collector has already dropped query parameters that are not on its allow-list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Scheme, host, path and allowed query.
    pub url: String,
    /// The path alone.
    pub path: String,
    /// Where the visitor came from; empty when unknown.
    pub referrer: String,
    /// The document's title.
    pub title: String,
}

/// A campaign, from the `utm_…` parameters of the URL and the id that an advertising network gave the click.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Campaign {
    /// `utm_campaign`.
    pub name: String,
    /// `utm_source`.
    pub source: String,
    /// `utm_medium`.
    pub medium: String,
    /// `utm_term`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub term: String,
    /// `utm_content`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// The parameter that held the click's id: `gclid`, `fbclid`, … Never in the audience lane.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub click_id_name: String,
    /// The click's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub click_id: String,
}

/// A JSON object with its keys in order.
pub type JsonObject = Map<String, Value>;
