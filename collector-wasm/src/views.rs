//! Counts page views once: a route that replaces its own address, or drops the campaign from it, is the same view.

use alloc::vec::Vec;

use crate::text;

/// The page that was counted last, and the one before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Views {
    last: Vec<u8>,
    before: Vec<u8>,
}

impl Views {
    /// Whether `page` is another page than the one counted last; it is the last from now on.
    pub fn is_new(&mut self, page: &[u8]) -> bool {
        let new = self.last != page;
        if new {
            self.before = core::mem::replace(&mut self.last, text::copy(page));
        }
        new
    }

    /// The page of this document from which the visitor came to the current one; empty on the first.
    pub fn came_from(&self) -> &[u8] {
        &self.before
    }

    /// Forgets the pages, because the visitor comes back to one: that is a new view.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}
