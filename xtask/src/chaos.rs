//! `cargo xtask chaos`: the worker under kills and faults, and whether what it acknowledged is in the unifier's log once.

use anyhow::Result;

use crate::workspace::{self, Workspace, say};
use crate::{build, setup};

/// Sets up, builds, and runs so many batches under so many kills.
pub fn run(workspace: &Workspace, batches: usize, kills: usize) -> Result<()> {
    setup::run(workspace, setup::Scope::Tests)?;
    build::run(workspace, build::Program::Collector)?;
    build::run(workspace, build::Program::EdgeFaults)?;
    workspace::run(&mut workspace.cargo(&["build", "--package", "unifier", "--package", "whole-way", "--bins"]))?;
    say(&format!(
        "chaos: {batches} batches, {kills} kills; about ten minutes for each 100,000"
    ));
    let program = workspace.target.join("debug/chaos");
    let sizes = [batches, kills].map(|size| size.to_string());
    workspace::run(workspace.command(&program.to_string_lossy()).args(sizes))
}
