//! `cargo xtask bench`: figures for `docs/benchmarks.md`. Prints; never judges.

mod edge;
mod load;

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::Workspace;

/// The benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    /// Batches of ten events into the worker in the local Workers runtime.
    Edge,
}

/// Runs one benchmark, or all.
pub fn run(workspace: &Workspace, name: Option<Bench>) -> Result<()> {
    match name {
        None | Some(Bench::Edge) => edge::run(workspace),
    }
}
