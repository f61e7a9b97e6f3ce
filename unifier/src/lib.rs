//! The unifier: the nightly batch program of Firsthand.
//!
//! Data moves one way: [`ingest`] → [`normalise`] → [`identity`] → [`profile`] → [`predict`] → [`segment`] → [`activate`].
//! [`run`] is the night, top to bottom. A stage is a function of (data, configuration, now); only ingest, [`store`],
//! activate and [`serve`] touch the outside.

pub mod activate;
pub mod cli;
pub mod columns;
mod command;
pub mod config;
pub mod dice;
pub mod identity;
pub mod ingest;
pub mod normalise;
pub mod people;
pub mod predict;
pub mod privacy;
pub mod profile;
pub mod record;
pub mod report;
pub mod review;
pub mod run;
pub mod segment;
pub mod serve;
pub mod store;
pub mod symbol;
