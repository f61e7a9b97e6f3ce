//! Who the visitor is, as the site's own storage remembers it after consent: a random id, the id the site gave, and the
//! answers. It exists only while the gate is open.

use alloc::string::String;

use crate::Surroundings;
use crate::gate::{Gate, Verdict};
use crate::text::{self, LINE};

/// The storage key of the record.
pub(crate) const KEY: &str = "firsthand.visitor";
/// What the line with the number of consent receipts begins with.
const RECEIPTS: &str = "#";

/// A visitor who agreed to be recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// 32 hexadecimal digits.
    pub anonymous: String,
    /// The site's own id of the visitor; empty when it gave none.
    pub user: String,
    /// How many consent receipts the visitor has; the last of them is in force.
    pub receipts: u32,
}

impl Visitor {
    /// A new visitor with a random id, or `None` where the browser gives no random bytes.
    pub fn new(surroundings: &mut impl Surroundings) -> Option<Self> {
        let mut anonymous = String::new();
        text::push_hexadecimal(&mut anonymous, &surroundings.random()?);
        Some(Self {
            anonymous,
            user: String::new(),
            receipts: 0,
        })
    }

    /// The visitor whom an earlier page stored, with the answers put into `gate`. A record without a grant is none.
    pub fn stored(record: &str, gate: &mut Gate) -> Option<Self> {
        let mut lines = text::parts(record, LINE);
        let anonymous = String::from(lines.part());
        let user = String::from(lines.part());
        let mut receipts = 0;
        for line in lines {
            match text::once(line, b'=')? {
                (RECEIPTS, number) => receipts = text::whole(number)? as u32,
                (purpose, answer) => {
                    gate.answer(purpose, answer == "yes");
                }
            }
        }
        (gate.verdict() == Verdict::Granted && anonymous.len() == 32).then_some(Self {
            anonymous,
            user,
            receipts,
        })
    }

    /// Keeps the record for later pages: a line each for the random id, the site's id, every answer, and the receipts. Where
    /// the storage is blocked the visitor is remembered on this page only.
    pub fn store(&self, gate: &Gate, surroundings: &mut impl Surroundings) {
        let mut record = self.anonymous.clone();
        record.push('\n');
        record.push_str(&self.user);
        record.push_str(gate.answers());
        record.push('\n');
        record.push_str(RECEIPTS);
        record.push('=');
        text::push_number(&mut record, self.receipts.into());
        surroundings.keep(KEY, &record);
    }
}
