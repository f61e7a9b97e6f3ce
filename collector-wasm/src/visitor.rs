//! Who the visitor is, as the site's own storage remembers it after consent: a random id, the id the site gave, and the
//! answers. It exists only while the gate is open.

use alloc::string::String;

use event_schema::{ConsentState, Id, Purpose};

use crate::{Surroundings, text};

/// The storage key of the record.
const KEY: &str = "firsthand.visitor";

/// A visitor who agreed to be recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub anonymous_id: Id,
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
        let record = surroundings.stored(KEY)?;
        let mut lines = text::parts(&record, b'\n');
        let anonymous_id = Id::new(lines.next()?).ok()?;
        let user_id = Id::new(lines.next()?).ok();
        let mut consent = ConsentState::default();
        for answer in lines {
            let (purpose, granted) = text::once(answer, b'=')?;
            consent.set(Purpose::new(purpose)?, granted == "yes");
        }
        consent.grants(Purpose::ANALYTICS).then_some(Self {
            anonymous_id,
            user_id,
            consent,
        })
    }

    /// Keeps the record for later pages: a line each for the random id, the site's id (which is empty when there is none;
    /// ids hold no line breaks) and every answer. Where the storage is blocked the visitor is remembered on this page only.
    pub fn store(&self, surroundings: &mut impl Surroundings) {
        let mut record = String::from(self.anonymous_id.as_str());
        record.push('\n');
        record.push_str(self.user_id.as_ref().map_or("", Id::as_str));
        for (purpose, granted) in self.consent.iter() {
            record.push('\n');
            record.push_str(purpose.as_str());
            record.push_str(if granted { "=yes" } else { "=no" });
        }
        surroundings.store(KEY, &record);
    }

    /// Removes the record.
    pub fn forget(surroundings: &mut impl Surroundings) {
        surroundings.forget(KEY);
    }
}

/// 32 hexadecimal digits of the browser's best randomness.
pub(crate) fn random_id(surroundings: &mut impl Surroundings) -> Option<String> {
    let mut id = String::with_capacity(32);
    for byte in surroundings.random()? {
        for nibble in [byte >> 4, byte & 15] {
            id.push(char::from_digit(nibble.into(), 16)?);
        }
    }
    Some(id)
}
