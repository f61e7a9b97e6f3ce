//! What the site wrote into its script tag.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text;

/// How the collector behaves on this site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The key that names the site at the edge (`data-write-key`).
    pub write_key: String,
    /// Query parameters that stay in URLs, besides the campaign's (`data-query`).
    pub query: Vec<String>,
    /// The browser's language; empty when unknown.
    pub locale: String,
    /// Whether visits are counted without an id where consent is missing (`data-audience="on"`).
    pub audience: bool,
    /// Whether only `page` calls count as page views (`data-pages="manual"`).
    pub manual_pages: bool,
    /// Whether the browser says Global Privacy Control or Do Not Track.
    pub objects: bool,
}

impl Settings {
    /// Reads the loader's lines: write key, query parameters, language, and the names of what is on.
    pub fn from_lines(given: &str) -> Self {
        let mut lines = text::parts(given, b'\n');
        let mut line = || lines.next().unwrap_or_default();
        let (write_key, query, locale, on) = (line(), line(), line(), line());
        let is_on = |name: &str| text::parts(on, b' ').any(|word| word == name);
        Self {
            write_key: String::from(write_key),
            query: text::parts(query, b',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(String::from)
                .collect(),
            locale: String::from(locale),
            audience: is_on("audience"),
            manual_pages: is_on("manual"),
            objects: is_on("objects"),
        }
    }
}
