//! One object of the edge's log: checked against its name, unpacked, its lines read.

use std::io::Read;

use event_schema::Envelope;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::ingest::reject::{Refusal, RowReject};

use super::key::ObjectKey;
use super::stop::Stop;

/// Bytes an object may have when unpacked. The edge writes at most a few megabytes.
const UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// What is in an object.
pub struct Object {
    /// The envelopes, with their lines.
    pub envelopes: Vec<(u64, Envelope)>,
    /// Lines that are no envelope.
    pub bad_lines: Vec<BadLine>,
}

/// A line that was refused.
pub struct BadLine {
    /// The object it stands in.
    pub object: String,
    /// The line, counted from 1.
    pub line: u64,
    /// Why.
    pub reason: RowReject,
    /// The line; empty when it must not be kept.
    pub raw: Vec<u8>,
}

impl BadLine {
    /// A line about a person who was erased.
    pub fn erased(object: &str, line: u64) -> Self {
        Self {
            object: object.to_owned(),
            line,
            reason: RowReject::ErasedPerson,
            raw: Vec::new(),
        }
    }

    /// The refusal, as the rejects file has it.
    pub fn refusal(&self) -> Refusal {
        Refusal::row(self.reason)
    }
}

impl Object {
    /// Checks and reads an object.
    ///
    /// # Errors
    /// [`Stop::Damaged`] when the bytes are not those that the name stands for, or cannot be unpacked.
    pub fn read(key: &ObjectKey, bytes: &[u8]) -> Result<Self, Stop> {
        let damaged = |what| Stop::Damaged {
            key: key.as_str().to_owned(),
            what,
        };
        if hex::encode(&Sha256::digest(bytes)[..16]) != key.hash() {
            return Err(damaged("its bytes are not those its name stands for"));
        }
        let text = unpack(bytes, UNPACKED_BYTES).map_err(damaged)?;
        let mut object = Self {
            envelopes: Vec::new(),
            bad_lines: Vec::new(),
        };
        for (line, raw) in (1..)
            .zip(text.split(|byte| *byte == b'\n'))
            .filter(|(_, raw)| !raw.trim_ascii().is_empty())
        {
            match serde_json::from_slice(raw) {
                Ok(envelope) => object.envelopes.push((line, envelope)),
                Err(_) => object.bad_lines.push(BadLine {
                    object: key.as_str().to_owned(),
                    line,
                    reason: RowReject::InvalidEvent,
                    raw: raw.to_vec(),
                }),
            }
        }
        Ok(object)
    }
}

/// The unpacked bytes, or why there are none. What is longer than `most` is refused and not cut: its end would be lost.
fn unpack(bytes: &[u8], most: u64) -> Result<Vec<u8>, &'static str> {
    let mut text = Vec::new();
    let unpacked = MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut text);
    match unpacked {
        Ok(length) if length as u64 > most => Err("it is larger than any that the edge writes"),
        Ok(_) => Ok(text),
        Err(_) => Err("it cannot be unpacked"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_is_too_long_is_refused_and_not_cut() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(b"12345").unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!(unpack(&packed, 5).unwrap(), b"12345");
        assert!(unpack(&packed, 4).is_err());
    }
}
