//! What the collector needs from the page it lives in. It never decides anything.

use alloc::string::String;
use alloc::vec::Vec;

/// A page, as far as the collector reaches into it. Nothing here may panic or throw: what the browser refuses is `None`
/// or `false`.
pub trait Surroundings {
    /// Milliseconds since 1970-01-01T00:00:00Z by the device's clock.
    fn now(&self) -> i64;
    /// 16 bytes nobody can guess, or `None` where the browser gives none.
    fn random(&mut self) -> Option<[u8; 16]>;
    /// What the site's own storage holds under `key`.
    fn stored(&self, key: &str) -> Option<String>;
    /// The keys in the site's own storage that start with `prefix`, in no particular order.
    fn stored_keys(&self, prefix: &str) -> Vec<String>;
    /// Keeps `value` under `key`; `false` when the storage is blocked or full.
    fn store(&mut self, key: &str, value: &str) -> bool;
    /// Removes what is under `key`.
    fn forget(&mut self, key: &str);
    /// Sends `body` so that it outlives the page; the answer arrives later as [`Collector::settled`] with the same `flight`.
    ///
    /// [`Collector::settled`]: crate::Collector::settled
    fn post(&mut self, body: &str, flight: u32);
    /// Hands `body` to the browser for a page that goes away. `true` says that the browser took it, not that it arrived.
    fn beacon(&mut self, body: &str) -> bool;
    /// Asks for [`Collector::tick`] after `delay` milliseconds, in place of any earlier request.
    ///
    /// [`Collector::tick`]: crate::Collector::tick
    fn wake(&mut self, delay: u32);
}
