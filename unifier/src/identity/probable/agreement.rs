//! How far two values of one kind agree, as a level: names, dates, telephone numbers, streets, codes, keys.
//!
//! Owns what agreement means for each kind of value. Knows no records and weighs nothing.

use super::super::nickname::{self, Kinship, Lines};
use super::super::similarity::{errors, jaro_winkler};
use super::column::{Column, MISSING, Told};
use super::digits::Digits;

/// Of every field: one of the two does not have it.
pub(super) const UNKNOWN: u8 = 0;
/// Of every field: both have it, and nothing agrees.
pub(super) const DIFFERENT: u8 = 1;

/// Agreement on given names, ascending; other fields have fewer levels.
pub(super) mod given {
    pub const SIMILAR: u8 = 2;
    pub const INITIAL: u8 = 3;
    pub const TYPING_ERROR: u8 = 4;
    pub const NICKNAME: u8 = 5;
    pub const SAME: u8 = 6;
    pub const CHANGED_ROUND: u8 = 7;
}

/// Agreement on family names.
pub(super) mod family {
    pub const SIMILAR: u8 = 2;
    pub const PART: u8 = 3;
    pub const TYPING_ERROR: u8 = 4;
    pub const SAME: u8 = 5;
}

/// Agreement on birth dates.
pub(super) mod birth {
    pub const YEAR: u8 = 2;
    pub const TYPING_ERROR: u8 = 3;
    pub const SAME: u8 = 4;
}

/// Agreement on e-mail addresses.
pub(super) mod email {
    pub const LOCAL_PART: u8 = 2;
    pub const TYPING_ERROR: u8 = 3;
    pub const SAME: u8 = 4;
}

/// Agreement on telephone numbers, identifiers and traits.
pub(super) mod value {
    pub const SIMILAR: u8 = 2;
    pub const SAME: u8 = 3;
}

/// Agreement on addresses.
pub(super) mod address {
    pub const REGION: u8 = 2;
    pub const CITY: u8 = 3;
    pub const POSTCODE: u8 = 4;
    pub const STREET: u8 = 5;
    pub const NEAR_DOOR: u8 = 6;
    pub const DOOR: u8 = 7;
}

/// The level of two values of a column, given by their numbers; `otherwise` compares two that are known and not the same.
pub(super) fn compare(column: &Column, a: u32, b: u32, same: u8, otherwise: impl Fn(Told, Told) -> u8) -> u8 {
    match (a, b) {
        (MISSING, _) | (_, MISSING) => UNKNOWN,
        (a, b) if a == b => same,
        (a, b) => otherwise(column.told(a), column.told(b)),
    }
}

/// Two different given names; `lines` is where they stand in the table of short forms.
pub(super) fn given_names(a: Told, b: Told, lines: [Lines; 2]) -> u8 {
    let (x, y) = (a.letters(), b.letters());
    if x.len() == 1 || y.len() == 1 {
        let is_initial = x.begins_like(y) && a.text().bytes().next() == b.text().bytes().next();
        return if is_initial { given::INITIAL } else { DIFFERENT };
    }
    if nickname::kinship_of(lines[0], lines[1]) == Kinship::SamePerson || is_part(a, b) || same_letters(a, b) {
        return given::NICKNAME;
    }
    // `Phil` may be short for anything that begins so, and `Rob` in a table for a name with a typing error.
    let is_short = || x.begins_like(y) && (a.text().starts_with(b.text()) || b.text().starts_with(a.text()));
    let is_near_short = || match lines {
        [None, Some(lines)] => nickname::is_near_to(a.text(), x, lines, NEAR_SHORT),
        [Some(lines), None] => nickname::is_near_to(b.text(), y, lines, NEAR_SHORT),
        _ => false,
    };
    match nearness(a, b) {
        Nearness::TypingError => given::TYPING_ERROR,
        Nearness::Similar => given::SIMILAR,
        Nearness::Different if is_short() || is_near_short() => given::SIMILAR,
        Nearness::Different => DIFFERENT,
    }
}

