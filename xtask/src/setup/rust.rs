//! What comes from the Rust world: the wasm target of the pinned toolchain, and the two build tools.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{installing, system, there};
use crate::workspace::{Workspace, output_of, run};

/// The version of worker-build that fits the locked `worker` crate.
const WORKER_BUILD: &str = "0.8.7";

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

/// wasm-bindgen's command line in the version of its library, and worker-build.
pub fn tools(workspace: &Workspace) -> Result<()> {
    let wasm_bindgen = workspace.locked_version("wasm-bindgen")?;
    let bindgen = Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: &wasm_bindgen,
    };
    let worker_build = Tool {
        package: "worker-build",
        program: "worker-build",
        version: WORKER_BUILD,
    };
    bindgen.install(workspace)?;
    worker_build.install(workspace)?;
    match fs::remove_dir_all(build_directory(workspace)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context("cannot remove what the tools were built in")
        }
        _ => Ok(()),
    }
}

/// A directory of their own, in which the two tools share what they have in common.
fn build_directory(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools-build")
}

struct Tool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
}

impl Tool<'_> {
    fn install(&self, workspace: &Workspace) -> Result<()> {
        let what = format!("{} {}", self.package, self.version);
        if self.is_there(workspace) {
            there(&what);
            return Ok(());
        }
        if self.package == "worker-build" {
            system::openssl(workspace)?;
        }
        installing(&what, "a build from source, about two minutes");
        let mut cargo = workspace.cargo(&[
            "install",
            "--locked",
            "--force",
            "--quiet",
            self.package,
            "--version",
            self.version,
            "--root",
        ]);
        cargo.arg(workspace.tools());
        for (setting, value) in CHEAP_PROFILE {
            cargo.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        }
        cargo.env("CARGO_TARGET_DIR", build_directory(workspace));
        run(&mut cargo).with_context(|| format!("could not install {what}: check the network, then run this again"))
    }

    fn is_there(&self, workspace: &Workspace) -> bool {
        let program = workspace.tools().join("bin").join(self.program);
        let version = output_of(workspace.command(&program.to_string_lossy()).arg("--version"));
        program.is_file() && version.is_ok_and(|text| text.split_whitespace().any(|word| word == self.version))
    }
}

/// Built once and run a few times: what counts is the time to build them.
const CHEAP_PROFILE: [(&str, &str); 4] = [
    ("OPT_LEVEL", "1"),
    ("LTO", "off"),
    ("CODEGEN_UNITS", "16"),
    ("DEBUG", "0"),
];
