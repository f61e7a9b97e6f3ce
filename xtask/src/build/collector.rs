//! The collector: cargo → wasm-bindgen → wasm-metadce → wasm-opt → one script with everything in it, in `dist/collector`; beside it what
//! a site may add, and in `dist/npm` the package for bundlers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};

/// Somewhat more inlining than `opt-level = "z"` has by itself: what it lets LLVM leave out is more than what it repeats. Measured: less than
/// 20 or more than 40 makes the file larger.
const INLINING: &str = "-Cllvm-args=--inline-threshold=25";

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
    let module = compile(workspace)?;
    let folder = workspace.target.join("collector");
    bind(workspace, &module, &folder)?;
    shrink(workspace, &folder)?;
    let mut bundle = workspace.command("node");
    bundle
        .arg("collector-wasm/js/bundle.mjs")
        .args(["collector.wasm", "names.json"].map(|name| folder.join(name)))
        .arg("dist/collector");
    workspace::run(&mut bundle)?;
    let mut extras = workspace.command("node");
    workspace::run(extras.args(["collector-wasm/js/extras.mjs", "dist"]))
}

fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let target = "wasm32-unknown-unknown";
    let mut compile = workspace.cargo(&["build", "--package", "collector-wasm", "--features", "page"]);
    compile
        .args(["--profile", "wasm", "--target", target])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", INLINING);
    workspace::run(&mut compile)?;
    Ok(workspace.target.join(target).join("wasm/collector_wasm.wasm"))
}

/// Takes out of the module what only wasm-bindgen reads. The glue that it writes beside it is not used: `js/glue.js` is.
fn bind(workspace: &Workspace, module: &Path, folder: &Path) -> Result<()> {
    let mut bind = workspace.command("wasm-bindgen");
    bind.args(["--target", "bundler", "--no-typescript"])
        .args(["--out-name", "collector", "--out-dir"])
        .arg(folder)
        .arg(module);
    workspace::run(&mut bind)
}

/// Makes `collector.wasm`, and `names.json` with the names that its imports and exports have now.
fn shrink(workspace: &Workspace, folder: &Path) -> Result<()> {
    let step = |name: &str| folder.join(name);
    let mut drop_unused = workspace.command("wasm-metadce");
    drop_unused
        .arg(step("collector_bg.wasm"))
        .args(["--graph-file", "collector-wasm/js/used.json", "-o"])
        .arg(step("used.wasm"));
    // Both print what they did; the names are wanted.
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
    workspace::run(&mut shrink)
}
