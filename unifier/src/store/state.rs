//! The state: one small sled database, and the only module that knows it.
//!
//! It keeps what must change together and what must be found by key: which segments of the log are in force, which files
//! were imported, how far the edge's log was read, consents given here, suppressions. Values are JSON, so that a store can
//! be read by anybody. Large data never goes in here.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sled::transaction::{ConflictableTransactionError, TransactionError};
use sled::{Db, Transactional, Tree};

use super::file;

/// Bytes sled may keep in memory.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// How long a lock that another holds is waited for, and how often it is tried.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The state in one directory.
#[derive(Debug)]
pub struct State {
    path: PathBuf,
    db: Db,
    segments: Tree,
    facts: Tree,
}

/// Why the state could not be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another program holds it.
    #[error("the store is in use by another run ({}): wait until it has ended", .0.display())]
    InUse(PathBuf),
    /// The database is gone while the log is there. An empty one in its place would make the log count for nothing.
    #[error("{} is missing, and only it says what of the log counts: bring it back from a backup", .0.display())]
    Missing(PathBuf),
    /// The disk refused, or the database is damaged.
    #[error("{}: {source}", path.display())]
    Sled {
        /// The database's directory.
        path: PathBuf,
        /// What it said.
        source: sled::Error,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A value is not what this version of the program wrote.
    #[error("{}: the entry {key} cannot be read: it was written by another version, or is damaged", path.display())]
    Unreadable {
        /// The database's directory.
        path: PathBuf,
        /// The entry's kind; the rest of its key may be personal.
        key: String,
    },
}

/// One change; several are applied together or not at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A segment of the log counts from now on.
    AddSegment(String),
    /// A segment of the log counts no more.
    DropSegment(String),
    /// An entry gets a value, as JSON. The key is `kind/rest`.
    Put(String, String),
    /// An entry goes.
    Remove(String),
}

impl Change {
    /// An entry of `kind` gets a value.
    pub fn put<T: Serialize>(kind: &str, key: &str, value: &T) -> Self {
        // Our values are plain structs with text keys, which JSON can always hold.
        Change::Put(
            format!("{kind}/{key}"),
            serde_json::to_string(value).unwrap_or_default(),
        )
    }

    /// An entry of `kind` goes.
    pub fn remove(kind: &str, key: &str) -> Self {
        Change::Remove(format!("{kind}/{key}"))
    }
}

impl State {
    /// Opens the state; makes an empty one where there is none and none is `expected`. The caller holds the store's lock.
    pub(super) fn open(path: &Path, expected: bool) -> Result<Self, StateError> {
        finish_compaction(path)?;
        if expected && !path.exists() {
            return Err(StateError::Missing(path.to_owned()));
        }
        Self::open_at(path)
    }

    /// The names of the segments in force, sorted.
    pub(super) fn segments(&self) -> Result<Vec<String>, StateError> {
        let keys = self.segments.iter().keys();
        keys.map(|key| {
            key.map(|key| String::from_utf8_lossy(&key).into_owned())
                .map_err(|error| self.failed(error))
        })
        .collect()
    }

    /// The value of an entry.
    ///
    /// # Errors
    /// [`StateError`] when the disk refuses or the value cannot be read.
    pub fn get<T: DeserializeOwned>(&self, kind: &str, key: &str) -> Result<Option<T>, StateError> {
        let value = self
            .facts
            .get(format!("{kind}/{key}"))
            .map_err(|error| self.failed(error))?;
        value.map(|value| self.decode(kind, &value)).transpose()
    }

    /// The entries of a kind, by their keys without the kind.
    ///
    /// # Errors
    /// [`StateError`] when the disk refuses or a value cannot be read.
    pub fn all<T: DeserializeOwned>(&self, kind: &str) -> Result<BTreeMap<String, T>, StateError> {
        let prefix = format!("{kind}/");
        let mut entries = BTreeMap::new();
        for entry in self.facts.scan_prefix(&prefix) {
            let (key, value) = entry.map_err(|error| self.failed(error))?;
            let key = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            entries.insert(key, self.decode(kind, &value)?);
        }
        Ok(entries)
    }

