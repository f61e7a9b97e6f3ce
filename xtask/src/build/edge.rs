//! The worker: cargo → wasm-bindgen → wasm-opt → one script, and all that a deployment needs in one directory.
//!
//! It is built to unwind, so that a panic ends the request that panics and none beside it. For WebAssembly the standard library is not shipped
//! in that form, so it is built along, by the pinned toolchain: what is unstable about that is the command line, which this file pins with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::workspace::{self, Workspace};

/// The program's files in `dist/edge`.
pub const PROGRAM: [&str; 2] = ["index.js", "index_bg.wasm"];

/// What the operator writes, beside it.
const CONFIGURATION: [&str; 2] = ["wrangler.toml", "schemas.json"];

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

/// Which worker to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The one that is deployed, into `dist/edge`.
    Deployed,
    /// One that tests can make fail at chosen points, into `edge-faults` of the build directory. Never deployed.
    WithFaults,
}

impl Variant {
    /// Where it is built to.
    pub fn directory(self, workspace: &Workspace) -> PathBuf {
        match self {
            Variant::Deployed => workspace.root.join("dist/edge"),
            Variant::WithFaults => workspace.target.join("edge-faults"),
        }
    }
}

/// Builds the worker; what is for deployment can be deployed by `wrangler deploy` from its directory.
pub fn run(workspace: &Workspace, variant: Variant) -> Result<()> {
    let collector = workspace.root.join("dist/collector");
    ensure!(
        collector.is_dir(),
        "{} is missing (the worker serves the collector's files): run `cargo xtask build collector` first",
        collector.display()
    );
    let module = compile(workspace, variant)?;
    let target = variant.directory(workspace);
    fs::create_dir_all(&target).with_context(|| format!("cannot create {}", target.display()))?;
    let parts = workspace.target.join("edge-parts");
    bind(workspace, &module, &parts)?;
    if variant == Variant::Deployed {
        optimise(workspace, &parts.join(PROGRAM[1]))?;
    }
    bundle(workspace, &parts, &target)?;
    fs::copy(parts.join(PROGRAM[1]), target.join(PROGRAM[1])).context("cannot copy the module")?;
    CONFIGURATION.iter().try_for_each(|name| {
        let source = workspace.root.join("edge-worker").join(name);
        let copied = fs::copy(&source, target.join(name)).map(drop);
        copied.with_context(|| format!("cannot copy {} to {}", source.display(), target.display()))
    })
}

fn compile(workspace: &Workspace, variant: Variant) -> Result<PathBuf> {
    let target = "wasm32-unknown-unknown";
    let mut build = workspace.cargo(&["build", "--package", "edge-worker", "--lib", "--profile", "edge"]);
    build.args(["--target", target, "-Zbuild-std=std,panic_unwind"]);
    if variant == Variant::WithFaults {
        build.args(["--features", "faults"]);
    }
    build
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cpanic=unwind")
        // The `worker` crate's macros then use the futures of js-sys, as its own build tool has it.
        .env("WASM_BINDGEN_USE_JS_SYS", "1");
    workspace::run(&mut build)?;
    Ok(workspace.target.join(target).join("edge/edge_worker.wasm"))
}

/// Splits the module into what the runtime loads, beside the script around it.
fn bind(workspace: &Workspace, module: &Path, target: &Path) -> Result<()> {
    let mut bind = workspace.command("wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--out-name", "index", "--out-dir"]);
    workspace::run(bind.arg(target).arg(module))
}

/// Makes the module smaller and faster, and drops what only a debugger reads.
fn optimise(workspace: &Workspace, module: &Path) -> Result<()> {
    let mut optimise = workspace.command("wasm-opt");
    optimise.args(["-O3", "--strip-debug", "--strip-producers"]);
    optimise.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    workspace::run(optimise.arg(module).arg("-o").arg(module))
}

/// Makes one script of the outermost layer and what wasm-bindgen wrote.
fn bundle(workspace: &Workspace, parts: &Path, target: &Path) -> Result<()> {
    let shim = parts.join("worker.mjs");
    fs::copy(workspace.root.join("edge-worker/js/worker.mjs"), &shim).context("cannot copy worker.mjs")?;
    let mut bundle = workspace.command("esbuild");
    bundle
        .arg(&shim)
        .args(["--bundle", "--format=esm", "--minify", "--log-level=warning"]);
    bundle.args(["--external:*.wasm", "--external:*.json"]);
    workspace::run(bundle.arg(format!("--outfile={}", target.join(PROGRAM[0]).display())))
}
