//! The worker's configuration, checked in full before it takes a request. There are no defaults for secrets.

use crate::keys::{KeySettings, WriteKeys};
use crate::refusal::Refusal;
use crate::schemas::{SchemaSet, SchemaSets};

/// Characters the export token has at least.
const TOKEN_CHARS: usize = 32;

/// What the worker is configured with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may send.
    pub keys: WriteKeys,
    /// What events are held to.
    pub schemas: SchemaSets,
    /// What the unifier shows to fetch the log.
    pub export_token: String,
}

impl Settings {
    /// Reads the settings; `value_of` gives the value of a variable or secret, and under `SCHEMAS` what stands in `schemas.json`.
    ///
    /// # Errors
    /// [`Refusal::Misconfigured`] with what is missing and the command that sets it.
    pub fn read(value_of: impl Fn(&str) -> Option<String>) -> Result<Self, Refusal> {
        let secret = |name: &str| {
            let missing = || {
                Refusal::Misconfigured(format!(
                    "the secret {name} is not set: run `wrangler secret put {name}`"
                ))
            };
            value_of(name).filter(|value| !value.is_empty()).ok_or_else(missing)
        };
        let export_token = secret("EXPORT_TOKEN")?;
        if export_token.len() < TOKEN_CHARS {
            let fault =
                format!("EXPORT_TOKEN is shorter than {TOKEN_CHARS} characters: make one with `openssl rand -hex 32`");
            return Err(Refusal::Misconfigured(fault));
        }
        let keys = WriteKeys::from_json(&secret("WRITE_KEYS")?).map_err(Refusal::Misconfigured)?;
        let schemas = SchemaSets::from_json(value_of("SCHEMAS").as_deref().unwrap_or("{}"));
        let settings = Self {
            keys,
            schemas: schemas.map_err(Refusal::Misconfigured)?,
            export_token,
        };
        settings.check_schemas().map_err(Refusal::Misconfigured)?;
        Ok(settings)
    }

    /// The schemas that a key's events are held to.
    pub fn schemas_of(&self, key: &KeySettings) -> Option<&SchemaSet> {
        self.schemas.find(key.schemas.as_deref()?)
    }

    fn check_schemas(&self) -> Result<(), String> {
        for (number, key) in self.keys.numbered() {
            if let Some(name) = key.schemas.as_deref().filter(|name| self.schemas.find(name).is_none()) {
                return Err(format!(
                    "key {number} in WRITE_KEYS (site {}) names the schemas `{name}`, which schemas.json does not have",
                    key.site
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = r#"{"web-key-1": {"site": "shop", "kind": "server"}}"#;

    fn fault(token: Option<&str>, keys: Option<&str>) -> String {
        let value = |name: &str| match name {
            "EXPORT_TOKEN" => token,
            "WRITE_KEYS" => keys,
            _ => None,
        };
        let read = Settings::read(|name| value(name).map(str::to_owned));
        read.map_or_else(|refusal| refusal.to_string(), |_| String::new())
    }

    #[test]
    fn a_missing_or_weak_secret_is_no_configuration() {
        let strong = "0123456789abcdef0123456789abcdef";
        assert_eq!(fault(Some(strong), Some(KEYS)), "");
        assert!(fault(None, Some(KEYS)).contains("wrangler secret put EXPORT_TOKEN"));
        assert!(fault(Some(""), Some(KEYS)).contains("EXPORT_TOKEN is not set"));
        assert!(fault(Some("short"), Some(KEYS)).contains("shorter than 32"));
        assert!(fault(Some(strong), None).contains("wrangler secret put WRITE_KEYS"));
        let astray = r#"{"web-key-1": {"site": "shop", "kind": "server", "schemas": "shop"}}"#;
        assert!(fault(Some(strong), Some(astray)).contains("names the schemas `shop`"));
    }
}
