//! JSON as text. The page writes JSON and does not need it as a tree: properties are copied from left to right, and only
//! the strings in them are looked into.

use alloc::string::String;
use alloc::vec::Vec;

/// Properties or traits: the text of a JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Json(String);

impl Json {
    /// The object without fields.
    pub fn empty() -> Self {
        Self(String::from("{}"))
    }

    /// Takes the text of a JSON object, and nothing as an empty one. `replace` sees each string in it, unescaped, and each
    /// whole number, together with the name of the field they belong to; what it returns takes their place as a string.
    /// `None` when the text is no JSON object.
    pub fn object(text: &str, replace: impl Fn(&str, &str) -> Option<String>) -> Option<Self> {
        match text.trim_start().chars().next() {
            None => Some(Self::empty()),
            Some('{') => rewrite(text, &replace).map(Self),
            Some(_) => None,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands in a JSON text, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A bracket, a comma or a colon.
    Mark(char),
    /// A string, as it is written between its quotation marks.
    Text(&'a str),
    /// A number, `true`, `false` or `null`.
    Word(&'a str),
}

/// What may come next in a JSON text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    /// A value, or the end of a list that is empty so far.
    FirstItem,
    Name,
    /// A name, or the end of an object that is empty so far.
    FirstName,
    Colon,
    /// A comma, or the end of the object or list.
    Comma,
}

/// Copies a JSON text, as [`Json::object`] describes it, without white space.
fn rewrite(text: &str, replace: &dyn Fn(&str, &str) -> Option<String>) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    // For each object and list around: whether it is an object, and the name of the field that is being read; the items of a
    // list belong to the field that the list is in.
    let mut around: Vec<(bool, String)> = Vec::new();
    let mut next = Next::Value;
    let mut tokens = Tokens(text);
    for token in tokens.by_ref() {
        let value = matches!(next, Next::Value | Next::FirstItem);
        next = match (token, next) {
            (Token::Mark('{'), _) if value => {
                around.push((true, String::new()));
                Next::FirstName
            }
            (Token::Mark('['), _) if value => {
                let name = around.last().map(|(_, name)| name.clone()).unwrap_or_default();
                around.push((false, name));
                Next::FirstItem
            }
            (Token::Mark('}'), Next::FirstName) => close(&mut around, true)?,
            (Token::Mark(']'), Next::FirstItem) => close(&mut around, false)?,
            (Token::Mark(mark @ ('}' | ']')), Next::Comma) => close(&mut around, mark == '}')?,
            (Token::Mark(','), Next::Comma) => {
                if around.last()?.0 {
                    Next::Name
                } else {
                    Next::Value
                }
            }
            (Token::Mark(':'), Next::Colon) => Next::Value,
            (Token::Text(raw), Next::Name | Next::FirstName) => {
                around.last_mut()?.1 = unescape(raw)?;
                Next::Colon
            }
            (Token::Text(_) | Token::Word(_), _) if value => Next::Comma,
            _ => return None,
        };
        let name = around.last().map_or("", |(_, name)| name);
        match token {
            Token::Mark(mark) => written.push(mark),
            Token::Text(raw) if next == Next::Colon => push_quoted(&mut written, raw),
            Token::Text(raw) => match replace(name, &unescape(raw)?) {
                Some(replaced) => push_text(&mut written, &replaced),
                None => push_quoted(&mut written, raw),
            },
            Token::Word(word) => match is_whole(word).then(|| replace(name, word)).flatten() {
                Some(replaced) => push_text(&mut written, &replaced),
                None => written.push_str(is_word(word).then_some(word)?),
            },
        }
    }
    (around.is_empty() && next == Next::Comma && tokens.0.trim_start().is_empty()).then_some(written)
}

/// Leaves an object or a list, which must be the innermost one.
fn close(around: &mut Vec<(bool, String)>, object: bool) -> Option<Next> {
    (around.pop()?.0 == object).then_some(Next::Comma)
}

/// Whether it is a number or one of JSON's three words. Numbers are looked at no closer than by their characters.
fn is_word(word: &str) -> bool {
    matches!(word, "true" | "false" | "null")
        || word.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            && word.ends_with(|c: char| c.is_ascii_digit())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

/// Whether it is a whole number. Fractions are measures: the digits of a rounding error must not pass for a card's.
fn is_whole(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Calls `each` with every field of the outermost object that is true or false.
pub(crate) fn flags(text: &str, each: &mut dyn FnMut(&str, bool)) {
    let (mut depth, mut name) = (0, "");
    for token in Tokens(text) {
        match token {
            Token::Mark('{' | '[') => depth += 1,
            Token::Mark('}' | ']') => depth -= 1,
            Token::Text(text) => name = text,
            Token::Word(word @ ("true" | "false")) if depth == 1 => each(name, word == "true"),
            _ => {}
        }
    }
}

struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.0.trim_start();
        let first = text.chars().next()?;
        let (token, rest) = match first {
            '"' => {
                let inner = text.strip_prefix('"')?;
                let (raw, rest) = inner.split_at_checked(closing(inner)?)?;
                (Token::Text(raw), rest.strip_prefix('"')?)
            }
            '{' | '}' | '[' | ']' | ',' | ':' => (Token::Mark(first), text.strip_prefix(first)?),
            _ => {
                let end = text.bytes().position(|byte| b"\"{}[],: \t\r\n".contains(&byte));
                let (word, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
                (Token::Word(word), rest)
            }
        };
        self.0 = rest;
        Some(token)
    }
}

/// Where the quotation mark is that ends the string.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// The text that a string means, or `None` where a string cannot be written so.
fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next()? {
                'u' => code_point(&mut chars)?,
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                c @ ('"' | '\\' | '/') => c,
                _ => return None,
            },
            '\0'..='\u{1f}' => return None,
            c => c,
        });
    }
    Some(text)
}

