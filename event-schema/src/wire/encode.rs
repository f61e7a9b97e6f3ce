//! The page's half: writes a body of version 2 piece by piece, without ever holding it as values. What the pieces are and in
//! which order they come is said in [`wire`](super).

use alloc::vec::Vec;

/// A body that is being written.
#[derive(Debug)]
pub struct Writer<'a> {
    bytes: Vec<u8>,
    texts: Vec<&'a [u8]>,
}

impl<'a> Writer<'a> {
    /// Begins a body of the lane that its `first` byte names, sent so many milliseconds after the epoch.
    #[inline]
    pub fn new(first: u8, write_key: &[u8], sent_at: i64) -> Self {
        let mut writer = Self {
            bytes: Vec::new(),
            texts: Vec::new(),
        };
        writer.byte(first);
        writer.number(write_key.len() as u64);
        writer.raw(write_key);
        writer.number(sent_at as u64);
        writer
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A number that is not negative.
    #[inline]
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// A number that may be negative.
    #[inline]
    pub fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    /// Bytes of a length that is known.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes that hexadecimal digits mean.
    #[inline]
    pub fn hexadecimal(&mut self, digits: &[u8]) {
        let mut byte = 1_u32;
        for digit in digits {
            byte = byte << 4 | u32::from((digit & 15) + u8::from(*digit > b'9') * 9);
            // The one that the byte began with has come as far as its two digits moved it.
            if byte >= 0x100 {
                self.byte(byte as u8);
                byte = 1;
            }
        }
    }

    /// A text.
    #[inline]
    pub fn text(&mut self, text: &'a [u8]) {
        match self.texts.iter().position(|known| *known == text) {
            Some(place) => self.number(place as u64 * 2 + 1),
            None => {
                self.texts.push(text);
                self.number(text.len() as u64 * 2);
                self.raw(text);
            }
        }
    }

    /// The body of a request.
    #[inline]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
