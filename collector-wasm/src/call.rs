//! One call of the page's, with the time and the URL it was made at. The loader writes them, also for calls made before
//! the wasm was ready.

use crate::text::{self, FIELD};

/// A call as the loader stamped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call<'a> {
    /// When it was made, in milliseconds since the epoch.
    pub at: i64,
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
    /// Properties, traits or answers, as [`fields`](crate::fields) describes them. Empty when there are none.
    pub fields: &'a str,
}

impl<'a> Call<'a> {
    /// Reads the fields of a call. What is not there is empty.
    pub fn new(at: i64, stamped: &'a str) -> Self {
        let mut fields = text::parts(stamped, FIELD);
        Self {
            at,
            url: fields.part(),
            referrer: fields.part(),
            title: fields.part(),
            verb: fields.part(),
            name: text::trim(fields.part()),
            other: text::trim(fields.part()),
            fields: fields.rest(),
        }
    }
}
