//! Properties and traits, as the loader lays them out: one field of text for each step through the object, whose first
//! character says what it is.
//!
//! `:` a name, `'` a string, `#` a number, `+` true, `-` false, `~` null, `[` a list begins, `{` an object begins, `}` the
//! innermost of them ends. The loader has the browser's JSON do the rest, so that none of it is needed here.

use alloc::string::String;
use alloc::vec::Vec;

use event_schema::wire::Writer;

use crate::redact::{self, Meaning};
use crate::text::{self, FIELD};
use crate::url;

/// The steps of an object.
fn steps(fields: &str) -> impl Iterator<Item = (u8, &str)> {
    text::parts(fields, FIELD).filter_map(|step| Some((*step.as_bytes().first()?, text::cut(step, 1, step.len()))))
}

/// The object without what must not leave the device: addresses of pages keep what `allowed` lets them keep, other texts
/// and whole numbers are redacted, by the `meaning` of the field's name. `None` where the steps lead nowhere.
pub(crate) fn redacted(fields: &str, allowed: &str, meaning: Option<Meaning>) -> Option<String> {
    let mut written = String::new();
    let mut around = Vec::new();
    let mut name = "";
    for (kind, held) in steps(fields) {
        let mut clean = None;
        match kind {
            b':' => name = held,
            // The items of a list belong to the field that the list is in.
            b'[' | b'{' => around.push(name),
            b'}' => name = around.pop()?,
            b'\'' if is_address(held) => clean = Some(url::clean(held, allowed, false).url),
            // Fractions are measures: the digits of a rounding error must not pass for a card's.
            b'\'' => clean = redact::text(held, meaning.unwrap_or_else(|| Meaning::of(name))),
            b'#' if text::whole(held).is_some() => {
                clean = redact::text(held, meaning.unwrap_or_else(|| Meaning::of(name)))
            }
            _ => {}
        }
        if !written.is_empty() {
            written.push(char::from(FIELD));
        }
        written.push(if clean.is_some() { '\'' } else { char::from(kind) });
        written.push_str(clean.as_deref().unwrap_or(held));
    }
    around.is_empty().then_some(written)
}

fn is_address(text: &str) -> bool {
    let after_scheme = text::once(text, b':').map_or("", |(_, rest)| rest);
    text.starts_with("http") && after_scheme.starts_with("//")
}

/// The object as it is, where its steps lead somewhere.
pub(crate) fn sound(fields: &str) -> Option<String> {
    let mut depth = 0_u32;
    for (kind, _) in steps(fields) {
        match kind {
            b'[' | b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0).then(|| String::from(fields))
}

/// Calls `each` with every field of the outermost object that is true or false.
pub(crate) fn flags(fields: &str, mut each: impl FnMut(&str, bool)) {
    let (mut depth, mut name) = (0, "");
    for (kind, held) in steps(fields) {
        match kind {
            b':' => name = held,
            b'[' | b'{' => depth += 1,
            b'}' => depth -= 1,
            b'+' | b'-' if depth == 0 => each(name, kind == b'+'),
            _ => {}
        }
    }
}

/// Writes the object as a list of [`Token`](event_schema::wire)s.
pub(crate) fn write<'a>(fields: &'a str, writer: &mut Writer<'a>) {
    writer.number(steps(fields).count() as u64);
    for (kind, held) in steps(fields) {
        match kind {
            b':' => writer.byte(NAME),
            b'\'' => writer.byte(TEXT),
            b'#' => {
                number(held, writer);
                continue;
            }
            b'~' => writer.byte(NULL),
            b'-' => writer.byte(FALSE),
            b'+' => writer.byte(TRUE),
            b'[' => writer.byte(LIST),
            b'{' => writer.byte(OBJECT),
            _ => writer.byte(END),
        }
        if kind == b':' || kind == b'\'' {
            writer.text(held);
        }
    }
}

/// The positions of the variants of the wire's `Token`.
const END: u8 = 0;
const NAME: u8 = 1;
const TEXT: u8 = 2;
const INTEGER: u8 = 3;
const DECIMAL: u8 = 4;
const NUMBER: u8 = 5;
const NULL: u8 = 6;
const FALSE: u8 = 7;
const TRUE: u8 = 8;
const LIST: u8 = 9;
const OBJECT: u8 = 10;

/// A number as JavaScript writes it: the digits without their point where they fit, or else its text.
fn number(held: &str, writer: &mut Writer<'_>) {
    let mut digits = String::new();
    let (mut point, mut scale) = (false, 0);
    for byte in held.bytes() {
        if byte == b'.' && !point {
            point = true;
        } else {
            digits.push(char::from(byte));
            scale += u8::from(point);
        }
    }
    match text::whole(&digits) {
        None => {
            writer.byte(NUMBER);
            writer.plain(held);
        }
        Some(number) => {
            writer.byte(if point { DECIMAL } else { INTEGER });
            writer.signed(number);
            if point {
                writer.byte(scale);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_of(steps: &[&str]) -> String {
        steps.join("\u{1f}")
    }

    #[test]
    fn a_field_s_name_goes_with_all_that_is_in_it() {
        let fields = steps_of(&[
            ":order_id",
            "[",
            "'0001234567",
            "{",
            ":note",
            "'call 0791234567",
            "}",
            "'0001234567",
            "}",
            ":note",
            "'0791234567",
        ]);
        let expected = steps_of(&[
            ":order_id",
            "[",
            "'0001234567",
            "{",
            ":note",
            "'call [phone]",
            "}",
            "'0001234567",
            "}",
            ":note",
            "'[phone]",
        ]);
        assert_eq!(redacted(&fields, "", None), Some(expected));
    }

    #[test]
    fn of_numbers_only_whole_ones_are_looked_at() {
        let fields = steps_of(&[":n", "#4.300000000000001", ":m", "#4111111111111111", ":o", "#-7"]);
        let expected = steps_of(&[":n", "#4.300000000000001", ":m", "'[card]", ":o", "#-7"]);
        assert_eq!(redacted(&fields, "", None), Some(expected));
    }

    #[test]
    fn an_address_in_a_property_keeps_only_what_is_allowed() {
        let fields = steps_of(&[":url", "'https://shop.example/a?size=3&session=9#x"]);
        assert_eq!(
            redacted(&fields, "size", None),
            Some(steps_of(&[":url", "'https://shop.example/a?size=3"]))
        );
    }

    #[test]
    fn steps_that_lead_nowhere_are_no_object() {
        for steps in [&["}"][..], &["{"], &["[", "}", "}"], &[":a", "{", ":b"]] {
            assert_eq!(redacted(&steps_of(steps), "", None), None, "{steps:?}");
            assert_eq!(sound(&steps_of(steps)), None, "{steps:?}");
        }
    }

    #[test]
    fn only_the_outermost_answers_count() {
        let mut seen = Vec::new();
        let fields = steps_of(&[":a", "+", ":b", "{", ":c", "+", "}", ":d", "'yes", ":e", "-"]);
        flags(&fields, |name, flag| seen.push((name.to_owned(), flag)));
        assert_eq!(seen, [("a".to_owned(), true), ("e".to_owned(), false)]);
    }
}
