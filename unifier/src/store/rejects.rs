//! The files of refused rows: each stands under its name once what it belongs to is committed, and not before.
//!
//! They hold rows as their sources wrote them, so a killed run may leave none behind that nobody knows of.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::file;
use super::state::{Change, State, StateError};

/// The state's kind for the files whose imports are committed.
const KEPT: &str = "rejects";

/// A file of refused rows that is whole, and waits for its commit.
#[derive(Debug)]
pub struct StagedRejects {
    path: PathBuf,
}

impl StagedRejects {
    /// The name under which `path` is written before it is whole.
    pub fn unfinished(path: &Path) -> PathBuf {
        file::unfinished(path)
    }

    /// Takes over `path`, which was written under its unfinished name.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What the commit must say of the file: a run that is killed behind it leaves the name to the next one.
    pub fn change(&self) -> Change {
        Change::put(KEPT, &name(&self.path), &true)
    }

    /// Gives the file its name, after the commit.
    ///
    /// # Errors
    /// What the file system says; the next opening of the store tries again.
    pub fn publish(self) -> io::Result<PathBuf> {
        fs::rename(file::unfinished(&self.path), &self.path)?;
        Ok(self.path)
    }
}

/// A file of refused rows that is to go with a commit.
#[derive(Debug)]
pub struct WithdrawnRejects {
    path: PathBuf,
}

/// Takes a file its name, until the commit decides; nothing when there is none.
///
/// # Errors
/// What the file system says.
pub fn withdraw(path: &Path) -> io::Result<Option<WithdrawnRejects>> {
    match fs::rename(path, file::unfinished(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        renamed => renamed.map(|()| Some(WithdrawnRejects { path: path.to_owned() })),
    }
}

impl WithdrawnRejects {
    /// What the commit must say of the file: a run that is killed behind it leaves the deletion to the next one, and a run that
    /// is killed before it the name.
    pub fn change(&self) -> Change {
        Change::remove(KEPT, &name(&self.path))
    }

    /// Deletes the file, after the commit.
    ///
    /// # Errors
    /// What the file system says; the next opening of the store tries again.
    pub fn delete(self) -> io::Result<()> {
        fs::remove_file(file::unfinished(&self.path))
    }
}

/// Ends what killed runs left in `folder`: a file whose import was committed gets its name, any other goes.
pub(super) fn settle(folder: &Path, state: &State) -> Result<(), StateError> {
    let refused = |source| StateError::Io {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(refused)?,
    };
    for entry in entries {
        let unfinished = entry.map_err(refused)?.path();
        if unfinished.extension().is_none_or(|ending| ending != file::UNFINISHED) {
            continue;
        }
        let path = unfinished.with_extension("");
        let settled = if state.get::<bool>(KEPT, &name(&path))?.is_some() && !path.exists() {
            fs::rename(&unfinished, &path)
        } else {
            fs::remove_file(&unfinished)
        };
        settled.map_err(refused)?;
    }
    Ok(())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
