//! What Cloudflare would bill for the edge, from what was counted: list prices of its paid plan, without what the plan includes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::edge::LOCAL_EXPORT_TOKEN;
use crate::workspace::say;

/// Dollars a million: requests to the worker, milliseconds of its CPU, requests to Durable Objects, rows written, rows read, operations of R2 that
/// write or list (class A) and that read (class B). From the vendor's price lists of November 2026: look again before a launch.
const PRICES: [(&str, f64); 7] = [
    ("requests to the worker", 0.30),
    ("milliseconds of CPU", 0.02),
    ("requests to shards", 0.15),
    ("rows written", 1.00),
    ("rows read", 0.001),
    ("R2 operations, class A", 4.50),
    ("R2 operations, class B", 0.36),
];
/// Rows that a segment costs beside its batches, as `tests/tests/edge.rs` counts them: what it was to be, what it held, the next one's
/// beginning, and the alarm.
const ROWS_A_SEGMENT: f64 = 6.0;
/// Segments for a million events that come at the pace of 100 million a month: four shards write one every ten minutes.
const SEGMENTS: f64 = 4.0 * 6.0 * 24.0 * 30.0 / 100.0;
/// Requests of a nightly pull at that pace, for a million events: 30 listings of a shard's or the spill's objects, and every segment once.
const LISTS: f64 = 5.0 * 30.0 * 2.0 / 100.0;

/// What a load cost.
pub struct Counted {
    batches: f64,
    /// Milliseconds of CPU for a batch.
    cpu_ms: f64,
    rows_written: f64,
    rows_read: f64,
}

impl Counted {
    /// Asks the shards what was billed for so many batches, each of which took some milliseconds of CPU.
    pub fn read(address: SocketAddr, batches: usize, cpu_ms: f64) -> Result<Self> {
        let status = status(address)?;
        let shards = status["shards"].as_array().context("the worker lists no shards")?;
        let sum = |name: &str| shards.iter().filter_map(|shard| shard["billed"][name].as_f64()).sum();
        Ok(Self {
            batches: f64::from(u32::try_from(batches)?),
            cpu_ms,
            rows_written: sum("rows_written"),
            rows_read: sum("rows_read"),
        })
    }
}

/// Prints quantities and dollars for a million events in batches of `events`.
pub fn report(counted: &Counted, events: usize) {
    let batches = 1e6 / f64::from(u32::try_from(events).unwrap_or(u32::MAX));
    let quantities = [
        batches,
        batches * counted.cpu_ms,
        batches,
        batches * counted.rows_written / counted.batches + SEGMENTS * ROWS_A_SEGMENT,
        batches * counted.rows_read / counted.batches,
        SEGMENTS + LISTS,
        SEGMENTS,
    ];
    say("edge: what a million events cost in batches of ten, 100 million a month, at list price");
    let mut total = 0.0;
    for ((what, price), quantity) in PRICES.into_iter().zip(quantities) {
        let dollars = quantity * price / 1e6;
        total += dollars;
        say(&format!("{what:<36} {quantity:>12.0}   ${dollars:.4}"));
    }
    say(&format!("{:<36} {:>12}   ${total:.4}", "together", ""));
}

fn status(address: SocketAddr) -> Result<Value> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET /v1/export/status HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {LOCAL_EXPORT_TOKEN}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("the worker gave no status")?;
    let (begin, end) = (body.find('{').unwrap_or(0), body.rfind('}').map_or(0, |end| end + 1));
    serde_json::from_str(body.get(begin..end).unwrap_or_default()).context("the worker's status is no JSON")
}
