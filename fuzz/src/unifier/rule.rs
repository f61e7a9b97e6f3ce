//! A rule as a marketer writes it: it is refused with its place, or printed as text that means the same.

use std::sync::LazyLock;

use unifier::segment::{Vocabulary, parse};

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary {
    purposes: ["email_marketing", "profiling"].map(str::to_owned).to_vec(),
    segments: ["vip", "at-risk"].map(str::to_owned).to_vec(),
});

/// The rule.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse(&text, &VOCABULARY) {
        Ok(rule) => {
            let printed = rule.to_string();
            let again = parse(&printed, &VOCABULARY).unwrap_or_else(|error| panic!("{printed}: {error}"));
            assert_eq!(again, rule, "{printed}");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => {
            let line = text.split('\n').nth(error.line - 1).unwrap_or_default();
            assert!(error.column >= 1 && error.column <= line.chars().count() + 1, "{error}");
            assert!(!error.message.is_empty());
        }
    }
}
