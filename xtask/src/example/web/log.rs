//! The edge's log: what each shard wrote, object by object, under keys that tell what is in them.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroU64;

use anyhow::Result;
use event_schema::Envelope;
use sha2::{Digest, Sha256};
use zopfli::{Format, Options};

use super::batch::Batch;

const SHARDS: usize = 4;
/// Batches a shard gathers before it writes an object.
const BATCHES_IN_OBJECT: usize = 40;
/// Every so many batches, no shard answers and the batch goes to `spill/`.
const SPILL_EVERY: usize = 97;
/// Every so many batches, the page sends a batch again though it was stored: the answer was lost on its way.
const AGAIN_EVERY: usize = 61;

/// The day's objects by key.
pub fn objects(mut batches: Vec<Batch>) -> Result<BTreeMap<String, Vec<u8>>> {
    batches.sort_by(|one, other| (one.received_at, &one.id).cmp(&(other.received_at, &other.id)));
    let mut objects = BTreeMap::new();
    let mut shards: [Vec<&Batch>; SHARDS] = Default::default();
    for (n, batch) in batches.iter().enumerate() {
        if n % SPILL_EVERY == SPILL_EVERY - 1 {
            let bytes = object(&[batch])?;
            objects.insert(
                format!("spill/v1/2026-11-19/{}-{}.ndjson.gz", batch.id, fingerprint(&bytes)),
                bytes,
            );
        } else {
            shards[n % SHARDS].push(batch);
        }
        if n % AGAIN_EVERY == AGAIN_EVERY - 1 {
            shards[(n + 1) % SHARDS].push(batch);
        }
    }
    for (shard, batches) in shards.iter().enumerate() {
        for (n, chunk) in batches.chunks(BATCHES_IN_OBJECT).enumerate() {
            let bytes = object(chunk)?;
            let low = n * BATCHES_IN_OBJECT + 1;
            let high = low + chunk.len() - 1;
            let key = format!(
                "seg/v1/{shard:02}/{low:016}-{high:016}-{}.ndjson.gz",
                fingerprint(&bytes)
            );
            objects.insert(key, bytes);
        }
    }
    Ok(objects)
}

/// The first 32 hexadecimal digits of SHA-256.
fn fingerprint(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}

/// One envelope a line, gzipped without time or name, so that the same envelopes are the same bytes: by a library that has one way
/// to pack, whatever features others in the workspace ask of it.
fn object(batches: &[&Batch]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for envelope in batches.iter().flat_map(|batch| &batch.envelopes) {
        write_line(&mut lines, envelope)?;
    }
    let options = Options {
        iteration_count: NonZeroU64::MIN,
        ..Options::default()
    };
    let mut packed = Vec::new();
    zopfli::compress(options, Format::Gzip, lines.as_slice(), &mut packed)?;
    Ok(packed)
}

fn write_line(to: &mut impl Write, envelope: &Envelope) -> Result<()> {
    serde_json::to_writer(&mut *to, envelope)?;
    to.write_all(b"\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use event_schema::Timestamp;
    use flate2::read::GzDecoder;

    use super::*;

    fn batch(n: i64) -> Batch {
        let line = format!(
            r#"{{"lane":"audience","messageId":"m{n}","timestamp":"2026-11-19T08:00:00.000Z",
                "receivedAt":"2026-11-19T08:00:00.000Z","site":"shop","name":"Page Viewed","path":"/","referrerHost":"",
                "country":"CH","device":"mobile","bot":false}}"#
        );
        Batch {
            received_at: Timestamp::from_millis(n),
            id: format!("b{n}"),
            envelopes: vec![serde_json::from_str(&line).unwrap()],
        }
    }

    #[test]
    fn names_tell_the_content_and_leave_no_gap() {
        let objects = objects((0..400).map(batch).collect()).unwrap();
        let mut next = BTreeMap::new();
        let mut lines = 0;
        for (key, bytes) in &objects {
            assert!(key.contains(&fingerprint(bytes)), "{key}");
            let mut text = String::new();
            GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
            lines += text.lines().count();
            if let Some((shard, range)) = key.strip_prefix("seg/v1/").and_then(|rest| rest.split_once('/')) {
                let bounds: Vec<usize> = range
                    .splitn(3, '-')
                    .take(2)
                    .map(|bound| bound.parse().unwrap())
                    .collect();
                assert_eq!(
                    bounds[0],
                    next.insert(shard, bounds[1]).map_or(1, |high| high + 1),
                    "{key}"
                );
            }
        }
        assert_eq!(lines, 400 + 400 / AGAIN_EVERY);
        assert_eq!(next.len(), SHARDS);
    }
}
