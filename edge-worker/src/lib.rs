//! The edge: takes batches of events from pages and servers, checks and de-identifies them, writes them to a durable log, and only
//! then answers.
//!
//! All but [`runtime`] is pure: no clock, no input or output, no type of the Workers runtime. What a request meets, in order:
//! [`route`] → [`credentials`] and [`keys`] → [`body`] → [`receive`] ([`schemas`], [`consent`], [`lane`], [`agent`], [`page`], [`visitor`])
//! → [`batch_id`] → the log ([`seen`], [`segment`]). The unifier fetches the log through [`export`].

pub mod agent;
pub mod answer;
pub mod batch_id;
pub mod body;
pub mod collector_files;
pub mod consent;
pub mod cors;
pub mod credentials;
pub mod export;
pub mod hex;
pub mod jsonl;
pub mod keys;
pub mod lane;
pub mod page;
pub mod quarantine;
pub mod rate;
pub mod receive;
pub mod refusal;
pub mod rejected;
pub mod route;
pub mod schemas;
pub mod seen;
pub mod segment;
pub mod settings;
pub mod visitor;

#[cfg(target_arch = "wasm32")]
mod runtime;
