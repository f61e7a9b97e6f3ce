//! What a visitor agreed to. What is not named is not known, and not known means no.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

#[cfg(feature = "decode")]
pub use self::state::ConsentState;
use crate::limits;

/// The event that tells of a visitor's answers, as Segment's consent tools name it. Its properties are the receipt: `method`,
/// `wording`, `version` and `language` of what the visitor was asked, where the site says so.
pub const CONSENT_UPDATED: &str = "Segment Consent Preference Updated";

/// What data may be used for: a lower-case word such as `analytics` or `email_marketing`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Purpose(String);

impl Purpose {
    /// Measuring how a known visitor uses the site.
    pub const ANALYTICS: &str = "analytics";
    /// Adapting pages to the person.
    pub const PERSONALISATION: &str = "personalisation";
    /// Sending e-mail that advertises.
    pub const EMAIL_MARKETING: &str = "email_marketing";
    /// Sending text messages that advertise.
    pub const SMS_MARKETING: &str = "sms_marketing";
    /// Deriving traits and predictions about the person.
    pub const PROFILING: &str = "profiling";

    /// Takes a purpose's name: 1 to [`limits::PURPOSE_CHARS`] of `a-z`, `0-9` and `_`.
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=limits::PURPOSE_CHARS).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        fits.then(|| Self(name.to_owned()))
    }

    /// The purpose's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Purpose {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name).ok_or("a purpose is a word of a-z, 0-9 and _")
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> String {
        purpose.0
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "decode")]
mod state {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize, Serializer};

    use super::Purpose;

    /// Which purposes were granted or refused. On the wire it is Segment's `categoryPreferences`: `{"analytics": true}`.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
    #[serde(from = "BTreeMap<Purpose, bool>")]
    pub struct ConsentState(
        /// In the order of the purposes' names. There are few, and the page has no other use for a tree.
        Vec<(Purpose, bool)>,
    );

    impl ConsentState {
        /// Whether `purpose` was granted. A purpose nobody asked about is not.
        pub fn grants(&self, purpose: &str) -> bool {
            self.get(purpose) == Some(true)
        }

        /// The answer to `purpose`, if there is one.
        pub fn get(&self, purpose: &str) -> Option<bool> {
            let answer = self.iter().find(|(named, _)| named.as_str() == purpose);
            answer.map(|(_, granted)| granted)
        }

        /// Records an answer, in place of any earlier one for the same purpose.
        pub fn set(&mut self, purpose: Purpose, granted: bool) {
            match self.0.binary_search_by(|(named, _)| named.cmp(&purpose)) {
                Ok(place) => self.0[place].1 = granted,
                Err(place) => self.0.insert(place, (purpose, granted)),
            }
        }

        /// The answers, in the order of the purposes' names.
        pub fn iter(&self) -> impl Iterator<Item = (&Purpose, bool)> {
            self.0.iter().map(|(purpose, granted)| (purpose, *granted))
        }

        /// Whether no purpose was answered.
        pub fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        /// How many purposes were answered.
        pub fn len(&self) -> usize {
            self.0.len()
        }
    }

    impl FromIterator<(Purpose, bool)> for ConsentState {
        fn from_iter<I: IntoIterator<Item = (Purpose, bool)>>(answers: I) -> Self {
            let mut state = Self::default();
            answers
                .into_iter()
                .for_each(|(purpose, granted)| state.set(purpose, granted));
            state
        }
    }

    impl From<BTreeMap<Purpose, bool>> for ConsentState {
        fn from(answers: BTreeMap<Purpose, bool>) -> Self {
            Self(answers.into_iter().collect())
        }
    }

    impl Serialize for ConsentState {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.iter())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_not_granted() {
        let mut consent = ConsentState::default();
        assert!(!consent.grants(Purpose::ANALYTICS));
        consent.set(Purpose::new("analytics").unwrap(), true);
        assert!(consent.grants(Purpose::ANALYTICS));
        consent.set(Purpose::new("analytics").unwrap(), false);
        assert!(!consent.grants(Purpose::ANALYTICS));
    }

    #[test]
    fn purposes_are_lower_case_words() {
        assert_eq!(Purpose::new("E-Mail"), None);
        assert_eq!(Purpose::new(""), None);
        assert_eq!(Purpose::new(&"a".repeat(limits::PURPOSE_CHARS + 1)), None);
    }
}