/// The character of four hexadecimal digits, or of twice four where the first are half of a pair.
fn code_point(chars: &mut core::str::Chars<'_>) -> Option<char> {
    let first = code_unit(chars)?;
    if (0xd800..0xdc00).contains(&first) {
        let mut ahead = chars.clone();
        let second = (ahead.next() == Some('\\') && ahead.next() == Some('u'))
            .then(|| code_unit(&mut ahead))
            .flatten();
        if let Some(second @ 0xdc00..0xe000) = second {
            *chars = ahead;
            return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        }
    }
    // Half of a pair by itself is no character; a browser writes it escaped, and it is kept so.
    Some(char::from_u32(first).unwrap_or('\u{fffd}'))
}

fn code_unit(chars: &mut core::str::Chars<'_>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit << 4 | chars.next()?.to_digit(16)?;
    }
    Some(unit)
}

fn push_quoted(written: &mut String, raw: &str) {
    written.push('"');
    written.push_str(raw);
    written.push('"');
}

/// Writes `text` as a JSON string.
pub(crate) fn push_text(written: &mut String, text: &str) {
    written.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                written.push('\\');
                written.push(c);
            }
            '\0'..='\u{1f}' => {
                written.push_str("\\u00");
                let code = u32::from(c);
                for nibble in [code >> 4, code & 15] {
                    written.extend(char::from_digit(nibble, 16));
                }
            }
            c => written.push(c),
        }
    }
    written.push('"');
}

/// Writes the decimal digits of `number`.
pub(crate) fn push_number(written: &mut String, number: u64) {
    if number >= 10 {
        push_number(written, number / 10);
    }
    written.extend(char::from_digit((number % 10) as u32, 10));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn a_field_s_name_goes_with_all_that_is_in_it() {
        let text = r#"{"a":["x",{"b":"y"},"z"], "c" : 7}"#;
        let seen = core::cell::RefCell::new(Vec::new());
        rewrite(text, &|name, held| {
            seen.borrow_mut().push(format!("{name}={held}"));
            None
        });
        assert_eq!(seen.into_inner(), ["a=x", "b=y", "a=z", "c=7"]);
    }

    #[test]
    fn of_numbers_only_whole_ones_are_looked_at() {
        let copy = rewrite(r#"[4.300000000000001,-7,true,4111111111111111]"#, &|_, _| {
            Some("x".to_owned())
        });
        assert_eq!(copy.as_deref(), Some(r#"[4.300000000000001,-7,true,"x"]"#));
    }

    #[test]
    fn only_the_outermost_answers_count() {
        let mut seen = Vec::new();
        flags(
            r#"{"a": true, "b": {"c": true}, "d": [false], "e": "true", "f":false}"#,
            &mut |name, flag| {
                seen.push((name.to_owned(), flag));
            },
        );
        assert_eq!(seen, [("a".to_owned(), true), ("f".to_owned(), false)]);
    }

    proptest! {
        #[test]
        fn what_is_not_replaced_is_copied(value in values()) {
            let copy = rewrite(&value.to_string(), &|_, _| None);
            prop_assert_eq!(copy, Some(value.to_string()));
        }

        #[test]
        fn a_string_is_seen_as_it_was_meant(text in any::<String>()) {
            let escaped = text.chars().map(|c| match u32::from(c) {
                code @ 0x10000.. => format!("\\u{:04x}\\u{:04X}", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff)),
                code => format!("\\u{code:04x}"),
            });
            let mut written = String::new();
            push_text(&mut written, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&written).ok(), Some(text.clone()));
            for json in [format!("[{written}]"), json!([text]).to_string(), format!("[\"{}\"]", escaped.collect::<String>())] {
                let seen = core::cell::RefCell::new(String::new());
                rewrite(&json, &|_, held| {
                    seen.borrow_mut().push_str(held);
                    None
                });
                prop_assert_eq!(seen.into_inner(), text.clone());
            }
        }

        #[test]
        fn what_is_taken_is_json(text in any::<String>(), marks in "\\{[\\[\\]{}:,\"a\\\\u0-9 ]{0,12}") {
            for text in [text, marks] {
                if let Some(taken) = Json::object(&text, |_, _| None) {
                    prop_assert!(serde_json::from_str::<Value>(taken.as_str()).is_ok() || text.bytes().any(|b| b.is_ascii_digit()), "{}", text);
                }
                flags(&text, &mut |_, _| {});
            }
        }

        #[test]
        fn a_number_is_written_as_it_is(number in any::<u64>()) {
            let mut written = String::new();
            push_number(&mut written, number);
            prop_assert_eq!(written, number.to_string());
        }
    }
}
