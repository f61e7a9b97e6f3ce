//! Quarantined events are judged again.
//!
//! Object by object: what passes now goes to the log, what does not is put in the object's place, and only then the object goes. A replay that
//! is cut off repeats what it did: the same batches, which the log knows, or else the unifier their events.

use event_schema::Timestamp;
use worker::{Date, Env, Result};

use super::{bucket, shard_client};
use crate::export::Replayed;
use crate::quarantine;
use crate::refusal::Refusal;
use crate::segment::{self, QUARANTINE, Segment};
use crate::settings::Settings;

/// Objects that one request works through: each costs a few further requests, of which the runtime allows 1,000.
const OBJECTS: u32 = 20;

/// Judges the events of the next objects after `after`.
pub async fn run(env: &Env, settings: &Settings, after: Option<String>) -> Result<Replayed> {
    shard_client::flush_shard(env, QUARANTINE).await?;
    let page = bucket::list(env, segment::shard_prefix(QUARANTINE), after, OBJECTS).await?;
    let mut all = Replayed::default();
    for object in &page.objects {
        replay(env, settings, &object.key, &mut all).await?;
    }
    all.next = page
        .objects
        .last()
        .filter(|_| page.more)
        .map(|object| segment::after(&object.key));
    Ok(all)
}

async fn replay(env: &Env, settings: &Settings, key: &str, all: &mut Replayed) -> Result<()> {
    let lines = segment::lines_of(&bucket::read(env, key).await?).map_err(|error| error.to_string())?;
    let replay = quarantine::replay(&lines, settings).map_err(|error| error.to_string())?;
    all.rejected += replay.rejected;
    if replay.batches.is_empty() {
        return Ok(());
    }
    let now = Timestamp::from_millis(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX));
    for (batch, lines, count) in replay.batches {
        let was_there = shard_client::append(env, batch, lines, now).await;
        let counted = match was_there.map_err(|refusal: Refusal| refusal.to_string())? {
            true => &mut all.duplicate,
            false => &mut all.replayed,
        };
        *counted += count;
    }
    if replay.rejected > 0 {
        let rest = Segment::of_rest(key, replay.remaining).map_err(|error| error.to_string())?;
        bucket::put(env, rest).await?;
    }
    bucket::delete(env, key).await
}
