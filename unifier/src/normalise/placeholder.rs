//! Values that people and programs write when they have none: they are missing, not a value that many share.

/// What stands for "nothing", in lower case. Dashes, dots, zeros and repeated characters are found by rule.
const WORDS: [&str; 42] = [
    "n.n.",
    "s/o",
    "sans objet",
    "k.a.",
    "k. a.",
    "keine angabe",
    "nicht bekannt",
    "non renseigné",
    "non renseigne",
    "not set",
    "(null)",
    "(none)",
    "n/a",
    "na",
    "n.a.",
    "n/d",
    "nd",
    "null",
    "none",
    "nil",
    "nan",
    "undefined",
    "unknown",
    "inconnu",
    "unbekannt",
    "keine",
    "aucun",
    "aucune",
    "not available",
    "not provided",
    "no name",
    "noname",
    "missing",
    "empty",
    "vide",
    "leer",
    "tbd",
    "xxx",
    "test",
    "-none-",
    "(blank)",
    "#n/a",
];

/// What names nobody where a person, a visitor or a customer should be named, besides [`WORDS`] and what no event may
/// carry as an id. As a value of another field it may well mean something.
const NOBODY: [&str; 28] = [
    "any",
    "abc123",
    "client",
    "cliente",
    "customer",
    "default",
    "deleted",
    "dummy",
    "example",
    "guest",
    "invite",
    "kunde",
    "gast",
    "no",
    "not set",
    "not_set",
    "(none)",
    "(not set)",
    "nn",
    "optout",
    "redacted",
    "tester",
    "visitor",
    "void",
    "x",
    "xx",
    "anonyme",
    "anonym",
];

/// Whether the value names nobody: as a key it joins no two records, and as a name it is none.
pub fn is_nobody(text: &str) -> bool {
    let text = text.trim();
    is_missing(text)
        || is_counted(text.as_bytes())
        || event_schema::is_placeholder(text)
        || NOBODY.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// What stands where a person's name should, and is none. Shorter than [`NOBODY`], of whose words some are names.
const NO_NAMES: [&str; 9] = [
    "no name",
    "noname",
    "anonymous",
    "anonyme",
    "anonym",
    "guest",
    "tester",
    "customer",
    "first last",
];

/// Whether a name is none.
pub fn is_no_name(name: &str) -> bool {
    is_missing(name) || NO_NAMES.iter().any(|word| word.eq_ignore_ascii_case(name.trim()))
}

/// Whether the value says that there is none. For every field.
pub fn is_missing(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty()
        || text
            .chars()
            .all(|c| matches!(c, '-' | '.' | '_' | '?' | '*' | '/' | '—' | '–' | ' '))
    {
        return true;
    }
    // The longest word of the list: longer values need no look at it.
    if text.len() > 14 {
        return false;
    }
    if text.is_ascii() {
        return WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    }
    WORDS.contains(&text.to_lowercase().as_str())
}

/// Whether a key (a customer number, a national id, a telephone number) is a filler: one digit or letter repeated, or an
/// ascending run as 123456789.
pub fn is_filler_key(key: &str) -> bool {
    let symbols: Vec<u8> = key.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let repeated = symbols.len() >= 4 && symbols.windows(2).all(|pair| pair[0] == pair[1]);
    let zeros = !symbols.is_empty() && symbols.iter().all(|b| *b == b'0');
    is_missing(key) || symbols.is_empty() || repeated || zeros || is_counted(&symbols)
}

/// Digits in the order of counting, as 123456789 or 67890123.
fn is_counted(symbols: &[u8]) -> bool {
    symbols.len() >= 7
        && symbols.iter().all(u8::is_ascii_digit)
        && symbols
            .windows(2)
            .all(|pair| pair[1] == pair[0] + 1 || (pair[0] == b'9' && pair[1] == b'0'))
}

/// Whether a date, as `YYYY-MM-DD`, is one that forms and programs fill in when nobody gave one.
pub fn is_filler_date(iso: &str) -> bool {
    matches!(
        iso,
        "1900-01-01"
            | "1901-01-01"
            | "1899-12-30"
            | "1899-12-31"
            | "1753-01-01"
            | "1800-01-01"
            | "1900-01-02"
            | "1970-01-01"
            | "0001-01-01"
            | "1111-11-11"
            | "9999-12-31"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_are_missing_and_names_are_not() {
        for filler in [
            "",
            "  ",
            "-",
            "N/A",
            "null",
            "...",
            "?",
            "Unknown",
            "--",
            "#N/A",
            "Non Renseigné",
        ] {
            assert!(is_missing(filler), "{filler:?}");
        }
        for value in ["Nan Goldin", "Null-Meier", "Ned", "O", "0"] {
            assert!(!is_missing(value), "{value:?}");
        }
    }

    #[test]
    fn a_word_for_nobody_is_no_key_and_may_be_a_value() {
        for word in ["undefined", "Guest", "(not set)", "true", "-1", "no"] {
            assert!(is_nobody(word), "{word:?}");
        }
        assert!(is_no_name("Guest") && !is_no_name("No") && !is_no_name("Guesty"));
        assert!(!is_missing("no") && !is_missing("true") && !is_nobody("norbert"));
    }

    #[test]
    fn repeated_and_counted_digits_are_no_keys() {
        for filler in [
            "000000",
            "0",
            "1111",
            "123456789",
            "1234567890",
            "999-999-9999",
            "null",
            "AAAA",
        ] {
            assert!(is_filler_key(filler), "{filler:?}");
        }
        for key in ["1001", "12", "+41791112233", "a-1", "123456788"] {
            assert!(!is_filler_key(key), "{key:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_missing_is_no_key_and_names_nobody(text in "\\PC{0,14}|[-./ ]{0,4}|[0-9]{1,10}|(N/A|none|TEST|Keine Angabe)") {
            proptest::prop_assert!(!is_missing(&text) || (is_filler_key(&text) && is_nobody(&text) && is_no_name(&text)));
            let _ = is_filler_date(&text);
        }
    }
}
