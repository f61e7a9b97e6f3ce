//! Telephone numbers as E.164, read with the country whose numbers need no prefix.
//!
//! The library reads every way of writing in every country, for some microseconds each. Nearly all numbers of nearly all files are
//! plain digits of a few countries: these are read here ([`plain`]), to the same result; what the library read is remembered.

use std::cell::RefCell;
use std::collections::HashMap;

use phonenumber::country;

use super::placeholder;

/// How the numbers of a country are written: its prefix, the digit before national numbers, and how many digits follow.
struct Plan {
    country: &'static str,
    prefix: &'static str,
    trunk: Option<u8>,
    shortest: usize,
    longest: usize,
}

const fn plan(country: &'static str, prefix: &'static str, trunk: Option<u8>, shortest: usize, longest: usize) -> Plan {
    Plan {
        country,
        prefix,
        trunk,
        shortest,
        longest,
    }
}

/// Countries whose plain digits leave no doubt. `US` stands for the whole North American plan.
const PLANS: [Plan; 14] = [
    plan("CH", "41", Some(b'0'), 9, 9),
    plan("DE", "49", Some(b'0'), 8, 11),
    plan("FR", "33", Some(b'0'), 9, 9),
    plan("AT", "43", Some(b'0'), 8, 11),
    plan("BE", "32", Some(b'0'), 8, 9),
    plan("NL", "31", Some(b'0'), 9, 9),
    plan("GB", "44", Some(b'0'), 10, 10),
    plan("IE", "353", Some(b'0'), 8, 9),
    plan("SE", "46", Some(b'0'), 8, 9),
    plan("ES", "34", None, 9, 9),
    plan("PT", "351", None, 9, 9),
    plan("DK", "45", None, 8, 8),
    plan("US", "1", None, 10, 10),
    plan("CA", "1", None, 10, 10),
];

/// Numbers the library read that are remembered by each thread.
const REMEMBERED: usize = 1 << 14;

/// Bytes of the longest text that is remembered, with its country: a number with its signs has fewer, and what has more is no
/// file's habit.
const REMEMBERED_BYTES: usize = 32;

/// By country, what the library made of a text. Visitors choose texts, so they are hashed under a key that nobody can guess.
type Memory = HashMap<String, HashMap<String, Option<String>>>;

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::new(Memory::default());
}

/// The number as `+41791112233`.
///
/// `country` is the ISO 3166-1 alpha-2 code for numbers without a country prefix. `None` when it is no number that could
/// be dialled, or a filler as 000 000 0000.
pub fn normalise(text: &str, country: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\'');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !(6..=17).contains(&digits.len()) || placeholder::is_filler_key(&digits) {
        return None;
    }
    plain(text, &digits, country).unwrap_or_else(|| remembered(text, country))
}

/// The number in digits with the usual signs between them; nothing where that leaves a doubt.
fn plain(text: &str, digits: &str, country: &str) -> Option<Option<String>> {
    let (international, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let usual = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'/');
    if !rest.bytes().all(usual)
        || !rest.starts_with(|c: char| c.is_ascii_digit())
        || !text.ends_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let (plan, national) = if international || digits.starts_with("00") {
        let dialled = if international { digits } else { &digits[2..] };
        PLANS
            .iter()
            .find_map(|plan| Some((plan, dialled.strip_prefix(plan.prefix)?)))?
    } else {
        let plan = PLANS.iter().find(|plan| plan.country.eq_ignore_ascii_case(country))?;
        let national = match plan.trunk {
            Some(trunk) => digits.strip_prefix(char::from(trunk))?,
            // Of the countries without a digit before national numbers, those whose numbers all have one length.
            None if plan.prefix == "1" => digits,
            None => return None,
        };
        (plan, national)
    };
    let sure = (plan.shortest..=plan.longest).contains(&national.len()) && !national.starts_with(['0', '1']);
    sure.then(|| (!is_uniform(national)).then(|| format!("+{}{national}", plan.prefix)))
}

