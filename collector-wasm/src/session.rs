//! A session, in the page's memory only: a random id and the number of the next event, so that what is lost can be counted.

use crate::Surroundings;

/// A session ends when nothing happens for half an hour, in milliseconds.
const IDLE: i64 = 30 * 60 * 1000;

/// The events of one page, up to a long pause.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The random id, which is one of its visitor's only.
    pub id: u32,
    /// The number of the next event.
    pub sequence: u32,
    /// Events that were given up on this page before the session began.
    pub dropped_before: u32,
    last: i64,
}

impl Session {
    /// Whether an event that happens `at` still belongs to it.
    pub fn goes_on(&mut self, at: i64) -> bool {
        let goes_on = at.saturating_sub(self.last) < IDLE;
        self.last = self.last.max(at);
        goes_on
    }

    /// A new one, or `None` where the browser gives no random numbers.
    pub fn new(at: i64, dropped_before: u32, surroundings: &mut impl Surroundings) -> Option<Self> {
        Some(Self {
            id: surroundings.random()?,
            sequence: 0,
            dropped_before,
            last: at,
        })
    }
}