/// How near a name comes to the long form of a short one.
const NEAR_SHORT: f64 = 0.9;

pub(super) fn family_names(a: Told, b: Told) -> u8 {
    if a.letters() == b.letters() && a.text() == b.text() {
        return family::SAME;
    }
    if same_letters(a, b) {
        return family::TYPING_ERROR;
    }
    if is_part(a, b) {
        return family::PART;
    }
    match nearness(a, b) {
        Nearness::TypingError => family::TYPING_ERROR,
        Nearness::Similar => family::SIMILAR,
        Nearness::Different => DIFFERENT,
    }
}

/// Whether either is one of the words of the other.
fn is_part(a: Told, b: Told) -> bool {
    let holds = |whole: Told, part: Told| {
        whole.letters().may_have_a_space() && {
            let (whole, part) = (whole.text(), part.text());
            part.len() > 2 && whole.len() > part.len() && whole.split(' ').any(|word| word == part)
        }
    };
    holds(a, b) || holds(b, a)
}

/// Whether two texts differ in their spaces alone.
fn same_letters(a: Told, b: Told) -> bool {
    if !a.letters().may_have_a_space() && !b.letters().may_have_a_space() {
        return false;
    }
    let [a, b] = [a, b].map(|text| text.text().bytes().filter(|c| *c != b' '));
    a.eq(b)
}

enum Nearness {
    TypingError,
    Similar,
    Different,
}

/// The Jaro-Winkler similarity, or 0 when the letters tell that it is below `least`.
fn similarity(a: Told, b: Told, least: f64) -> f64 {
    if a.letters().most_similar(b.letters()) < least {
        0.0
    } else {
        jaro_winkler(a.text(), b.text())
    }
}

/// Whether two texts differ by no more typing errors than these.
fn is_within(a: Told, b: Told, most: usize) -> bool {
    a.letters().fewest_errors(b.letters()) <= most && errors(a.text(), b.text()) <= most
}

fn nearness(a: Told, b: Told) -> Nearness {
    let (x, y) = (a.letters(), b.letters());
    let (most, fewest) = (x.most_similar(y), x.fewest_errors(y));
    if most < 0.7 || most < 0.82 && fewest > 2 {
        return Nearness::Different;
    }
    let (a, b) = (a.text(), b.text());
    let longer = a.len().max(b.len());
    let similarity = jaro_winkler(a, b);
    if similarity < 0.7 {
        return Nearness::Different;
    }
    match errors(a, b) {
        1 if longer > 2 => Nearness::TypingError,
        2 if longer > 6 => Nearness::TypingError,
        _ if similarity >= 0.92 && longer > 3 => Nearness::TypingError,
        2 if longer > 4 => Nearness::Similar,
        _ if similarity >= 0.82 => Nearness::Similar,
        _ => Nearness::Different,
    }
}

/// Two different e-mail addresses, each as what stands before the at sign and what after it.
pub(super) fn mailboxes((a, at_a): (Told, Told), (b, at_b): (Told, Told)) -> u8 {
    let shortest = a.letters().len().min(b.letters().len());
    let allowed = (shortest / 4).min(2);
    let digits = |text: Told| text.text().bytes().filter(u8::is_ascii_digit).count();
    let is_one_provider = || at_a.is(at_b) || similarity(at_a, at_b, 0.9) > 0.9;
    match () {
        () if at_a.letters().len() == 0 || at_b.letters().len() == 0 => DIFFERENT,
        () if a.is(b) && shortest > 4 => email::LOCAL_PART,
        () if a.is(b) || !is_within(a, b, allowed) => DIFFERENT,
        () if digits(a).abs_diff(digits(b)) <= 1 && is_one_provider() => email::TYPING_ERROR,
        () => DIFFERENT,
    }
}

