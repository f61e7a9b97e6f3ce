//! The words, texts, numbers, days and signs that a rule's text is made of.

use std::ops::Range;

use jiff::civil::Date;

use super::error::RuleError;

/// One piece of a rule's text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A field's name or a word of the language.
    Word(&'a str),
    /// A text in double quotes, without them.
    Text(String),
    /// A number.
    Number(f64),
    /// A day, as `2026-01-31`.
    Day(Date),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `(`, `)` or a comma.
    Sign(&'static str),
    /// The text ends here.
    End,
}

/// Signs, longest first; `≤`, `≥` and `≠` are other ways to write three of them.
const SIGNS: [(&str, &str); 12] = [
    ("!=", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("≠", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("(", "("),
    (")", ")"),
    (",", ","),
];

/// What a number may have at most: so many digits are exact in 64 bits.
const DIGITS: usize = 15;

/// Cuts a text into tokens with their places; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token<'_>, Range<usize>)>, RuleError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let (token, length) = next(text, at)?;
        let ended = token == Token::End;
        tokens.push((token, at..at + length));
        if ended {
            return Ok(tokens);
        }
        at += length;
    }
}

fn next(text: &str, at: usize) -> Result<(Token<'_>, usize), RuleError> {
    let rest = &text[at..];
    let mut characters = rest.chars();
    let Some(first) = characters.next() else {
        return Ok((Token::End, 0));
    };
    let digit_follows = characters.next().is_some_and(|c| c.is_ascii_digit());
    if first == '"' {
        quoted(text, at)
    } else if first.is_ascii_digit() || (first == '-' && digit_follows) {
        number_or_day(text, at)
    } else if first.is_ascii_alphabetic() || first == '_' {
        let word = leading(rest, |c| c.is_ascii_alphanumeric() || c == '_');
        Ok((Token::Word(word), word.len()))
    } else if let Some((written, sign)) = SIGNS.iter().find(|(written, _)| rest.starts_with(written)) {
        Ok((Token::Sign(sign), written.len()))
    } else {
        Err(RuleError::new(text, at..at + first.len_utf8(), unexpected(first)))
    }
}

fn unexpected(character: char) -> String {
    if matches!(character, '\'' | '“' | '”' | '„' | '«' | '»' | '‘' | '’') {
        "texts stand in straight double quotes, as \"Bern\"".to_owned()
    } else {
        format!("{character:?} has no meaning here")
    }
}

fn quoted(text: &str, at: usize) -> Result<(Token<'_>, usize), RuleError> {
    let mut value = String::new();
    let mut characters = text[at + 1..].char_indices();
    while let Some((offset, character)) = characters.next() {
        match character {
            '"' => return Ok((Token::Text(value), offset + 2)),
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                _ => {
                    let backslash = at + 1 + offset;
                    let message = "a backslash stands before \" or another backslash; write \\\\ for one";
                    return Err(RuleError::new(text, backslash..backslash + 1, message));
                }
            },
            other => value.push(other),
        }
    }
    Err(RuleError::new(text, at..at + 1, "this text has no closing quote"))
}

fn number_or_day(text: &str, at: usize) -> Result<(Token<'_>, usize), RuleError> {
    let written = leading(&text[at..], |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
    });
    let wrong = |message: String| RuleError::new(text, at..at + written.len(), message);
    if looks_like_day(written) {
        let day = written
            .parse()
            .map_err(|_| wrong(format!("{written} is no day of the calendar")))?;
        return Ok((Token::Day(day), written.len()));
    }
    if written.bytes().filter(u8::is_ascii_digit).count() > DIGITS {
        return Err(wrong(format!("a number has at most {DIGITS} digits")));
    }
    let digits = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match written.parse::<f64>() {
        // Adding zero turns -0 into 0, which sorts differently.
        Ok(number) if all_digits(whole) && all_digits(fraction) => Ok((Token::Number(number + 0.0), written.len())),
        _ => Err(wrong(format!(
            "{written:?} is no number and no day: write 100, 99.5 or 2026-01-31"
        ))),
    }
}

fn looks_like_day(written: &str) -> bool {
    let pattern = |(at, b): (usize, u8)| {
        if at == 4 || at == 7 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    };
    written.len() == 10 && written.bytes().enumerate().all(pattern)
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c: char| !belongs(c)).unwrap_or(text.len());
    &text[..end]
}
