//! Properties and traits, as the loader lays them out: one field of text for each step through the object, whose first
//! character says what it is.
//!
//! `:` a name, `'` a string, `#` a number, `+` true, `-` false, `~` null, `[` a list begins, `{` an object begins, `}` the
//! innermost of them ends. Cleaning adds `@`, an address as [`url`] writes it. The loader has the browser's JSON do the rest,
//! so that none of it is needed here, and the steps go on the wire as they are.

use alloc::vec::Vec;

use crate::redact::{self, Meaning};
use crate::text::{self, FIELD};
use crate::url;

/// The steps of an object.
fn steps(fields: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    text::parts(fields, FIELD).filter_map(|step| step.split_first().map(|(kind, held)| (*kind, held)))
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

/// Appends the steps to `record`, cleaned, each after a mark; `allowed` are the query parameters that stay in addresses.
/// `None` where they lead nowhere, or deeper than 60 levels.
pub(crate) fn put(fields: &[u8], cleaning: Cleaning, allowed: &[u8], record: &mut Vec<u8>) -> Option<()> {
    // What the names around mean, a bit each, the innermost lowest; the highest only says that no more are left.
    let mut around = 1_u64;
    let mut code = 0;
    for (kind, held) in steps(fields) {
        match kind {
            b':' => code = (Meaning::of(held) == Meaning::Code).into(),
            b'[' | b'{' => {
                around = around << 1 | code;
                (around < 1 << 60).then_some(())?;
            }
            b'}' => {
                code = around & 1;
                around >>= 1;
                (around > 0).then_some(())?;
            }
            _ => {}
        }
        let looked_at = kind == b'\'' || (kind == b'#' && text::whole(held).is_some());
        text::push(record, FIELD);
        let (place, mut became) = (record.len(), kind);
        text::push(record, kind);
        if cleaning == Cleaning::Nothing || !looked_at {
            text::put(record, held);
        } else if cleaning == Cleaning::All && is_address(held) {
            url::put(held, allowed, false, record);
            became = b'@';
        } else {
            let codes = cleaning == Cleaning::Codes || code == 1;
            let meaning = if codes { Meaning::Code } else { Meaning::Text };
            if redact::put(held, meaning, false, record) {
                became = b'\'';
            }
        }
        if let Some(kind) = record.get_mut(place) {
            *kind = became;
        }
    }
    (around == 1).then_some(())
}

/// Whether a string is an address, all of it: no mark of ours may hide in it.
fn is_address(text: &[u8]) -> bool {
    let (scheme, rest) = text::halves(text, b':');
    scheme.starts_with(b"http") && rest.starts_with(b"//") && rest.iter().all(|byte| *byte >= b' ')
}

/// Calls `each` with every field of the outermost object that is true or false.
pub(crate) fn flags(fields: &[u8], mut each: impl FnMut(&[u8], bool)) {
    let (mut depth, mut name): (_, &[u8]) = (0, b"");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_of(steps: &[&str]) -> String {
        steps.join("\u{1f}")
    }

    fn pushed(fields: &str, allowed: &str, cleaning: Cleaning) -> Option<String> {
        let mut record = Vec::new();
        put(fields.as_bytes(), cleaning, allowed.as_bytes(), &mut record)?;
        Some(String::from_utf8(record).unwrap().split_off(1))
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
            Some(steps_of(&[":url", "@shop.example/a?size=3"]))
        );
    }

    #[test]
    fn what_holds_a_mark_of_ours_is_no_address() {
        let fields = steps_of(&[":url", "'https://shop.example/\u{f}forged jo@x.example"]);
        let expected = steps_of(&[":url", "'https://shop.example/\u{f}forged [email]"]);
        assert_eq!(pushed(&fields, "", Cleaning::All), Some(expected));
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
        flags(fields.as_bytes(), |name, flag| seen.push((name.to_owned(), flag)));
        assert_eq!(seen, [(b"a".to_vec(), true), (b"e".to_vec(), false)]);
    }
}
