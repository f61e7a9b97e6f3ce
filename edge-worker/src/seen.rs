//! The names of the batches a shard has taken lately, so that a retry is answered and not logged again.
//!
//! Kept in memory and written once for each segment, not for each batch: a written row is what costs. The window is a day; past
//! it, or past the cap, a repeated batch is logged again and the unifier, which is exact over all time, drops its events.

use std::collections::{HashSet, VecDeque};

use crate::batch_id::BatchId;

/// How long a batch is remembered, in milliseconds.
pub const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// How many batches are remembered at most: about 50 MB of the 128 MB an object may use.
pub const CAP: usize = 1_000_000;

/// Batches seen, in chunks of one segment each.
#[derive(Debug, Default)]
pub struct SeenBatches {
    all: HashSet<BatchId>,
    chunks: VecDeque<(i64, Vec<BatchId>)>,
}

impl SeenBatches {
    /// Whether a batch was seen.
    pub fn contains(&self, batch: BatchId) -> bool {
        self.all.contains(&batch)
    }

    /// Remembers a batch of the segment that is being filled at `now_ms`.
    pub fn insert(&mut self, batch: BatchId, now_ms: i64) {
        if !self.all.insert(batch) {
            return;
        }
        match self.chunks.back_mut() {
            // A chunk holds at most a minute, so that the window moves smoothly.
            Some((begun, chunk)) if now_ms - *begun < 60_000 => chunk.push(batch),
            _ => self.chunks.push_back((now_ms, vec![batch])),
        }
    }

    /// Forgets what has left the window, or exceeds the cap, oldest first.
    pub fn expire(&mut self, now_ms: i64) {
        while let Some((begun, _)) = self.chunks.front()
            && (now_ms - begun > WINDOW_MS || self.all.len() > CAP)
            && let Some((_, chunk)) = self.chunks.pop_front()
        {
            for batch in &chunk {
                self.all.remove(batch);
            }
        }
    }
}

/// Batch names end to end, as they are stored.
pub fn encode(batches: &[BatchId]) -> Vec<u8> {
    batches.iter().flat_map(|batch| batch.0).collect()
}

/// The names stored end to end; a last one that was cut off is left out.
pub fn decode(bytes: &[u8]) -> Vec<BatchId> {
    let id = |chunk: &[u8]| chunk.try_into().ok().map(BatchId);
    bytes.chunks_exact(16).filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_batch_is_remembered_for_a_day() {
        let mut seen = SeenBatches::default();
        seen.insert(BatchId([1; 16]), 0);
        seen.insert(BatchId([2; 16]), WINDOW_MS / 2);
        seen.expire(WINDOW_MS);
        assert!(seen.contains(BatchId([1; 16])));
        seen.expire(WINDOW_MS + 1);
        assert!(!seen.contains(BatchId([1; 16])) && seen.contains(BatchId([2; 16])));
    }

    proptest! {
        #[test]
        fn names_are_read_back_as_they_were_stored(ids: Vec<[u8; 16]>) {
            let batches: Vec<_> = ids.into_iter().map(BatchId).collect();
            prop_assert_eq!(decode(&encode(&batches)), batches);
        }

        #[test]
        fn the_window_agrees_with_a_plain_list(steps in prop::collection::vec((0_u8..20, 0_i64..WINDOW_MS / 4), 1..60)) {
            let mut seen = SeenBatches::default();
            let mut logged: HashMap<u8, i64> = HashMap::new();
            let mut now = 0;
            for (name, pause) in steps {
                now += pause;
                seen.expire(now);
                let known = seen.contains(BatchId([name; 16]));
                // A chunk leaves as a whole, so a batch may be forgotten up to a minute early.
                match logged.get(&name).map(|at| now - at) {
                    Some(age) if age <= WINDOW_MS - 60_000 => prop_assert!(known),
                    Some(age) if age <= WINDOW_MS => {}
                    _ => prop_assert!(!known),
                }
                if !known {
                    seen.insert(BatchId([name; 16]), now);
                    logged.insert(name, now);
                }
            }
        }
    }
}
