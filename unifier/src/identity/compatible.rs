//! Whether two records can be one person's, by what they say of names and birth dates.
//!
//! Owns the comparison of people. Knows nothing of identifiers and their limits.

use super::nickname::{self, Kinship};
use super::similarity::jaro_winkler;
use crate::normalise::placeholder;

/// Jaro-Winkler similarity from which two given names may be one name with a typing error.
const SAME_GIVEN: f64 = 0.85;
/// The same for a name and the other forms of the other name, of which there are many.
const SAME_FORM: f64 = 0.9;
/// The same for family names, which carry less of the decision and vary more.
const SAME_FAMILY: f64 = 0.88;

/// What programs write in place of a name, besides what no import takes for one.
const NO_NAMES: &[&str] = &[
    "client", "cliente", "invite", "kunde", "n a", "nn", "user", "visitor", "x", "xx",
];

/// What two records say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    /// They are two people.
    Different,
    /// Nothing speaks against one person, and nothing much for it.
    Open,
    /// They name the same person: given name together with family name or birth date.
    Same,
}

/// A name as records are compared by it: ASCII, lower case, words separated by one space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Name {
    given: String,
    family: String,
}

impl Name {
    /// Folds a name; nothing when neither part says anything.
    pub(super) fn new(given: &str, family: &str) -> Option<Self> {
        let part = |text| {
            let folded = Some(fold(text)).filter(|_| !placeholder::is_no_name(text));
            folded
                .filter(|part| !NO_NAMES.contains(&part.as_str()))
                .unwrap_or_default()
        };
        let name = Self {
            given: part(given),
            family: part(family),
        };
        (!name.given.is_empty() || !name.family.is_empty()).then_some(name)
    }

    /// The given and the family name.
    pub(super) fn into_parts(self) -> (String, String) {
        (self.given, self.family)
    }

    /// Folds a name written in one piece, as `Anna Meier` or `Meier, Anna`.
    pub(super) fn from_full(full: &str) -> Option<Self> {
        match full.split_once(',') {
            Some((family, given)) => Self::new(given, family),
            None => match full.trim().rsplit_once(char::is_whitespace) {
                Some((given, family)) => Self::new(given, family),
                None => Self::new(full, ""),
            },
        }
    }

    /// Compares two names; either may have its parts swapped.
    pub(super) fn compare(&self, other: &Self) -> Agreement {
        if self.given.is_empty() || other.given.is_empty() {
            return Agreement::Open;
        }
        match given_names(&self.given, &other.given) {
            Given::Same if families_agree(&self.family, &other.family) => Agreement::Same,
            Given::Same | Given::Initial => Agreement::Open,
            Given::Different => self.compare_swapped(other),
        }
    }

    /// Given name with family name; a part that is missing agrees with anything.
    fn compare_swapped(&self, other: &Self) -> Agreement {
        let crossed = [(&self.given, &other.family), (&self.family, &other.given)];
        let known = crossed.iter().filter(|(a, b)| !a.is_empty() && !b.is_empty());
        let worst = known.clone().map(|(a, b)| given_names(a, b)).min();
        match worst {
            None | Some(Given::Different) => Agreement::Different,
            Some(Given::Same) if known.count() == 2 => Agreement::Same,
            Some(_) => Agreement::Open,
        }
    }
}

fn fold(text: &str) -> String {
    let ascii = deunicode::deunicode(text).to_ascii_lowercase();
    let letters: String = ascii
        .chars()
        .filter(|&c| c != '\'')
        .map(|c| if c.is_ascii_alphabetic() { c } else { ' ' })
        .collect();
    letters.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Different,
    Initial,
    Same,
}

