//! Splink over a labelled set, in a Python environment of its own.
//!
//! Its models (`peer.py`) are tuned by hand to each schema, and of several thresholds the one counts that the truth says is best:
//! more than its user, who has no truth, can reach.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::THREADS;
use super::score::{Scores, Truth, score};
use super::sets::Set;
use crate::bench::spent::Spent;
use crate::workspace::{self, Workspace, output_of, say};

/// What is installed from PyPI.
const PACKAGE: &str = "splink==5.0.0";

/// Splink, ready to run.
pub struct Peer<'w> {
    workspace: &'w Workspace,
    python: PathBuf,
}

/// What Splink makes of a set at its best threshold.
pub struct Best {
    pub threshold: String,
    pub scores: Scores,
    pub spent: Spent,
}

impl<'w> Peer<'w> {
    /// Installs Splink under the target directory's tools, unless it is there.
    pub fn install(workspace: &'w Workspace) -> Result<Self> {
        let environment = workspace.tools().join("splink");
        let python = environment.join("bin/python");
        let installed = environment.join(PACKAGE);
        if !installed.is_file() {
            say(&format!(
                "identity: installing {PACKAGE} into {}",
                environment.display()
            ));
            workspace::run(workspace.command("python3").args(["-m", "venv"]).arg(&environment))?;
            let pip = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                PACKAGE,
            ];
            workspace::run(workspace.command(&python.to_string_lossy()).args(pip))?;
            fs::write(&installed, "")?;
        }
        Ok(Self { workspace, python })
    }

    /// Runs Splink over a set.
    pub fn run(&self, set: &Set, truth: &Truth, folder: &Path) -> Result<Best> {
        let clusters = folder.join("peer");
        if clusters.exists() {
            fs::remove_dir_all(&clusters)?;
        }
        fs::create_dir_all(&clusters)?;
        let mut command = self.workspace.command(&self.python.to_string_lossy());
        command
            .arg(self.workspace.root.join("xtask/src/bench/identity/peer.py"))
            .arg(set.described.schema)
            .args([&set.records, &clusters])
            .arg(THREADS.to_string());
        let spent = spent(&output_of(&mut command)?)?;
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(&clusters)? {
            paths.push(entry?.path());
        }
        paths.sort();
        let mut best: Option<Best> = None;
        for path in paths {
            let scores = score(truth, &path)?;
            if best
                .as_ref()
                .is_none_or(|best| scores.pairs.f1() > best.scores.pairs.f1())
            {
                let threshold = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                best = Some(Best {
                    threshold,
                    scores,
                    spent,
                });
            }
        }
        best.context("splink wrote no clusters")
    }
}

/// What the script says it took.
fn spent(told: &str) -> Result<Spent> {
    let told: Value = serde_json::from_str(told.trim()).context("splink's figures cannot be read")?;
    let number = |name: &str| told[name].as_f64().with_context(|| format!("splink told no {name}"));
    Ok(Spent {
        cpu: number("cpu_seconds")?,
        wall: number("wall_seconds")?,
        peak: number("peak_kib")? / 1024.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_script_are_read_and_missed() {
        let read = spent(r#"{"cpu_seconds": 2.5, "wall_seconds": 3, "peak_kib": 2048}"#).unwrap();
        assert_eq!((read.cpu, read.wall, read.peak), (2.5, 3.0, 2.0));
        assert!(spent(r#"{"cpu_seconds": 2.5}"#).is_err());
    }
}
