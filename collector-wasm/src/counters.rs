//! What became of everything the page asked for.

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
    /// The counts in the order above, which is the order of the names in the loader.
    pub fn all(&self) -> [u32; 9] {
        [
            self.delivered,
            self.measured,
            self.refused,
            self.junk_ids,
            self.malformed,
            self.repeated,
            self.overflowed,
            self.rejected,
            self.unsendable,
        ]
    }

    /// Events given up before they had a number, which the edge is told so that loss is measured and not guessed. What it
    /// refuses itself is a missing number already.
    pub fn dropped(&self) -> u32 {
        self.malformed + self.overflowed + self.unsendable
    }
}
