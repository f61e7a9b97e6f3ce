//! `cargo xtask bench`: figures for `docs/benchmarks.md`. Prints; never judges.

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::Workspace;

/// The benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bench {}

/// Runs one benchmark, or all.
pub fn run(_workspace: &Workspace, _name: Option<Bench>) -> Result<()> {
    Ok(())
}
