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

/// What may not leave the page as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cleaning {
    /// Nothing is taken out.
    Nothing,
    /// Every value is a code: e-mails and card numbers go, what may be one by chance stays.
    Codes,
    /// All that names a person goes, by what each field's name says that it is.
    All,
}

/// Appends the steps to `record`, cleaned; `allowed` are the query parameters that stay in addresses. `None` where they lead
/// nowhere.
pub(crate) fn push(fields: &str, cleaning: Cleaning, allowed: &str, record: &mut String) -> Option<()> {
    let mut around = Vec::new();
    let mut name = "";
    let mut first = true;
    for (kind, held) in steps(fields) {
        match kind {
            b':' => name = held,
            b'[' | b'{' => around.push(name),
            b'}' => name = around.pop()?,
            _ => {}
        }
        let clean = match kind {
            _ if cleaning == Cleaning::Nothing => None,
            b'\'' if is_address(held) => Some(url::clean(held, allowed, false).url),
            b'#' if text::whole(held).is_none() => None,
            b'\'' | b'#' if cleaning == Cleaning::Codes => redact::text(held, Meaning::Code),
            b'\'' | b'#' => redact::text(held, Meaning::of(name)),
            _ => None,
        };
        if !first {
            record.push(char::from(FIELD));
        }
        first = false;
        record.push(if clean.is_some() { '\'' } else { char::from(kind) });
        record.push_str(clean.as_deref().unwrap_or(held));
    }
    around.is_empty().then_some(())
}

fn is_address(text: &str) -> bool {
    let after_scheme = text::once(text, b':').map_or("", |(_, rest)| rest);
    text.starts_with("http") && after_scheme.starts_with("//")
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

    fn pushed(fields: &str, allowed: &str, cleaning: Cleaning) -> Option<String> {
        let mut record = String::new();
        push(fields, cleaning, allowed, &mut record)?;
        Some(record)
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
        assert_eq!(pushed(&fields, "", Cleaning::All), Some(expected));
    }

    #[test]
    fn of_numbers_only_whole_ones_are_looked_at() {
        let fields = steps_of(&[":n", "#4.300000000000001", ":m", "#4111111111111111", ":o", "#-7"]);
        let expected = steps_of(&[":n", "#4.300000000000001", ":m", "'[card]", ":o", "#-7"]);
        assert_eq!(pushed(&fields, "", Cleaning::All), Some(expected));
    }

    #[test]
    fn an_address_in_a_property_keeps_only_what_is_allowed() {
        let fields = steps_of(&[":url", "'https://shop.example/a?size=3&session=9#x"]);
        assert_eq!(
            pushed(&fields, "size", Cleaning::All),
            Some(steps_of(&[":url", "'https://shop.example/a?size=3"]))
        );
    }

    #[test]
    fn steps_that_lead_nowhere_are_no_object() {
        for steps in [&["}"][..], &["{"], &["[", "}", "}"], &[":a", "{", ":b"]] {
            assert_eq!(pushed(&steps_of(steps), "", Cleaning::All), None, "{steps:?}");
            assert_eq!(pushed(&steps_of(steps), "", Cleaning::Nothing), None, "{steps:?}");
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
