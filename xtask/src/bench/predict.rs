//! Predictions beside the Python package `lifetimes`, which gets a virtual environment of its own under the target directory.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace, say};

/// The peer, at the version its figures are known for.
const PEER: &str = "lifetimes==0.11.3";

/// Runs the benchmark; without Python it runs alone and says so.
pub fn run(workspace: &Workspace) -> Result<()> {
    let mut bench = workspace.cargo(&["bench", "-p", "unifier", "--bench", "predict"]);
    // CPU seconds of one thread, as the peer has.
    bench.env("RAYON_NUM_THREADS", "1");
    match peer(workspace) {
        Ok(python) => drop(bench.env("FIRSTHAND_LIFETIMES_PYTHON", python)),
        Err(error) => say(&format!("predict: without the peer: {error:#}")),
    }
    workspace::run(&mut bench)
}

/// The interpreter of the virtual environment, made when it is missing.
fn peer(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.tools().join("lifetimes");
    let python = folder.join("bin/python");
    let has_peer = || {
        workspace::succeeds(
            workspace
                .command(&python.to_string_lossy())
                .args(["-c", "import lifetimes"]),
        )
    };
    if !has_peer() {
        say(&format!(
            "predict: installing {PEER} from PyPI into {}",
            folder.display()
        ));
        workspace::run(workspace.command("python3").args(["-m", "venv"]).arg(&folder))
            .context("python3 with its venv module is needed")?;
        workspace::run(
            workspace
                .command(&python.to_string_lossy())
                .args(["-m", "pip", "install", "--quiet", PEER]),
        )?;
    }
    Ok(python)
}
