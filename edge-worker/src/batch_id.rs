//! The name of a batch, the same each time a client sends it, and the shard of the log that keeps it.

use event_schema::MessageId;
use sha2::{Digest, Sha256};

use crate::hex;

/// How many shards the log has. Each is one Durable Object, which takes about 1,000 batches a second. A later version may have
/// more; fewer only once the last ones are flushed, as their objects would no longer be listed.
pub const SHARDS: u8 = 4;

/// 16 bytes of a hash over the site and the ids of a batch's events. A retry brings the same ids, so it has the same name, even
/// on the next day under another visitor hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub [u8; 16]);

impl BatchId {
    /// The name of the batch of these events, in the order sent.
    pub fn of<'a>(site: &str, message_ids: impl Iterator<Item = &'a MessageId>) -> Self {
        let mut hash = Sha256::new();
        hash.update(site.as_bytes());
        for id in message_ids {
            // No id holds a control character, so the zero keeps them apart.
            hash.update([0]);
            hash.update(id.as_str().as_bytes());
        }
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize()[..16]);
        Self(id)
    }

    /// The shard that keeps the batch.
    pub fn shard(self) -> u8 {
        self.0[0] % SHARDS
    }

    /// As 32 hexadecimal digits.
    pub fn to_hex(self) -> String {
        hex::encode(&self.0)
    }

    /// From 32 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(site: &str, ids: &[&str]) -> BatchId {
        let ids: Vec<_> = ids.iter().map(|id| MessageId::new(id).unwrap()).collect();
        BatchId::of(site, ids.iter())
    }

    #[test]
    fn a_retry_has_the_same_name_and_nothing_else_has() {
        assert_eq!(id("shop", &["m1", "m2"]), id("shop", &["m1", "m2"]));
        assert_ne!(id("shop", &["m1", "m2"]), id("blog", &["m1", "m2"]));
        assert_ne!(id("shop", &["m1", "m2"]), id("shop", &["m1m2"]));
        assert_ne!(id("shop", &["m1", "m2"]), id("shop", &["m1"]));
    }

    #[test]
    fn batches_spread_over_all_shards() {
        let mut counts = [0; SHARDS as usize];
        for n in 0..400 {
            counts[usize::from(id("shop", &[&n.to_string()]).shard())] += 1;
        }
        assert!(counts.iter().all(|count| *count > 60), "{counts:?}");
    }
}
