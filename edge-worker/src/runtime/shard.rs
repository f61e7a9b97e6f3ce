//! One shard of the log: a Durable Object that takes batches, answers once they are on disk, and moves them to the bucket as
//! immutable segments.
//!
//! A flush writes its intent down, puts the segment unless it is there, and only then lets go of the batches: a crash at any point
//! repeats the same bytes under the same name.

use std::cell::{Cell, RefCell};
use std::panic::RefUnwindSafe;
use std::time::Duration;

use serde_json::json;
use worker::{Date, Delay, DurableObject, Env, Request, Response, Result, State, console_error, durable_object};

use super::faults::{self, Fault};
use super::salt::DAY_MS;
use super::shard_store::{Epoch, ShardStore};
use super::{bucket, query_of, respond};
use crate::batch_id::BatchId;
use crate::refusal::Refusal;
use crate::rejected::RejectedShape;
use crate::seen::{SeenBatches, WINDOW_MS};
use crate::segment::Segment;

/// The status of an answer to an append of a batch that was there.
pub const WAS_THERE: u16 = 208;

/// Batches wait at most this long for the bucket: a segment costs as much as a few batches, and who pulls through the worker has all
/// flushed first. Tests of faults have less patience.
const FLUSH_AFTER: Duration = Duration::from_secs(if cfg!(feature = "faults") { 3 } else { 600 });
/// A flush that failed is tried again after this long.
const RETRY_AFTER: Duration = Duration::from_secs(if cfg!(feature = "faults") { 1 } else { 15 });
/// Bytes of lines in one segment, before compression; one batch more at most.
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes at which a shard takes no more, of the 10 GB it may have: the bucket has been away for very long.
const STORE_BYTES: usize = 2 * 1024 * 1024 * 1024;
/// How many shapes of refused events the status lists.
const REJECTED_LISTED: u64 = 50;

/// The name of a shard's object.
pub fn name_of(shard: u8) -> String {
    format!("shard-{shard:02}")
}

/// One shard.
#[durable_object(alarm)]
pub struct ShardLog {
    state: State,
    env: Env,
    open: RefCell<Option<OpenLog>>,
    flushing: Cell<bool>,
    armed: Cell<bool>,
}

/// A panic leaves nothing half done behind it: the log is read anew, as [`ShardLog::with_log`] has it, and a flush is over.
impl RefUnwindSafe for ShardLog {}

/// The log as it is kept in memory.
struct OpenLog {
    store: ShardStore,
    seen: SeenBatches,
    epoch: u64,
    lo: u64,
    next: u64,
    bytes: u64,
    /// When the open epoch's first batch came, in milliseconds.
    begun_ms: u64,
}

impl DurableObject for ShardLog {
    fn new(state: State, env: Env) -> Self {
        super::log_panics_by_place();
        Self {
            state,
            env,
            open: RefCell::new(None),
            flushing: Cell::new(false),
            armed: Cell::new(false),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match request.path().as_str() {
            "/append" => {
                let url = request.inner().url();
                self.append(batch_of(query_of(&url))?, request.bytes().await?).await
            }
            "/quarantine" => {
                let url = request.inner().url();
                let (batch, key) = query_of(&url).split_once("&key=").ok_or("no key to count for")?;
                let lines = request.bytes().await?;
                if !self.with_log(|log| log.store.takes_from(key, now_ms() / DAY_MS, lines.len() as u64))? {
                    return Err("a write key has had its share of the day".into());
                }
                self.append(batch_of(batch)?, lines).await
            }
            "/flush" => {
                let flushed = self.flush().await?;
                respond::json(
                    200,
                    &json!({"flushed": flushed, "end": self.with_log(|log| log.end())?}),
                )
            }
            "/flush-late" => {
                if self.is_late()? {
                    self.flush().await?;
                }
                Response::empty()
            }
            "/rejected" => {
                let shapes: Vec<RejectedShape> = serde_json::from_slice(&request.bytes().await?)?;
                self.with_log(|log| log.store.keep_rejected(&shapes, now_ms()))?;
                Response::empty()
            }
            "/status" => respond::json(200, &self.with_log(|log| log.status())?),
            _ => respond::refused(&Refusal::NotFound),
        }
    }

    /// Never fails: a handler that fails six times is not called again.
    async fn alarm(&self) -> Result<Response> {
        self.armed.set(false);
        if let Err(error) = self.flush().await {
            console_error!("a flush failed and is tried again: {error}");
            self.arm(RETRY_AFTER).await?;
        }
        Response::empty()
    }
}

impl ShardLog {
    async fn append(&self, batch: BatchId, lines: Vec<u8>) -> Result<Response> {
        if faults::strikes(Fault::AppendRefused) {
            return Err("the shard is overloaded".into());
        }
        let (was_there, full) = self.with_log(|log| log.append(batch, lines))?;
        if faults::strikes(Fault::AppendLost) {
            return Err("the answer is lost".into());
        }
        if full {
            self.arm(Duration::ZERO).await?;
        } else if !self.armed.get() {
            self.arm(FLUSH_AFTER).await?;
        }
        // The runtime holds this answer back until the row is on disk.
        Ok(Response::empty()?.with_status(if was_there { WAS_THERE } else { 201 }))
    }

