//! A request's body, held to its limit while it arrives and while it is unpacked: what is too large is never held whole.

use std::io::Read;

use event_schema::{BatchError, limits};
use flate2::read::MultiGzDecoder;

use crate::refusal::Refusal;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// Compressed with gzip.
    Gzip,
}

impl Encoding {
    /// From the `Content-Encoding` header.
    ///
    /// # Errors
    /// [`Refusal::UnknownEncoding`].
    pub fn from_header(value: Option<&str>) -> Result<Self, Refusal> {
        match value.map(|value| value.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "identity") => Ok(Encoding::Identity),
            Some("gzip" | "x-gzip") => Ok(Encoding::Gzip),
            Some(_) => Err(Refusal::UnknownEncoding),
        }
    }
}

/// The bytes of a body that have arrived so far.
#[derive(Debug, Default)]
pub struct Body(Vec<u8>);

impl Body {
    /// Begins a body whose `Content-Length`, where there is one, is within the limit.
    ///
    /// # Errors
    /// [`BatchError::BodyTooLarge`] before a byte is read.
    pub fn begin(content_length: Option<&str>) -> Result<Self, Refusal> {
        match content_length.and_then(|length| length.trim().parse::<u64>().ok()) {
            Some(length) if length > limits::BODY_BYTES as u64 => Err(too_large()),
            _ => Ok(Self::default()),
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`BatchError::BodyTooLarge`] as soon as the limit is crossed, whatever the header said.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        if self.0.len() + chunk.len() > limits::BODY_BYTES {
            return Err(too_large());
        }
        self.0.extend_from_slice(chunk);
        Ok(())
    }

    /// The body, unpacked.
    ///
    /// # Errors
    /// [`BatchError::BodyTooLarge`] when it unpacks to more than the limit; [`Refusal::MalformedGzip`].
    pub fn unpack(self, encoding: Encoding) -> Result<Vec<u8>, Refusal> {
        if encoding == Encoding::Identity {
            return Ok(self.0);
        }
        let mut unpacked = Vec::new();
        let mut limited = MultiGzDecoder::new(self.0.as_slice()).take(limits::BODY_BYTES as u64 + 1);
        limited.read_to_end(&mut unpacked).map_err(|_| Refusal::MalformedGzip)?;
        if unpacked.len() > limits::BODY_BYTES {
            Err(too_large())
        } else {
            Ok(unpacked)
        }
    }
}

fn too_large() -> Refusal {
    Refusal::Batch(BatchError::BodyTooLarge)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: &[u8], encoding: Encoding) -> Result<Vec<u8>, Refusal> {
        let mut body = Body::begin(None)?;
        bytes.chunks(1000).try_for_each(|chunk| body.push(chunk))?;
        body.unpack(encoding)
    }

    #[test]
    fn a_body_over_the_limit_is_refused_by_its_header_and_by_its_bytes() {
        assert_eq!(Body::begin(Some("512001")).unwrap_err(), too_large());
        assert!(Body::begin(Some("512000")).is_ok());
        let mut lying = Body::begin(Some("10")).unwrap();
        assert_eq!(lying.push(&vec![b' '; limits::BODY_BYTES]), Ok(()));
        assert_eq!(lying.push(b" "), Err(too_large()));
    }

    #[test]
    fn a_gzip_bomb_is_cut_off() {
        let bomb = gzip(&vec![0; 50 * limits::BODY_BYTES]);
        assert!(bomb.len() < limits::BODY_BYTES / 10);
        assert_eq!(unpacked(&bomb, Encoding::Gzip), Err(too_large()));
    }

    #[test]
    fn gzip_bodies_are_unpacked_and_others_are_not_gzip() {
        assert_eq!(unpacked(&gzip(b"{}"), Encoding::Gzip), Ok(b"{}".to_vec()));
        assert_eq!(unpacked(b"{}", Encoding::Gzip), Err(Refusal::MalformedGzip));
        assert_eq!(
            unpacked(&gzip(b"{}")[..12], Encoding::Gzip),
            Err(Refusal::MalformedGzip)
        );
        assert_eq!(Encoding::from_header(Some("br")), Err(Refusal::UnknownEncoding));
        assert_eq!(Encoding::from_header(Some("GZIP")), Ok(Encoding::Gzip));
    }
}
