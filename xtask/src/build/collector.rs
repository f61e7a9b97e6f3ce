//! The collector: cargo → wasm-bindgen → wasm-opt → one script with everything in it, in `dist/collector`.

use anyhow::Result;

use crate::workspace::{self, Workspace};

/// Builds the collector into `dist/collector`.
pub fn run(workspace: &Workspace) -> Result<()> {
    let target = "wasm32-unknown-unknown";
    let arguments = [
        "build",
        "--package",
        "collector-wasm",
        "--features",
        "page",
        "--profile",
        "wasm",
    ];
    workspace::run(workspace.cargo(&arguments).args(["--target", target]))?;
    let module = workspace.target.join(target).join("wasm/collector_wasm.wasm");
    let bound = workspace.target.join("collector");
    let arguments = [
        "--target",
        "bundler",
        "--no-typescript",
        "--out-name",
        "collector",
        "--out-dir",
    ];
    workspace::run(
        workspace
            .command("wasm-bindgen")
            .args(arguments)
            .arg(&bound)
            .arg(module),
    )?;
    let (large, small) = (bound.join("collector_bg.wasm"), bound.join("collector.wasm"));
    workspace::run(
        workspace
            .command("wasm-opt")
            .args(["-Oz", "--converge", "--strip-producers", "--strip-target-features"])
            .arg(&large)
            .arg("-o")
            .arg(&small),
    )?;
    let mut bundle = workspace.command("node");
    bundle
        .arg("collector-wasm/js/bundle.mjs")
        .arg(bound.join("collector_bg.js"))
        .arg(small);
    workspace::run(bundle.arg("dist/collector"))
}
