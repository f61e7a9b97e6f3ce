//! Rows that other programs send as messages, one JSON object a line: Singer taps and Airbyte sources.
//!
//! Each stream is spooled to a file without a name, then imported like any file. A state is given back only once everything sent
//! before it is in the log. What is sent twice changes nothing, as senders repeat their last rows.

mod airbyte;
mod message;
mod singer;
mod spool;

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use message::{BatchFiles, Message};

use super::file::FileError;
pub use spool::Spool;

/// Which program's words the messages are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Singer 0.3, with what the SDK of its taps adds.
    Singer,
    /// Airbyte's protocol.
    Airbyte,
}

impl Protocol {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Singer => "singer",
            Protocol::Airbyte => "airbyte",
        }
    }
}

/// Why messages could not be taken. Everything before the last state that was given back is in the log.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// A line is no message.
    #[error("line {line}: no {} message ({what}): only messages may come on stdin, a log belongs on stderr", protocol.as_str())]
    NoMessage {
        /// The line, counted from 1.
        line: u64,
        /// What was expected.
        protocol: Protocol,
        /// What is wrong with it, without its content.
        what: &'static str,
    },
    /// The sender says that it failed.
    #[error("line {0}: the source says that it failed: see what it says on stderr")]
    SourceFailed(u64),
    /// A batch is in a format, or at a place, that is not read.
    #[error("line {line}: a batch {what} is not read: let the tap write jsonl or parquet to local files")]
    Batch {
        /// The line.
        line: u64,
        /// What is not read.
        what: String,
    },
    /// A batch's file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The messages cannot be read, or not be spooled.
    #[error("the messages cannot be read or put aside: {0}")]
    Io(#[from] io::Error),
}

/// Records after which a state makes everything before it be imported, so that long runs are kept as they go.
const DRAIN_RECORDS: u64 = 500_000;

/// What is to be imported now, and the state that may be given back then.
pub struct Drain {
    /// The streams and their rows.
    pub streams: BTreeMap<String, Spool>,
    /// The last state sent, as JSON.
    pub state: Option<String>,
}

/// What the sender said beside its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Records of all streams.
    pub records: u64,
    /// Records of streams that were to be skipped.
    pub skipped: u64,
    /// Streams of which the sender says that rows it did not send again are gone.
    pub replaced: Vec<String>,
}

/// Takes messages until their end.
pub struct Receiver<'a> {
    protocol: Protocol,
    scratch: &'a Path,
    skip: &'a [String],
    schemas: BTreeMap<String, Vec<String>>,
    waiting: Drain,
    records: u64,
    received: Received,
}

impl<'a> Receiver<'a> {
    /// Spools under `scratch`; the streams in `skip` are dropped.
    pub fn new(protocol: Protocol, scratch: &'a Path, skip: &'a [String]) -> Self {
        Self {
            protocol,
            scratch,
            skip,
            schemas: BTreeMap::new(),
            waiting: Drain {
                streams: BTreeMap::new(),
                state: None,
            },
            records: 0,
            received: Received::default(),
        }
    }

    /// Reads every message, and calls `drain` when there is something to import.
    ///
    /// # Errors
    /// [`MessageError`], or what `drain` says.
    pub fn receive<E: From<MessageError>>(
        mut self,
        input: &mut dyn BufRead,
        drain: &mut dyn FnMut(Drain) -> Result<(), E>,
    ) -> Result<Received, E> {
        let (mut line, mut number) = (Vec::new(), 0);
        while input.read_until(b'\n', &mut line).map_err(MessageError::from)? > 0 {
            number += 1;
            if !line.trim_ascii().is_empty() {
                self.take(number, &line)?;
            }
            line.clear();
            if self.waiting.state.is_some() && self.records >= DRAIN_RECORDS {
                drain(self.next())?;
            }
        }
        drain(self.next())?;
        Ok(self.received)
    }

    fn next(&mut self) -> Drain {
        self.records = 0;
        Drain {
            streams: std::mem::take(&mut self.waiting.streams),
            state: self.waiting.state.take(),
        }
    }

    fn take(&mut self, number: u64, line: &[u8]) -> Result<(), MessageError> {
        let message = match self.protocol {
            Protocol::Singer => singer::parse(line),
            Protocol::Airbyte => airbyte::parse(line),
        };
        let no_message = |what| MessageError::NoMessage {
            line: number,
            protocol: self.protocol,
            what,
        };
        match message.map_err(no_message)? {
            Message::Record { stream, record } => {
                self.received.records += 1;
                if self.skip.contains(&stream) {
                    self.received.skipped += 1;
                    return Ok(());
                }
                self.records += 1;
                self.stream(&stream)?.add(record.get().as_bytes())?;
            }
            Message::Schema { stream, columns } => drop(self.schemas.insert(stream, columns)),
            Message::State(state) => self.waiting.state = Some(state.get().to_owned()),
            Message::Replaced { stream } if !self.received.replaced.contains(&stream) => {
                self.received.replaced.push(stream);
            }
            Message::Batch(batch) => self.batch(number, &batch)?,
            Message::Failed => return Err(MessageError::SourceFailed(number)),
            Message::Replaced { .. } | Message::Other => {}
        }
        Ok(())
    }

    fn batch(&mut self, number: u64, batch: &BatchFiles) -> Result<(), MessageError> {
        if self.skip.contains(&batch.stream) {
            return Ok(());
        }
        for uri in &batch.files {
            let path = uri.strip_prefix("file://").map(PathBuf::from);
            let path = path.ok_or_else(|| MessageError::Batch {
                line: number,
                what: "that is no local file".to_owned(),
            })?;
            let added = match batch.format.as_str() {
                "jsonl" => self.stream(&batch.stream)?.add_json_lines(&path)?,
                "parquet" => self.stream(&batch.stream)?.add_parquet(&path)?,
                format => {
                    return Err(MessageError::Batch {
                        line: number,
                        what: format!("of format {format:?}"),
                    });
                }
            };
            self.records += added;
            self.received.records += added;
        }
        Ok(())
    }

    fn stream(&mut self, stream: &str) -> io::Result<&mut Spool> {
        if !self.waiting.streams.contains_key(stream) {
            let columns = self.schemas.get(stream).cloned().unwrap_or_default();
            self.waiting
                .streams
                .insert(stream.to_owned(), Spool::new(self.scratch, columns)?);
        }
        self.waiting
            .streams
            .get_mut(stream)
            .ok_or_else(|| io::Error::other("the stream has no spool"))
    }
}

#[cfg(test)]
mod tests;
