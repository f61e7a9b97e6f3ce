//! Takes the edge's log over: every object once, every event once, no gap passed over.
//!
//! A shard's objects are numbered without holes, so a missing one is seen: that shard stops where the hole is, and the
//! others go on. How far each was read is committed together with what was read.

mod bucket;
mod events;
mod folder;
pub mod key;
pub mod object;
mod remote;
mod stop;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, io};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::config::{Config, Edge};
use crate::store::rejects::StagedRejects;
use crate::store::{Change, SegmentError, StateError, Store, StoreError};

use super::Suppressed;
use super::intake::{Intake, PULLED};
use super::reject::{RejectsFile, RowReject};

pub use events::EventWriter;

use events::Counts;
pub use stop::Stop;

use bucket::Bucket;
use folder::Folder;
use key::{ObjectKey, is_spill};
use object::Object;
use remote::Remote;

/// The kind of state entries that say how far each prefix was read.
pub const CURSOR: &str = "cursor";
/// The kind of state entries that name the spilled objects that were read.
const SPILLED: &str = "spilled";

/// Objects that are unpacked side by side.
const OBJECTS_AT_ONCE: usize = 16;
/// Lines after which what was read is committed: what a pull holds in memory at most, and what a kill can cost.
const LINES_AT_ONCE: u64 = 200_000;

/// How to pull.
pub struct PullRequest<'a> {
    /// Who was erased.
    pub suppressed: Suppressed<'a>,
    /// Goes on behind a hole in a shard's numbers, when its batches are known to be lost for good.
    pub accept_gaps: bool,
    /// Called with the number of objects read so far.
    pub progress: &'a dyn Fn(u64),
}

/// What became of a pull: read = accepted + duplicate + rejected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PullReport {
    /// Objects read.
    pub objects: u64,
    /// Lines read.
    pub read: u64,
    /// Lines kept.
    pub accepted: u64,
    /// Lines kept that are events with consent; the others are hits without.
    pub events: u64,
    /// Lines whose message the log has already.
    pub duplicate: u64,
    /// Lines refused.
    pub rejected: u64,
    /// How many lines were refused, by reason.
    pub reasons: BTreeMap<RowReject, u64>,
    /// Where refused lines are kept.
    pub rejects: Vec<PathBuf>,
    /// Shards that stopped before their end, and why. What came before is in the log.
    pub stopped: Vec<Stop>,
}

