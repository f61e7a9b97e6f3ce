//! What the site wrote into its script tag.

use alloc::vec::Vec;

use crate::text::{self, FIELD};

/// How the collector behaves on this site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The key that names the site at the edge (`data-write-key`).
    pub write_key: Vec<u8>,
    /// Query parameters that stay in URLs, besides the campaign's, with commas between them (`data-query`).
    pub query: Vec<u8>,
    /// The browser's language; empty when unknown.
    pub locale: Vec<u8>,
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
    /// Reads the loader's fields: write key, query parameters, language, `data-audience`, `data-pages`, and `true` where the
    /// browser objects.
    pub fn from_fields(given: &[u8]) -> Self {
        let mut fields = text::parts(given, FIELD);
        let mut given = || text::copy(fields.part());
        let (write_key, query, locale) = (given(), given(), given());
        let (audience, pages, objects) = (fields.part(), fields.part(), fields.part());
        Self {
            write_key,
            query,
            locale,
            audience: audience == b"on",
            manual_pages: pages == b"manual",
            hash_pages: pages == b"hash",
            objects: objects == b"true",
        }
    }
}