pub(super) fn births(a: Digits, b: Digits) -> u8 {
    if a.is_none() || b.is_none() {
        return UNKNOWN;
    }
    let of = |date: Digits| (date.part(4, 4), date.part(2, 2), date.part(0, 2));
    let ((year, month, day), (other_year, other_month, other_day)) = (of(a), of(b));
    let swapped = year == other_year && month == other_day && day == other_month;
    match () {
        () if a == b => birth::SAME,
        () if swapped || a.differs_by_one_error(b) => birth::TYPING_ERROR,
        () if year == other_year || (month, day) == (other_month, other_day) => birth::YEAR,
        () => DIFFERENT,
    }
}

pub(super) fn phones(a: [Digits; 2], b: [Digits; 2]) -> u8 {
    let pairs = a.into_iter().flat_map(|a| b.map(|b| (a, b)));
    pairs.map(|(a, b)| numbers(a, b)).max().unwrap_or(UNKNOWN)
}

fn numbers(a: Digits, b: Digits) -> u8 {
    const TAIL: u32 = 7;
    let is_long = |number: Digits| number.len() >= TAIL as usize;
    match () {
        () if a.is_none() || b.is_none() => UNKNOWN,
        () if a == b => value::SAME,
        () if !is_long(a) || !is_long(b) => DIFFERENT,
        () if a.part(0, TAIL) == b.part(0, TAIL) || a.differs_by_one_error(b) => value::SIMILAR,
        () => DIFFERENT,
    }
}

pub(super) fn streets(a: Told, b: Told) -> u8 {
    let alike = same_letters(a, b) || is_part(a, b) || matches!(nearness(a, b), Nearness::TypingError);
    if alike { value::SIMILAR } else { DIFFERENT }
}

pub(super) fn codes(a: Told, b: Told) -> u8 {
    let shorter = a.letters().len().min(b.letters().len());
    if shorter > 3 && is_within(a, b, 1) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

pub(super) fn similar_text(a: Told, b: Told) -> u8 {
    if same_letters(a, b) || matches!(nearness(a, b), Nearness::TypingError) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

pub(super) fn keys(a: Told, b: Told) -> u8 {
    let longest = a.letters().len().max(b.letters().len());
    let allowed = if longest > 6 { 2 } else { 1 };
    if longest > 4 && is_within(a, b, allowed) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

pub(super) fn traits(a: Told, b: Told) -> u8 {
    if similar_text(a, b) == value::SIMILAR || is_part(a, b) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(a: &str, b: &str, of: impl Fn(Told, Told) -> u8) -> (u8, u8) {
        let column = Column::new([a, b]);
        let (a, b) = (column.told(column.get(0)), column.told(column.get(1)));
        (of(a, b), of(b, a))
    }

    #[test]
    fn given_names_agree_by_degrees() {
        for (a, b, expected) in [
            ("anna", "anna maria", given::NICKNAME),
            ("robert", "bob", given::NICKNAME),
            ("j", "john", given::INITIAL),
            ("caitlin", "caitlyn", given::TYPING_ERROR),
            ("jean luc", "jeanluc", given::NICKNAME),
            ("anna", "bruno", DIFFERENT),
        ] {
            let level = |a: Told, b: Told| given_names(a, b, [a, b].map(|name| nickname::lines(name.text())));
            assert_eq!(both_ways(a, b, level), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn family_names_agree_by_degrees() {
        for (a, b, expected) in [
            ("meier", "meier schmidt", family::PART),
            ("muller", "mueller", family::TYPING_ERROR),
            ("de vito", "devito", family::TYPING_ERROR),
            ("meier", "rossi", DIFFERENT),
        ] {
            assert_eq!(both_ways(a, b, family_names), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn telephone_numbers_agree_by_their_ends() {
        let level = |a: &str, b: &str| numbers(Digits::of(a), Digits::of(b));
        assert_eq!(level("41791112233", "0791112233"), value::SIMILAR);
        assert_eq!(level("41791112233", "41791112234"), value::SIMILAR);
        assert_eq!(level("41791112233", "41441234567"), DIFFERENT);
        assert_eq!(level("", "41441234567"), UNKNOWN);
    }
}