    /// Writes all there is to the bucket; how many segments that were. Waits for a flush that is under way, so that afterwards
    /// everything is there.
    async fn flush(&self) -> Result<u64> {
        while self.flushing.replace(true) {
            Delay::from(Duration::from_millis(20)).await;
        }
        let _flushing = Flushing(&self.flushing);
        if faults::strikes(Fault::FlushFails) {
            return Err("the flush fails".into());
        }
        self.flush_epochs().await
    }

    async fn flush_epochs(&self) -> Result<u64> {
        self.with_log(OpenLog::seal)?;
        let mut flushed = 0;
        for epoch in self.with_log(|log| log.store.sealed_epochs())? {
            self.flush_epoch(&epoch).await?;
            flushed += 1;
        }
        Ok(flushed)
    }

    async fn flush_epoch(&self, epoch: &Epoch) -> Result<()> {
        let batches = self.with_log(|log| log.store.batches(epoch.number))?;
        let names: Vec<_> = batches.iter().map(|logged| logged.batch).collect();
        let lines: Vec<_> = batches.into_iter().map(|logged| logged.lines).collect();
        let hi = epoch.hi.unwrap_or(epoch.lo);
        let segment = Segment::of_shard(self.shard()?, epoch.lo, hi, &lines).map_err(|error| error.to_string())?;
        if !self.is_put(epoch, &segment).await? {
            self.with_log(|log| log.store.intend(epoch.number, &segment.key))?;
            if faults::strikes(Fault::AfterIntent) {
                return Err("the flush ends before its segment".into());
            }
            bucket::put(&self.env, segment).await?;
        }
        if faults::strikes(Fault::AfterPut) {
            return Err("the flush ends after its segment".into());
        }
        self.with_log(|log| {
            log.store.bill_more(0, 1);
            log.store.finish(epoch.number, &names, now_ms())
        })
    }

    /// Whether an earlier flush, by a version of the worker whose gzip gave other bytes, put the epoch under another name.
    async fn is_put(&self, epoch: &Epoch, segment: &Segment) -> Result<bool> {
        match &epoch.key {
            Some(key) if *key != segment.key => bucket::has(&self.env, key).await,
            _ => Ok(false),
        }
    }

    async fn arm(&self, after: Duration) -> Result<()> {
        self.state.storage().set_alarm(after).await?;
        self.armed.set(true);
        self.with_log(|log| {
            log.store.bill_more(1, 0);
            Ok(())
        })
    }

    fn is_late(&self) -> Result<bool> {
        self.with_log(|log| {
            let waits = log.next > log.lo
                && now_ms().saturating_sub(log.begun_ms)
                    > 2 * u64::try_from(FLUSH_AFTER.as_millis()).unwrap_or(u64::MAX);
            Ok(waits || !log.store.sealed_epochs()?.is_empty())
        })
    }

    fn shard(&self) -> Result<u8> {
        let name = self.state.id().name().unwrap_or_default();
        let shard = name.strip_prefix("shard-").and_then(|number| number.parse().ok());
        shard.ok_or_else(|| "the object does not know which shard it is".into())
    }

