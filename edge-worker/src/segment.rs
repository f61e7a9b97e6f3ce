//! The objects of the log: what they hold and how they are named, so that one can be verified in any store from its name alone.

use std::io::{Read, Write};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use crate::batch_id::{BatchId, SHARDS};
use crate::hex;

/// The number of the stream of quarantined events, which is kept like a shard's: above that of any shard.
pub const QUARANTINE: u8 = u8::MAX;

/// Where batches go whose shard refused them.
pub const SPILL_PREFIX: &str = "spill/v1/";

/// An object ready to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its name.
    pub key: String,
    /// Its bytes: gzip of lines of JSON.
    pub bytes: Vec<u8>,
    /// The hash of its bytes.
    pub sha256: [u8; 32],
}

/// The prefix of a shard's objects.
pub fn shard_prefix(shard: u8) -> String {
    if shard == QUARANTINE {
        "rejected/v1/".to_owned()
    } else {
        format!("seg/v1/{shard:02}/")
    }
}

/// The name after all those of the same range of batches: where to go on after one of them.
pub fn after(key: &str) -> String {
    let range = key.rsplit_once('-').map_or(key, |(range, _)| range);
    // A point comes after the hyphen that the hash follows.
    format!("{range}.")
}

/// The lines of an object.
///
/// # Errors
/// When it is not gzip.
pub fn lines_of(object: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    GzDecoder::new(object).read_to_end(&mut lines)?;
    Ok(lines)
}

/// All prefixes of the log.
pub fn prefixes() -> Vec<String> {
    let shards = (0..SHARDS).map(shard_prefix);
    shards.chain([SPILL_PREFIX.to_owned()]).collect()
}

/// Whether a text could be the name of one of the log's objects: a known prefix, then only what such names are made of.
pub fn is_key(text: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'/' | b'-' | b'.');
    prefixes().iter().any(|prefix| text.starts_with(prefix))
        && text.bytes().all(plain)
        && !text.contains("..")
        && !text.contains("//")
}

impl Segment {
    /// The segment of a shard's batches `lo` to `hi`, whose lines are given in that order.
    ///
    /// # Errors
    /// The compressor's, which writing to memory never causes.
    pub fn of_shard(shard: u8, lo: u64, hi: u64, lines: &[Vec<u8>]) -> std::io::Result<Self> {
        let (bytes, sha256) = compress(lines)?;
        let key = format!(
            "{}{lo:016}-{hi:016}-{}.ndjson.gz",
            shard_prefix(shard),
            &hex::encode(&sha256)[..32]
        );
        Ok(Self { key, bytes, sha256 })
    }

    /// The object in place of another of the same range of batches, some of whose lines are gone.
    ///
    /// # Errors
    /// As for [`Segment::of_shard`].
    pub fn of_rest(key: &str, lines: Vec<u8>) -> std::io::Result<Self> {
        let (bytes, sha256) = compress(&[lines])?;
        let range = key.rsplit_once('-').map_or(key, |(range, _)| range);
        let key = format!("{range}-{}.ndjson.gz", &hex::encode(&sha256)[..32]);
        Ok(Self { key, bytes, sha256 })
    }

    /// The object of one batch that its shard refused on `day`, as `2026-11-24`.
    ///
    /// # Errors
    /// As for [`Segment::of_shard`].
    pub fn of_spilled(day: &str, batch: BatchId, lines: Vec<u8>) -> std::io::Result<Self> {
        let (bytes, sha256) = compress(&[lines])?;
        let key = format!(
            "{SPILL_PREFIX}{day}/{}-{}.ndjson.gz",
            batch.to_hex(),
            &hex::encode(&sha256)[..32]
        );
        Ok(Self { key, bytes, sha256 })
    }
}

/// Gzip with no time in its header: the same lines give the same bytes, so a flush that is repeated puts the same object.
fn compress(lines: &[Vec<u8>]) -> std::io::Result<(Vec<u8>, [u8; 32])> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    lines.iter().try_for_each(|batch| encoder.write_all(batch))?;
    let bytes = encoder.finish()?;
    let sha256 = Sha256::digest(&bytes).into();
    Ok((bytes, sha256))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_name_tells_shard_range_and_hash() {
        let segment = Segment::of_shard(3, 1, 12, &[b"{}\n".to_vec()]).unwrap();
        let again = Segment::of_shard(3, 1, 12, &[b"{}\n".to_vec()]).unwrap();
        assert_eq!(segment, again);
        let hash = hex::encode(&Sha256::digest(&segment.bytes));
        assert_eq!(
            segment.key,
            format!("seg/v1/03/0000000000000001-0000000000000012-{}.ndjson.gz", &hash[..32])
        );
        assert!(is_key(&segment.key));
    }

    #[test]
    fn what_is_left_of_an_object_stands_in_its_place() {
        let whole = Segment::of_shard(QUARANTINE, 1, 12, &[b"{}\n{}\n".to_vec()]).unwrap();
        let rest = Segment::of_rest(&whole.key, b"{}\n".to_vec()).unwrap();
        assert!(rest.key.starts_with("rejected/v1/0000000000000001-0000000000000012-") && rest.key != whole.key);
        assert_eq!(lines_of(&rest.bytes).unwrap(), b"{}\n");
        let next = Segment::of_shard(QUARANTINE, 13, 13, &[]).unwrap();
        let after = after(&whole.key);
        assert!(whole.key < after && rest.key < after && after < next.key);
        assert!(!is_key(&whole.key), "the unifier never sees one");
    }

    #[test]
    fn keys_stay_inside_the_log() {
        for key in [
            "",
            "seg/v1/",
            "seg/v1/99/x",
            "seg/v1/00/../../secret",
            "/seg/v1/00/x",
            "seg/v1/00//x",
            "other/x",
            "spill/v1/A",
            "spill/v1/x\r\ny",
        ] {
            assert!(!is_key(key), "{key}");
        }
        assert!(is_key("spill/v1/2026-11-24/00-11.ndjson.gz"));
    }

    proptest! {
        #[test]
        fn what_is_compressed_reads_back(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..9)) {
            let segment = Segment::of_spilled("2026-11-24", BatchId([1; 16]), lines.concat()).unwrap();
            let mut read = Vec::new();
            flate2::read::GzDecoder::new(segment.bytes.as_slice()).read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, lines.concat());
        }
    }
}
