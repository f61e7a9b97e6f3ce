//! The worker: worker-build over `edge-worker`, with its tools given by path so that it downloads none.

use anyhow::{Context, Result, ensure};

use crate::workspace::{self, Workspace};

/// Builds the worker into `edge-worker/build`.
pub fn run(workspace: &Workspace) -> Result<()> {
    let collector = workspace.root.join("dist/collector");
    ensure!(
        collector.is_dir(),
        "{} is missing (the worker serves the collector's files): run `cargo xtask build collector` first",
        collector.display()
    );
    let mut build = workspace.command("worker-build");
    build
        .current_dir(workspace.root.join("edge-worker"))
        .args(["--profile", "wasm"]);
    for (variable, program) in [
        ("WASM_BINDGEN_BIN", "wasm-bindgen"),
        ("WASM_OPT_BIN", "wasm-opt"),
        ("ESBUILD_BIN", "esbuild"),
    ] {
        let path = workspace
            .which(program)
            .with_context(|| format!("{program} is missing: run `cargo xtask setup` first"))?;
        build.env(variable, path);
    }
    workspace::run(&mut build)
}
