//! `cargo xtask edge`: the example shop's page and the worker in the local Workers runtime.

use anyhow::{Result, ensure};

use crate::workspace::{self, Workspace, say};
use crate::{build, setup};

/// The export token of the worker on this machine. A deployed worker has no token until one is set.
pub const LOCAL_EXPORT_TOKEN: &str = "local-export-token-0123456789abcdef";

/// Builds the worker, then serves until interrupted.
pub fn run(workspace: &Workspace, port: u16) -> Result<()> {
    let pages = workspace.root.join("examples/shop/site");
    ensure!(
        pages.is_dir(),
        "{} is missing: the shop has no pages to serve",
        pages.display()
    );
    setup::run(workspace, setup::Scope::Tests)?;
    build::run(workspace, build::Program::Collector)?;
    build::run(workspace, build::Program::Edge)?;
    let state = workspace.target.join("edge");
    say(&format!(
        "edge: the shop is at http://127.0.0.1:{port}/ (stop with ctrl-c)\n\
         edge: state is kept in {}\n\
         edge: the unifier pulls from http://127.0.0.1:{port} with the token {LOCAL_EXPORT_TOKEN}",
        state.display()
    ));
    let mut wrangler = workspace.command("wrangler");
    wrangler
        .current_dir(workspace.root.join("dist/edge"))
        .args(["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0", "--port"])
        .arg(port.to_string())
        .arg("--persist-to")
        .arg(state)
        .arg("--assets")
        .arg(pages)
        .args(["--var", &format!("EXPORT_TOKEN:{LOCAL_EXPORT_TOKEN}")])
        .args(["--var", &format!("WRITE_KEYS:{}", write_keys(port))])
        // The runtime would ask the network for a sample of a request's geography.
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    workspace::run(&mut wrangler)
}

/// The write keys of the worker on this machine: one for the shop's pages, one for its servers.
pub fn write_keys(port: u16) -> String {
    format!(
        r#"{{"shop-web-key": {{"site": "shop", "kind": "browser", "audience": true,
             "origins": ["http://127.0.0.1:{port}", "http://localhost:{port}"]}},
            "shop-server-key": {{"site": "shop", "kind": "server", "purposes": ["analytics"]}}}}"#
    )
}
