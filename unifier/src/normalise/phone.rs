//! Telephone numbers as E.164, read with the country whose numbers need no prefix.

use phonenumber::country;

use super::placeholder;

/// The number as `+41791112233`.
///
/// `country` is the ISO 3166-1 alpha-2 code for numbers without a country prefix. `None` when it is no number that could
/// be dialled, or a filler as 000 000 0000.
pub fn normalise(text: &str, country: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\'');
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    if !(6..=17).contains(&digits.len()) || placeholder::is_filler_key(std::str::from_utf8(&digits).ok()?) {
        return None;
    }
    let country: Option<country::Id> = country.parse().ok();
    // Some programs write the international prefix and leave out its sign.
    let international = text.strip_prefix("00").map(|rest| format!("+{rest}"));
    let number = phonenumber::parse(country, international.as_deref().unwrap_or(text)).ok()?;
    let national = number.national().value();
    if number.extension().is_some() || national < 10_000 || is_uniform(national) {
        return None;
    }
    let zeros = "0".repeat(usize::from(number.national().zeros()));
    let e164 = format!("+{}{zeros}{national}", number.code().value());
    (8..=16).contains(&e164.len()).then_some(e164)
}

fn is_uniform(national: u64) -> bool {
    let digits = national.to_string();
    digits.bytes().all(|digit| digit == digits.as_bytes()[0])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_number_are_one_number() {
        for text in [
            "079 111 22 33",
            "+41 79 111 22 33",
            "0041791112233",
            "'+41791112233",
            "+41 (0)79 111 22 33",
            "079/111.22.33",
        ] {
            assert_eq!(normalise(text, "CH").as_deref(), Some("+41791112233"), "{text}");
        }
        assert_eq!(normalise("(415) 555-2671", "US").as_deref(), Some("+14155552671"));
    }

    #[test]
    fn fillers_and_words_are_no_numbers() {
        for text in [
            "",
            "n/a",
            "000 000 00 00",
            "1234567",
            "call me",
            "12",
            "+",
            "079 111 22 33 or 079 222 33 44",
        ] {
            assert_eq!(normalise(text, "CH"), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in "\\+?[0-9 ()/.-]{6,18}", country in "(CH|US|DE|IT|FR)") {
            if let Some(once) = normalise(&text, &country) {
                prop_assert_eq!(normalise(&once, &country), Some(once));
            }
        }
    }
}
