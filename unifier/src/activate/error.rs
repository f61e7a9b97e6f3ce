//! Why nothing was exported.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;

use crate::privacy::PrivacyError;
use crate::store::{StateError, TablesError};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file's ending says no format.
    #[error("{}: the ending says the format, and it is none of .csv, .jsonl and .parquet", .0.display())]
    Ending(PathBuf),
    /// There is no such segment.
    #[error("there is no segment {segment:?} in unifier.toml{hint}")]
    Segment {
        /// The name.
        segment: String,
        /// What might be meant.
        hint: String,
    },
    /// The segment has no purpose.
    #[error(
        "a list of the segment {segment} needs a purpose that people can agree to: give one with --purpose, or set \
         segments.{segment}.purpose in unifier.toml (purposes: {known})"
    )]
    NoPurpose {
        /// The segment.
        segment: String,
        /// The configured purposes.
        known: String,
    },
    /// A purpose for a table that addresses nobody, and is written whole whatever people agreed to.
    #[error("{0} is written whole, whoever agreed to what: leave out --purpose, or export a segment:NAME")]
    NoList(String),
    /// The table says nothing of how sure it is.
    #[error("scores are written whole, however sure it is who is who: leave out --confidence, or export people")]
    NoConfidence,
    /// The purpose is not configured.
    #[error("{purpose:?} is not among the purposes of unifier.toml: {known}")]
    Purpose {
        /// The purpose.
        purpose: String,
        /// The configured purposes.
        known: String,
    },
    /// A table lacks a column, or it holds something else than it should.
    #[error("the table {table} has no column {column} that can be exported: run the night again with this version")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
    },
    /// A column holds something that this format cannot be written with.
    #[error("the column {0} cannot be written to this format: write a .parquet file")]
    Unwritable(String),
    /// The answers given here cannot be read.
    #[error(transparent)]
    Consent(#[from] PrivacyError),
    /// A table cannot be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// The columns do not fit together.
    #[error("the table cannot be exported: {0}")]
    Arrow(#[from] ArrowError),
    /// The file cannot be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The store refused the note of who received what.
    #[error("nothing was exported, because it could not be noted: {0}")]
    Note(#[from] StateError),
}

impl ExportError {
    pub(super) fn io(path: &Path, source: impl Into<io::Error>) -> Self {
        ExportError::Io {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
