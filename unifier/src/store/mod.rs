//! What the unifier keeps on disk, in one directory: the log of facts, the state, and the tables each night publishes.
//!
//! ```text
//! DIR/unifier.toml      the configuration
//! DIR/log/…             immutable facts as Parquet segments              (log.rs)
//! DIR/state/            sled: which segments are in force, imports,
//!                       cursors, consents given here, suppressions       (state.rs)
//! DIR/tables/000012/…   what night 12 published; CURRENT names the night
//!                       in force                                         (tables.rs)
//! DIR/rejects/…         rows and events that were refused, with reasons
//! DIR/lock              held by the program that writes                  (lock.rs)
//! ```
//!
//! Writers hold the store's lock, one program at a time. Readers of the tables (the web UI, exports, `people`) need no
//! lock: a published night never changes, except by an erasure.

mod file;
mod lock;
mod log;
mod lookup;
pub mod rejects;
mod state;
mod tables;

use std::path::{Path, PathBuf};

use lock::Lock;

pub use file::{AtomicFile, write_atomically};
pub(crate) use log::parquet_properties;
pub use log::{Lane, Log, Segment, SegmentError, StagedSegment};
pub use lookup::Wanted;
pub use state::{Change, State, StateError, is_full_disk};
pub use tables::{Draft, Night, Tables, TablesError};

/// The store in one directory.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    log: Log,
    state: State,
    // Last, so that it is held until the state is closed.
    lock: Lock,
}

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory holds no store.
    #[error("{0} holds no store: make one with `unifier init {0}`")]
    Missing(PathBuf),
    /// The state could not be opened.
    #[error(transparent)]
    State(#[from] StateError),
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] SegmentError),
}

impl Store {
    /// Opens the store in `root` for writing, and clears away what a killed run left unfinished.
    ///
    /// # Errors
    /// [`StoreError`] when there is none, when another run holds it, or when the disk refuses.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        if !root.join(CONFIG_FILE).is_file() {
            return Err(StoreError::Missing(root.to_owned()));
        }
        let lock = Lock::take(root)?;
        let log = root.join("log");
        let state = State::open(&root.join("state"), Log::exists(&log)?)?;
        let log = Log::open(&log, state.segments()?)?;
        rejects::settle(&root.join(REJECTS), &state)?;
        Ok(Self {
            root: root.to_owned(),
            log,
            state,
            lock,
        })
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The log of facts.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The published nights.
    pub fn tables(&self) -> Tables {
        Tables::new(&self.root)
    }

    /// Where refused rows and events are kept.
    pub fn rejects(&self) -> PathBuf {
        self.root.join(REJECTS)
    }

    /// The number that the next commit gets. Segments and entries may note it, so that the order of commits is known.
    ///
    /// # Errors
    /// [`StateError`] when the disk refuses.
    pub fn next_number(&self) -> Result<u64, StateError> {
        Ok(self.state.get::<u64>(COMMITS, "")?.unwrap_or(0) + 1)
    }

    /// Puts staged segments into the log and `changes` into the state: all of it or nothing, whenever the run is killed.
    ///
    /// The segments get their final names first; they count only once the state names them, which is one atomic batch.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses; then nothing has changed.
    pub fn commit(&mut self, staged: Vec<StagedSegment>, mut changes: Vec<Change>) -> Result<Vec<Segment>, StoreError> {
        changes.push(Change::put(COMMITS, "", &self.next_number()?));
        let segments = self.log.rename(staged)?;
        changes.extend(
            segments
                .iter()
                .map(|segment| Change::AddSegment(segment.name().to_owned())),
        );
        self.state.apply(&changes)?;
        self.log.admit(segments.clone());
        Ok(segments)
    }

    /// Replaces segments by others and applies `changes`, all or nothing. The replaced files are deleted.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses; then nothing has changed, or only files are left that the next run clears.
    pub fn replace(
        &mut self,
        old: &[Segment],
        staged: Vec<StagedSegment>,
        mut changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        changes.extend(old.iter().map(|segment| Change::DropSegment(segment.name().to_owned())));
        self.commit(staged, changes)?;
        Ok(self.log.discard(old)?)
    }

    /// Writes the state anew without the entries of `kind`, so that what was removed from it is on the disk no more.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses; then the state is as it was.
    pub fn compact_without(self, kind: &str) -> Result<(), StoreError> {
        let Self { state, lock, .. } = self;
        state.compact_without(kind)?;
        drop(lock);
        Ok(())
    }
}

