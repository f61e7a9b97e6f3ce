//! Values as shops write them: a price as a number or as text, an id as text or as a number.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// An id or a name: text, or a number that stands for it. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string | number"))]
pub struct Text(String);

/// An amount of money or a rate, in the units of the event's currency: a number, or its digits as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number | `${number}`"))]
pub struct Amount(String);

/// How many, or at which place: a whole number from 0, or its digits as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number | `${number}`"))]
pub struct Count(u64);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Amount {
    /// The amount as it was written, `49.90` for instance. Texts may hold a sign or separators of thousands.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Count {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = written(deserializer)?;
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = written(deserializer)?;
        if text.bytes().any(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("an amount has digits"))
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = written(deserializer)?;
        let whole = text.strip_suffix(".0").unwrap_or(&text);
        whole.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A text that is not empty, or a number's.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(D::Error::custom("neither a text nor a number")),
    };
    if text.is_empty() {
        return Err(D::Error::custom("an empty text"));
    }
    Ok(text)
}
