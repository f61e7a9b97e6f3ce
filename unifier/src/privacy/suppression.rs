//! The suppression list: keyed hashes of the identifiers of erased people, so that the next import does not bring them
//! back.
//!
//! A hash is HMAC-SHA256 under a random key of this store. It cannot be read backwards, but whoever holds the store can
//! ask whether a given address is on the list: that is its purpose, and its limit.

use std::collections::BTreeMap;

use event_schema::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::PrivacyError;
use crate::store::{Change, State};

/// The state's kind for hashes.
const HASHES: &str = "suppressed";
/// The state's kind for the key.
const KEY: &str = "suppression_key";

/// The suppression list, held in memory while a program runs: a hash and a time for each suppressed identifier.
#[derive(Debug)]
pub struct Suppression {
    key: [u8; 32],
    hashes: BTreeMap<String, Timestamp>,
}

/// The kind under which the key of a record of `source` is suppressed, beside the identifier types.
pub fn record_kind(source: &str) -> String {
    format!("record:{source}")
}

impl Suppression {
    /// Reads the list; a store that has none yet gets its random key.
    ///
    /// # Errors
    /// [`PrivacyError`] when the disk refuses, or the system has no randomness to make the key from.
    pub fn open(state: &State) -> Result<Self, PrivacyError> {
        let key = match state.get::<[u8; 32]>(KEY, "")? {
            Some(key) => key,
            None => {
                let mut key = [0; 32];
                getrandom::fill(&mut key)?;
                state.apply(&[Change::put(KEY, "", &key)])?;
                key
            }
        };
        Ok(Self {
            key,
            hashes: state.all(HASHES)?,
        })
    }

    /// Whether an identifier, or a record's key (see [`record_kind`]), is on the list.
    pub fn contains(&self, kind: &str, value: &str) -> bool {
        self.since(kind, value).is_some()
    }

    /// Since when an identifier, or a record's key, is on the list.
    pub fn since(&self, kind: &str, value: &str) -> Option<Timestamp> {
        if self.hashes.is_empty() {
            None
        } else {
            self.hashes.get(&self.hash(kind, value)).copied()
        }
    }

    /// The change that puts an identifier on the list.
    pub fn add(&self, kind: &str, value: &str, since: Timestamp) -> Change {
        Change::put(HASHES, &self.hash(kind, value), &since)
    }

    /// How many identifiers are on the list.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    fn hash(&self, kind: &str, value: &str) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            return String::new();
        };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store;

    #[test]
    fn the_list_lasts_and_holds_no_value() {
        let (_folder, store) = store::empty();
        let list = Suppression::open(store.state()).unwrap();
        assert!(!list.contains("email", "a@example.org"));
        let change = list.add("email", "a@example.org", Timestamp::from_millis(7));
        assert!(!format!("{change:?}").contains("example"));
        store.state().apply(&[change]).unwrap();

        let list = Suppression::open(store.state()).unwrap();
        assert!(list.contains("email", "a@example.org"));
        assert!(!list.contains("phone", "a@example.org"));
        assert_eq!(list.len(), 1);
    }
}
