//! Write keys: which site each belongs to, who may use it, and what it takes.

use std::collections::BTreeMap;

use event_schema::Purpose;
use serde::Deserialize;

use crate::quarantine::key_mark;
use crate::refusal::Refusal;

/// Characters a write key has at least: guessing is not a way in.
const KEY_CHARS: usize = 8;

/// The configured write keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteKeys(BTreeMap<String, KeySettings>);

/// Who may use a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Pages; public, and held to a list of origins.
    Browser,
    /// Servers; secret, and refused when a page uses it.
    Server,
}

/// What one write key allows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The site its events belong to.
    pub site: String,
    /// Who may use it.
    pub kind: KeyKind,
    /// The origins of the pages that may use it, as browsers write them: `https://shop.example`.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Whether it takes anonymous audience hits of visitors without consent.
    #[serde(default)]
    pub audience: bool,
    /// Purposes granted to events of a server key that carry no consent of their own: what the site has on file.
    #[serde(default)]
    pub purposes: Vec<Purpose>,
    /// The set of schemas in `schemas.json` that its events are held to; without it any event will do.
    #[serde(default)]
    pub schemas: Option<String>,
    /// Whether it may be used at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

impl WriteKeys {
    /// Reads and checks `{"key": {"site": …, "kind": "browser", "origins": […]}, …}`.
    ///
    /// # Errors
    /// What is wrong and the way out, without any key: they may be secret.
    pub fn from_json(json: &str) -> Result<Self, String> {
        let keys: BTreeMap<String, KeySettings> = serde_json::from_str(json).map_err(|error| {
            format!(
                "WRITE_KEYS is not valid (line {}, column {}): {}",
                error.line(),
                error.column(),
                reason_of(&error)
            )
        })?;
        if keys.is_empty() {
            return Err("WRITE_KEYS names no key".to_owned());
        }
        for (number, (key, settings)) in keys.iter().enumerate() {
            check(key, settings)
                .map_err(|fault| format!("key {} in WRITE_KEYS (site {}): {fault}", number + 1, settings.site))?;
        }
        Ok(Self(keys))
    }

    /// The settings of a key.
    ///
    /// # Errors
    /// [`Refusal::UnknownKey`] for a key that is not there or switched off.
    pub fn find(&self, key: &str) -> Result<&KeySettings, Refusal> {
        self.0
            .get(key)
            .filter(|settings| settings.enabled)
            .ok_or(Refusal::UnknownKey)
    }

    /// The settings of the key of this mark, switched off or not: see [`key_mark`](crate::quarantine::key_mark).
    pub fn by_mark(&self, mark: &str) -> Option<&KeySettings> {
        let of_mark = |(key, settings): (&String, _)| (key_mark(key) == mark).then_some(settings);
        self.0.iter().find_map(of_mark)
    }

    /// The settings of all keys, with the number of each.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &KeySettings)> {
        (1..).zip(self.0.values())
    }

    /// Whether any key takes events from this origin: a preflight names no key.
    pub fn any_allows(&self, origin: &str) -> bool {
        self.0
            .values()
            .any(|settings| settings.enabled && settings.lists(origin))
    }
}

impl KeySettings {
    /// Checks that the sender may use the key.
    ///
    /// # Errors
    /// A refusal that says which rule was broken.
    pub fn admit(&self, origin: Option<&str>) -> Result<(), Refusal> {
        match (self.kind, origin) {
            (KeyKind::Browser, Some(origin)) if self.lists(origin) => Ok(()),
            (KeyKind::Browser, Some(_)) => Err(Refusal::OriginNotAllowed),
            (KeyKind::Browser, None) => Err(Refusal::OriginMissing),
            (KeyKind::Server, None) => Ok(()),
            (KeyKind::Server, Some(_)) => Err(Refusal::ServerKeyInPage),
        }
    }

    fn lists(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }
}

/// Serde's message, which may quote what it read, cut to what it expected.
fn reason_of(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => {
            "a field is missing, unknown or of the wrong kind; the fields are site, kind, origins, audience, purposes, schemas, enabled"
        }
        _ => "it is not JSON",
    }
}

