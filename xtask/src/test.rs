//! `cargo xtask test`: everything that must hold, from an empty machine on.

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace, say};
use crate::{build, lint, setup};

/// Sets up, lints, builds, and runs every test.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, setup::Scope::Tests)?;
    lint::run(workspace)?;
    for (what, program) in [
        ("collector", build::Program::Collector),
        ("edge worker", build::Program::Edge),
        ("edge worker with faults", build::Program::EdgeFaults),
    ] {
        say(&format!("test: building the {what}"));
        build::run(workspace, program)?;
    }
    collector_in_browser(workspace)?;
    say("test: all crates");
    workspace::run(&mut workspace.cargo(&["test", "--workspace", "--quiet"]))
}

/// Runs the collector's tests that only a browser can: wasm-bindgen's runner serves them to a headless Chromium, as
/// `collector-wasm/webdriver.json` says.
fn collector_in_browser(workspace: &Workspace) -> Result<()> {
    say("test: the collector's wasm in Chromium");
    let runner = workspace.tools().join("bin/wasm-bindgen-test-runner");
    let driver =
        setup::system::find_chromedriver(workspace).context("chromedriver is missing: run `cargo xtask setup`")?;
    let target = ["--lib", "--target", "wasm32-unknown-unknown"];
    // Without --quiet, which cargo would pass on to a runner that does not know it.
    let mut tests = workspace.cargo(&["test", "--package", "collector-wasm"]);
    tests
        .args(target)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", driver);
    workspace::run(&mut tests)
}
