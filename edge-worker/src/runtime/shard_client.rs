//! How the worker talks to the shards, and where a batch goes when its shard refuses it.

use event_schema::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use worker::js_sys::Uint8Array;
use worker::{Env, Method, Request, Response, Result, console_error, web_sys};

use super::bucket;
use crate::batch_id::{BatchId, SHARDS};
use crate::export::Flushed;
use crate::refusal::Refusal;
use crate::rejected::RejectedShape;
use crate::segment::{self, QUARANTINE, Segment};

/// What a shard's flush did.
#[derive(Deserialize)]
pub struct ShardFlushed {
    flushed: u64,
    end: u64,
}

/// Writes a batch to its shard's log, or else to the spill. Says whether the shard had it already.
///
/// # Errors
/// [`Refusal::Unavailable`] when neither took it.
pub async fn append(env: &Env, batch: BatchId, lines: Vec<u8>, received_at: Timestamp) -> Result<bool, Refusal> {
    match append_to_shard(env, batch, &lines).await {
        Ok(was_there) => Ok(was_there),
        Err(error) => {
            console_error!("a shard refused a batch, which is spilled: {error}");
            let spilled = spill(env, batch, lines, received_at).await;
            spilled.map(|()| false).map_err(|error| {
                console_error!("a batch could not be spilled either: {error}");
                Refusal::Unavailable
            })
        }
    }
}

/// Makes every shard write what it holds to the bucket.
pub async fn flush(env: &Env) -> Result<Flushed> {
    let mut all = Flushed::default();
    for shard in 0..SHARDS {
        let one = flush_shard(env, shard).await?;
        all.flushed += one.flushed;
        all.ends.insert(segment::shard_prefix(shard), one.end);
    }
    Ok(all)
}

/// Makes a shard, or the quarantine, write what it holds to the bucket.
pub async fn flush_shard(env: &Env, shard: u8) -> Result<ShardFlushed> {
    call(env, shard, Method::Post, "/flush", None).await?.json().await
}

/// Keeps quarantined events of a write key. One that has had its share of the day keeps no more, which is an error.
pub async fn quarantine(env: &Env, key: &str, batch: BatchId, lines: &[u8]) -> Result<()> {
    let path = format!("/quarantine?batch={}&key={key}", batch.to_hex());
    call(env, QUARANTINE, Method::Post, &path, Some(lines)).await.map(drop)
}

/// Makes every shard write what has waited too long.
pub async fn flush_late(env: &Env) -> Result<()> {
    for shard in (0..SHARDS).chain([QUARANTINE]) {
        call(env, shard, Method::Post, "/flush-late", None).await?;
    }
    Ok(())
}

/// What every shard says about itself.
pub async fn status(env: &Env) -> Result<Vec<Value>> {
    let mut shards = Vec::new();
    for shard in 0..SHARDS {
        shards.push(call(env, shard, Method::Get, "/status", None).await?.json().await?);
    }
    Ok(shards)
}

/// Keeps the shapes of refused events, in the first shard: they are few.
pub async fn keep_rejected(env: &Env, shapes: &[RejectedShape]) -> Result<()> {
    let body = serde_json::to_vec(shapes)?;
    call(env, 0, Method::Post, "/rejected", Some(&body)).await.map(drop)
}

async fn append_to_shard(env: &Env, batch: BatchId, lines: &[u8]) -> Result<bool> {
    let path = format!("/append?batch={}", batch.to_hex());
    let response = call(env, batch.shard(), Method::Post, &path, Some(lines)).await?;
    Ok(response.status_code() == super::shard::WAS_THERE)
}

async fn spill(env: &Env, batch: BatchId, lines: Vec<u8>, received_at: Timestamp) -> Result<()> {
    let text = received_at.to_string();
    let day = text.get(..10).unwrap_or_default();
    let segment =
        Segment::of_spilled(day, batch, lines).map_err(|error| worker::Error::RustError(error.to_string()))?;
    bucket::put(env, segment).await
}

/// A request to a shard; any answer but success is an error.
async fn call(env: &Env, shard: u8, method: Method, path: &str, body: Option<&[u8]>) -> Result<Response> {
    // By hand: the crate's own `RequestInit` carries a dozen settings of Cloudflare's cache into every request.
    let init = web_sys::RequestInit::new();
    init.set_method(method.as_ref());
    if let Some(bytes) = body {
        init.set_body(&Uint8Array::from(bytes));
    }
    let request = web_sys::Request::new_with_str_and_init(&format!("https://shard{path}"), &init)?;
    let request = Request::from(request);
    let stub = env
        .durable_object("SHARDS")?
        .get_by_name(&super::shard::name_of(shard))?;
    let response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200..=299 => Ok(response),
        status => Err(format!("shard {shard} answered {status}").into()),
    }
}
