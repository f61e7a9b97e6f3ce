//! What the site wrote into its script tag.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

/// How the collector behaves on this site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The key that names the site at the edge (`data-write-key`).
    pub write_key: String,
    /// Whether visits are counted without an id where consent is missing (`data-audience="on"`).
    pub audience: bool,
    /// Whether only [`page`](crate::Collector::call) calls count as page views (`data-pages="manual"`).
    pub manual_pages: bool,
    /// Query parameters that stay in URLs, besides the campaign's (`data-query`).
    pub query: Vec<String>,
    /// The browser's language.
    pub locale: Option<String>,
    /// Whether the browser says Global Privacy Control or Do Not Track.
    pub objects: bool,
}

impl Settings {
    /// Reads the loader's JSON object; what is missing or of another type keeps its default.
    pub fn from_json(json: &str) -> Self {
        let given: Value = serde_json::from_str(json).unwrap_or_default();
        let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
        let on = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or_default();
        let locale = text("locale");
        Self {
            write_key: text("writeKey").to_owned(),
            audience: on("audience"),
            manual_pages: on("manualPages"),
            query: text("query")
                .split([',', ' '])
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            locale: (!locale.is_empty()).then(|| locale.to_owned()),
            objects: on("objects"),
        }
    }
}
