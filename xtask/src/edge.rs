//! `cargo xtask edge`: the example shop's page and the worker in the local Workers runtime.

use anyhow::Result;

use crate::workspace::{self, Workspace, say};
use crate::{build, setup};

/// Builds what is missing, then serves until interrupted.
pub fn run(workspace: &Workspace, port: u16) -> Result<()> {
    setup::run(workspace, setup::Scope::Tests)?;
    build::run(workspace, build::Program::Collector)?;
    build::run(workspace, build::Program::Edge)?;
    say(&format!(
        "edge: the shop is at http://127.0.0.1:{port}/ (stop with ctrl-c)"
    ));
    let state = workspace.target.join("edge");
    let mut wrangler = workspace.command("wrangler");
    wrangler
        .current_dir(workspace.root.join("edge-worker"))
        .args(["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0", "--port"])
        .arg(port.to_string())
        .arg("--persist-to")
        .arg(state);
    workspace::run(&mut wrangler)
}
