//! Takes e-mail addresses, card numbers, phone numbers and tokens out of texts before they leave the device.
//!
//! It errs on the side of taking too much. It never looks at what the site gives on purpose under consent: ids and traits.

use alloc::string::String;
use alloc::vec::Vec;

use crate::url;

/// What a redacted piece is replaced by.
const EMAIL: &str = "[email]";
const CARD: &str = "[card]";
const PHONE: &str = "[phone]";
const TOKEN: &str = "[token]";

/// Digits a payment card number has (ISO/IEC 7812, without the 13 digits of old cards, which are mostly bar codes).
const CARD_DIGITS: core::ops::RangeInclusive<usize> = 14..=19;
/// Digits a phone number has: E.164 allows 15, and shorter than 9 is mostly something else.
const PHONE_DIGITS: core::ops::RangeInclusive<usize> = 9..=15;
/// Characters from which a word may be a token.
const TOKEN_CHARS: usize = 20;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Anything: all four kinds are taken out.
    Text,
    /// An id or a code, by its name: long digits and letters are what it is made of, so phone numbers and tokens stay.
    Code,
}

impl Meaning {
    /// What a property or a query parameter of this name holds.
    pub fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let code = ["id", "ids", "sku", "code", "coupon", "barcode", "gtin", "ean"];
        if code.iter().any(|ending| name.ends_with(ending)) {
            Meaning::Code
        } else {
            Meaning::Text
        }
    }
}

/// `held` with what must not leave replaced by a marker, or `None` when there is nothing to take out. Text that hides
/// behind percent-encoding is decoded first.
pub fn text(held: &str, meaning: Meaning) -> Option<String> {
    if held.contains('%') {
        let decoded = url::decode(held);
        if decoded != held {
            return text(&decoded, meaning);
        }
    }
    let mut redacted: Option<String> = None;
    let mut pass = |needed: bool, find: &dyn Fn(&[char]) -> Vec<Piece>| {
        if !needed {
            return;
        }
        let chars: Vec<char> = redacted.as_deref().unwrap_or(held).chars().collect();
        let pieces = find(&chars);
        if !pieces.is_empty() {
            redacted = Some(replace(&chars, &pieces));
        }
    };
    pass(held.contains('@'), &emails);
    let digits = held.bytes().filter(u8::is_ascii_digit).count();
    pass(digits >= *PHONE_DIGITS.start(), &|chars| numbers(chars, meaning));
    pass(held.len() >= TOKEN_CHARS && meaning == Meaning::Text, &tokens);
    redacted
}

/// A piece of a text, from character `start` up to and without `end`, and what replaces it.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    marker: &'static str,
}

fn replace(chars: &[char], pieces: &[Piece]) -> String {
    let mut replaced = String::new();
    let mut from = 0;
    for piece in pieces {
        replaced.extend(chars.iter().take(piece.start).skip(from));
        replaced.push_str(piece.marker);
        from = piece.end;
    }
    replaced.extend(chars.iter().skip(from));
    replaced
}

fn at(chars: &[char], index: usize) -> Option<char> {
    chars.get(index).copied()
}

fn before(chars: &[char], index: usize) -> Option<char> {
    index.checked_sub(1).and_then(|index| at(chars, index))
}

/// How many characters from `chars` fit `wanted`, one after the other.
fn run<'a>(chars: impl Iterator<Item = &'a char>, wanted: impl Fn(char) -> bool) -> usize {
    chars.take_while(|c| wanted(**c)).count()
}

/// Something, an at sign, something: a domain without a dot is an address too, on a company's own network.
fn emails(chars: &[char]) -> Vec<Piece> {
    // Beyond ASCII, everything counts as a letter: the tables that know better are larger than all of this file.
    let letter = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let local = |c: char| {
        letter(c)
            || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '!' | '#' | '$' | '&' | '*' | '/' | '=' | '?' | '^'..='`' | '{'..='~')
    };
    let domain = |c: char| letter(c) || matches!(c, '.' | '-');
    let mut pieces: Vec<Piece> = Vec::new();
    for (sign, _) in chars.iter().enumerate().filter(|(_, c)| **c == '@') {
        let taken = pieces.last().map_or(0, |piece| piece.end);
        let before = run(chars.iter().take(sign).skip(taken).rev(), local);
        let after = run(chars.iter().skip(sign + 1), domain);
        if before > 0 && after > 0 {
            pieces.push(Piece {
                start: sign - before,
                end: sign + 1 + after,
                marker: EMAIL,
            });
        }
    }
    pieces
}

/// Digits that stand together, and the separators people write between them.
fn numbers(chars: &[char], meaning: Meaning) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut groups = groups(chars);
    while let Some(first) = groups.first() {
        let longest = (1..=groups.len()).rev().find_map(|count| {
            let window = groups.get(..count)?;
            let end = window.last()?.1;
            joined(window, chars).then_some(())?;
            let (start, marker) = if is_card(chars, first.0, end) {
                (first.0, CARD)
            } else if meaning == Meaning::Text && is_phone(chars, window) {
                let sign = matches!(before(chars, first.0), Some('+' | '('));
                (first.0 - usize::from(sign), PHONE)
            } else {
                return None;
            };
            Some((count, Piece { start, end, marker }))
        });
        let count = match longest {
            Some((count, piece)) => {
                pieces.push(piece);
                count
            }
            None => 1,
        };
        groups.drain(..count);
    }
    pieces
}

