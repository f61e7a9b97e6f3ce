//! The page's half: writes a batch piece by piece, without ever holding it as values. The bytes are those that serde and
//! [postcard](https://postcard.jamesmunns.com/wire-format) make of a [`Batch`](super::Batch), which a test holds it to:
//! their writer can do the same, and is several times the code.

use alloc::vec::Vec;

use super::VERSION_1;

/// A batch that is being written. The caller writes the fields of the types of [`wire`](super) in their order.
#[derive(Debug)]
pub struct Writer<'a> {
    bytes: Vec<u8>,
    texts: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    /// Begins a [`Batch`](super::Batch) with so many events of the lane at `lane` in [`Lane`](super::Lane).
    pub fn new(write_key: &str, sent_at: i64, lane: u8, events: usize) -> Self {
        let mut writer = Self {
            bytes: Vec::new(),
            texts: Vec::new(),
        };
        writer.byte(VERSION_1);
        writer.plain(write_key);
        writer.signed(sent_at);
        writer.byte(lane);
        writer.number(events as u64);
        writer
    }

    /// One byte: a flag, a position, or the position of a variant without fields.
    #[inline(never)]
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A number, or how many values follow: seven bits a byte, the lowest first; the highest bit says that more follow.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// A number that may be negative: the sign is the lowest bit.
    pub fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    /// Bytes of a length that is known.
    pub fn raw(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    /// A text in full.
    #[inline(never)]
    pub fn plain(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.raw(text.as_bytes());
    }

    /// A [`Text`](super::Text).
    #[inline(never)]
    pub fn text(&mut self, text: &'a str) {
        let known = self.texts.iter().position(|known| *known == text);
        self.byte(known.is_some().into());
        match known {
            Some(place) => self.number(place as u64),
            None => {
                self.texts.push(text);
                self.plain(text);
            }
        }
    }

    /// The body of a request.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
