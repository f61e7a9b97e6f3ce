//! A shard's tables. Every method is one synchronous step: the runtime writes what happens between two awaits as one.
//!
//! What is billed is the written row, so a batch is one row: an epoch is a table of its own, filled in order and dropped as a whole,
//! and the names of its batches move into one row of `seen` when it goes.

use std::cell::Cell;

use serde::Serialize;
use worker::{Result, SqlCursor, SqlStorage, SqlStorageValue};

use crate::batch_id::BatchId;
use crate::rejected::RejectedShape;
use crate::seen;

/// How many shapes of refused events are kept; the oldest goes.
const REJECTED_KEPT: u64 = 1000;
/// Bytes of quarantined events that one write key may have kept in a UTC day: nobody fills the bucket with a key that everybody can read.
const QUARANTINED_A_DAY: u64 = 16 * 1024 * 1024;

/// A shard's SQLite database.
pub struct ShardStore {
    sql: SqlStorage,
    billed: Cell<Billed>,
}

/// What has been billed since the object woke.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Billed {
    /// Rows written, an alarm that was set among them.
    pub rows_written: u64,
    /// Rows read.
    pub rows_read: u64,
    /// Segments put.
    pub puts: u64,
}

/// A run of batches that goes into one segment.
pub struct Epoch {
    /// Its number; the first is 1.
    pub number: u64,
    /// The sequence number of its first batch.
    pub lo: u64,
    /// That of its last, once the next epoch has begun.
    pub hi: Option<u64>,
    /// The segment's name, once a flush has tried to put it.
    pub key: Option<String>,
}

/// One batch of an epoch.
pub struct Logged {
    /// Its name.
    pub batch: BatchId,
    /// Its lines.
    pub lines: Vec<u8>,
}

impl ShardStore {
    /// Opens the tables, creating those that are missing.
    pub fn open(sql: SqlStorage) -> Result<Self> {
        let store = Self {
            sql,
            billed: Cell::default(),
        };
        for table in [
            "epoch (number integer primary key, lo integer not null, key text)",
            "seen (number integer primary key, at integer not null, batches blob not null)",
            "rejected (slot integer primary key, at integer not null, shape text not null)",
            "share (key text primary key, day integer not null, bytes integer not null) without rowid",
            "rejections (code text primary key, count integer not null) without rowid",
        ] {
            store.run(&format!("create table if not exists {table}"), Vec::new())?;
        }
        if store.open_epoch()?.is_none() {
            store.begin_epoch(1, 1)?;
        }
        Ok(store)
    }

    /// The epoch that is being filled.
    pub fn open_epoch(&self) -> Result<Option<Epoch>> {
        Ok(self.epochs()?.pop())
    }

    /// The epochs that have ended and are not yet known to be in the bucket, oldest first.
    pub fn sealed_epochs(&self) -> Result<Vec<Epoch>> {
        let mut epochs = self.epochs()?;
        epochs.retain(|epoch| epoch.hi.is_some());
        Ok(epochs)
    }

    /// Adds a batch; false when the epoch has it.
    pub fn append(&self, epoch: u64, batch: BatchId, number: u64, lines: Vec<u8>) -> Result<bool> {
        let insert = format!("insert or ignore into log_{epoch} (batch, number, lines) values (?, ?, ?)");
        let row = vec![batch.0.to_vec().into(), integer(number), lines.into()];
        let cursor = self.sql.exec(&insert, row)?;
        Ok(self.bill(&cursor) > 0)
    }

    /// Begins an epoch whose first batch will be number `lo`. That ends the one before it: there is no moment between the two.
    pub fn begin_epoch(&self, epoch: u64, lo: u64) -> Result<()> {
        self.run(
            &format!(
                "create table if not exists log_{epoch} \
                 (batch blob primary key, number integer not null, lines blob not null) without rowid"
            ),
            Vec::new(),
        )?;
        self.run(
            "insert into epoch (number, lo) values (?, ?)",
            vec![integer(epoch), integer(lo)],
        )
    }

    /// An epoch's batches in their order.
    pub fn batches(&self, epoch: u64) -> Result<Vec<Logged>> {
        let rows = self.rows(
            &format!("select batch, lines from log_{epoch} order by number"),
            Vec::new(),
        )?;
        rows.into_iter().map(logged).collect()
    }

    /// The names of an epoch's batches.
    pub fn names(&self, epoch: u64) -> Result<Vec<BatchId>> {
        let rows = self.rows(&format!("select batch from log_{epoch}"), Vec::new())?;
        Ok(rows.iter().filter_map(|row| name(row.first()?)).collect())
    }

    /// The bytes of an epoch's lines.
    pub fn bytes(&self, epoch: u64) -> Result<u64> {
        let rows = self.rows(
            &format!("select coalesce(sum(length(lines)), 0) from log_{epoch}"),
            Vec::new(),
        )?;
        Ok(rows.first().and_then(|row| number(row.first()?)).unwrap_or_default())
    }

    /// Writes down the name under which an epoch is about to be put.
    pub fn intend(&self, epoch: u64, key: &str) -> Result<()> {
        self.run(
            "update epoch set key = ? where number = ?",
            vec![key.into(), integer(epoch)],
        )
    }

    /// Lets go of an epoch that is in the bucket; its batches' names are kept.
    pub fn finish(&self, epoch: u64, batches: &[BatchId], now_ms: u64) -> Result<()> {
        let row = vec![integer(epoch), integer(now_ms), seen::encode(batches).into()];
        self.run(
            "insert or replace into seen (number, at, batches) values (?, ?, ?)",
            row,
        )?;
        self.run("delete from epoch where number = ?", vec![integer(epoch)])?;
        self.run(&format!("drop table if exists log_{epoch}"), Vec::new())
    }

