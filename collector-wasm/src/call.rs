//! One call of the page's, with the time and the URL it was made at. The loader writes them, also for calls made before
//! the wasm was ready.

use alloc::borrow::ToOwned;
use alloc::collections::VecDeque;
use alloc::string::String;

use event_schema::{Properties, Timestamp};
use serde_json::Value;

/// A call as the loader stamped it: `[at, url, referrer, title, verb, argument…]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// When it was made.
    pub at: Timestamp,
    /// The page's address at that moment.
    pub url: String,
    /// The document's referrer.
    pub referrer: String,
    /// The document's title.
    pub title: String,
    /// `visit`, `page`, `track`, `identify`, …
    pub verb: String,
    /// What the site gave.
    pub arguments: Arguments,
}

/// A call's arguments, taken one by one from the left.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arguments(VecDeque<Value>);

impl Call {
    /// Reads a stamped call, or `None` when the loader could not have written it.
    pub fn from_json(json: &str) -> Option<Self> {
        let Ok(Value::Array(parts)) = serde_json::from_str(json) else {
            return None;
        };
        let mut parts = Arguments(parts.into());
        let at = parts.0.pop_front()?.as_f64()?;
        let mut text = || match parts.0.pop_front() {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Some(Self {
            // A clock beyond 2^53 ms is no clock; `as` saturates.
            at: Timestamp::from_millis(at as i64),
            url: text()?,
            referrer: text()?,
            title: text()?,
            verb: text()?,
            arguments: parts,
        })
    }
}

impl Arguments {
    /// The next argument if it names something: text, or a number as text. Anything else stays.
    pub fn name(&mut self) -> Option<String> {
        match self.0.front()? {
            Value::String(text) => {
                let text = text.trim().to_owned();
                self.0.pop_front();
                Some(text)
            }
            Value::Number(number) => {
                let text = serde_json::to_string(number).ok();
                self.0.pop_front();
                text
            }
            // `identify(null, {…})` names nobody and still has traits.
            Value::Null => {
                self.0.pop_front();
                None
            }
            _ => None,
        }
    }

    /// The next argument if it is an object, else an empty one.
    pub fn object(&mut self) -> Properties {
        match self.0.pop_front() {
            Some(Value::Object(fields)) => fields,
            _ => Properties::new(),
        }
    }
}