fn check(key: &str, settings: &KeySettings) -> Result<(), &'static str> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b':' && b != b'"');
    if key.len() < KEY_CHARS || !plain(key) {
        return Err("a key has at least 8 visible ASCII characters and no colon or quotation mark");
    }
    if settings.site.is_empty() || !plain(&settings.site) {
        return Err("site is the site's short name, of visible ASCII characters");
    }
    match settings.kind {
        KeyKind::Browser if settings.origins.is_empty() => Err("a browser key needs the origins of its pages"),
        KeyKind::Browser if !settings.purposes.is_empty() => {
            Err("only a server key has default purposes: a page sends its visitor's")
        }
        KeyKind::Server if !settings.origins.is_empty() => Err("a server key has no origins"),
        _ if !settings.origins.iter().all(|origin| is_origin(origin)) => Err(
            "an origin is a scheme and a host in lower case, as https://shop.example, without a path; a star is not allowed",
        ),
        _ => Ok(()),
    }
}

/// `https://host` or `http://host:port`, as a browser would write it.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> WriteKeys {
        let json = r#"{"web-key-1": {"site": "shop", "kind": "browser", "origins": ["https://shop.example"], "audience": true},
            "web-key-2": {"site": "blog", "kind": "browser", "origins": ["https://blog.example"]},
            "old-key-1": {"site": "shop", "kind": "browser", "origins": ["https://shop.example"], "enabled": false},
            "server-key": {"site": "shop", "kind": "server", "purposes": ["analytics"]}}"#;
        WriteKeys::from_json(json).unwrap()
    }

    fn verdict(key: &str, origin: Option<&str>) -> Result<(), Refusal> {
        keys().find(key)?.admit(origin)
    }

    #[test]
    fn unknown_and_disabled_keys_are_refused_alike() {
        assert_eq!(
            verdict("nobody's", Some("https://shop.example")),
            Err(Refusal::UnknownKey)
        );
        assert_eq!(
            verdict("old-key-1", Some("https://shop.example")),
            Err(Refusal::UnknownKey)
        );
    }

    #[test]
    fn a_key_is_held_to_its_own_origins() {
        assert_eq!(verdict("web-key-1", Some("https://shop.example")), Ok(()));
        for origin in [
            "https://blog.example",
            "http://shop.example",
            "https://shop.example.evil.example",
            "null",
            "",
        ] {
            assert_eq!(
                verdict("web-key-1", Some(origin)),
                Err(Refusal::OriginNotAllowed),
                "{origin}"
            );
        }
    }

    #[test]
    fn without_an_origin_only_a_server_key_will_do_and_with_one_it_will_not() {
        assert_eq!(verdict("web-key-1", None), Err(Refusal::OriginMissing));
        assert_eq!(verdict("server-key", None), Ok(()));
        assert_eq!(
            verdict("server-key", Some("https://shop.example")),
            Err(Refusal::ServerKeyInPage)
        );
    }

    #[test]
    fn a_preflight_is_granted_to_listed_origins_of_enabled_keys() {
        assert!(keys().any_allows("https://blog.example"));
        assert!(!keys().any_allows("https://evil.example"));
    }

    #[test]
    fn broken_configuration_is_refused_without_quoting_a_key() {
        let fault = |json: &str| WriteKeys::from_json(json).unwrap_err();
        for (json, expected) in [
            ("{}", "no key"),
            ("{", "not JSON"),
            (r#"{"secret-key": {"site": "s", "kind": "robot"}}"#, "wrong kind"),
            (
                r#"{"secret-key": {"site": "s", "kind": "server", "colour": 1}}"#,
                "wrong kind",
            ),
            (r#"{"short": {"site": "s", "kind": "server"}}"#, "at least 8"),
            (
                r#"{"secret-key": {"site": "s", "kind": "browser"}}"#,
                "needs the origins",
            ),
            (
                r#"{"secret-key": {"site": "s", "kind": "browser", "origins": ["*"]}}"#,
                "star",
            ),
            (
                r#"{"secret-key": {"site": "s", "kind": "browser", "origins": ["https://a.example/"]}}"#,
                "without a path",
            ),
            (
                r#"{"secret-key": {"site": "s", "kind": "server", "origins": ["https://a.example"]}}"#,
                "no origins",
            ),
        ] {
            let message = fault(json);
            assert!(message.contains(expected), "{json}: {message}");
            assert!(!message.contains("secret-key"), "{message}");
        }
    }
}
