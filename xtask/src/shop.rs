//! `cargo xtask shop`: the README's main job, a night over the example shop.

use anyhow::Result;

use crate::setup;
use crate::workspace::{self, Workspace};

/// Builds the unifier in release mode and hands it the example.
pub fn run(workspace: &Workspace, _arguments: &[String]) -> Result<()> {
    setup::run(workspace, setup::Scope::Night)?;
    workspace::run(&mut workspace.cargo(&["build", "--release", "--package", "unifier"]))
}
