//! What every part of a page's collector works in, handed on as one.

use crate::{Counters, Settings};

/// The site's wishes, the page, the time, and what became of the events so far.
pub(crate) struct Frame<S> {
    pub settings: Settings,
    pub surroundings: S,
    pub counters: Counters,
    /// When the loader called, in milliseconds since the epoch.
    pub now: i64,
}
