//! The npm packages of `package-lock.json`: the Workers runtime, a Node.js new enough for it, esbuild, wasm-opt, and the driver of
//! the browser tests.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::{installing, there};
use crate::workspace::{Workspace, run};

/// Installs the locked packages, unless what is installed came from this very lock file.
pub fn packages(workspace: &Workspace) -> Result<()> {
    let lock_path = workspace.root.join("package-lock.json");
    let lock = fs::read(&lock_path).with_context(|| format!("cannot read {}", lock_path.display()))?;
    let installed_from = workspace.node_modules().join(".installed-from.json");
    if fs::read(&installed_from).is_ok_and(|installed| installed == lock) {
        there("npm packages");
        return Ok(());
    }
    ensure!(
        workspace.which("npm").is_some(),
        "npm is missing (the Workers runtime comes from it): install Node.js (https://nodejs.org), then run this again"
    );
    installing("npm packages", "the Workers runtime and build tools, about 600 MB");
    // With the system's own Node.js, since `npm ci` removes ours; no install scripts: the packages carry their programs.
    run(workspace
        .command("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]))
    .context("npm could not install the packages of package-lock.json: check the network, then run this again")?;
    fs::write(&installed_from, lock).with_context(|| format!("cannot write {}", installed_from.display()))
}
