//! The labelled sets: where they come from, and which column of them is what.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::{self, Workspace, say};

/// Names the folder of the labelled sets.
pub const FOLDER: &str = "IDENTITY_DATA";
/// Names the sets to be run, separated by commas; all of them when it is not set.
const CHOSEN: &str = "IDENTITY_SETS";
/// Makes the synthetic sets.
const GENERATOR: &str = "synthetic_people.py";

/// A labelled set, as it is described.
pub struct Described {
    pub name: &'static str,
    /// The schema: names a mapping file and a model of the peer's.
    pub schema: &'static str,
    /// How it is generated, if it is not a file.
    generated: Option<&'static [&'static str]>,
}

/// A labelled set on disk.
pub struct Set {
    pub described: &'static Described,
    /// The records.
    pub records: PathBuf,
    /// `record_id,entity_id`.
    pub truth: PathBuf,
    /// The mapping file.
    pub mapping: PathBuf,
}

const fn file(name: &'static str, schema: &'static str) -> Described {
    Described {
        name,
        schema,
        generated: None,
    }
}

const fn synthetic(name: &'static str, arguments: &'static [&'static str]) -> Described {
    Described {
        name,
        schema: "synthetic",
        generated: Some(arguments),
    }
}

const SETS: [Described; 8] = [
    file("febrl1", "febrl"),
    file("febrl2", "febrl"),
    file("febrl3", "febrl"),
    file("fake_1000", "fake_1000"),
    file("historical_50k", "historical_50k"),
    synthetic("synth100k", &["--records", "100000", "--seed", "1"]),
    synthetic("synthhard", &["--records", "100000", "--seed", "1", "--noise", "1.6"]),
    synthetic("synth1m", &["--records", "1000000", "--seed", "1"]),
];

/// The folder of the labelled sets, which are too large for the repository: the one that [`FOLDER`] names.
pub fn folder() -> Result<PathBuf> {
    let named = std::env::var_os(FOLDER).map(PathBuf::from);
    let folder = named.with_context(|| {
        format!("the labelled sets are not in the repository: name a folder that has them, and {GENERATOR}, in the environment variable {FOLDER}")
    })?;
    if !folder.join(GENERATOR).is_file() {
        bail!("{FOLDER}: there is no {GENERATOR} in {}", folder.display());
    }
    Ok(folder)
}

/// The sets to be run.
pub fn chosen() -> Result<Vec<&'static Described>> {
    let Ok(names) = std::env::var(CHOSEN) else {
        return Ok(SETS.iter().collect());
    };
    let known = |name: &str| {
        let set = SETS.iter().find(|set| set.name == name);
        set.with_context(|| {
            let all: Vec<&str> = SETS.iter().map(|set| set.name).collect();
            format!("{CHOSEN}: there is no set {name:?}, only {}", all.join(", "))
        })
    };
    names.split(',').map(|name| known(name.trim())).collect()
}

/// Finds a set in `folder`, or makes it under `made`, where it stays for the next time.
pub fn find(described: &'static Described, workspace: &Workspace, folder: &Path, made: &Path) -> Result<Set> {
    let prefix = match described.generated {
        None => folder.join(described.name),
        Some(arguments) => generate(workspace, described.name, &folder.join(GENERATOR), arguments, made)?,
    };
    let maps = workspace.root.join("xtask/src/bench/identity/maps");
    Ok(Set {
        described,
        records: prefix.with_extension("csv"),
        truth: prefix.with_extension("truth.csv"),
        mapping: maps.join(format!("{}.map.toml", described.schema)),
    })
}

/// The prefix of the generated files' paths.
fn generate(workspace: &Workspace, name: &str, generator: &Path, arguments: &[&str], made: &Path) -> Result<PathBuf> {
    let prefix = made.join(name);
    // Both files are there under their own names only once both are whole.
    if !prefix.with_extension("truth.csv").is_file() {
        say(&format!("identity: making {name}"));
        let begun = made.join(format!("{name}-begun"));
        workspace::run(workspace.command("python3").arg(generator).arg(&begun).args(arguments))?;
        for ending in ["csv", "truth.csv"] {
            fs::rename(begun.with_extension(ending), prefix.with_extension(ending))?;
        }
    }
    Ok(prefix)
}
