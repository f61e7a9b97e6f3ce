//! Text as people mean it: one Unicode form, single spaces, nothing invisible.

use unicode_normalization::UnicodeNormalization;

/// NFC, runs of white space as one space, none at the ends, control and zero-width characters gone.
pub fn clean(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    cleaned(text)
}

fn cleaned(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    // The invisible ones first: between a letter and its accent they keep the two apart.
    let visible = text.chars().filter(|c| !is_invisible(*c)).nfc().collect::<String>();
    for word in visible.split_whitespace() {
        if !cleaned.is_empty() {
            cleaned.push(' ');
        }
        cleaned.push_str(word);
    }
    cleaned
}

/// [`clean`], and in the one form of letters that look alike to people: full-width letters, ligatures (NFKC).
pub fn compatible(text: &str) -> String {
    if text.is_ascii() {
        clean(text)
    } else {
        clean(&text.nfkc().collect::<String>())
    }
}

/// Words as they are compared: Latin letters without accents, lower case, whatever stands between words as one space.
pub fn folded(text: &str) -> String {
    if text.bytes().all(is_printable) {
        folded_ascii(text)
    } else {
        folded_ascii(&deunicode::deunicode(&compatible(text)))
    }
}

fn folded_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded.make_ascii_lowercase();
    folded
}

fn is_printable(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

/// Letters that [`clean`] would leave alone, of ASCII or with an accent as one character (all of Latin-1 and Latin Extended-A is in
/// NFC): nearly every value of nearly every file.
fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
        && !bytes.windows(2).any(|pair| pair == b"  ")
        && (bytes.iter().all(|byte| is_printable(*byte))
            || text.chars().all(|c| matches!(c, ' '..='~' | '\u{c0}'..='\u{17f}')))
}

fn is_invisible(c: char) -> bool {
    let spacing = matches!(c, '\t' | '\n' | '\r');
    (c.is_control() && !spacing) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
}

/// A header or a free name as a trait's name: lower-case words joined by `_`, as `default_address_zip`.
pub fn snake_case(header: &str) -> String {
    let folded = deunicode::deunicode(&clean(header));
    let mut name = String::with_capacity(folded.len() + 2);
    let mut previous = ' ';
    for c in folded.chars() {
        if c.is_ascii_alphanumeric() {
            let hump = c.is_ascii_uppercase() && previous.is_ascii_lowercase();
            let gap = !previous.is_ascii_alphanumeric();
            if (hump || gap) && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_and_doubled_spaces_go() {
        assert_eq!(clean(" \u{feff}Zu\u{308}rich\u{200b} \t West\n"), "Zürich West");
        assert_eq!(clean("plain"), "plain");
        assert_eq!(
            clean("Zoe\u{200b}\u{308}"),
            "Zoë",
            "what stood between a letter and its accent"
        );
    }

    #[test]
    fn words_fold_to_plain_letters() {
        assert_eq!(folded("  Crème-Brûlée & Fils, S.à r.l. "), "creme brulee fils s a r l");
        assert_eq!(folded("Ｍüller"), "muller");
        assert_eq!(compatible("ﬁnn"), "finn");
    }

    #[test]
    fn headers_become_lower_case_words() {
        assert_eq!(snake_case("Default Address Zip"), "default_address_zip");
        assert_eq!(snake_case("firstName"), "first_name");
        assert_eq!(snake_case("Größe (cm)"), "grosse_cm");
        assert_eq!(snake_case("OPTIN_IP"), "optin_ip");
        assert_eq!(snake_case("!!"), "");
    }

    proptest! {
        #[test]
        fn what_is_left_alone_is_clean(text in "[ -~\u{a0}-\u{180}\u{300}]{0,6}") {
            if is_clean(&text) {
                prop_assert_eq!(cleaned(&text), text);
            }
        }

        #[test]
        fn cleaning_twice_is_cleaning_once(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
            let once = compatible(&text);
            prop_assert_eq!(compatible(&once), once);
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
            let name = snake_case(&text);
            prop_assert_eq!(snake_case(&name), name);
        }

        #[test]
        fn plain_text_folds_like_any_other(text in "[ -~]{0,30}") {
            prop_assert_eq!(folded(&text), folded_ascii(&deunicode::deunicode(&compatible(&text))));
        }
    }
}
