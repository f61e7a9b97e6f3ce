//! One writer at a time: a lock on the store as a whole, which stays held while the state's database is exchanged.
//!
//! The database has a lock of its own, but it is gone for a moment when a compaction puts a new database in the old one's
//! place. The operating system takes the lock back when the program ends, however it ends.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::state::StateError;

/// The lock's file in the store's directory. It stays there, empty.
const LOCK_FILE: &str = "lock";

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the store in `root`.
    pub(super) fn take(root: &Path) -> Result<Self, StateError> {
        let path = root.join(LOCK_FILE);
        let refused = |source| StateError::Io {
            path: path.clone(),
            source,
        };
        let file = File::create(&path).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse(root.to_owned())),
            Err(TryLockError::Error(source)) => Err(refused(source)),
        }
    }
}
