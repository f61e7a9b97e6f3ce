//! The types of version 1. Their fields and variants are written in this order and without names: none may ever move.

use serde::{Deserialize, Serialize};

use super::VERSION_1;

/// What one request carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch<'a> {
    /// The key that names the site.
    pub write_key: &'a str,
    /// When it was sent, in milliseconds since the epoch by the device's clock.
    pub sent_at: i64,
    /// The events, all of one lane.
    #[serde(borrow)]
    pub lane: Lane<'a>,
}

/// The events of one lane, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Lane<'a> {
    /// Of visitors who agreed to be recognised.
    #[serde(borrow)]
    Consented(Vec<Event<'a>>),
    /// Counted without consent.
    Audience(Vec<Hit<'a>>),
}

/// An event with consent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event<'a> {
    /// Whose it is; nothing where it is that of the event before.
    #[serde(borrow)]
    pub visitor: Option<Visitor<'a>>,
    /// Where it happened; nothing where it is as of the event before.
    pub scene: Option<Scene<'a>>,
    /// Its number in the session, from 0: a number that is missing is an event that was lost.
    pub sequence: u32,
    /// When it happened, in milliseconds since the session began; negative for what the page said before.
    pub after: i64,
    /// What happened.
    pub what: What<'a>,
    /// Properties or traits, flat and in order.
    pub fields: Vec<Token<'a>>,
}

/// Who the visitor is, and what they agreed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visitor<'a> {
    /// The random id in the site's own storage.
    pub anonymous: [u8; 16],
    /// The id that the site gave; empty when there is none.
    pub user: &'a str,
    /// The browser's language.
    pub locale: &'a str,
    /// The random id of the session, which lives in the page's memory.
    pub session: [u8; 8],
    /// When the session began, in milliseconds since the epoch.
    pub began: i64,
    /// Events of this session that were given up before they were numbered.
    pub dropped: u32,
    /// The consent receipt in force, by its number among this visitor's; 0 when there is none.
    pub receipt: u32,
    /// The answers in force.
    pub answers: Vec<Answer<'a>>,
}

/// One purpose's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer<'a> {
    /// The purpose.
    #[serde(borrow)]
    pub purpose: Named<'a>,
    /// Whether it was granted.
    pub granted: bool,
}

/// A purpose, by its position in [`PURPOSES`] or by its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Named<'a> {
    /// One of [`PURPOSES`].
    Known(u8),
    /// Another one.
    Other(&'a str),
}

/// Where something happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scene<'a> {
    /// The page's address.
    #[serde(borrow)]
    pub url: Text<'a>,
    /// Where the visitor came from.
    pub referrer: Text<'a>,
    /// The document's title.
    pub title: Text<'a>,
    /// The campaign: position in [`CAMPAIGN`], value as it stands in the address.
    pub campaign: Vec<(u8, Text<'a>)>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What<'a> {
    /// The visitor saw a page, of this name where it is not empty.
    #[serde(borrow)]
    Page(Text<'a>),
    /// The visitor did something of this name.
    Track(Text<'a>),
    /// The visitor is this person.
    Identify,
    /// The visitor was known under this id before.
    Alias(Text<'a>),
    /// The visitor belongs to the group of this id.
    Group(Text<'a>),
}

/// One step through a JSON object, whose own braces are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Token<'a> {
    /// The end of the innermost list or object.
    End,
    /// The name of the field that follows.
    #[serde(borrow)]
    Name(Text<'a>),
    /// A string.
    Text(Text<'a>),
    /// A whole number.
    Integer(i64),
    /// A decimal number: the digits without the point, and how many stand behind it.
    Decimal(i64, u8),
    /// Any other number, as JSON writes it.
    Number(&'a str),
    /// `null`.
    Null,
    /// `false`.
    False,
    /// `true`.
    True,
    /// A list begins.
    List,
    /// An object begins.
    Object,
}

/// A text, once in full and then by its number among the texts of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Text<'a> {
    /// For the first time.
    New(&'a str),
    /// The text that was the n-th new one, from 0.
    Again(u32),
}

/// A view or an action counted without consent: nothing that could tell one visitor from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit<'a> {
    /// The id under which it is de-duplicated; new for every hit, so that it joins nothing.
    pub id: [u8; 16],
    /// How many milliseconds before the request it happened.
    pub ago: i64,
    /// The name of the action; empty for a page view.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The page's path.
    pub path: Text<'a>,
    /// Scheme and host that the visitor came from.
    pub referrer: Text<'a>,
    /// The campaign, without ids of clicks.
    pub campaign: Vec<(u8, Text<'a>)>,
}

/// Finds texts that the batch has already.
#[derive(Debug, Default)]
pub struct Texts<'a>(Vec<&'a str>);

impl<'a> Texts<'a> {
    /// The text, in full or by its number.
    pub fn text(&mut self, text: &'a str) -> Text<'a> {
        match self.0.iter().position(|known| *known == text) {
            Some(place) => Text::Again(place as u32),
            None => {
                self.0.push(text);
                Text::New(text)
            }
        }
    }
}

impl Batch<'_> {
    /// The body of a request, as the pages of version 1 wrote it.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Into memory, and of types that postcard knows: there is nothing to go wrong.
        postcard::to_extend(self, vec![VERSION_1]).unwrap_or_default()
    }
}
