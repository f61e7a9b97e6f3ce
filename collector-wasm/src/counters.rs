//! How many events went where, so that loss is known and not guessed. Never what was in them.

use alloc::string::String;

use crate::json;
use crate::wire::Object;

/// Counts since the page was loaded. Every event asked for ends in exactly one of them, or still waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Acknowledged by the edge.
    pub delivered: u32,
    /// Sent as an audience hit; a beacon has no answer.
    pub measured: u32,
    /// Not sent, because the visitor refused or withdrew.
    pub refused: u32,
    /// Not sent, because an id was a placeholder or no id at all.
    pub junk_ids: u32,
    /// Not sent, because the call was malformed: an unknown name, no event name, an event over the limits.
    pub malformed: u32,
    /// Not counted, because the same page was counted already.
    pub repeated: u32,
    /// Lost, because more were waiting than the collector keeps.
    pub overflowed: u32,
    /// Lost, because the edge will not take them (wrong key, wrong shape).
    pub rejected: u32,
    /// Lost, because the browser gave no random bytes or took no beacon.
    pub unsendable: u32,
}

impl Counters {
    /// The counts as a JSON object.
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        Object::write(&mut text, |fields| {
            for (name, count) in [
                ("delivered", self.delivered),
                ("measured", self.measured),
                ("refused", self.refused),
                ("junkIds", self.junk_ids),
                ("malformed", self.malformed),
                ("repeated", self.repeated),
                ("overflowed", self.overflowed),
                ("rejected", self.rejected),
                ("unsendable", self.unsendable),
            ] {
                let mut digits = String::new();
                json::push_number(&mut digits, count.into());
                fields.json(name, &digits);
            }
        });
        text
    }
}