/// The state's kind for the number of commits so far.
const COMMITS: &str = "commits";

/// The folder of refused rows.
const REJECTS: &str = "rejects";

/// The configuration's file name in the store's directory.
pub const CONFIG_FILE: &str = "unifier.toml";

/// An empty store in a folder that goes with the test.
#[cfg(test)]
pub(crate) fn empty() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(CONFIG_FILE), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};

    use super::*;

    fn batch(values: &[i64]) -> RecordBatch {
        RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(values.to_vec())) as ArrayRef)]).unwrap()
    }

    fn stage(store: &Store, id: &str) -> StagedSegment {
        let batch = batch(&[1, 2, 3]);
        let notes = BTreeMap::from([("file".to_owned(), "a.csv".to_owned())]);
        store
            .log()
            .stage(Lane::Records, "hubspot", id, batch.schema(), [Ok(batch)], &notes)
            .unwrap()
    }

    #[test]
    fn a_segment_counts_only_once_it_is_committed() {
        let (folder, mut store) = empty();
        let staged = stage(&store, "one");
        assert_eq!(store.log().segments(Lane::Records).count(), 0);
        store
            .commit(vec![staged], vec![Change::put("import", "one", &7)])
            .unwrap();
        drop(stage(&store, "two"));
        drop(store);

        let store = Store::open(folder.path()).unwrap();
        let segments: Vec<_> = store.log().segments(Lane::Records).collect();
        assert_eq!(
            segments.iter().map(|s| s.name()).collect::<Vec<_>>(),
            ["records/source=hubspot/one.parquet"]
        );
        assert_eq!(segments[0].notes().unwrap()["file"], "a.csv");
        assert_eq!(
            segments[0]
                .read(None)
                .unwrap()
                .map(|batch| batch.unwrap().num_rows())
                .sum::<usize>(),
            3
        );
        assert_eq!(store.state().get::<u32>("import", "one").unwrap(), Some(7));
        assert_eq!(
            fs::read_dir(folder.path().join("log/records/source=hubspot"))
                .unwrap()
                .count(),
            1,
            "leftovers"
        );
    }

    #[test]
    fn refused_rows_of_a_killed_run_stay_only_when_its_commit_was_done() {
        let (folder, store) = empty();
        let path = |name: &str| store.rejects().join(name);
        fs::create_dir(store.rejects()).unwrap();
        for name in ["before.csv", "behind.csv"] {
            fs::write(rejects::StagedRejects::unfinished(&path(name)), "row").unwrap();
        }
        let behind = rejects::StagedRejects::new(path("behind.csv"));
        store.state().apply(&[behind.change()]).unwrap();
        let rejects = store.rejects();
        drop(store);
        Store::open(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(rejects)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["behind.csv"]);
    }

    #[test]
    fn a_stray_file_in_the_log_keeps_no_store_shut() {
        let (folder, mut store) = empty();
        let staged = stage(&store, "one");
        store.commit(vec![staged], Vec::new()).unwrap();
        drop(store);
        fs::write(folder.path().join("log/records/.DS_Store"), "").unwrap();
        assert_eq!(
            Store::open(folder.path())
                .unwrap()
                .log()
                .segments(Lane::Records)
                .count(),
            1
        );
    }

    #[test]
    fn a_store_has_one_writer() {
        let (folder, store) = empty();
        let second = Store::open(folder.path()).unwrap_err();
        assert!(second.to_string().contains("in use by another run"), "{second}");
        drop(store);
        assert!(Store::open(folder.path()).is_ok());
    }

    #[test]
    fn a_second_writer_leaves_a_compaction_that_is_going_on_alone() {
        let (folder, store) = empty();
        let fresh = folder.path().join("state.new");
        fs::create_dir(&fresh).unwrap();
        assert!(Store::open(folder.path()).is_err());
        assert!(fresh.exists());
        drop(store);
        Store::open(folder.path()).unwrap();
        assert!(!fresh.exists(), "a killed compaction is cleared away");
    }

    #[test]
    fn a_log_whose_state_is_gone_is_left_as_it_is() {
        let (folder, mut store) = empty();
        let staged = stage(&store, "one");
        store.commit(vec![staged], Vec::new()).unwrap();
        drop(store);
        let (state, away) = (folder.path().join("state"), folder.path().join("away"));
        fs::rename(&state, &away).unwrap();
        let refused = Store::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("bring it back from a backup"), "{refused}");
        fs::rename(&away, &state).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let segment = store.log().segments(Lane::Records).next().unwrap();
        assert!(segment.read(None).is_ok());
    }

    #[test]
    fn a_damaged_pointer_costs_no_night() {
        let (folder, store) = empty();
        let draft = store.tables().draft().unwrap();
        draft.write("people", [Ok(batch(&[1]))]).unwrap();
        draft.publish().unwrap();
        fs::write(folder.path().join("tables/CURRENT"), "").unwrap();
        let refused = store.tables().draft().unwrap_err().to_string();
        assert!(refused.contains("CURRENT names no night"), "{refused}");
        assert!(folder.path().join("tables/000001/people.parquet").exists());
    }

    #[test]
    fn a_draft_clears_away_what_a_killed_night_left_and_nothing_else() {
        let (folder, store) = empty();
        let path = |name: &str| folder.path().join("tables").join(name);
        for name in ["000001.tmp", "000001", "notes"] {
            fs::create_dir_all(path(name)).unwrap();
        }
        let draft = store.tables().draft().unwrap();
        assert_eq!(draft.number(), 1);
        assert!(path("notes").exists() && !path("000001").exists());
    }

    #[test]
    fn a_folder_without_configuration_is_no_store() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            Store::open(folder.path())
                .unwrap_err()
                .to_string()
                .contains("unifier init")
        );
    }

    #[test]
    fn a_removed_value_leaves_the_disk_when_the_state_is_compacted() {
        let (folder, store) = empty();
        store
            .state()
            .apply(&[
                Change::put("person", "x", &"needle-in-the-haystack"),
                Change::put("n", "y", &1),
            ])
            .unwrap();
        store.compact_without("person").unwrap();
        for entry in fs::read_dir(folder.path().join("state")).unwrap() {
            let path = entry.unwrap().path();
            let bytes = if path.is_file() {
                fs::read(path).unwrap()
            } else {
                Vec::new()
            };
            assert!(!bytes.windows(6).any(|window| window == b"needle"));
        }
        assert_eq!(
            Store::open(folder.path())
                .unwrap()
                .state()
                .all::<u32>("n")
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn a_draft_that_was_never_published_leaves_the_last_night_in_force() {
        let (_folder, store) = empty();
        let tables = store.tables();
        assert!(matches!(tables.current(), Err(TablesError::NoNight(_))));
        for night in 1..=3 {
            let draft = tables.draft().unwrap();
            draft.write("people", [Ok(batch(&[night]))]).unwrap();
            draft.publish().unwrap();
        }
        drop(tables.draft().unwrap());
        assert_eq!(tables.current().unwrap().number(), 3);
        assert_eq!(tables.current().unwrap().read("people", None).unwrap()[0], batch(&[3]));
        tables.prune(2).unwrap();
        assert_eq!(
            tables.nights().unwrap().iter().map(Night::number).collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(tables.draft().unwrap().number(), 4);
    }
}
