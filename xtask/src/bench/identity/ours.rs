//! The unifier over a labelled set, as an operator runs it: `init`, `import` with a mapping, `run`, `export identities`. The
//! configuration is the one that `init` writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::THREADS;
use super::sets::Set;
use crate::bench::spent::{self, Spent};

/// The day of the export and the moment of the night, so that nothing depends on the clock.
const DAY: &str = "2026-11-23";
const NIGHT: &str = "2026-11-24T03:00:00Z";

/// Who the unifier says is who, and what it took.
pub struct Run {
    /// `source,record_key,person_id`.
    pub identities: PathBuf,
    pub import: Spent,
    pub night: Spent,
    pub export: Spent,
}

impl Run {
    /// From the raw file to its clusters.
    pub fn all(&self) -> Spent {
        let mut all = self.import;
        all += self.night;
        all += self.export;
        all
    }
}

/// Runs `program` over a set; its store is made anew in `folder`.
pub fn run(program: &Path, set: &Set, folder: &Path) -> Result<Run> {
    let store = folder.join("store");
    if store.exists() {
        fs::remove_dir_all(&store).with_context(|| format!("cannot remove {}", store.display()))?;
    }
    spent::run(Command::new(program).arg("init").arg(&store))?;
    let identities = folder.join("identities.csv");
    let unifier = || {
        let mut command = Command::new(program);
        command
            .arg("-C")
            .arg(&store)
            .env("RAYON_NUM_THREADS", THREADS.to_string());
        command
    };
    let mut import = unifier();
    import.args(["import", "--as-of", DAY]).arg(&set.records);
    Ok(Run {
        import: spent::run(import.arg("--map").arg(&set.mapping))?,
        night: spent::run(unifier().args(["run", "--now", NIGHT]))?,
        export: spent::run(unifier().args(["export", "identities", "--to"]).arg(&identities))?,
        identities,
    })
}
