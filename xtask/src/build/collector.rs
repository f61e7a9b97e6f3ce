//! The collector: cargo → wasm-bindgen → wasm-opt → `dist/collector`.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};

/// Builds the collector into `dist/collector`.
pub fn run(workspace: &Workspace) -> Result<()> {
    let target = "wasm32-unknown-unknown";
    workspace::run(&mut workspace.cargo(&[
        "build",
        "--package",
        "collector-wasm",
        "--profile",
        "wasm",
        "--target",
        target,
    ]))?;
    let module = workspace.target.join(target).join("wasm/collector_wasm.wasm");
    let out = workspace.root.join("dist/collector");
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    workspace::run(
        workspace
            .command("wasm-bindgen")
            .args([
                "--target",
                "web",
                "--no-typescript",
                "--out-name",
                "collector",
                "--out-dir",
            ])
            .arg(&out)
            .arg(module),
    )?;
    let bound = out.join("collector_bg.wasm");
    workspace::run(
        workspace
            .command("wasm-opt")
            .arg("-Oz")
            .arg(&bound)
            .arg("-o")
            .arg(&bound),
    )
}
