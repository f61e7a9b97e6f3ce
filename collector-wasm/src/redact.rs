//! Takes e-mail addresses, card numbers, phone numbers and tokens out of texts before they leave the device.
//!
//! It errs on the side of taking too much. It never looks at what the site gives on purpose under consent: ids and traits.
//! It looks at bytes, left to right and once: what it looks for is ASCII, and all else counts as letters.

use alloc::vec::Vec;

use crate::text;

/// Digits a payment card number has (ISO/IEC 7812, without the 13 digits of old cards, which are mostly bar codes).
const CARD_DIGITS: core::ops::RangeInclusive<usize> = 14..=19;
/// Digits a phone number has: E.164 allows 15, and shorter than 9 is mostly something else.
const PHONE_DIGITS: core::ops::RangeInclusive<usize> = 9..=15;
/// Characters from which a word may be a token.
const TOKEN_CHARS: usize = 20;
/// Bytes that may stand between two groups of digits: three separators, or one that is no ASCII and one more.
const GAP_BYTES: usize = 4;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Anything: all four kinds are taken out.
    Text,
    /// An id or a code, by its name: long digits and letters are what it is made of, so phone numbers and tokens stay, and
    /// digits beside letters are no card's.
    Code,
}

impl Meaning {
    /// What a property or a query parameter of this name holds.
    pub fn of(name: &[u8]) -> Self {
        let mut codes = text::parts(b"id,ids,sku,code,coupon,gtin,ean", b',');
        if codes.any(|code| text::from(name, name.len().wrapping_sub(code.len())).eq_ignore_ascii_case(code)) {
            Meaning::Code
        } else {
            Meaning::Text
        }
    }
}

/// Appends `held` with what must not leave replaced by a marker, and says whether there was any. Text that hides behind
/// percent-encoding is decoded first. Of a `whole` that has any, nothing but the marker stays.
pub fn put(held: &[u8], meaning: Meaning, whole: bool, out: &mut Vec<u8>) -> bool {
    let bytes = &decode(held);
    let (mut taken, mut at) = (0, 0);
    while at < bytes.len() {
        let Some(piece) = piece(bytes, at, at == taken, meaning) else {
            at += 1;
            continue;
        };
        if !whole {
            text::put(out, text::cut(bytes, taken, piece.start));
        }
        text::put(out, piece.marker);
        (taken, at) = (piece.end, piece.end);
        if whole {
            return true;
        }
    }
    text::put(out, if taken == 0 { held } else { text::from(bytes, taken) });
    taken > 0
}

/// Undoes percent-encoding of ASCII, however often it was done. Other characters stay encoded: nothing that is looked for is
/// written in them. Control characters become spaces: they are the marks of our own records.
pub(crate) fn decode(held: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in held {
        text::push(&mut text, *byte);
        while let [.., b'%', high @ b'0'..=b'7', low] = *text.as_slice()
            && low.is_ascii_hexdigit()
        {
            let code = text::digit(high) << 4 | text::digit(low);
            text.truncate(text.len() - 3);
            text::push(&mut text, if code == 0x7f { b' ' } else { code.max(b' ') });
        }
    }
    text
}

/// A piece of a text, from byte `start` up to and without `end`, and what replaces it.
struct Piece {
    start: usize,
    end: usize,
    marker: &'static [u8],
}

/// The piece that begins at `start`, if one does. It is `fresh` at the beginning and right after another piece, whose last
/// letter does not count as the one before.
fn piece(bytes: &[u8], start: usize, fresh: bool, meaning: Meaning) -> Option<Piece> {
    let first = at(bytes, start);
    let before = at(bytes, start.wrapping_sub(1));
    if is_local(first)
        && (fresh || !is_local(before))
        && let Some(end) = email_end(bytes, start)
    {
        return Some(Piece {
            start,
            end,
            marker: b"[email]",
        });
    }
    if meaning == Meaning::Text && is_word(first) && !is_word(before) {
        let end = run(bytes, start, is_word);
        if end - start >= TOKEN_CHARS && is_token(bytes, start, end) {
            return Some(Piece {
                start,
                end,
                marker: b"[token]",
            });
        }
    }
    if first.is_ascii_digit() && !before.is_ascii_digit() {
        return number(bytes, start, before, meaning);
    }
    None
}

/// The byte at a place; zero beyond the ends.
fn at(bytes: &[u8], place: usize) -> u8 {
    bytes.get(place).copied().unwrap_or_default()
}

