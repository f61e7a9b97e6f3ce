//! `cargo xtask test`: everything that must hold, from an empty machine on.

use anyhow::Result;

use crate::workspace::{self, Workspace, say};
use crate::{build, lint, setup};

/// Sets up, lints, builds, and runs every test.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, setup::Scope::Tests)?;
    lint::run(workspace)?;
    for (what, program) in [
        ("collector", build::Program::Collector),
        ("edge worker", build::Program::Edge),
    ] {
        say(&format!("test: building the {what}"));
        build::run(workspace, program)?;
    }
    say("test: all crates");
    workspace::run(&mut workspace.cargo(&["test", "--workspace", "--quiet"]))
}
