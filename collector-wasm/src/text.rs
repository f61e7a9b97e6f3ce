//! Takes texts apart at ASCII marks, and puts them together. Texts are bytes here: what is looked for is ASCII, and nothing
//! cuts a character in two. The standard library's ways are several times the code, which every visitor fetches.

use alloc::vec::Vec;

/// Stands between the fields of a call and of a record. The loader takes it out of every text, and
/// [`redact`](crate::redact) out of what hides behind percent-encoding.
pub(crate) const FIELD: u8 = 0x1f;
/// Stands between the lines of one field.
pub(crate) const LINE: u8 = b'\n';

/// Stands between the keys and values of what is stored.
pub(crate) const ENTRY: u8 = 0x1e;

/// A text of its own.
#[inline(never)]
pub(crate) fn copy(text: &[u8]) -> Vec<u8> {
    let mut copied = Vec::new();
    put(&mut copied, text);
    copied
}

/// Appends one byte.
#[inline(never)]
pub(crate) fn push(text: &mut Vec<u8>, byte: u8) {
    text.push(byte);
}

/// Appends a piece.
#[inline(never)]
pub(crate) fn put(text: &mut Vec<u8>, piece: &[u8]) {
    text.extend_from_slice(piece);
}

/// Appends a mark and a piece.
#[inline(never)]
pub(crate) fn put_after(text: &mut Vec<u8>, mark: u8, piece: &[u8]) {
    push(text, mark);
    put(text, piece);
}

/// The bytes `from..to` of a text, as far as there are any.
#[inline(never)]
pub(crate) fn cut(text: &[u8], from: usize, to: usize) -> &[u8] {
    text.get(from..to.min(text.len())).unwrap_or_default()
}

/// All from a byte on.
pub(crate) fn from(text: &[u8], from: usize) -> &[u8] {
    cut(text, from, usize::MAX)
}

/// Where the first `mark` stands; the end where there is none.
#[inline(never)]
pub(crate) fn find(text: &[u8], mark: u8) -> usize {
    text.iter().position(|byte| *byte == mark).unwrap_or(text.len())
}

/// What stands before and after the first `mark`: all and nothing where there is none.
#[inline(never)]
pub(crate) fn halves(text: &[u8], mark: u8) -> (&[u8], &[u8]) {
    let at = find(text, mark);
    (cut(text, 0, at), from(text, at + 1))
}

/// What stands before the first `mark`, or all of it.
pub(crate) fn before(text: &[u8], mark: u8) -> &[u8] {
    halves(text, mark).0
}

/// The parts between the marks; one part, perhaps empty, where there is no mark.
#[derive(Clone)]
pub(crate) struct Parts<'a> {
    rest: Option<&'a [u8]>,
    mark: u8,
}

/// Takes a text apart at every `mark`.
pub(crate) fn parts(text: &[u8], mark: u8) -> Parts<'_> {
    Parts { rest: Some(text), mark }
}

impl<'a> Parts<'a> {
    /// The next part, or nothing in its place.
    pub fn part(&mut self) -> &'a [u8] {
        self.next().unwrap_or_default()
    }

    /// All that has not been taken yet, marks and all.
    pub fn rest(&self) -> &'a [u8] {
        self.rest.unwrap_or_default()
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        let (part, rest) = halves(text, self.mark);
        self.rest = (part.len() < text.len()).then_some(rest);
        Some(part)
    }
}

/// The first `limit` characters of a text.
pub(crate) fn shorten(text: &[u8], limit: usize) -> &[u8] {
    let mut left = limit;
    for (at, byte) in text.iter().enumerate() {
        // Bytes of this shape go on with a character and begin none.
        if byte & 0xc0 != 0x80 {
            if left == 0 {
                return cut(text, 0, at);
            }
            left -= 1;
        }
    }
    text
}

/// Appends the decimal digits of a number, and a minus sign before a negative one.
pub(crate) fn put_number(text: &mut Vec<u8>, number: i64) {
    if number < 0 {
        push(text, b'-');
    }
    put_digits(text, number.unsigned_abs());
}

fn put_digits(text: &mut Vec<u8>, number: u64) {
    if number >= 10 {
        put_digits(text, number / 10);
    }
    push(text, b'0' + (number % 10) as u8);
}

/// The number that a text of decimal digits means, with a minus sign or without; `None` for any other text, and for more
/// digits than a browser's number has.
#[inline(never)]
pub(crate) fn whole(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let mut number = 0_i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number.wrapping_mul(10).wrapping_add(i64::from(byte & 15));
    }
    let sign = if digits.len() < text.len() { -1 } else { 1 };
    (1..=16).contains(&digits.len()).then(|| number.wrapping_mul(sign))
}

/// Appends a number as eight hexadecimal digits.
pub(crate) fn put_hexadecimal(text: &mut Vec<u8>, number: u32) {
    for place in (0..8).rev() {
        let digit = (number >> (place * 4)) as u8 & 15;
        push(text, if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
    }
}

/// What a hexadecimal digit means; what is none reads as some number.
pub(crate) fn digit(byte: u8) -> u8 {
    (byte & 15) + u8::from(byte > b'9') * 9
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_agrees_with_the_standard_library(text in "[a-c=é]{0,20}", limit in 0..9_usize) {
            let bytes = text.as_bytes();
            let (before, after) = text.split_once('=').unwrap_or((&text, ""));
            prop_assert_eq!(halves(bytes, b'='), (before.as_bytes(), after.as_bytes()));
            prop_assert!(parts(bytes, b'=').eq(text.split('=').map(str::as_bytes)));
            let shorter: String = text.chars().take(limit).collect();
            prop_assert_eq!(shorten(bytes, limit), shorter.as_bytes());
        }

        #[test]
        fn a_number_is_read_as_it_was_written(number in -9_999_999_999_999_999..=9_999_999_999_999_999_i64) {
            let mut text = Vec::new();
            put_number(&mut text, number);
            prop_assert_eq!(&text, &number.to_string().into_bytes());
            prop_assert_eq!(whole(&text), Some(number));
        }

        #[test]
        fn what_is_no_number_is_none(text in "[0-9.e-]{0,20}") {
            let plain = text.parse::<i64>().ok().filter(|_| text.trim_start_matches('-').len() <= 16);
            prop_assert_eq!(whole(text.as_bytes()), plain);
        }

        #[test]
        fn digits_are_read_as_they_were_written(number in any::<u32>()) {
            let mut text = Vec::new();
            put_hexadecimal(&mut text, number);
            prop_assert_eq!(&text, &format!("{number:08x}").into_bytes());
            prop_assert_eq!(text.iter().fold(0, |number, byte| number << 4 | u32::from(digit(*byte))), number);
        }
    }
}