/// Where the bytes end that are `wanted`, from `start` on.
#[inline(never)]
fn run(bytes: &[u8], start: usize, wanted: fn(u8) -> bool) -> usize {
    let mut end = start;
    while end < bytes.len() && wanted(at(bytes, end)) {
        end += 1;
    }
    end
}

fn is_local(byte: u8) -> bool {
    // RFC 5322's atoms and dots, and all letters beyond ASCII.
    byte > b' '
        && !matches!(
            byte,
            b'@' | b'"' | b'(' | b')' | b',' | b':' | b';' | b'<' | b'>' | b'[' | b'\\' | b']' | 0x7f
        )
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'.' || byte == b'-'
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Where an address ends: something, an at sign, something. A domain without a dot is an address too, on a company's own
/// network.
fn email_end(bytes: &[u8], start: usize) -> Option<usize> {
    let sign = run(bytes, start, is_local);
    let end = run(bytes, sign + 1, is_domain);
    (at(bytes, sign) == b'@' && end > sign + 1).then_some(end)
}

/// Digits that stand together, with the separators people write between them: the longest that are a card's or a phone's.
fn number(bytes: &[u8], start: usize, before: u8, meaning: Meaning) -> Option<Piece> {
    let (mut digits, mut groups) = (0, Groups::default());
    let mut place = start;
    let mut found = None;
    loop {
        let end = run(bytes, place, |byte| byte.is_ascii_digit());
        groups.push(end - place);
        digits += end - place;
        if end == place || digits > *CARD_DIGITS.end() {
            return found;
        }
        let within = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let alone = !within(before) && !within(at(bytes, end));
        if CARD_DIGITS.contains(&digits) && (alone || meaning == Meaning::Text) && is_card(bytes, start, end) {
            found = Some(Piece {
                start,
                end,
                marker: b"[card]",
            });
        } else if meaning == Meaning::Text && PHONE_DIGITS.contains(&digits) {
            let decimal = groups.is_decimal() && at(bytes, start + 1) == b'.';
            let signed = before == b'+' || before == b'(';
            let local = at(bytes, start) == b'0' && !decimal;
            if alone && (signed || local || groups.are_north_american()) {
                found = Some(Piece {
                    start: start - usize::from(signed),
                    end,
                    marker: b"[phone]",
                });
            }
        }
        place = run(bytes, end, is_gap);
        if place == end || place - end > GAP_BYTES {
            return found;
        }
    }
}

/// What people write between the groups of a number: ASCII, and the bytes of the narrow and the wide space without a break
/// and of the dashes.
fn is_gap(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'+' | 0xc2 | 0xa0 | 0xe2 | 0x80 | 0x90..=0x93 | 0xaf
    )
}

/// The lengths of the last three groups of digits, and how many there are.
#[derive(Default)]
struct Groups {
    last: (usize, usize, usize),
    count: usize,
}

impl Groups {
    fn push(&mut self, length: usize) {
        self.last = (self.last.1, self.last.2, length);
        self.count += 1;
    }

    /// `0.1234567891`, if a point stands between.
    fn is_decimal(&self) -> bool {
        self.count == 2 && self.last.1 == 1
    }

    fn are_north_american(&self) -> bool {
        self.last == (3, 3, 4)
    }
}

/// Whether the digits are a payment card number: first digit of a payment network, Luhn's check digit.
fn is_card(bytes: &[u8], start: usize, end: usize) -> bool {
    let (mut sum, mut double) = (0, false);
    for place in (start..end).rev() {
        let byte = at(bytes, place);
        if byte.is_ascii_digit() {
            let digit = u32::from(byte & 15) << u32::from(double);
            sum += if digit > 9 { digit - 9 } else { digit };
            double = !double;
        }
    }
    sum % 10 == 0 && matches!(at(bytes, start), b'2'..=b'6')
}

