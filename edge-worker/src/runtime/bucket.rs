//! The bucket that holds the log.

use std::time::Duration;

use worker::{Bucket, Conditional, Delay, Env, Result};

use super::faults::{self, Fault};
use crate::export::{Listing, ObjectEntry};
use crate::segment::Segment;

/// Puts an object unless it is there. Its name holds a hash of its bytes, so one of the same name is the same.
pub async fn put(env: &Env, segment: Segment) -> Result<()> {
    let absent = Conditional {
        etag_does_not_match: Some("*".to_owned()),
        ..Conditional::default()
    };
    if faults::strikes(Fault::PutSlow) {
        Delay::from(Duration::from_secs(1)).await;
    }
    if faults::strikes(Fault::PutFails) {
        return Err("the bucket is away".into());
    }
    let bucket = bucket(env)?;
    let put = bucket.put(segment.key, segment.bytes).sha256(segment.sha256.to_vec());
    put.only_if(absent).execute().await.map(drop)
}

/// Whether there is an object of this name.
pub async fn has(env: &Env, key: &str) -> Result<bool> {
    Ok(bucket(env)?.head(key).await?.is_some())
}

/// A page of the objects under a prefix.
pub async fn list(env: &Env, prefix: String, after: Option<String>, limit: u32) -> Result<Listing> {
    let bucket = bucket(env)?;
    let mut list = bucket.list().limit(limit).prefix(prefix);
    if let Some(after) = after {
        list = list.start_after(after);
    }
    let page = list.execute().await?;
    let objects = page
        .objects()
        .into_iter()
        .map(|object| ObjectEntry {
            key: object.key(),
            size: object.size(),
        })
        .collect();
    Ok(Listing {
        objects,
        more: page.truncated(),
    })
}

/// An object's bytes.
pub async fn read(env: &Env, key: &str) -> Result<Vec<u8>> {
    let object = bucket(env)?.get(key).execute().await?;
    let body = object.as_ref().and_then(worker::Object::body);
    body.ok_or("an object that was listed is gone")?.bytes().await
}

/// Deletes an object.
pub async fn delete(env: &Env, key: &str) -> Result<()> {
    bucket(env)?.delete(key).await
}

/// An object's body, passed on as it arrives; none when there is no such object.
pub async fn get(env: &Env, key: String) -> Result<Option<worker::ResponseBody>> {
    match bucket(env)?.get(key).execute().await? {
        None => Ok(None),
        Some(object) => object.body().map(worker::ObjectBody::response_body).transpose(),
    }
}

fn bucket(env: &Env) -> Result<Bucket> {
    env.bucket("LOG")
}
