//! Counts page views once: a route that replaces its own address, or drops the campaign from it, is the same view.

use alloc::borrow::ToOwned;
use alloc::string::String;

/// The page that was counted last, and the one before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Views {
    last: Option<String>,
    before: Option<String>,
}

impl Views {
    /// Whether `page` is another page than the one counted last; it is the last from now on.
    pub fn is_new(&mut self, page: &str) -> bool {
        if self.last.as_deref() == Some(page) {
            return false;
        }
        self.before = self.last.replace(page.to_owned());
        true
    }

    /// The page of this document from which the visitor came to the current one.
    pub fn came_from(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Forgets the pages, because the visitor comes back to one: that is a new view.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}
