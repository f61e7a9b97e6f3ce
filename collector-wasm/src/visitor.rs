//! Who the visitor is, as the site's own storage remembers it after consent: a random id, the id the site gave, and the
//! answers. It exists only while the gate is open.

use alloc::vec::Vec;

use crate::Surroundings;
use crate::gate::{Gate, Verdict};
use crate::text::{self, LINE};

/// The storage key of the record.
pub(crate) const KEY: &[u8] = b"firsthand.visitor";
/// Hexadecimal digits of the random id.
pub(crate) const ID_DIGITS: usize = 32;

/// A visitor who agreed to be recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// [`ID_DIGITS`].
    pub anonymous: Vec<u8>,
    /// The site's own id of the visitor; empty when it gave none.
    pub user: Vec<u8>,
    /// How many consent receipts the visitor has; the last of them is in force.
    pub receipts: u32,
}

impl Visitor {
    /// A new visitor with a random id, or `None` where the browser gives no random numbers.
    pub fn new(surroundings: &mut impl Surroundings) -> Option<Self> {
        let mut anonymous = Vec::new();
        put_random(&mut anonymous, ID_DIGITS / 8, surroundings)?;
        Some(Self {
            anonymous,
            user: Vec::new(),
            receipts: 0,
        })
    }

    /// The visitor whom an earlier page stored, whose answers are put in place of those in `gate`. A record without a grant is
    /// none, and leaves no answers.
    pub fn stored(record: &[u8], gate: &mut Gate) -> Option<Self> {
        let mut lines = text::parts(record, LINE);
        let (anonymous, user, receipts) = (lines.part(), lines.part(), text::whole(lines.part()));
        let answers = lines.rest();
        gate.replace(text::from(record, record.len() - answers.len() - 1));
        if let Some(receipts) = receipts
            && gate.verdict() == Verdict::Granted
            && anonymous.len() == ID_DIGITS
        {
            return Some(Self {
                anonymous: text::copy(anonymous),
                user: text::copy(user),
                receipts: receipts as u32,
            });
        }
        gate.replace(b"");
        None
    }

    /// Keeps the record for later pages: a line each for the random id, the site's id, the number of receipts, and every
    /// answer. Where the storage is blocked the visitor is remembered on this page only.
    pub fn store(&self, gate: &Gate, surroundings: &mut impl Surroundings) {
        let mut record = text::copy(&self.anonymous);
        text::put_after(&mut record, LINE, &self.user);
        text::push(&mut record, LINE);
        text::put_number(&mut record, self.receipts.into());
        text::put(&mut record, gate.answers());
        surroundings.keep(KEY, &record);
    }
}

/// Appends so many random numbers, eight hexadecimal digits each.
pub(crate) fn put_random(text: &mut Vec<u8>, numbers: usize, surroundings: &mut impl Surroundings) -> Option<()> {
    for _ in 0..numbers {
        text::put_hexadecimal(text, surroundings.random()?);
    }
    Some(())
}
