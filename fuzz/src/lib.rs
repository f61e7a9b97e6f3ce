//! What must hold of whatever bytes arrive from outside.
//!
//! A [`Target`] takes any bytes and panics when its invariant is broken. `cargo xtask fuzz` makes up bytes for it with libFuzzer
//! and keeps those that reach new code under `corpus/NAME`; `cargo test -p fuzz` takes the kept ones through the same functions on
//! the stable toolchain, without the engine. Nothing here is shipped.

mod edge;
mod input;
#[cfg(feature = "unifier")]
mod unifier;

/// Something that reads bytes from outside, and what must hold of it.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its corpus.
    pub name: &'static str,
    /// Takes an input; panics when the invariant is broken.
    pub run: fn(&[u8]),
}

impl Target {
    const fn new(name: &'static str, run: fn(&[u8])) -> Self {
        Self { name, run }
    }
}

/// All targets.
pub fn targets() -> Vec<Target> {
    let targets = edge::TARGETS.iter();
    #[cfg(feature = "unifier")]
    let targets = targets.chain(&unifier::TARGETS);
    targets.copied().collect()
}

/// The target of a name.
pub fn find(name: &str) -> Option<Target> {
    targets().into_iter().find(|target| target.name == name)
}
