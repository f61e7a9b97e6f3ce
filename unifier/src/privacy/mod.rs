//! What people may ask for: consent given or withdrawn, access to what is known of them, erasure.
//!
//! This stage decides nothing about contacting anybody (that is `profile`'s consent and `activate`); it keeps the answers,
//! and takes people out again.

pub mod access;
pub mod consent;
pub mod erase;
mod rejected;
pub mod suppression;

use arrow::error::ArrowError;

use crate::review::ledger::LedgerError;
use crate::store::{SegmentError, StateError, StoreError, TablesError};

/// Why a request could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    /// The state refused.
    #[error(transparent)]
    State(#[from] StateError),
    /// The log or the store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A segment of the log cannot be read or written.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// The tables cannot be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// A segment's rows cannot be told apart.
    #[error("the log's rows cannot be filtered: {0}")]
    Arrow(#[from] ArrowError),
    /// A rejects file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Rejects {
        /// The file.
        path: std::path::PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The decisions cannot be read or written.
    #[error(transparent)]
    Decisions(#[from] LedgerError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Randomness(#[from] getrandom::Error),
    /// A purpose that the configuration does not name.
    #[error("{0:?} is no configured purpose: they are {1}")]
    UnknownPurpose(String, String),
}
