//! What the collector needs from the page it lives in. It never decides anything.

/// A page, as far as the collector reaches into it. Nothing here may panic or throw: what the browser refuses is `None`
/// or `false`.
pub trait Surroundings {
    /// A number nobody can guess, or `None` where the browser gives none.
    fn random(&mut self) -> Option<u32>;
    /// Keeps `value` under `key` in the site's own storage, or removes what is there where `value` is empty; `false` when
    /// the storage is blocked or full.
    fn keep(&mut self, key: &[u8], value: &[u8]) -> bool;
    /// Removes everything that any page's collector keeps in the site's own storage.
    fn clear(&mut self);
    /// Sends `body` so that it outlives the page. With a `flight` the answer arrives later as [`Collector::settled`]; 0 is
    /// for a page that goes away, where `true` says that the browser took it and not that it arrived.
    ///
    /// [`Collector::settled`]: crate::Collector::settled
    fn send(&mut self, body: &[u8], flight: u32) -> bool;
    /// Asks for [`Collector::tick`] after `delay` milliseconds, in place of any earlier request.
    ///
    /// [`Collector::tick`]: crate::Collector::tick
    fn wake(&mut self, delay: u32);
}
