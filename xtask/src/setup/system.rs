//! What comes from the operating system: a C compiler, Chromium with its driver, and Python.
//!
//! Installs by `apt-get` where there is one, and otherwise says what is missing, why, and what to do.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::{installing, there};
use crate::workspace::{Workspace, run, succeeds};

/// Names under which systems install Chromium or a browser that can stand in for it.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A C compiler: Rust links with it, and the unifier's compression library is written in C.
pub fn c_compiler(workspace: &Workspace) -> Result<()> {
    if workspace.which("cc").is_some() {
        there("C compiler");
        return Ok(());
    }
    install(workspace, "C compiler", "zstd is written in C", &["build-essential"])
}

/// The browser of the whole-way tests.
pub fn chromium(workspace: &Workspace) -> Result<()> {
    let named = std::env::var_os("CHROMIUM").is_some();
    if named || CHROMIUM.iter().any(|name| workspace.which(name).is_some()) {
        there("Chromium");
        return Ok(());
    }
    install(
        workspace,
        "Chromium",
        "the whole-way tests open pages in it",
        &["chromium"],
    )
}

/// What drives the browser in the collector's own tests.
pub fn chromedriver(workspace: &Workspace) -> Result<()> {
    if find_chromedriver(workspace).is_some() {
        there("ChromeDriver");
        return Ok(());
    }
    install(
        workspace,
        "ChromeDriver",
        "the collector's wasm is tested in Chromium",
        &["chromium-driver"],
    )
}

/// ChromeDriver: the one that `CHROMEDRIVER` names, or else the system's.
pub fn find_chromedriver(workspace: &Workspace) -> Option<PathBuf> {
    std::env::var_os("CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| workspace.which("chromedriver"))
}

/// Python with the module that makes environments, which some systems package apart.
pub fn python_venv(workspace: &Workspace) -> Result<()> {
    if succeeds(workspace.command("python3").args(["-c", "import ensurepip, venv"])) {
        there("Python");
        return Ok(());
    }
    install(
        workspace,
        "Python",
        "a server that tests use comes from its package index",
        &["python3", "python3-venv"],
    )
}

fn install(workspace: &Workspace, what: &str, why: &str, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if workspace.which("apt-get").is_none() {
        bail!(
            "{what} is missing ({why}): there is no apt-get here, so install what your system calls {list}, then run this again"
        );
    }
    installing(what, why);
    let update = run(apt_get(workspace).arg("update").arg("--quiet=2"));
    let installed = update.and_then(|()| {
        let arguments = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
        run(apt_get(workspace).args(arguments).args(packages))
    });
    installed.map_err(|error| {
        error.context(format!(
            "{what} is missing ({why}): apt-get could not install it, so install {list} by hand, then run this again"
        ))
    })
}

fn apt_get(workspace: &Workspace) -> Command {
    let is_root = succeeds(workspace.command("sh").args(["-c", "test $(id -u) -eq 0"]));
    let mut command = if is_root {
        workspace.command("apt-get")
    } else {
        let mut command = workspace.command("sudo");
        command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
