//! What a message says, whatever protocol's words it is in.

use serde_json::value::RawValue;

/// One message.
#[derive(Debug)]
pub enum Message<'a> {
    /// A row.
    Record {
        /// The stream it belongs to.
        stream: String,
        /// Its values.
        record: &'a RawValue,
    },
    /// The columns of a stream.
    Schema {
        /// The stream.
        stream: String,
        /// Their names, those of nested objects with a point between them.
        columns: Vec<String>,
    },
    /// Where the sender would go on from here.
    State(&'a RawValue),
    /// Rows of the stream that were not sent again are gone at the source.
    Replaced {
        /// The stream.
        stream: String,
    },
    /// Rows in files.
    Batch(BatchFiles),
    /// The sender failed.
    Failed,
    /// Anything else, which says nothing about rows.
    Other,
}

/// Rows in files.
#[derive(Debug)]
pub struct BatchFiles {
    /// The stream they belong to.
    pub stream: String,
    /// `jsonl` or `parquet`.
    pub format: String,
    /// The files, as URIs.
    pub files: Vec<String>,
}
