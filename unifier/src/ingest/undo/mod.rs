//! Takes an import back, so that every later night is as if it had never been made.
//!
//! What the import was the first to say, and a later one said again, the later one says from now on: the rows that were no news when
//! they came are noted in the log for that. All of it is one step, done or not.

mod events;
mod replay;
mod rows;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::import::{IMPORT, ImportEntry};
use crate::store::rejects::{self, WithdrawnRejects};
use crate::store::{Change, Segment, SegmentError, StagedSegment, StateError, Store, StoreError};

/// What taking an import back did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// The import's id.
    pub id: String,
    /// What the state kept of it.
    pub import: ImportEntry,
    /// Rows that later imports had told again, and that are theirs now.
    pub handed_on: u64,
}

/// Why an import could not be taken back. Then nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such import.
    #[error("there is no import {0}: `unifier import list` shows them all")]
    Unknown(String),
    /// Several imports begin so.
    #[error("several imports begin with {0}: give more of the id")]
    Ambiguous(String),
    /// The rejects file cannot be moved.
    #[error("{}: {source}", path.display())]
    Rejects {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The log cannot be read or written.
    #[error(transparent)]
    Log(#[from] SegmentError),
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The store refused the commit.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be done to the store.
#[derive(Default)]
struct Plan {
    old: Vec<Segment>,
    staged: Vec<StagedSegment>,
    changes: Vec<Change>,
    handed_on: u64,
}

/// The imports so far, in the order in which they were made, with their ids.
///
/// # Errors
/// [`StateError`] when the disk refuses.
pub fn imports(store: &Store) -> Result<Vec<(String, ImportEntry)>, StateError> {
    let mut imports: Vec<_> = store.state().all::<ImportEntry>(IMPORT)?.into_iter().collect();
    imports.sort_by(|(a, first), (b, second)| (first.number, a).cmp(&(second.number, b)));
    Ok(imports)
}

/// Takes back the import whose id begins with `id`.
///
/// # Errors
/// [`UndoError`]; then nothing has changed.
pub fn undo(store: &mut Store, id: &str) -> Result<Undone, UndoError> {
    let imports = imports(store)?;
    let mut named = imports.iter().filter(|(own, _)| own.starts_with(id));
    let (id, import) = named.next().cloned().ok_or_else(|| UndoError::Unknown(id.to_owned()))?;
    if named.next().is_some() {
        return Err(UndoError::Ambiguous(id));
    }
    let mut plan = if import.kind == "events" {
        events::plan(store, &id)?
    } else {
        rows::plan(store, &id, &import, &imports)?
    };
    plan.changes.push(Change::remove(IMPORT, &id));
    let path = store.rejects().join(format!("{id}.csv"));
    let refused = |source| UndoError::Rejects {
        path: path.clone(),
        source,
    };
    let rejects = rejects::withdraw(&path).map_err(refused)?;
    plan.changes.extend(rejects.as_ref().map(WithdrawnRejects::change));
    store.replace(&plan.old, plan.staged, plan.changes)?;
    rejects.map(WithdrawnRejects::delete).transpose().map_err(refused)?;
    Ok(Undone {
        id,
        import,
        handed_on: plan.handed_on,
    })
}

/// The entries of imports of which more or fewer rows are kept than before.
fn recounted(imports: &BTreeMap<&str, &ImportEntry>, kept_more: &BTreeMap<String, i64>) -> Vec<Change> {
    let recounted = |(id, more): (&String, &i64)| {
        let entry = *imports.get(id.as_str())?;
        let entry = ImportEntry {
            accepted: entry.accepted.saturating_add_signed(*more),
            duplicate: entry.duplicate.saturating_add_signed(-more),
            ..entry.clone()
        };
        Some(Change::put(IMPORT, id, &entry))
    };
    kept_more.iter().filter_map(recounted).collect()
}

#[cfg(test)]
mod tests;
