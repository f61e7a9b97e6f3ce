//! Ids as the page and its servers give them, with the junk refused that has merged strangers elsewhere.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::limits;

/// An id that names a visitor, a user or a group: 1 to [`limits::ID_CHARS`] characters, no control characters, and not
/// one of the values that programs write when they have no id (`undefined`, `null`, `[object Object]`, zeros, …).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// The id under which an event is de-duplicated. Any text of 1 to [`limits::ID_CHARS`] visible characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidId {
    /// Nothing but white space.
    Empty,
    /// Longer than [`limits::ID_CHARS`].
    TooLong,
    /// Holds a control character.
    ControlCharacter,
    /// A value that stands for "no id" and would join strangers.
    Junk,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidId::Empty => "the id is empty",
            InvalidId::TooLong => "the id is too long",
            InvalidId::ControlCharacter => "the id holds a control character",
            InvalidId::Junk => "the id is a placeholder",
        })
    }
}

impl core::error::Error for InvalidId {}

/// What programs write when they have no id, in lower case. Zeros, dashes and repeated letters are found by rule.
const JUNK: &[u8] = b"undefined|null|none|nil|nan|n/a|na|false|true|anonymous|anon|guest|unknown|user|userid|user_id|id|test|[object object]|-1";

/// Whether a text is one that programs write when they have no id.
pub fn is_placeholder(id: impl AsRef<[u8]>) -> bool {
    let id = id.as_ref();
    id.iter().all(|byte| matches!(byte, b'0' | b'-' | b'_' | b'.' | b' '))
        || JUNK
            .split(|byte| *byte == b'|')
            .any(|junk| junk.eq_ignore_ascii_case(id))
}

impl Id {
    /// Checks `text` and takes it, without the white space around it.
    ///
    /// # Errors
    /// [`InvalidId`] says why the text cannot name anybody.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        let id = visible(text)?;
        if is_placeholder(id) {
            Err(InvalidId::Junk)
        } else {
            Ok(Self(id.to_owned()))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl MessageId {
    /// The id that 16 bytes make: 32 hexadecimal digits.
    #[cfg(feature = "decode")]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(hex::encode(bytes))
    }

    /// Checks `text` and takes it, without the white space around it.
    ///
    /// # Errors
    /// [`InvalidId`] says why the text is no message id.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        visible(text).map(|id| Self(id.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn visible(text: &str) -> Result<&str, InvalidId> {
    let id = text.trim();
    if id.is_empty() {
        Err(InvalidId::Empty)
    } else if id.chars().nth(limits::ID_CHARS).is_some() {
        Err(InvalidId::TooLong)
    } else if id.chars().any(char::is_control) {
        Err(InvalidId::ControlCharacter)
    } else {
        Ok(id)
    }
}

macro_rules! text_conversions {
    ($type:ident) => {
        impl TryFrom<String> for $type {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(&text)
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> String {
                id.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_conversions!(Id);
text_conversions!(MessageId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_ids() {
        for junk in [
            "undefined",
            "NULL",
            " null ",
            "0",
            "0000-0000",
            "-",
            "[object Object]",
            "Anonymous",
            "-1",
        ] {
            assert_eq!(Id::new(junk), Err(InvalidId::Junk), "{junk}");
        }
    }

    #[test]
    fn ids_are_trimmed_and_bounded() {
        assert_eq!(Id::new(" u-17 ").map(String::from), Ok("u-17".to_owned()));
        assert_eq!(Id::new("   "), Err(InvalidId::Empty));
        assert_eq!(Id::new("a\nb"), Err(InvalidId::ControlCharacter));
        assert_eq!(
            Id::new(&"é".repeat(limits::ID_CHARS)).map(|id| id.as_str().chars().count()),
            Ok(limits::ID_CHARS)
        );
        assert_eq!(Id::new(&"é".repeat(limits::ID_CHARS + 1)), Err(InvalidId::TooLong));
    }
}
