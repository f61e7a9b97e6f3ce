//! The collector's files, built into the worker, so that a site serves its snippet from its own domain.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::hex;

/// One file of the collector.
#[derive(Debug)]
pub struct CollectorFile {
    /// Its name below `/collector/`.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// A strong entity tag, quotation marks included.
    pub etag: String,
}

/// Name and bytes of each file, written by the build script.
const EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/collector_files.rs"));

static FILES: LazyLock<Vec<CollectorFile>> = LazyLock::new(|| {
    let file = |&(name, bytes): &(&'static str, &'static [u8])| CollectorFile {
        name,
        bytes,
        etag: etag_of(bytes),
    };
    EMBEDDED.iter().map(file).collect()
});

/// Finds a file by its name.
pub fn find(name: &str) -> Option<&'static CollectorFile> {
    FILES.iter().find(|file| file.name == name)
}

impl CollectorFile {
    /// The headers of an answer with this file, or of one that says the browser has it already.
    pub fn headers(&self) -> [(&'static str, String); 6] {
        [
            ("content-type", content_type(self.name).to_owned()),
            ("cache-control", cache_control(self.name).to_owned()),
            ("etag", self.etag.clone()),
            ("x-content-type-options", "nosniff".to_owned()),
            // Public bytes without cookies: any page may load them, as one with a stricter policy of its own must be able to.
            ("access-control-allow-origin", "*".to_owned()),
            ("cross-origin-resource-policy", "cross-origin".to_owned()),
        ]
    }

    /// Whether a browser that sent this `If-None-Match` has the file.
    pub fn is_known_by(&self, if_none_match: Option<&str>) -> bool {
        let same = |tag: &str| tag.trim().trim_start_matches("W/") == self.etag;
        if_none_match.is_some_and(|tags| tags.split(',').any(same))
    }
}

fn etag_of(bytes: &[u8]) -> String {
    format!("\"{}\"", &hex::encode(&Sha256::digest(bytes))[..32])
}

/// A module must come as `application/wasm`, or browsers refuse to compile it while it arrives.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A name that holds a hash of its bytes never changes them; any other is asked for again after an hour.
fn cache_control(name: &str) -> &'static str {
    let is_hash = |part: &str| part.len() >= 8 && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if name.split(['.', '-', '_']).any(is_hash) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_caching_follow_the_name() {
        assert_eq!(content_type("collector.0a1b2c3d.wasm"), "application/wasm");
        assert_eq!(content_type("loader.js"), "text/javascript; charset=utf-8");
        assert!(cache_control("collector.0a1b2c3d.wasm").contains("immutable"));
        assert!(!cache_control("loader.js").contains("immutable"));
    }

    #[test]
    fn a_browser_that_has_the_file_is_told_so() {
        let file = CollectorFile {
            name: "loader.js",
            bytes: b"x",
            etag: etag_of(b"x"),
        };
        assert!(file.is_known_by(Some(&format!("\"other\", W/{}", file.etag))));
        assert!(!file.is_known_by(Some("\"other\"")));
        assert!(!file.is_known_by(None));
    }
}