/// Compares given names word by word: each word of the shorter one has to stand for a word of the longer one, so that
/// `Anna Maria` may be `Maria`, but `Jean-Luc` is not `Jean-Pierre`.
fn given_names(a: &str, b: &str) -> Given {
    if a == b || nickname::kinship(&a.replace(' ', "-"), &b.replace(' ', "-")) == Kinship::SamePerson {
        return Given::Same;
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let best = |word: &str| long.iter().map(|other| words(word, other)).max();
    let by_word = short
        .iter()
        .filter_map(|word| best(word))
        .min()
        .unwrap_or(Given::Different);
    // `Annamaria` is `Anna Maria`.
    if by_word == Given::Different && a.len() != b.len() && a.concat() == b.concat() {
        return Given::Same;
    }
    by_word
}

fn words(a: &str, b: &str) -> Given {
    if a == b {
        return if a.len() == 1 { Given::Initial } else { Given::Same };
    }
    if a.len() == 1 || b.len() == 1 {
        return if a.as_bytes()[0] == b.as_bytes()[0] {
            Given::Initial
        } else {
            Given::Different
        };
    }
    match nickname::kinship(a, b) {
        Kinship::SamePerson => Given::Same,
        Kinship::OtherPerson => Given::Different,
        Kinship::Unknown if jaro_winkler(a, b) >= SAME_GIVEN => Given::Same,
        // A typing error in the long form of the other's short form.
        Kinship::Unknown if nickname::is_near(a, b, SAME_FORM) => Given::Same,
        Kinship::Unknown => Given::Different,
    }
}

/// Both are known and are the same, nearly, or one part of a double name.
fn families_agree(a: &str, b: &str) -> bool {
    let holds = |whole: &str, part: &str| part.len() > 2 && whole.split(' ').any(|word| word == part);
    !a.is_empty() && !b.is_empty() && (a == b || holds(a, b) || holds(b, a) || jaro_winkler(a, b) >= SAME_FAMILY)
}

/// A birth date as its eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct BirthDate([u8; 8]);

impl BirthDate {
    /// Reads `1980-02-29`; nothing when it is written otherwise.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let [a, b, c, d, b'-', e, f, b'-', g, h] = *text else {
            return None;
        };
        let digits = [a, b, c, d, e, f, g, h];
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The same day; a typing error (one digit, two neighbours or day and month swapped) leaves it open.
    pub(super) fn compare(self, other: Self) -> Agreement {
        if self == other {
            Agreement::Same
        } else if self.is_typing_error(other) {
            Agreement::Open
        } else {
            Agreement::Different
        }
    }

    fn is_typing_error(self, other: Self) -> bool {
        let [a, b, c, d, e, f, g, h] = self.0;
        let differing: Vec<usize> = (0..8).filter(|&i| self.0[i] != other.0[i]).collect();
        match differing[..] {
            [_] => true,
            [i, j] if j == i + 1 && self.0[i] == other.0[j] && self.0[j] == other.0[i] => true,
            _ => other.0 == [a, b, c, d, g, h, e, f],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: (&str, &str), b: (&str, &str)) -> Agreement {
        let (a, b) = (Name::new(a.0, a.1).unwrap(), Name::new(b.0, b.1).unwrap());
        assert_eq!(a.compare(&b), b.compare(&a), "comparison is symmetric");
        a.compare(&b)
    }

    #[test]
    fn one_name_written_differently_is_one_person() {
        for (a, b) in [
            (("Anna", "Meier"), ("ANNA", "meier")),
            (("Zoë", "Müller"), ("Zoe", "Muller")),
            (("Robert", "King"), ("Bob", "King")),
            (("Caitlin", "Bishop"), ("Caitlyn", "Bishop")),
            (("Moore", "Oscar"), ("Oscar", "Moore")),
            (("Anna Maria", "Rossi"), ("Maria", "Rossi")),
            (("Anna-Maria", "Rossi"), ("Annamaria", "Rossi")),
            (("Anna", "Meier-Schmidt"), ("Anna", "Schmidt")),
            (("Jean-Baptiste", "Roy"), ("JB", "Roy")),
            (("Heffrey", "Kennedy"), ("Jeff", "Kennedy")),
        ] {
            assert_eq!(compare(a, b), Agreement::Same, "{a:?} {b:?}");
        }
    }

    #[test]
    fn an_initial_or_another_family_name_leaves_it_open() {
        for (a, b) in [
            (("J.", "Meier"), ("John", "Meier")),
            (("Anna", "Meier"), ("Anna", "Kowalski")),
            (("Anna", ""), ("Anna", "Meier")),
            (("", "Meier"), ("Anna", "Meier")),
            (("M", "Anderson"), ("Anderson", "Mary")),
            (("Richard", ""), ("David", "Richard")),
        ] {
            assert_eq!(compare(a, b), Agreement::Open, "{a:?} {b:?}");
        }
    }

    #[test]
    fn other_given_names_are_other_people() {
        for (a, b) in [
            (("Anna", "Meier"), ("Bob", "Meier")),
            (("Paul", "Meier"), ("Paula", "Meier")),
            (("Jean-Luc", "Roy"), ("Jean-Pierre", "Roy")),
            (("K", "Meier"), ("John", "Meier")),
            (("Anna", ""), ("Bob", "")),
        ] {
            assert_eq!(compare(a, b), Agreement::Different, "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_name_in_one_piece_is_taken_apart() {
        assert_eq!(Name::from_full("Meier, Anna"), Name::new("Anna", "Meier"));
        assert_eq!(Name::from_full("Anna Maria Meier"), Name::new("Anna Maria", "Meier"));
        assert_eq!(Name::from_full("Cher"), Name::new("Cher", ""));
        assert_eq!(Name::from_full(" ? "), None);
        assert_eq!(Name::new("Test", "N/A"), None);
    }

    #[test]
    fn birth_dates_differ_by_more_than_a_typing_error_or_not() {
        let compare = |a: &str, b: &str| BirthDate::parse(a).unwrap().compare(BirthDate::parse(b).unwrap());
        assert_eq!(compare("1980-02-29", "1980-02-29"), Agreement::Same);
        for other in ["1980-02-28", "1980-20-29", "1980-29-02", "1908-02-29"] {
            assert_eq!(compare("1980-02-29", other), Agreement::Open, "{other}");
        }
        assert_eq!(compare("1980-02-29", "1981-03-29"), Agreement::Different);
        assert_eq!(BirthDate::parse("29.02.1980"), None);
    }
}
