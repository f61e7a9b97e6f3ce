//! One call of the page's, with the time and the URL it was made at. The loader writes them, also for calls made before
//! the wasm was ready.

use event_schema::Timestamp;

use crate::{json, text};

/// A call as the loader stamped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call<'a> {
    /// When it was made.
    pub at: Timestamp,
    /// The page's address at that moment.
    pub url: &'a str,
    /// The document's referrer.
    pub referrer: &'a str,
    /// The document's title.
    pub title: &'a str,
    /// `visit`, `page`, `track`, `identify`, …
    pub verb: &'a str,
    /// What it names: an event, a page, an id. Empty when nothing.
    pub name: &'a str,
    /// The other id of an `alias`. Empty when there is none.
    pub other: &'a str,
    /// Properties, traits or answers, as the text of a JSON object. Empty when there are none.
    pub fields: &'a str,
}

impl<'a> Call<'a> {
    /// Reads the lines of a call: address, referrer, title, verb, name, other name, JSON object. What is not there is empty.
    pub fn new(at: i64, stamped: &'a str) -> Self {
        let mut lines = text::parts(stamped, b'\n');
        let mut line = || lines.next().unwrap_or_default();
        Self {
            at: Timestamp::from_millis(at),
            url: line(),
            referrer: line(),
            title: line(),
            verb: line(),
            name: line().trim(),
            other: line().trim(),
            fields: line(),
        }
    }

    /// The answers of a `consent` call: each field that is true or false.
    pub fn answers(&self, mut each: impl FnMut(&str, bool)) {
        json::flags(self.fields, &mut each);
    }
}