    /// The names of the batches seen since `since_ms`, oldest first, and forgets older ones.
    pub fn remembered(&self, since_ms: u64) -> Result<Vec<(u64, Vec<BatchId>)>> {
        self.run("delete from seen where at < ?", vec![integer(since_ms)])?;
        let rows = self.rows("select at, batches from seen order by at, number", Vec::new())?;
        let chunk = |row: Vec<SqlStorageValue>| match row.as_slice() {
            [at, SqlStorageValue::Blob(batches)] => Some((number(at)?, seen::decode(batches))),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(chunk).collect())
    }

    /// Whether a write key may have so many bytes more kept on a day; if so, they are counted.
    pub fn takes_from(&self, key: &str, day: u64, bytes: u64) -> Result<bool> {
        let rows = self.rows(
            "select bytes from share where key = ? and day = ?",
            vec![key.into(), integer(day)],
        )?;
        let total = bytes + rows.first().and_then(|row| number(row.first()?)).unwrap_or_default();
        if total > QUARANTINED_A_DAY {
            return Ok(false);
        }
        let row = vec![key.into(), integer(day), integer(total)];
        self.run("insert or replace into share (key, day, bytes) values (?, ?, ?)", row)?;
        Ok(true)
    }

    /// Keeps the shapes of refused events and counts their reasons.
    pub fn keep_rejected(&self, shapes: &[RejectedShape], now_ms: u64) -> Result<()> {
        for shape in shapes {
            let total = self.rows("select coalesce(sum(count), 0) from rejections", Vec::new())?;
            let total = total.first().and_then(|row| number(row.first()?)).unwrap_or_default();
            let row = vec![
                integer(total % REJECTED_KEPT),
                integer(now_ms),
                serde_json::to_string(shape)?.into(),
            ];
            self.run(
                "insert or replace into rejected (slot, at, shape) values (?, ?, ?)",
                row,
            )?;
            let count =
                "insert into rejections (code, count) values (?, 1) on conflict (code) do update set count = count + 1";
            self.run(count, vec![shape.code.code().into()])?;
        }
        Ok(())
    }

    /// The reasons of refused events and how often each was kept.
    pub fn rejections(&self) -> Result<Vec<(String, u64)>> {
        let rows = self.rows("select code, count from rejections order by code", Vec::new())?;
        let entry = |row: Vec<SqlStorageValue>| match row.as_slice() {
            [SqlStorageValue::String(code), count] => Some((code.clone(), number(count)?)),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    /// The latest shapes of refused events, newest first.
    pub fn rejected(&self, limit: u64) -> Result<Vec<RejectedShape>> {
        let rows = self.rows(
            "select shape from rejected order by at desc, slot desc limit ?",
            vec![integer(limit)],
        )?;
        let shape = |row: Vec<SqlStorageValue>| match row.as_slice() {
            [SqlStorageValue::String(shape)] => serde_json::from_str(shape).ok(),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(shape).collect())
    }

    /// Bytes the database takes.
    pub fn size(&self) -> usize {
        self.sql.database_size()
    }

    fn epochs(&self) -> Result<Vec<Epoch>> {
        let query = "select number, lo, lead(lo) over (order by number) - 1, key from epoch order by number";
        let rows = self.rows(query, Vec::new())?;
        Ok(rows.iter().filter_map(|row| epoch(row)).collect())
    }

    /// What has been billed.
    pub fn billed(&self) -> Billed {
        self.billed.get()
    }

    /// Counts what is billed beside what statements do.
    pub fn bill_more(&self, rows_written: u64, puts: u64) {
        let mut billed = self.billed.get();
        billed.rows_written += rows_written;
        billed.puts += puts;
        self.billed.set(billed);
    }

    /// Counts what a statement did, once it is done; how many rows it wrote.
    fn bill(&self, cursor: &SqlCursor) -> u64 {
        let written = cursor.rows_written() as u64;
        let mut billed = self.billed.get();
        billed.rows_written += written;
        billed.rows_read += cursor.rows_read() as u64;
        self.billed.set(billed);
        written
    }

    fn run(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<()> {
        let cursor = self.sql.exec(query, values)?;
        self.bill(&cursor);
        Ok(())
    }

    fn rows(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Vec<SqlStorageValue>>> {
        let cursor = self.sql.exec(query, values)?;
        let rows = cursor.raw().collect();
        self.bill(&cursor);
        rows
    }
}

fn epoch(row: &[SqlStorageValue]) -> Option<Epoch> {
    let [epoch, lo, hi, key] = row else { return None };
    let key = if let SqlStorageValue::String(key) = key {
        Some(key.clone())
    } else {
        None
    };
    Some(Epoch {
        number: number(epoch)?,
        lo: number(lo)?,
        hi: number(hi),
        key,
    })
}

fn logged(row: Vec<SqlStorageValue>) -> Result<Logged> {
    let mut row = row.into_iter();
    match (row.next().as_ref().and_then(name), row.next()) {
        (Some(batch), Some(SqlStorageValue::Blob(lines))) => Ok(Logged { batch, lines }),
        // Never leave a batch out in silence: a segment must hold all it names.
        _ => Err("a row of the log cannot be read".into()),
    }
}

fn name(value: &SqlStorageValue) -> Option<BatchId> {
    match value {
        SqlStorageValue::Blob(bytes) => bytes.as_slice().try_into().ok().map(BatchId),
        _ => None,
    }
}

fn number(value: &SqlStorageValue) -> Option<u64> {
    match value {
        SqlStorageValue::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn integer(number: u64) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
