//! The collector: cargo → wasm-bindgen → wasm-metadce → wasm-opt → one script with everything in it, in `dist/collector`.

use std::fs;

use anyhow::{Context, Result};

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
    let step = |name: &str| bound.join(name);
    let mut drop_unused = workspace.command("wasm-metadce");
    drop_unused
        .arg(step("collector_bg.wasm"))
        .args(["--graph-file", "collector-wasm/js/used.json", "-o"])
        .arg(step("used.wasm"));
    workspace::output_of(&mut drop_unused)?;
    let mut rename = workspace.command("wasm-opt");
    rename
        .arg("--minify-imports-and-exports-and-modules")
        .args([step("used.wasm"), "-o".into(), step("renamed.wasm")]);
    let names = step("names.json");
    fs::write(&names, workspace::output_of(&mut rename)?)
        .with_context(|| format!("cannot write {}", names.display()))?;
    let mut shrink = workspace.command("wasm-opt");
    shrink
        .args(SMALLER)
        .args([step("renamed.wasm"), "-o".into(), step("collector.wasm")]);
    workspace::run(&mut shrink)?;
    let mut bundle = workspace.command("node");
    bundle
        .arg("collector-wasm/js/bundle.mjs")
        .args([step("collector.wasm"), names])
        .arg("dist/collector");
    workspace::run(&mut bundle)
}
