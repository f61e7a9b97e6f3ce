//! Texts that a spreadsheet would run when it opens a CSV file.

use std::borrow::Cow;

/// What a spreadsheet takes for the start of a formula; the last four are how `=`, `+`, `-` and `@` look on East Asian
/// keyboards.
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text with an apostrophe before it when a spreadsheet would run it, and as it is otherwise.
///
/// A sign and digits alone are a number, whether or not it is run: so phone numbers (`+41791234567`) and amounts (`-12.50`)
/// stay as they are.
pub(crate) fn neutralised(text: &str) -> Cow<'_, str> {
    if text.starts_with(STARTS) && !is_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_do_not() {
        for formula in [
            "=1+1",
            "+1+1",
            "-1-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            "-",
            "+41 79;=cmd",
            "+1.",
            "-.5",
        ] {
            assert_eq!(neutralised(formula), format!("'{formula}"));
        }
        for harmless in ["+41791234567", "-12.50", "12", "", "Anna", "a=b", "'quoted"] {
            assert_eq!(neutralised(harmless), harmless);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_spreadsheet_runs_is_left(text in "[=+@\t\r1a.-]{0,6}") {
            let written = neutralised(&text);
            prop_assert!(!written.starts_with(STARTS) || is_number(&written));
            prop_assert!(written.ends_with(&text));
        }
    }
}