/// The runs of digits: first character, and the one after the last.
fn groups(chars: &[char]) -> Vec<(usize, usize)> {
    let mut groups = Vec::new();
    let mut index = 0;
    while index < chars.len() {
        let digits = run(chars.iter().skip(index), |c| c.is_ascii_digit());
        if digits > 0 {
            groups.push((index, index + digits));
        }
        index += digits.max(1);
    }
    groups
}

/// Whether nothing but one to three separators stands between each two of the groups, and no more digits than a card has.
fn joined(window: &[(usize, usize)], chars: &[char]) -> bool {
    let gaps = window.iter().zip(window.iter().skip(1));
    let close = gaps.map(|(left, right)| (left.1, right.0)).all(|(from, to)| {
        to - from <= 3
            && chars
                .iter()
                .take(to)
                .skip(from)
                .all(|c| matches!(c, ' ' | '\u{a0}' | '-' | '.' | '(' | ')' | '/'))
    });
    close && window.iter().map(|(start, end)| end - start).sum::<usize>() <= *CARD_DIGITS.end()
}

/// Whether the digits are a payment card number: first digit of a payment network, right length, Luhn's check digit.
fn is_card(chars: &[char], start: usize, end: usize) -> bool {
    let digits: Vec<u32> = chars
        .iter()
        .take(end)
        .skip(start)
        .filter_map(|c| c.to_digit(10))
        .collect();
    if !CARD_DIGITS.contains(&digits.len()) || !matches!(digits.first(), Some(2..=6)) {
        return false;
    }
    let luhn = |(place, digit): (usize, &u32)| match (place % 2, *digit) {
        (0, digit) => digit,
        (_, digit) if digit > 4 => digit * 2 - 9,
        (_, digit) => digit * 2,
    };
    digits.iter().rev().enumerate().map(luhn).sum::<u32>() % 10 == 0
}

/// Whether the digits look like a phone number: written with +, 0 or a bracket in front, or in the groups of North America.
fn is_phone(chars: &[char], window: &[(usize, usize)]) -> bool {
    let (Some(first), Some(last)) = (window.first(), window.last()) else {
        return false;
    };
    let lengths: Vec<usize> = window.iter().map(|(start, end)| end - start).collect();
    if !PHONE_DIGITS.contains(&lengths.iter().sum()) {
        return false;
    }
    let before = before(chars, first.0);
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    if word(before) || word(at(chars, last.1)) {
        return false;
    }
    let decimal = lengths.len() == 2 && lengths.first() == Some(&1) && at(chars, first.1) == Some('.');
    let zero = at(chars, first.0) == Some('0') && !decimal;
    zero || matches!(before, Some('+' | '(')) || lengths.ends_with(&[3, 3, 4])
}

/// Words as machines make them: long, and changing between digits, small and capital letters far more often than people
/// do, as session keys, hashes, UUIDs and signed tokens are.
fn tokens(chars: &[char]) -> Vec<Piece> {
    let wanted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut pieces = Vec::new();
    let mut index = 0;
    while index < chars.len() {
        let length = run(chars.iter().skip(index), wanted);
        if length >= TOKEN_CHARS && chars.get(index..index + length).is_some_and(is_token) {
            pieces.push(Piece {
                start: index,
                end: index + length,
                marker: TOKEN,
            });
        }
        index += length.max(1);
    }
    pieces
}

fn is_token(word: &[char]) -> bool {
    let (mut length, mut digits, mut changes) = (0, 0, 0);
    let mut last = None;
    for c in word.iter().filter(|c| c.is_ascii_alphanumeric()) {
        let class = Some((c.is_ascii_digit(), c.is_ascii_uppercase()));
        length += 1;
        digits += usize::from(c.is_ascii_digit());
        changes += usize::from(last.is_some() && last != class);
        last = class;
    }
    // Random base 62 changes at 62 % of its places, hexadecimal at 47 %, camel case at about 33 % and without digits.
    length >= 16 && (changes * 100 >= length * 40 || (digits >= 2 && changes * 100 >= length * 20) || digits == length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted(held: &str) -> String {
        text(held, Meaning::Text).unwrap_or_else(|| held.to_owned())
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
        ] {
            assert_eq!(text(held, Meaning::of(name)), None, "{name}");
        }
        assert_eq!(
            text("jo@example.com", Meaning::of("order_id")).as_deref(),
            Some("[email]")
        );
        assert_eq!(Meaning::of("note"), Meaning::Text);
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
                let card: Vec<char> = format!("{account}{digit}").chars().collect();
                is_card(&card, 0, card.len())
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