/// Why nothing more could be pulled. What was committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The configuration names no edge.
    #[error("the configuration has no [edge]: say there where web events come from, as url, bucket or folder")]
    NoEdge,
    /// The token is not in the environment.
    #[error("the environment variable {0} is not set: it holds the worker's export token")]
    NoToken(String),
    /// The worker refuses the token.
    #[error("{url}: the worker refuses the token: {variable} must hold the worker's EXPORT_TOKEN")]
    WrongToken {
        /// The worker.
        url: String,
        /// The environment variable.
        variable: String,
    },
    /// The worker cannot be reached.
    #[error("{url} cannot be reached: {message}: check edge.url and the network, and pull again")]
    Unreachable {
        /// The worker.
        url: String,
        /// What the network said.
        message: String,
    },
    /// The worker answers something else than it should.
    #[error("{url} answers {message}: check that edge.url is the worker's address")]
    Unexpected {
        /// The worker.
        url: String,
        /// What it answered.
        message: String,
    },
    /// The keys of a bucket are not in the environment.
    #[error(
        "the environment variable {0} is not set: with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY the bucket is read"
    )]
    NoBucketKey(&'static str),
    /// A bucket cannot be read.
    #[error("bucket {bucket}: {message}: check edge.bucket, edge.endpoint and the keys, and pull again")]
    Bucket {
        /// Its name.
        bucket: String,
        /// What the store said.
        message: String,
    },
    /// A folder cannot be read.
    #[error("{}: {source}: check edge.folder", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The rejects file cannot be written.
    #[error("{}: {source}", path.display())]
    Rejects {
        /// The folder.
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

/// The number of the last batch that a shard has written, by its prefix.
pub type Ends = BTreeMap<String, u64>;

/// Where the edge's objects are.
pub trait Origin {
    /// Makes every shard write what it still holds, and gives the number of the last batch it has written, by prefix, where
    /// the origin knows.
    fn flush(&self) -> Result<Ends, PullError>;
    /// The prefixes of the shards, and of what was spilled.
    fn prefixes(&self) -> Result<Vec<String>, PullError>;
    /// Keys under `prefix` after `after`, in order; not all of them if there are many.
    fn keys(&self, prefix: &str, after: &str) -> Result<Vec<String>, PullError>;
    /// An object's bytes.
    fn object(&self, key: &str) -> Result<Vec<u8>, PullError>;
}

/// Opens what the configuration names; a folder is relative to `root`.
///
/// # Errors
/// [`PullError`] when nothing is named, or the token is missing.
pub fn open(edge: Option<&Edge>, root: &Path) -> Result<Box<dyn Origin>, PullError> {
    let edge = edge.ok_or(PullError::NoEdge)?;
    match (&edge.folder, &edge.bucket, &edge.url) {
        (Some(folder), _, _) => Ok(Box::new(Folder::new(root.join(folder)))),
        (None, Some(bucket), _) => Ok(Box::new(Bucket::open(bucket, edge)?)),
        (None, None, Some(url)) => {
            let token = env::var(&edge.token_env).map_err(|_| PullError::NoToken(edge.token_env.clone()))?;
            Ok(Box::new(Remote::new(url, &edge.token_env, &token)))
        }
        (None, None, None) => Err(PullError::NoEdge),
    }
}

/// Pulls everything new from where the configuration says.
///
/// # Errors
/// [`PullError`]; what was committed before it stays, and the next pull goes on there.
pub fn pull(store: &mut Store, config: &Config, request: &PullRequest<'_>) -> Result<PullReport, PullError> {
    let origin = open(config.edge.as_ref(), store.root())?;
    pull_from(store, config, origin.as_ref(), request)
}

/// Pulls everything new from `origin`.
///
/// # Errors
/// As [`pull`].
pub fn pull_from(
    store: &mut Store,
    config: &Config,
    origin: &dyn Origin,
    request: &PullRequest<'_>,
) -> Result<PullReport, PullError> {
    let ends = origin.flush()?;
    let mut run = Pull {
        store,
        origin,
        request,
        writer: EventWriter::new(config),
        taken: Taken::default(),
        report: PullReport::default(),
    };
    for prefix in origin.prefixes()? {
        run.prefix(&prefix, ends.get(&prefix).copied())?;
    }
    run.commit()?;
    Ok(run.report)
}

/// What was read and is not committed yet.
#[derive(Default)]
struct Taken {
    cursors: BTreeMap<String, String>,
    keys: Vec<String>,
    lines: u64,
    refused: Vec<object::BadLine>,
}

impl Taken {
    /// What this commit brings, for the report of the night.
    fn intake(&self, counts: Counts) -> Intake {
        let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
        for bad in &self.refused {
            *rejected.entry(bad.reason.code()).or_default() += 1;
        }
        let accepted = counts.events + counts.hits;
        Intake {
            files: self.keys.len() as u64,
            read: accepted + counts.duplicate + self.refused.len() as u64,
            accepted,
            duplicate: counts.duplicate,
            rejected,
        }
    }
}

struct Pull<'a> {
    store: &'a mut Store,
    origin: &'a dyn Origin,
    request: &'a PullRequest<'a>,
    writer: EventWriter,
    taken: Taken,
    report: PullReport,
}

impl Pull<'_> {
    /// Reads a prefix to its end, or to where it stops. `written` is the last batch that should be there, where that is known.
    fn prefix(&mut self, prefix: &str, written: Option<u64>) -> Result<(), PullError> {
        let cursor: Option<String> = self.store.state().get(CURSOR, prefix)?;
        let mut after = cursor.clone().unwrap_or_default();
        let mut last = cursor.as_deref().and_then(ObjectKey::parse).map_or(0, |key| key.hi());
        if is_spill(prefix) {
            // What was spilled on one day has no order, so the last days are looked at again.
            after = key::spill_start(&after);
        }
        loop {
            let keys = self.origin.keys(prefix, &after)?;
            let Some(end) = keys.last().cloned() else {
                self.check_end(prefix, last, written);
                return Ok(());
            };
            for group in keys.chunks(OBJECTS_AT_ONCE) {
                let (group, stop) = self.next_in_line(prefix, group, &mut last)?;
                let damaged = self.objects(prefix, &group)?;
                if let Some(stop) = damaged.or(stop) {
                    self.report.stopped.push(stop);
                    return Ok(());
                }
            }
            after = end;
        }
    }

    /// Reports that the shard has written more than there is.
    fn check_end(&mut self, prefix: &str, last: u64, written: Option<u64>) {
        if let Some(end) = written.filter(|end| *end > last && !self.request.accept_gaps) {
            self.report.stopped.push(Stop::MissingEnd {
                shard: prefix.to_owned(),
                expected: last + 1,
                end,
            });
        }
    }

    /// The keys of a group that are to be read, up to a hole in their numbers.
    fn next_in_line(
        &self,
        prefix: &str,
        keys: &[String],
        last: &mut u64,
    ) -> Result<(Vec<ObjectKey>, Option<Stop>), PullError> {
        let mut next = Vec::new();
        for key in keys {
            let Some(parsed) = ObjectKey::parse(key) else {
                return Ok((next, Some(Stop::StrangeName { key: key.clone() })));
            };
            if is_spill(prefix) {
                if self.store.state().get::<bool>(SPILLED, key)?.is_none() {
                    next.push(parsed);
                }
                continue;
            }
            if let Some(stop) = self.out_of_line(prefix, &parsed, *last) {
                return Ok((next, Some(stop)));
            }
            *last = parsed.hi();
            next.push(parsed);
        }
        Ok((next, None))
    }

    /// Why an object does not follow the one that ends with batch `last`.
    fn out_of_line(&self, prefix: &str, key: &ObjectKey, last: u64) -> Option<Stop> {
        let expected = last + 1;
        match key.lo().cmp(&expected) {
            Ordering::Less => Some(Stop::Overlap {
                key: key.as_str().to_owned(),
                found: key.lo(),
                last,
            }),
            Ordering::Greater if !self.request.accept_gaps => Some(Stop::Gap {
                shard: prefix.to_owned(),
                expected,
                found: key.lo(),
            }),
            _ => None,
        }
    }

    /// Reads objects, in order, up to one that is damaged.
    fn objects(&mut self, prefix: &str, keys: &[ObjectKey]) -> Result<Option<Stop>, PullError> {
        let bytes = keys
            .iter()
            .map(|key| self.origin.object(key.as_str()))
            .collect::<Result<Vec<_>, _>>()?;
        let objects: Vec<Result<Object, Stop>> = keys
            .par_iter()
            .zip(&bytes)
            .map(|(key, bytes)| Object::read(key, bytes))
            .collect();
        for (key, object) in keys.iter().zip(objects) {
            match object {
                Ok(object) => self.take(prefix, key, object)?,
                Err(stop) => return Ok(Some(stop)),
            }
        }
        Ok(None)
    }

    fn take(&mut self, prefix: &str, key: &ObjectKey, object: Object) -> Result<(), PullError> {
        self.report.objects += 1;
        (self.request.progress)(self.report.objects);
        self.taken.lines += object.envelopes.len() as u64;
        for (line, envelope) in object.envelopes {
            self.report.read += 1;
            if self.writer.is_erased(&envelope, self.request.suppressed) {
                self.refuse(object::BadLine::erased(key.as_str(), line));
            } else {
                self.writer.push(self.store.log(), envelope)?;
            }
        }
        for bad in object.bad_lines {
            self.report.read += 1;
            self.refuse(bad);
        }
        self.taken.keys.push(key.as_str().to_owned());
        self.taken.cursors.insert(prefix.to_owned(), key.as_str().to_owned());
        if self.taken.lines >= LINES_AT_ONCE {
            self.commit()
        } else {
            Ok(())
        }
    }

    fn refuse(&mut self, bad: object::BadLine) {
        self.report.rejected += 1;
        *self.report.reasons.entry(bad.reason).or_default() += 1;
        self.taken.refused.push(bad);
    }

    /// Commits what was read and how far, in one step.
    fn commit(&mut self) -> Result<(), PullError> {
        let taken = std::mem::take(&mut self.taken);
        if taken.keys.is_empty() {
            return Ok(());
        }
        let id = commit_id(&taken.keys);
        let notes = BTreeMap::from([("number".to_owned(), self.store.next_number()?.to_string())]);
        let staged = self.writer.stage(self.store.log(), &id, &notes)?;
        let rejects = self.keep_refused(&id, &taken.refused)?;
        let cursors = taken
            .cursors
            .iter()
            .map(|(prefix, key)| Change::put(CURSOR, prefix, key));
        let spilled = taken
            .keys
            .iter()
            .filter(|key| is_spill(key))
            .map(|key| Change::put(SPILLED, key, &true));
        let counts = self.writer.take_counts();
        let brought = Change::put(PULLED, &id, &taken.intake(counts));
        let kept = rejects.as_ref().map(StagedRejects::change);
        let changes = cursors.chain(spilled).chain([brought]).chain(kept).collect();
        self.store.commit(staged, changes)?;
        let refused = |source| PullError::Rejects {
            path: self.store.rejects(),
            source,
        };
        let kept = rejects.map(StagedRejects::publish).transpose().map_err(refused)?;
        self.report.rejects.extend(kept);
        self.report.accepted += counts.events + counts.hits;
        self.report.events += counts.events;
        self.report.duplicate += counts.duplicate;
        Ok(())
    }

    fn keep_refused(&self, id: &str, refused: &[object::BadLine]) -> Result<Option<StagedRejects>, PullError> {
        let folder = self.store.rejects();
        let mut file = RejectsFile::new(&folder, &format!("web-{id}"));
        let kept = refused
            .iter()
            .try_for_each(|bad| file.add(bad.line, &bad.object, &bad.refusal(), &bad.raw));
        kept.and_then(|()| file.finish())
            .map_err(|source| PullError::Rejects { path: folder, source })
    }
}

/// Names the segments of a commit by the objects in it.
fn commit_id(keys: &[String]) -> String {
    let digest = keys
        .iter()
        .fold(Sha256::new(), |hash, key| hash.chain_update(key).chain_update("\n"))
        .finalize();
    hex::encode(&digest[..8])
}

#[cfg(test)]
mod tests;
