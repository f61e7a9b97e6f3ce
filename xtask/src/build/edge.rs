//! The worker: worker-build over `edge-worker`, with its tools given by path so that it downloads none, then wasm-opt, and all that a
//! deployment needs in one directory.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::workspace::{self, Workspace};

/// The program's files in `dist/edge`.
pub const PROGRAM: [&str; 2] = ["index.js", "index_bg.wasm"];

/// What rustc and wasm-bindgen use of WebAssembly beyond its first version, and the Workers runtime knows.
const FEATURES: [&str; 7] = [
    "mutable-globals",
    "sign-ext",
    "nontrapping-float-to-int",
    "bulk-memory",
    "multivalue",
    "reference-types",
    "exception-handling",
];

/// Builds the worker into `dist/edge`, ready for `wrangler deploy` from there.
pub fn run(workspace: &Workspace) -> Result<()> {
    let collector = workspace.root.join("dist/collector");
    ensure!(
        collector.is_dir(),
        "{} is missing (the worker serves the collector's files): run `cargo xtask build collector` first",
        collector.display()
    );
    let source = workspace.root.join("edge-worker");
    compile(workspace, &source)?;
    let built = source.join("build");
    optimise(workspace, &built.join(PROGRAM[1]))?;
    let target = workspace.root.join("dist/edge");
    fs::create_dir_all(&target).with_context(|| format!("cannot create {}", target.display()))?;
    let copy = |from: &Path, name: &str| {
        fs::copy(from.join(name), target.join(name))
            .with_context(|| format!("cannot copy {name} to {}", target.display()))
    };
    PROGRAM.iter().try_for_each(|name| copy(&built, name).map(drop))?;
    copy(&source, "wrangler.toml").map(drop)
}

fn compile(workspace: &Workspace, source: &Path) -> Result<()> {
    let mut build = workspace.command("worker-build");
    build.current_dir(source).args(["--profile", "wasm"]);
    // Small, but not at any price: its CPU time is what is paid for. Measured, 3 is no faster, and z is slower by a quarter and saves
    // nothing. By a variable rather than in a profile of its own, so that what builds the two wasm programs is built once.
    build.env("CARGO_PROFILE_WASM_OPT_LEVEL", "s");
    for (variable, program) in [("WASM_BINDGEN_BIN", "wasm-bindgen"), ("ESBUILD_BIN", "esbuild")] {
        let path = workspace
            .which(program)
            .with_context(|| format!("{program} is missing: run `cargo xtask setup` first"))?;
        build.env(variable, path);
    }
    workspace::run(&mut build)
}

/// Makes the program smaller and faster, and drops what only a debugger reads.
fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let mut optimise = workspace.command("wasm-opt");
    optimise.args(["-O3", "--strip-debug", "--strip-producers"]);
    optimise.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    workspace::run(optimise.arg(wasm).arg("-o").arg(wasm))
}
