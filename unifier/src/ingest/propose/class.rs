//! What kind of values a column holds, from a sample of them.

use std::net::IpAddr;

use crate::ingest::words::answer;
use crate::normalise::date::{self, DateStyle};
use crate::normalise::{country, email, money, phone, placeholder};

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// E-mail addresses.
    Email,
    /// Days or moments.
    Date,
    /// Telephone numbers.
    Phone,
    /// Amounts with decimals or a currency.
    Money,
    /// Yes and no.
    YesNo,
    /// Countries, by code or name.
    Country,
    /// Postal codes with letters.
    Postcode,
    /// Whole numbers.
    Number,
    /// Addresses of pages or machines.
    Address,
    /// Letters with digits and no spaces, as keys are.
    Code,
    /// Anything else.
    Words,
}

impl Class {
    /// Every class; of two that fit a column equally, the earlier counts.
    const ALL: [Class; 11] = [
        Class::Email,
        Class::Address,
        Class::Date,
        Class::YesNo,
        Class::Money,
        Class::Phone,
        Class::Country,
        Class::Postcode,
        Class::Number,
        Class::Code,
        Class::Words,
    ];

    /// The plural in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Class::Email => "e-mail addresses",
            Class::Date => "dates",
            Class::Phone => "telephone numbers",
            Class::Money => "amounts",
            Class::YesNo => "yes and no",
            Class::Country => "countries",
            Class::Postcode => "postal codes",
            Class::Number => "numbers",
            Class::Address => "addresses of pages or machines",
            Class::Code => "codes",
            Class::Words => "words",
        }
    }

    /// Whether a value is of the class. `country` is the company's, for telephone numbers.
    fn holds(self, value: &str, country: &str) -> bool {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        match self {
            Class::Email => value.contains('@') && email::normalise(value).is_some(),
            Class::Address => value.starts_with("http") || value.starts_with("www.") || value.parse::<IpAddr>().is_ok(),
            Class::Date => digits >= 3 && digits != 5 && date::date(value, &DateStyle::default()).is_some(),
            Class::YesNo => answer(value).is_some(),
            Class::Money => {
                let marked = value.contains(['.', ',']) || !value.bytes().all(|b| b.is_ascii_digit());
                digits > 0 && marked && money::normalise(value, None).is_some()
            }
            Class::Phone => digits >= 8 && is_dialled(value) && phone::normalise(value, country).is_some(),
            Class::Country => {
                value.chars().all(|c| c.is_alphabetic() || " -.'".contains(c)) && country::normalise(value).is_some()
            }
            Class::Postcode => is_postcode(value),
            Class::Number => value.bytes().all(|b| b.is_ascii_digit()),
            Class::Code => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_:/.#".contains(&b);
                digits > 0 && value.bytes().all(plain)
            }
            Class::Words => true,
        }
    }
}

/// A number without a prefix, a zero or a sign between its digits may be anything.
fn is_dialled(value: &str) -> bool {
    value.starts_with(['+', '0', '(', '\'']) || value.contains([' ', '-', '/'])
}

/// A British, Canadian or Dutch code. Plain digits may be a postal code or anything else.
fn is_postcode(value: &str) -> bool {
    let plain: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let letters = plain.bytes().filter(u8::is_ascii_alphabetic).count();
    digits + letters == plain.len() && (2..=4).contains(&letters) && (2..=4).contains(&digits) && plain.len() >= 5
}

/// What a sample says of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its kind of values; nothing when all are empty.
    pub class: Option<Class>,
    /// Values of that kind.
    pub fitting: usize,
    /// Values that say something.
    pub told: usize,
    /// Rows of the sample.
    pub rows: usize,
    /// Whether every row has a value, and no two the same.
    pub is_key: bool,
    /// Whether most values are very short.
    pub is_short: bool,
}

/// The share of a column's values that must be of one class: what people type is never all of one.
const SHARE: f64 = 0.75;

impl Profile {
    /// Looks at the values of a column.
    pub fn of<'a>(values: impl Iterator<Item = &'a str>, country: &str) -> Self {
        let (mut rows, mut told) = (0, Vec::new());
        for value in values {
            rows += 1;
            let value = value.trim();
            if !placeholder::is_missing(value) {
                told.push(value);
            }
        }
        let fitting = |class: Class| told.iter().filter(|value| class.holds(value, country)).count();
        let fits = Class::ALL.into_iter().map(|class| (class, fitting(class)));
        let class = fits
            .into_iter()
            .find(|(_, fitting)| !told.is_empty() && *fitting as f64 >= SHARE * told.len() as f64);
        let mut distinct = told.clone();
        distinct.sort_unstable();
        distinct.dedup();
        Self {
            class: class.map(|(class, _)| class),
            fitting: class.map_or(0, |(_, fitting)| fitting),
            told: told.len(),
            rows,
            is_key: rows > 0 && distinct.len() == rows,
            is_short: told.iter().filter(|value| value.chars().count() <= 10).count() * 4 >= told.len() * 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn class(values: &[&str]) -> Option<Class> {
        Profile::of(values.iter().copied(), "CH").class
    }

    #[test]
    fn most_of_the_values_tell_the_class() {
        assert_eq!(
            class(&["a@example.org", "b@example.org", "c@example.org", "oops"]),
            Some(Class::Email)
        );
        assert_eq!(class(&["1980-02-29", "19721009", "", "n/a"]), Some(Class::Date));
        assert_eq!(class(&["079 111 22 33", "+33 6 12 34 56 78"]), Some(Class::Phone));
        assert_eq!(class(&["12,50", "CHF 3"]), Some(Class::Money));
        assert_eq!(class(&["ja", "nein", "ja"]), Some(Class::YesNo));
        assert_eq!(class(&["OL6 8UG", "LS1 4AP", "1012 AB"]), Some(Class::Postcode));
        assert_eq!(class(&["r000001", "r000002"]), Some(Class::Code));
        assert_eq!(class(&["", "n/a"]), None);
    }

    #[test]
    fn a_key_is_there_in_every_row_and_never_twice() {
        assert!(Profile::of(["a", "b"].into_iter(), "CH").is_key);
        assert!(!Profile::of(["a", ""].into_iter(), "CH").is_key);
        assert!(!Profile::of(["a", "a"].into_iter(), "CH").is_key);
    }

    proptest! {
        #[test]
        fn any_values_have_a_class(values in prop::collection::vec("\\PC{0,16}", 0..8)) {
            let profile = Profile::of(values.iter().map(String::as_str), "CH");
            prop_assert_eq!(profile.class.is_some(), profile.told > 0);
        }
    }
}
