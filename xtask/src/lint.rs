//! `cargo xtask lint`: formatting and lints, for the native target and for wasm.

use anyhow::Result;

use crate::workspace::{self, Workspace, say};

/// The crates that are built for wasm.
const WASM_CRATES: [&str; 2] = ["collector-wasm", "edge-worker"];

/// Fails on the first check that fails.
pub fn run(workspace: &Workspace) -> Result<()> {
    say("lint: formatting");
    workspace::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))?;
    say("lint: native");
    workspace::run(&mut workspace.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    for package in WASM_CRATES {
        say(&format!("lint: {package} on wasm32"));
        let target = ["--target", "wasm32-unknown-unknown", "--profile", "wasm"];
        let mut clippy = workspace.cargo(&["clippy", "--package", package, "--quiet"]);
        workspace::run(clippy.args(target).args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}
