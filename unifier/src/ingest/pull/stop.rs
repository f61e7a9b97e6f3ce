//! Why a shard stopped before its end. What came before is in the log; the other shards go on.

/// Why a shard stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Batches are missing.
    #[error(
        "{shard}: batch {expected} is missing, the next object begins with {found}: bring the object back, or, when its \
         batches are lost for good, pull with --accept-gaps"
    )]
    Gap {
        /// The shard's prefix.
        shard: String,
        /// The number of the batch that should come next.
        expected: u64,
        /// The number that comes.
        found: u64,
    },
    /// The last objects of a shard are missing: the edge says that it has written more.
    #[error(
        "{shard}: batches {expected} to {end} are missing at the end: bring their objects back, or, when they are lost for good, \
         pull with --accept-gaps"
    )]
    MissingEnd {
        /// The shard's prefix.
        shard: String,
        /// The number of the first batch that is missing.
        expected: u64,
        /// The number of the last batch that the edge has written.
        end: u64,
    },
    /// An object holds batches that another one held.
    #[error(
        "{key}: it begins with batch {found}, but batches up to {last} are read already: two workers write into this log, or the \
         object was made by hand: move the one that is not the log's elsewhere and pull again"
    )]
    Overlap {
        /// The object.
        key: String,
        /// The number of its first batch.
        found: u64,
        /// The number of the last batch that was read.
        last: u64,
    },
    /// An object is not what its name says.
    #[error("{key}: the object is damaged ({what}): bring back a sound copy and pull again")]
    Damaged {
        /// The object.
        key: String,
        /// In what way.
        what: &'static str,
    },
    /// An object's name is none of the edge's.
    #[error("{key}: no name that the edge gives: move the object elsewhere and pull again")]
    StrangeName {
        /// The object.
        key: String,
    },
}