/// What the library makes of a text, once for each text.
fn remembered(text: &str, country: &str) -> Option<String> {
    if text.len() + country.len() > REMEMBERED_BYTES {
        return parse(text, country);
    }
    MEMORY.with_borrow_mut(|memory| {
        if let Some(known) = memory.get(country).and_then(|texts| texts.get(text)) {
            return known.clone();
        }
        let read = parse(text, country);
        if memory.values().map(HashMap::len).sum::<usize>() >= REMEMBERED {
            memory.clear();
        }
        memory
            .entry(country.to_owned())
            .or_default()
            .insert(text.to_owned(), read.clone());
        read
    })
}

fn parse(text: &str, country: &str) -> Option<String> {
    // Some programs write the international prefix and leave out its sign.
    let international = text.strip_prefix("00").map(|rest| format!("+{rest}"));
    let text = international.as_deref().unwrap_or(text);
    // The library strips the trunk digit of the country it is given, so a foreign number is read with its own.
    let own = text.strip_prefix('+').and_then(|rest| {
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        PLANS.iter().find(|plan| digits.starts_with(plan.prefix))
    });
    let country: Option<country::Id> = own.map_or(country, |plan| plan.country).parse().ok();
    let number = phonenumber::parse(country, text).ok()?;
    let national = number.national().value();
    if number.extension().is_some() || national < 10_000 || is_uniform(&national.to_string()) {
        return None;
    }
    let code = number.code().value().to_string();
    // Zeros are a number's own in Italy; where one only stands before numbers at home, none is dialled from abroad.
    let is_trunk = PLANS.iter().any(|plan| plan.prefix == code && plan.trunk == Some(b'0'));
    let zeros = if is_trunk { 0 } else { number.national().zeros() };
    let e164 = format!("+{code}{}{national}", "0".repeat(usize::from(zeros)));
    (8..=16).contains(&e164.len()).then_some(e164)
}

fn is_uniform(digits: &str) -> bool {
    digits.bytes().all(|digit| Some(&digit) == digits.as_bytes().first())
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
        // No zero is dialled from abroad, however many were written.
        assert_eq!(normalise("-00010000", "DE").as_deref(), Some("+4910000"));
        // A number of another country keeps its first digit, whatever stands before numbers at home.
        assert_eq!(normalise("+41 44 123 45 67", "US").as_deref(), Some("+41441234567"));
        assert_eq!(normalise("+49 151 23456789", "US").as_deref(), Some("+4915123456789"));
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

    #[test]
    fn a_text_that_a_visitor_made_long_is_read_and_not_remembered() {
        let long = format!("(044) 668 18 00{}", " ".repeat(10_000) + ";");
        let short = "(044) 668 18 00";
        assert_eq!(normalise(short, "CH").as_deref(), Some("+41446681800"));
        let _ = normalise(&long, "CH");
        let _ = normalise(short, &"far away ".repeat(1_000));
        let known: Vec<usize> = MEMORY.with_borrow(|memory| {
            memory
                .iter()
                .flat_map(|(country, texts)| texts.keys().map(|text| country.len() + text.len()))
                .collect()
        });
        assert!(known.contains(&("CH".len() + short.len())), "{known:?}");
        assert!(known.iter().all(|bytes| *bytes <= 32), "{known:?}");
    }

    proptest! {
        #[test]
        fn plain_digits_are_read_as_the_library_reads_them(
            text in "(\\+|00)?(41|49|33|43|32|31|44|353|46|34|351|45|1)?0?[ ./-]?[0-9]{2,4}[ ./-]?[0-9]{5,8}",
            country in "(CH|US|CA|DE|IT|FR|GB|NL|AT|SE|IE)",
        ) {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            // The library takes some groups for an extension, and reads nothing then.
            if let (Some(read), Some(by_library)) = (plain(&text, &digits, &country), parse(&text, &country)) {
                prop_assert_eq!(read, Some(by_library));
            }
        }

        #[test]
        fn no_text_panics(text in "(\\PC{0,20}|[+0-9٠-٩ ()x;#=tel:]{0,20})", country in "(CH|US|ZZ|)") {
            let _ = normalise(&text, &country);
        }

        #[test]
        fn normalising_twice_is_normalising_once(text in "\\+?[0-9 ()/.-]{6,18}", country in "(CH|US|DE|IT|FR)") {
            if let Some(once) = normalise(&text, &country) {
                prop_assert_eq!(normalise(&once, &country), Some(once));
            }
        }
    }
}
