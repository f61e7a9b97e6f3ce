//! What comes from Python's package index, each in an environment of its own beside the other tools: a server that speaks S3, against
//! which the pull from a bucket is tested, and real Singer taps, whose messages imports are tested with.

use std::fs;

use anyhow::{Context, Result};

use super::{installing, system, there};
use crate::workspace::{Workspace, run};

/// A package in an environment of its own.
struct Environment {
    folder: &'static str,
    package: &'static str,
    why: &'static str,
}

/// The server and its version.
const MOTO: Environment = Environment {
    folder: "moto",
    package: "moto[s3,server]==5.2.5",
    why: "an S3 server, which the pull from a bucket is tested against",
};
/// The taps. The two need different versions of the same library.
const TAPS: [Environment; 2] = [
    Environment {
        folder: "taps/jsonl",
        package: "tap-singer-jsonl==0.1.0",
        why: "a tap that replays files, which imports are tested with",
    },
    Environment {
        folder: "taps/sdk",
        package: "singer-sdk==0.54.9",
        why: "what most taps are built on, which imports are tested with",
    },
];

/// Installs the server.
pub fn s3_server(workspace: &Workspace) -> Result<()> {
    MOTO.install(workspace)
}

/// Installs the taps.
pub fn taps(workspace: &Workspace) -> Result<()> {
    TAPS.iter().try_for_each(|tap| tap.install(workspace))
}

impl Environment {
    fn install(&self, workspace: &Workspace) -> Result<()> {
        let folder = workspace.tools().join(self.folder);
        let installed = folder.join("installed");
        if fs::read_to_string(&installed).is_ok_and(|package| package == self.package) {
            there(self.package);
            return Ok(());
        }
        system::python_venv(workspace)?;
        installing(self.package, self.why);
        let python = folder.join("bin/python");
        run(workspace
            .command("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder))
        .and_then(|()| {
            let pip = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                self.package,
            ];
            run(workspace.command(&python.to_string_lossy()).args(pip))
        })
        .with_context(|| {
            format!(
                "could not install {}: check the network, then run this again",
                self.package
            )
        })?;
        fs::write(&installed, self.package).with_context(|| format!("cannot write {}", installed.display()))
    }
}