    /// Works on the log, which is opened at the first use. Never across an await. A panic leaves no log behind that is half right: the
    /// next use reads it from disk.
    fn with_log<T>(&self, work: impl FnOnce(&mut OpenLog) -> Result<T>) -> Result<T> {
        let mut log = match self.open.take() {
            Some(log) => log,
            None => OpenLog::open(ShardStore::open(self.state.storage().sql())?)?,
        };
        let done = work(&mut log);
        self.open.replace(Some(log));
        done
    }
}

/// A flush that is under way, however it ends.
struct Flushing<'a>(&'a Cell<bool>);

impl Drop for Flushing<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl OpenLog {
    fn open(store: ShardStore) -> Result<Self> {
        let epoch = store.open_epoch()?.ok_or("the log has no open epoch")?;
        let now_ms = now_ms();
        let mut seen = SeenBatches::default();
        for (at, batches) in store.remembered(now_ms.saturating_sub(WINDOW_MS.unsigned_abs()))? {
            batches.into_iter().for_each(|batch| seen.insert(batch, signed(at)));
        }
        for sealed in store.sealed_epochs()? {
            store
                .names(sealed.number)?
                .into_iter()
                .for_each(|batch| seen.insert(batch, signed(now_ms)));
        }
        let names = store.names(epoch.number)?;
        let next = epoch.lo + names.len() as u64;
        names.into_iter().for_each(|batch| seen.insert(batch, signed(now_ms)));
        let bytes = store.bytes(epoch.number)?;
        // Waiting batches of before a restart are late at once, rather than never.
        Ok(Self {
            store,
            seen,
            epoch: epoch.number,
            lo: epoch.lo,
            next,
            bytes,
            begun_ms: 0,
        })
    }

    /// Adds a batch. Says whether it was there, and whether a segment is full.
    fn append(&mut self, batch: BatchId, lines: Vec<u8>) -> Result<(bool, bool)> {
        let now_ms = now_ms();
        self.seen.expire(signed(now_ms));
        if self.seen.contains(batch) {
            return Ok((true, false));
        }
        if self.store.size() > STORE_BYTES || faults::strikes(Fault::ShardFull) {
            return Err("the shard is full".into());
        }
        let bytes = lines.len() as u64;
        if !self.store.append(self.epoch, batch, self.next, lines)? {
            return Ok((true, false));
        }
        assert!(!faults::strikes(Fault::ShardPanics), "asked for");
        if self.next == self.lo {
            self.begun_ms = now_ms;
        }
        self.seen.insert(batch, signed(now_ms));
        self.next += 1;
        self.bytes += bytes;
        let full = self.bytes >= SEGMENT_BYTES;
        if full {
            self.seal()?;
        }
        Ok((false, full))
    }

    /// Ends the open epoch, if there is anything in it.
    fn seal(&mut self) -> Result<()> {
        if self.next > self.lo {
            self.store.begin_epoch(self.epoch + 1, self.next)?;
            self.epoch += 1;
            self.lo = self.next;
            self.bytes = 0;
        }
        Ok(())
    }

    /// The number of the last batch in the bucket. Appends may have ended a further epoch while the last flush was under way.
    fn end(&self) -> Result<u64> {
        let waiting = self.store.sealed_epochs()?;
        Ok(waiting.first().map_or(self.lo, |epoch| epoch.lo) - 1)
    }

    fn status(&self) -> Result<serde_json::Value> {
        let waiting = self.next - self.lo;
        let age = if waiting > 0 {
            now_ms().saturating_sub(self.begun_ms)
        } else {
            0
        };
        Ok(json!({
            "batches": self.next - 1,
            "waiting": {"batches": waiting, "bytes": self.bytes, "ms": age, "segments": self.store.sealed_epochs()?.len()},
            "stored_bytes": self.store.size(),
            "billed": self.store.billed(),
            "rejections": self.store.rejections()?.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            "rejected": self.store.rejected(REJECTED_LISTED)?,
        }))
    }
}

fn batch_of(query: &str) -> Result<BatchId> {
    let batch = query.strip_prefix("batch=").and_then(BatchId::from_hex);
    batch.ok_or_else(|| "an append without the batch's name".into())
}

fn now_ms() -> u64 {
    Date::now().as_millis()
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
