//! What comes from Python's package index: a server that speaks S3, against which the pull from a bucket is tested.

use std::fs;

use anyhow::{Context, Result};

use super::{installing, system, there};
use crate::workspace::{Workspace, run};

/// The server and its version.
const MOTO: &str = "moto[s3,server]==5.2.5";

/// Installs the server into an environment of its own beside the other tools.
pub fn s3_server(workspace: &Workspace) -> Result<()> {
    let environment = workspace.tools().join("moto");
    let installed = environment.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|version| version == MOTO) {
        there("S3 server for tests");
        return Ok(());
    }
    system::python_venv(workspace)?;
    installing(
        "S3 server for tests",
        "moto, which the pull from a bucket is tested against",
    );
    let python = environment.join("bin/python");
    run(workspace
        .command("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment))
    .and_then(|()| {
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MOTO];
        run(workspace.command(&python.to_string_lossy()).args(pip))
    })
    .context("could not install the S3 server for tests: check the network, then run this again")?;
    fs::write(&installed, MOTO).with_context(|| format!("cannot write {}", installed.display()))
}
