//! Takes texts apart at ASCII marks. The standard library's ways take any pattern, and are several times the code: every
//! byte here is fetched by every visitor.

use alloc::string::String;

/// Stands between the fields of a call and of a record. The loader takes it out of every text, and [`decode`](crate::url::decode)
/// out of what hides behind percent-encoding.
pub(crate) const FIELD: u8 = 0x1f;
/// Stands between the lines of one field.
pub(crate) const LINE: u8 = b'\n';

/// The bytes `from..to` of a text; nothing where they are no text of their own.
#[inline(never)]
pub(crate) fn cut(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// What stands before and after the first `mark`, or `None` where there is none.
#[inline(never)]
pub(crate) fn once(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((cut(text, 0, at), cut(text, at + 1, text.len())))
}

/// What stands before the first `mark`, or all of it.
pub(crate) fn before(text: &str, mark: u8) -> &str {
    once(text, mark).map_or(text, |(before, _)| before)
}

/// The parts between the marks; one part, perhaps empty, where there is no mark.
pub(crate) struct Parts<'a> {
    rest: Option<&'a str>,
    mark: u8,
}

/// Takes a text apart at every `mark`.
pub(crate) fn parts(text: &str, mark: u8) -> Parts<'_> {
    Parts { rest: Some(text), mark }
}

impl<'a> Parts<'a> {
    /// The next part, or nothing in its place.
    pub fn part(&mut self) -> &'a str {
        self.next().unwrap_or_default()
    }

    /// All that has not been taken yet, marks and all.
    pub fn rest(&self) -> &'a str {
        self.rest.unwrap_or_default()
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let (part, rest) = once(text, self.mark).map_or((text, None), |(part, rest)| (part, Some(rest)));
        self.rest = rest;
        Some(part)
    }
}

/// A text without the white space around it.
pub(crate) fn trim(text: &str) -> &str {
    let seen = |byte: &u8| *byte > b' ';
    let bytes = text.as_bytes();
    match (bytes.iter().position(seen), bytes.iter().rposition(seen)) {
        (Some(first), Some(last)) => cut(text, first, last + 1),
        _ => "",
    }
}

/// The first `limit` characters of a text.
pub(crate) fn shorten(text: &str, limit: usize) -> &str {
    let mut left = limit;
    for (at, byte) in text.bytes().enumerate() {
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

/// Writes the decimal digits of a number, and a minus sign before a negative one.
pub(crate) fn push_number(text: &mut String, number: i64) {
    if number < 0 {
        text.push('-');
    }
    push_digits(text, number.unsigned_abs());
}

fn push_digits(text: &mut String, number: u64) {
    if number >= 10 {
        push_digits(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// The number that a text of decimal digits means, with a minus sign or without; `None` for any other text, and for more
/// digits than a browser's number has.
#[inline(never)]
pub(crate) fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fits = (1..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.bytes().fold(0, |number: i64, byte| {
        number.wrapping_mul(10).wrapping_add(i64::from(byte & 15))
    });
    fits.then_some(if digits.len() < text.len() {
        number.wrapping_neg()
    } else {
        number
    })
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn push_hexadecimal(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let digit = |nibble| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
}

/// The bytes that hexadecimal digits say, without an end: beyond the text's end, zeros. What is no digit reads as some number.
pub(crate) fn from_hexadecimal(text: &str) -> impl Iterator<Item = u8> {
    let mut digits = text.bytes();
    core::iter::from_fn(move || {
        let mut digit = || {
            digits
                .next()
                .map_or(0, |digit| (digit & 15) + u8::from(digit > b'9') * 9)
        };
        Some((digit() << 4) | digit())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_agrees_with_the_standard_library(text in "[a-c=é]{0,20}", limit in 0..9_usize) {
            prop_assert_eq!(once(&text, b'='), text.split_once('='));
            prop_assert!(parts(&text, b'=').eq(text.split('=')));
            prop_assert_eq!(shorten(&text, limit), text.chars().take(limit).collect::<String>());
        }

        #[test]
        fn a_number_is_read_as_it_was_written(number in -9_999_999_999_999_999..=9_999_999_999_999_999_i64) {
            let mut text = String::new();
            push_number(&mut text, number);
            prop_assert_eq!(&text, &number.to_string());
            prop_assert_eq!(whole(&text), Some(number));
        }

        #[test]
        fn what_is_no_number_is_none(text in "[0-9.e-]{0,20}") {
            let plain = text.parse::<i64>().ok().filter(|_| text.trim_start_matches('-').len() <= 16);
            prop_assert_eq!(whole(&text), plain);
        }

        #[test]
        fn bytes_are_read_as_they_were_written(bytes in any::<[u8; 16]>()) {
            let mut text = String::new();
            push_hexadecimal(&mut text, &bytes);
            prop_assert!(from_hexadecimal(&text).take(16).eq(bytes));
        }
    }
}