    /// Applies changes, all or none, and waits until they are on the disk.
    ///
    /// # Errors
    /// [`StateError`] when the disk refuses; then nothing has changed.
    pub fn apply(&self, changes: &[Change]) -> Result<(), StateError> {
        let applied = (&self.segments, &self.facts).transaction(|(segments, facts)| {
            for change in changes {
                match change {
                    Change::AddSegment(name) => drop(segments.insert(name.as_bytes(), &[] as &[u8])?),
                    Change::DropSegment(name) => drop(segments.remove(name.as_bytes())?),
                    Change::Put(key, value) => drop(facts.insert(key.as_bytes(), value.as_bytes())?),
                    Change::Remove(key) => drop(facts.remove(key.as_bytes())?),
                }
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        match applied {
            Ok(()) | Err(TransactionError::Abort(())) => {}
            Err(TransactionError::Storage(source)) => return Err(self.failed(source)),
        }
        self.db.flush().map(drop).map_err(|error| self.failed(error))
    }

    /// Writes the state anew without the entries of `kind`, so that what was removed is on the disk no more: sled keeps old
    /// values in its log until it needs the room.
    ///
    /// # Errors
    /// [`StateError`] when the disk refuses; then the state is as it was.
    pub(super) fn compact_without(self, kind: &str) -> Result<(), StateError> {
        let dropped = format!("{kind}/");
        let path = self.path.clone();
        let (fresh, old) = (beside(&path, "new"), beside(&path, "old"));
        let refused = |source| StateError::Io {
            path: path.clone(),
            source,
        };
        remove(&fresh).map_err(refused)?;
        {
            let copy = Self::open_at(&fresh)?;
            for (from, to) in [(&self.segments, &copy.segments), (&self.facts, &copy.facts)] {
                for entry in from {
                    let (key, value) = entry.map_err(|error| self.failed(error))?;
                    if !key.starts_with(dropped.as_bytes()) {
                        to.insert(key, value).map_err(|error| copy.failed(error))?;
                    }
                }
            }
            copy.db.flush().map_err(|error| copy.failed(error))?;
        }
        drop(self);
        fs::rename(&path, &old).map_err(refused)?;
        fs::rename(&fresh, &path).map_err(refused)?;
        file::sync_directory(file::parent(&path)).map_err(refused)?;
        remove(&old).map_err(refused)
    }

    /// sled's own threads hold the lock a moment longer than the handle lives, so a refused lock is tried again.
    fn open_at(path: &Path) -> Result<Self, StateError> {
        let until = Instant::now() + LOCK_PATIENCE;
        let db = loop {
            let config = sled::Config::new().path(path).cache_capacity(CACHE_BYTES);
            match config.open().map_err(|source| open_error(path, source)) {
                Err(StateError::InUse(_)) if Instant::now() < until => thread::sleep(LOCK_PAUSE),
                opened => break opened?,
            }
        };
        let failed = |source| open_error(path, source);
        let (segments, facts) = (
            db.open_tree("segments").map_err(failed)?,
            db.open_tree("facts").map_err(failed)?,
        );
        Ok(Self {
            path: path.to_owned(),
            db,
            segments,
            facts,
        })
    }

    fn decode<T: DeserializeOwned>(&self, kind: &str, value: &[u8]) -> Result<T, StateError> {
        let unreadable = |_| StateError::Unreadable {
            path: self.path.clone(),
            key: kind.to_owned(),
        };
        serde_json::from_slice(value).map_err(unreadable)
    }

    fn failed(&self, source: sled::Error) -> StateError {
        StateError::Sled {
            path: self.path.clone(),
            source,
        }
    }
}

fn open_error(path: &Path, source: sled::Error) -> StateError {
    match &source {
        // sled 0.34 wraps the refused lock in an error of kind Other, so its text is all there is to tell it by.
        sled::Error::Io(error) if error.to_string().contains("lock") => StateError::InUse(path.to_owned()),
        _ => StateError::Sled {
            path: path.to_owned(),
            source,
        },
    }
}

/// A killed compaction left either the old state under its own name, or both beside it: the new one is whole then. Only
/// who holds the store's lock may do this: what lies beside the state may be a compaction that is going on.
fn finish_compaction(path: &Path) -> Result<(), StateError> {
    let (fresh, old) = (beside(path, "new"), beside(path, "old"));
    let refused = |source| StateError::Io {
        path: path.to_owned(),
        source,
    };
    if !path.exists() && old.exists() {
        fs::rename(if fresh.exists() { &fresh } else { &old }, path).map_err(refused)?;
    }
    remove(&fresh).and_then(|()| remove(&old)).map_err(refused)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_extension(ending)
}

fn remove(path: &Path) -> io::Result<()> {
    if path.exists() {
        fs::remove_dir_all(path)
    } else {
        Ok(())
    }
}

/// Whether an error says that the file system had no room.
pub fn is_full_disk(cause: &(dyn std::error::Error + 'static)) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    // sled does not name the error of the file system as its cause.
    let io = match cause.downcast_ref::<sled::Error>() {
        Some(sled::Error::Io(io)) => Some(io),
        _ => cause.downcast_ref::<io::Error>(),
    };
    let kind = io.map(io::Error::kind);
    matches!(kind, Some(StorageFull | QuotaExceeded | FileTooLarge))
}
