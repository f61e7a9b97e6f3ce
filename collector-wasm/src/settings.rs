//! What the site wrote into its script tag.

use alloc::string::String;

use crate::text::{self, FIELD};

/// How the collector behaves on this site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The key that names the site at the edge (`data-write-key`).
    pub write_key: String,
    /// Query parameters that stay in URLs, besides the campaign's, with commas between them (`data-query`).
    pub query: String,
    /// The browser's language; empty when unknown.
    pub locale: String,
    /// Whether visits are counted without an id where consent is missing (`data-audience="on"`).
    pub audience: bool,
    /// Whether only `page` calls count as page views (`data-pages="manual"`).
    pub manual_pages: bool,
    /// Whether the part of the address behind `#` tells one page from another (`data-pages="hash"`).
    pub hash_pages: bool,
    /// Whether the browser says Global Privacy Control or Do Not Track.
    pub objects: bool,
}

impl Settings {
    /// Reads the loader's fields: write key, query parameters, language, and the initials of what is on.
    pub fn from_fields(given: &str) -> Self {
        let mut fields = text::parts(given, FIELD);
        let (write_key, query, locale, on) = (fields.part(), fields.part(), fields.part(), fields.part());
        let is_on = |initial: u8| on.bytes().any(|given| given == initial);
        Self {
            write_key: String::from(write_key),
            query: String::from(query),
            locale: String::from(locale),
            audience: is_on(b'a'),
            manual_pages: is_on(b'm'),
            hash_pages: is_on(b'h'),
            objects: is_on(b'o'),
        }
    }
}
