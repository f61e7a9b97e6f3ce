//! The snippet that a site embeds: it turns what a visitor does into events, and lets none of them leave before the
//! visitor's consent allows it.
//!
//! [`Collector`] is the pure core. It is told what happens (a call, a timer, an answer, a page that goes away) and acts
//! only through [`Surroundings`], so that every rule here is tested without a browser. `browser.rs` is the one file that
//! reaches into the browser; what calls back (listeners, timers, `fetch`) lives in the loader, `js/firsthand.js`.
//!
//! Nothing here panics: no indexing, no unwrapping, no slicing by byte. What cannot be done is left undone and counted.

#![cfg_attr(all(feature = "page", target_arch = "wasm32"), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod browser;
mod call;
mod collector;
mod counters;
mod draft;
mod fields;
mod frame;
mod gate;
mod lane;
mod outbox;
pub mod redact;
#[cfg(all(feature = "page", target_arch = "wasm32"))]
mod runtime;
mod session;
mod settings;
mod surroundings;
mod text;
pub mod url;
mod views;
mod visitor;

pub use collector::{Collector, FIELD_MARK};
pub use counters::Counters;
pub use settings::Settings;
pub use surroundings::Surroundings;
