//! What comes from the Rust world: the wasm target of the pinned toolchain, its library's source, and wasm-bindgen.

use std::fs;
use std::io::ErrorKind;

use anyhow::{Context, Result};

use super::{installing, there};
use crate::workspace::{Workspace, output_of, run};

/// Standard library for wasm. `rust-toolchain.toml` makes rustup choose the pinned toolchain.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let target = "wasm32-unknown-unknown";
    if workspace.which("rustup").is_none() {
        let libraries = output_of(
            workspace
                .command("rustc")
                .args(["--print", "target-libdir", "--target", target]),
        )?;
        anyhow::ensure!(
            std::path::Path::new(libraries.trim()).is_dir(),
            "the target {target} is missing and there is no rustup: install Rust by rustup (https://rustup.rs), or add the target's standard library to your toolchain"
        );
        there(target);
        return Ok(());
    }
    let installed = output_of(workspace.command("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|line| line == target) {
        there(target);
        return Ok(());
    }
    installing(target, "the collector and the worker are built for it");
    run(workspace.command("rustup").args(["target", "add", target])).context(
        "rustup could not add the wasm target: check the network, then run `rustup target add wasm32-unknown-unknown`",
    )
}

/// The source of the standard library, which the worker is built with anew, able to unwind.
pub fn library_source(workspace: &Workspace) -> Result<()> {
    let what = "source of the standard library";
    let root = output_of(workspace.command("rustc").args(["--print", "sysroot"]))?;
    if std::path::Path::new(root.trim())
        .join("lib/rustlib/src/rust/library/Cargo.lock")
        .is_file()
    {
        there(what);
        return Ok(());
    }
    anyhow::ensure!(
        workspace.which("rustup").is_some(),
        "the {what} is missing and there is no rustup: install Rust by rustup (https://rustup.rs), or add your toolchain's rust-src package"
    );
    installing(what, "the worker is built with one that can unwind");
    run(workspace.command("rustup").args(["component", "add", "rust-src"]))
        .context("rustup could not add the component: check the network, then run `rustup component add rust-src`")
}

/// wasm-bindgen's command line in the version of its library, and the runner of tests that comes with it.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<()> {
    let version = workspace.locked_version("wasm-bindgen")?;
    let what = format!("wasm-bindgen-cli {version}");
    if is_there(workspace, &version) {
        there(&what);
        return Ok(());
    }
    installing(&what, "a build from source, about two minutes");
    let mut cargo = workspace.cargo(&["install", "--locked", "--force", "--quiet", "wasm-bindgen-cli"]);
    cargo.args(["--version", &version, "--root"]).arg(workspace.tools());
    for (setting, value) in CHEAP_PROFILE {
        cargo.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    let directory = workspace.target.join("tools-build");
    cargo.env("CARGO_TARGET_DIR", &directory);
    run(&mut cargo).with_context(|| format!("could not install {what}: check the network, then run this again"))?;
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context("cannot remove what wasm-bindgen was built in")
        }
        _ => Ok(()),
    }
}

fn is_there(workspace: &Workspace, version: &str) -> bool {
    let program = workspace.tools().join("bin/wasm-bindgen");
    let told = output_of(workspace.command(&program.to_string_lossy()).arg("--version"));
    program.is_file() && told.is_ok_and(|text| text.split_whitespace().any(|word| word == version))
}

/// Built once and run a few times: what counts is the time to build them.
const CHEAP_PROFILE: [(&str, &str); 4] = [
    ("OPT_LEVEL", "1"),
    ("LTO", "off"),
    ("CODEGEN_UNITS", "16"),
    ("DEBUG", "0"),
];
