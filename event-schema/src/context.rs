//! Where an event happened: the page, the campaign that led there, and the consent in force.

use alloc::string::String;

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
}

/// Segment's `context.consent`: one object around the answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Consent {
    /// Purpose by purpose, granted or refused.
    pub category_preferences: ConsentState,
}

impl Consent {
    fn is_empty(&self) -> bool {
        self.category_preferences.is_empty()
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

/// A campaign, from the `utm_…` parameters of the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
}

/// A JSON object with its keys in order.
pub type JsonObject = Map<String, Value>;
