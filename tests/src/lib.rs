//! What tests of the parts together stand on: the worker in the local Workers runtime. Needs `cargo xtask test`'s set-up and builds.

mod client;
mod edge;
mod repository;
mod unifier;

pub use client::{Answer, Client};
pub use edge::{EXPORT_TOKEN, Edge, OTHER_SITE_KEY, SERVER_KEY, Site, WEB_KEY};
pub use repository::{node, repository};
pub use unifier::{Ui, Unifier};
