//! Who the visitor is, as the site's own storage remembers it after consent: a random id, the id the site gave, and the
//! answers. It exists only while the gate is open.

use alloc::string::String;

use event_schema::{ConsentState, Id, Purpose};
use serde::Serialize;
use serde_json::Value;

use crate::Surroundings;

/// The storage key of the record.
const KEY: &str = "firsthand.visitor";

/// A visitor who agreed to be recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Visitor {
    pub anonymous_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Id>,
    pub consent: ConsentState,
}

impl Visitor {
    /// A new visitor with a random id, or `None` where the browser gives no random bytes.
    pub fn new(consent: ConsentState, surroundings: &mut impl Surroundings) -> Option<Self> {
        let anonymous_id = Id::new(&random_id(surroundings)?).ok()?;
        Some(Self {
            anonymous_id,
            user_id: None,
            consent,
        })
    }

    /// The visitor an earlier page stored. A record that cannot be read, or without a grant, is none.
    pub fn stored(surroundings: &impl Surroundings) -> Option<Self> {
        let record: Value = serde_json::from_str(&surroundings.stored(KEY)?).ok()?;
        let id = |name: &str| Id::new(record.get(name)?.as_str()?).ok();
        let answers = record.get("consent")?.as_object()?;
        let mut consent = ConsentState::default();
        for (name, answer) in answers {
            consent.set(Purpose::new(name)?, answer.as_bool()?);
        }
        consent.grants(Purpose::ANALYTICS).then_some(())?;
        Some(Self {
            anonymous_id: id("anonymousId")?,
            user_id: id("userId"),
            consent,
        })
    }

    /// Keeps the record for later pages. Where the storage is blocked the visitor is remembered on this page only.
    pub fn store(&self, surroundings: &mut impl Surroundings) {
        if let Ok(record) = serde_json::to_string(self) {
            surroundings.store(KEY, &record);
        }
    }

    /// Removes the record.
    pub fn forget(surroundings: &mut impl Surroundings) {
        surroundings.forget(KEY);
    }
}

/// 32 hexadecimal digits of the browser's best randomness.
pub(crate) fn random_id(surroundings: &mut impl Surroundings) -> Option<String> {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16);
    let bytes = surroundings.random()?;
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
