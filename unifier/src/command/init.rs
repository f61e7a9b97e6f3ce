//! `unifier init`: a new store with a configuration that explains itself.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::store::{CONFIG_FILE, write_atomically};

/// The configuration a new store begins with.
const TEMPLATE: &str = include_str!("unifier.toml");

/// A store that was made.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    configuration: PathBuf,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.configuration.display();
        write!(
            f,
            "made a store; its configuration, {file}, explains itself and waits for your company's name"
        )
    }
}

/// Makes a new store in `directory`.
pub(super) fn init(directory: &Path) -> anyhow::Result<Made> {
    let config = directory.join(CONFIG_FILE);
    if config.exists() {
        bail!("{} is there already: this directory holds a store", config.display());
    }
    write_atomically(&config, TEMPLATE.as_bytes()).with_context(|| format!("cannot write {}", config.display()))?;
    Ok(Made { configuration: config })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_template_is_a_configuration_as_it_is_and_with_every_example_taken() {
        assert!(Config::parse(TEMPLATE).is_ok());
        let example = |line: &str| line.strip_prefix("#:").map_or(line.to_owned(), str::to_owned);
        let taken: Vec<String> = TEMPLATE.lines().map(example).collect();
        assert_eq!(Config::parse(&taken.join("\n")).err(), None);
    }

    #[test]
    fn a_store_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path()).unwrap();
        let again = init(folder.path()).unwrap_err();
        assert!(again.to_string().contains("there already"), "{again}");
    }
}
