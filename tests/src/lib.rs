//! What tests of the parts together stand on: the worker in the local Workers runtime. Needs `cargo xtask test`'s set-up and builds.

pub mod chaos;
mod client;
mod edge;
mod port;
pub mod probe;
mod repository;
mod s3;
mod unifier;

pub use self::unifier::{Ui, Unifier};
pub use client::{Answer, Client};
pub use edge::{EXPORT_TOKEN, Edge, OTHER_SITE_KEY, SERVER_KEY, Site, WEB_KEY};
pub use repository::{node, repository};
pub use s3::S3;