/// Whether it is a word as machines make them: long, and changing between digits, small and capital letters far more often
/// than people do, as session keys, hashes, UUIDs and signed tokens are.
fn is_token(bytes: &[u8], start: usize, end: usize) -> bool {
    let (mut length, mut digits, mut changes, mut last) = (0, 0, 0, 0);
    for place in start..end {
        let class = match at(bytes, place) {
            b'0'..=b'9' => 1,
            b'A'..=b'Z' => 2,
            b'a'..=b'z' => 3,
            _ => continue,
        };
        length += 1;
        digits += u32::from(class == 1);
        changes += u32::from(last != 0 && last != class);
        last = class;
    }
    // Random base 62 changes at 62 % of its places, hexadecimal at 47 %, camel case at about 33 % and without digits.
    length >= 16 && (changes * 100 >= length * 40 || (digits >= 2 && changes * 100 >= length * 20) || digits == length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted_as(held: &str, meaning: Meaning) -> String {
        let mut text = Vec::new();
        put(held.as_bytes(), meaning, false, &mut text);
        String::from_utf8(text).unwrap()
    }

    fn redacted(held: &str) -> String {
        redacted_as(held, Meaning::Text)
    }

    #[test]
    fn what_names_a_person_is_taken_out() {
        let cases = [
            ("write to jo.smith+news@mail.example.com!", "write to [email]!"),
            ("jo%40example.com", "[email]"),
            ("jo%2540example.com", "[email]"),
            ("für jürgen@bücher.example", "für [email]"),
            ("a@b c@d", "[email] [email]"),
            ("card 4111 1111 1111 1111 exp 12/27", "card [card] exp 12/27"),
            ("378282246310005", "[card]"),
            ("call +41 79 123 45 67 now", "call [phone] now"),
            ("079 123 45 67", "[phone]"),
            ("(415) 555-2671", "[phone]"),
            ("415-555-2671", "[phone]"),
            ("key=550e8400-e29b-41d4-a716-446655440000", "key=[token]"),
            (
                "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
                "Bearer [token].[token].abc",
            ),
        ];
        for (held, expected) in cases {
            assert_eq!(redacted(held), expected);
        }
    }

    #[test]
    fn what_names_a_thing_stays() {
        let things = [
            "The Blue Kettle, 1.7 l",
            "the-very-long-product-name-of-our-2024-summer-edition",
            "2026-11-24 10:22:33",
            "0.1234567891",
            "ProductListViewedByVisitor",
            "@handle",
            "4006381333931",
            "192.168.100.100",
            "100 % wool",
            "4111 1111 1111 1112",
        ];
        for thing in things {
            assert_eq!(redacted(thing), thing);
        }
    }

    #[test]
    fn ids_and_codes_keep_their_digits_and_letters() {
        for (name, held) in [
            ("order_id", "0001234567"),
            ("SKU", "550e8400-e29b-41d4-a716-446655440000"),
            ("ean", "4006381333931"),
            ("click_id", "sha256-9f4111111111111111a0791234567"),
        ] {
            assert_eq!(redacted_as(held, Meaning::of(name.as_bytes())), held, "{name}");
        }
        assert_eq!(redacted_as("jo@example.com", Meaning::of(b"order_id")), "[email]");
        assert_eq!(Meaning::of(b"note"), Meaning::Text);
    }

    #[test]
    fn ascii_is_decoded_however_often_it_was_encoded() {
        assert_eq!(decode(b"jo%252540x.example"), b"jo@x.example");
        assert_eq!(decode(b"jo%2%35%340x.example"), b"jo@x.example");
        assert_eq!(decode(b"a%0Ab%251fc%1E%7f"), b"a b c  ");
        assert_eq!(decode(b"Z%C3%BCrich 100%"), b"Z%C3%BCrich 100%");
    }

    proptest! {
        #[test]
        fn a_planted_address_never_survives(before in "\\PC{0,20}", local in "[a-z0-9.]{1,12}", domain in "[a-z]{1,9}\\.[a-z]{2,3}", after in "\\PC{0,20}") {
            let planted = format!("{local}@{domain}");
            let text = redacted(&format!("{before}{planted}{after}"));
            prop_assert!(!text.contains(&planted), "{}", text);
        }

        #[test]
        fn a_planted_card_never_survives(account in "[3-6][0-9]{14}", grouped in any::<bool>(), after in "[ a-z,.]{0,10}") {
            let check = (0..10).find(|digit| {
                let card = format!("{account}{digit}");
                is_card(card.as_bytes(), 0, card.len())
            });
            let mut planted = format!("{account}{}", check.unwrap());
            if grouped {
                planted = format!("{} {} {} {}", &planted[..4], &planted[4..8], &planted[8..12], &planted[12..]);
            }
            let text = redacted(&format!("pay {planted} {after}"));
            prop_assert!(!text.contains(&planted), "{}", text);
        }

        #[test]
        fn a_planted_international_number_never_survives(number in "\\+[1-9][0-9]{8,14}", before in "[a-z ]{0,9} ", after in " [a-z ]{0,9}") {
            let text = redacted(&format!("{before}{number}{after}"));
            prop_assert!(!text.contains(&number), "{}", text);
        }

        #[test]
        fn redacting_twice_is_redacting_once(held in "\\PC{0,60}") {
            let once = redacted(&held);
            prop_assert_eq!(redacted(&once), once);
        }
    }
}
