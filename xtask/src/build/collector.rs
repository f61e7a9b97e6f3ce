//! The collector: cargo → wasm-bindgen → wasm-opt → one script with everything in it, in `dist/collector`.

use anyhow::Result;

use crate::workspace::{self, Workspace};

/// What wasm-opt does, in this order, found by measuring: brotli makes a fiftieth less of it than after `-Oz` alone. It may take for granted
/// that memory begins with zeros, and that nothing of ours is in its first KiB, which is the stack's last. Not that nothing
/// traps (`--traps-never-happen`): the loader relies on a trap's being one.
const SMALLER: [&str; 10] = [
    "--low-memory-unused",
    "--zero-filled-memory",
    "--flatten",
    "--rereloop",
    "-Oz",
    "--converge",
    "--merge-similar-functions",
    "-Oz",
    "--strip-producers",
    "--strip-target-features",
];

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
            .args(SMALLER)
            .arg(&large)
            .arg("-o")
            .arg(&small),
    )?;
    let mut bundle = workspace.command("node");
    bundle
        .arg("collector-wasm/js/bundle.mjs")
        .arg(small)
        .arg("dist/collector");
    workspace::run(&mut bundle)
}
