//! A folder with the edge's objects as files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Ends, Origin, PullError};

/// A folder that holds `seg/v1/…` and `spill/v1/…`.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Takes the folder. Reads nothing yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn failed(path: &Path, source: io::Error) -> PullError {
        PullError::Folder {
            path: path.to_owned(),
            source,
        }
    }

    /// The names in a folder, sorted; none when it is missing. Hidden files are nobody's objects.
    fn names(path: &Path) -> Result<Vec<String>, PullError> {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Self::failed(path, error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(
                entry
                    .map_err(|error| Self::failed(path, error))?
                    .file_name()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
        names.retain(|name| !name.starts_with('.'));
        names.sort_unstable();
        Ok(names)
    }

    fn keys_under(&self, prefix: &str, keys: &mut Vec<String>) -> Result<(), PullError> {
        for name in Self::names(&self.root.join(prefix))? {
            let key = format!("{prefix}{name}");
            if self.root.join(&key).is_dir() {
                self.keys_under(&format!("{key}/"), keys)?;
            } else {
                keys.push(key);
            }
        }
        Ok(())
    }
}

impl Origin for Folder {
    fn flush(&self) -> Result<Ends, PullError> {
        fs::read_dir(&self.root)
            .map(|_| Ends::new())
            .map_err(|error| Self::failed(&self.root, error))
    }

    fn prefixes(&self) -> Result<Vec<String>, PullError> {
        let shards = Self::names(&self.root.join("seg/v1"))?;
        let shards = shards.into_iter().map(|shard| format!("seg/v1/{shard}/"));
        Ok(shards.chain(["spill/v1/".to_owned()]).collect())
    }

    fn keys(&self, prefix: &str, after: &str) -> Result<Vec<String>, PullError> {
        let mut keys = Vec::new();
        self.keys_under(prefix, &mut keys)?;
        keys.retain(|key| key.as_str() > after);
        keys.sort_unstable();
        Ok(keys)
    }

    fn object(&self, key: &str) -> Result<Vec<u8>, PullError> {
        let path = self.root.join(key);
        fs::read(&path).map_err(|error| Self::failed(&path, error))
    }
}
