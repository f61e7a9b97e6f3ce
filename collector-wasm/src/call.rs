//! One call of the page's, with the time and the URL it was made at. The loader writes them, also for calls made before
//! the wasm was ready.

use crate::text::{self, FIELD};

/// What a call asks for, as the loader says it: by its place in `VERBS` of `js/firsthand.js`, a digit.
pub(crate) mod verb {
    pub const PAGE: u8 = b'0';
    pub const TRACK: u8 = b'1';
    pub const IDENTIFY: u8 = b'2';
    pub const ALIAS: u8 = b'3';
    pub const GROUP: u8 = b'4';
    /// The address may have changed.
    pub const VISIT: u8 = b'5';
    pub const CONSENT: u8 = b'6';
    pub const RESET: u8 = b'7';
    /// The page is back from the browser's cache.
    pub const RETURN: u8 = b'8';
    /// Another tab changed what is stored.
    pub const ELSEWHERE: u8 = b'9';
}

/// A call as the loader stamped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call<'a> {
    /// When it was made, in milliseconds since the epoch.
    pub at: i64,
    /// The page's address at that moment.
    pub url: &'a [u8],
    /// The document's referrer.
    pub referrer: &'a [u8],
    /// The document's title.
    pub title: &'a [u8],
    /// One of [`verb`], or anything else.
    pub verb: u8,
    /// What it names: an event, a page, an id. Empty when nothing.
    pub name: &'a [u8],
    /// The other id of an `alias`. Empty when there is none.
    pub other: &'a [u8],
    /// Properties, traits or answers, as [`fields`](crate::fields) describes them. Empty when there are none.
    pub fields: &'a [u8],
}

impl<'a> Call<'a> {
    /// Reads the fields of a call. What is not there is empty.
    pub fn new(at: i64, stamped: &'a [u8]) -> Self {
        let mut fields = text::parts(stamped, FIELD);
        Self {
            at,
            url: fields.part(),
            referrer: fields.part(),
            title: fields.part(),
            verb: fields.part().first().copied().unwrap_or_default(),
            name: fields.part(),
            other: fields.part(),
            fields: fields.rest(),
        }
    }
}
