//! How far two records agree, field by field: a level for each, packed into one number.
//!
//! Owns what agreement means for each kind of field. Weighs nothing.

use strsim::{jaro_winkler, osa_distance};

use super::super::nickname::{self, Kinship};
use super::column::{Column, MISSING};
use super::fields::Fields;

/// Bits of one field's level.
const WIDTH: u32 = 3;
/// Levels a field can have.
pub(super) const LEVELS: usize = 1 << WIDTH;
/// Of every field: one of the two does not have it.
pub(super) const UNKNOWN: u8 = 0;
/// Of every field: both have it, and nothing agrees.
pub(super) const DIFFERENT: u8 = 1;

/// A level of agreement for each field of a pair.
pub(super) type Pattern = u64;

/// What is compared, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Given names; its last level is given and family name changed round.
    Given,
    /// Family names.
    Family,
    /// Birth dates.
    Birth,
    /// E-mail addresses.
    Email,
    /// Telephone numbers.
    Phone,
    /// Street, number, postcode, town and region as one field, since they agree together.
    Address,
    /// Whether one source tells of both.
    Source,
    /// A key, as a national id.
    Identifier,
    /// Any other trait.
    Trait,
}

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

/// Compares the records of some [`Fields`].
#[derive(Debug)]
pub(super) struct Comparer<'f> {
    pub(super) fields: &'f Fields,
    /// The fields in the order of their places in a pattern.
    pub(super) kinds: Vec<Kind>,
}

/// The place of the first identifier, after the fields that are always there; traits follow.
pub(super) const FURTHER: usize = 7;

/// The level at a place of a pattern.
pub(super) fn level(pattern: Pattern, place: usize) -> u8 {
    (pattern >> (place as u32 * WIDTH)) as u8 & (LEVELS as u8 - 1)
}

impl<'f> Comparer<'f> {
    pub(super) fn new(fields: &'f Fields) -> Self {
        let mut kinds = vec![
            Kind::Given,
            Kind::Family,
            Kind::Birth,
            Kind::Email,
            Kind::Phone,
            Kind::Address,
            Kind::Source,
        ];
        kinds.extend(fields.identifiers.iter().map(|_| Kind::Identifier));
        kinds.extend(fields.traits.iter().map(|_| Kind::Trait));
        Self { fields, kinds }
    }

    /// The pattern of two records.
    pub(super) fn pattern(&self, a: u32, b: u32) -> Pattern {
        let f = self.fields;
        let (given, family) = self.names(a, b);
        let known = [
            given,
            family,
            births(&f.birth, a, b),
            self.emails(a, b),
            self.phones(a, b),
            self.addresses(a, b),
            1 + u8::from(f.source.get(a) == f.source.get(b)),
        ];
        let keys = f.identifiers.iter().map(|(_, column)| keys(column, a, b));
        let traits = f.traits.iter().map(|(_, column)| traits(column, a, b));
        let levels = known.into_iter().chain(keys).chain(traits);
        levels.zip(0u32..).fold(0, |pattern, (level, place)| {
            pattern | Pattern::from(level) << (place * WIDTH)
        })
    }

    /// The name of the field at a place.
    pub(super) fn name(&self, place: usize) -> &str {
        let further = self.fields.identifiers.iter().chain(&self.fields.traits);
        match self.kinds[place] {
            Kind::Given => "given_name",
            Kind::Family => "family_name",
            Kind::Birth => "birth_date",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Address => "address",
            Kind::Source => "source",
            Kind::Identifier | Kind::Trait => further
                .map(|(name, _)| name.as_str())
                .nth(place - FURTHER)
                .unwrap_or_default(),
        }
    }

    /// A level of the field at a place, in words.
    pub(super) fn level_name(&self, place: usize, level: u8) -> &'static str {
        let names: &[&str] = match self.kinds[place] {
            Kind::Given => &[
                "similar",
                "initial",
                "typing error",
                "nickname",
                "same",
                "changed round",
            ],
            Kind::Family => &["similar", "part", "typing error", "same"],
            Kind::Birth => &["same year or day", "typing error", "same"],
            Kind::Email => &["same local part", "typing error", "same"],
            Kind::Address => &[
                "same region",
                "same town",
                "same postcode",
                "same street",
                "near door",
                "same door",
            ],
            Kind::Source => &["same"],
            Kind::Phone | Kind::Identifier | Kind::Trait => &["similar", "same"],
        };
        let agreed = usize::from(level).checked_sub(usize::from(DIFFERENT) + 1);
        agreed
            .and_then(|place| names.get(place))
            .copied()
            .unwrap_or("different")
    }

    /// Whether the agreement can prove one person: it takes something besides the name, since namesakes share that; and where
    /// the given names differ something of one's own, since a household shares the rest.
    pub(super) fn can_prove(&self, pattern: Pattern) -> bool {
        let (mut own, mut besides) = (true, false);
        for (place, kind) in self.kinds.iter().enumerate() {
            let level = level(pattern, place);
            match kind {
                Kind::Given => own = level != DIFFERENT,
                Kind::Birth if level >= birth::TYPING_ERROR => (own, besides) = (true, true),
                Kind::Identifier if level > DIFFERENT => (own, besides) = (true, true),
                Kind::Email | Kind::Phone | Kind::Trait => besides |= level > DIFFERENT,
                Kind::Address => besides |= level >= address::CITY,
                _ => {}
            }
        }
        own && besides
    }

    fn names(&self, a: u32, b: u32) -> (u8, u8) {
        let (given, family) = (&self.fields.given, &self.fields.family);
        let straight = (
            compare(given, a, b, given::SAME, given_names),
            compare(family, a, b, family::SAME, family_names),
        );
        let agrees = |level: u8, least: u8| level == UNKNOWN || level >= least;
        if agrees(straight.0, given::TYPING_ERROR) || agrees(straight.1, family::TYPING_ERROR) {
            return straight;
        }
        let crossed = |given: &str, family: &str| family_names(given, family) >= family::TYPING_ERROR;
        let round = crossed(given.text(a), family.text(b)) && crossed(given.text(b), family.text(a));
        if round {
            (given::CHANGED_ROUND, UNKNOWN)
        } else {
            straight
        }
    }

    fn emails(&self, a: u32, b: u32) -> u8 {
        let level = compare(&self.fields.email, a, b, email::SAME, addresses_alike);
        // Namesakes have such mailboxes at many providers.
        let alike = matches!(level, email::LOCAL_PART | email::TYPING_ERROR);
        if alike && self.names_its_mailbox(a) && self.names_its_mailbox(b) {
            DIFFERENT
        } else {
            level
        }
    }

    /// Whether the record's mailbox is called by nothing but its name, in whole or by initials.
    fn names_its_mailbox(&self, record: u32) -> bool {
        let squeezed = |text: &str| -> String {
            let letters: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '_' | '-')).collect();
            // `mueller` is `muller` in a folded name.
            letters.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        };
        let local = self.fields.email.text(record).split('@').next().unwrap_or_default();
        let names = [self.fields.family.text(record), self.fields.given.text(record)].map(squeezed);
        let named = names.iter().filter(|name| name.len() > 1);
        named
            .fold(squeezed(local), |rest, name| rest.replacen(name.as_str(), "", 1))
            .len()
            < 2
    }

    fn phones(&self, a: u32, b: u32) -> u8 {
        let (phone, mobile) = (&self.fields.phone, &self.fields.mobile);
        let of = |record: u32| [phone.text(record), mobile.text(record)];
        let pairs = of(a).into_iter().flat_map(|a| of(b).map(|b| (a, b)));
        pairs.map(|(a, b)| numbers(a, b)).max().unwrap_or(UNKNOWN)
    }

    fn addresses(&self, a: u32, b: u32) -> u8 {
        let f = self.fields;
        let street = compare(&f.street, a, b, value::SAME, streets);
        let number = compare(&f.number, a, b, value::SAME, |_, _| DIFFERENT);
        let postcode = compare(&f.postcode, a, b, value::SAME, codes);
        let city = compare(&f.city, a, b, value::SAME, similar_text);
        let region = compare(&f.region, a, b, value::SAME, |_, _| DIFFERENT);
        let near = postcode >= value::SIMILAR || city >= value::SIMILAR;
        let apart = !near && (postcode == DIFFERENT || city == DIFFERENT);
        match (street, number) {
            (value::SIMILAR.., value::SAME) if !apart => address::DOOR,
            (value::SIMILAR.., value::SAME) => address::STREET,
            (_, value::SAME) | (value::SIMILAR.., _) if near && (street >= value::SIMILAR || number == value::SAME) => {
                address::NEAR_DOOR
            }
            (value::SIMILAR.., _) if !apart => address::STREET,
            _ if postcode == value::SAME => address::POSTCODE,
            _ if near => address::CITY,
            _ if region == value::SAME => address::REGION,
            _ if [street, postcode, city, region].contains(&DIFFERENT) => DIFFERENT,
            _ => UNKNOWN,
        }
    }
}

fn compare(column: &Column, a: u32, b: u32, same: u8, otherwise: impl Fn(&str, &str) -> u8) -> u8 {
    match (column.get(a), column.get(b)) {
        (MISSING, _) | (_, MISSING) => UNKNOWN,
        (a, b) if a == b => same,
        (a, b) => otherwise(&column.texts[a as usize], &column.texts[b as usize]),
    }
}

fn given_names(a: &str, b: &str) -> u8 {
    if a.len() == 1 || b.len() == 1 {
        return if a.as_bytes()[0] == b.as_bytes()[0] {
            given::INITIAL
        } else {
            DIFFERENT
        };
    }
    if nickname::kinship(a, b) == Kinship::SamePerson || holds(a, b) || holds(b, a) || same_letters(a, b) {
        return given::NICKNAME;
    }
    match nearness(a, b) {
        Nearness::TypingError => given::TYPING_ERROR,
        Nearness::Similar => given::SIMILAR,
        // `Phil` may be short for anything that begins so, and `Rob` in a table for a name with a typing error.
        Nearness::Different if a.starts_with(b) || b.starts_with(a) => given::SIMILAR,
        Nearness::Different if nickname::nearest(a, b) >= 0.9 => given::SIMILAR,
        Nearness::Different => DIFFERENT,
    }
}

fn family_names(a: &str, b: &str) -> u8 {
    if a == b {
        return family::SAME;
    }
    if same_letters(a, b) {
        return family::TYPING_ERROR;
    }
    if holds(a, b) || holds(b, a) {
        return family::PART;
    }
    match nearness(a, b) {
        Nearness::TypingError => family::TYPING_ERROR,
        Nearness::Similar => family::SIMILAR,
        Nearness::Different => DIFFERENT,
    }
}

/// Whether one of the words of `whole` is `part`.
fn holds(whole: &str, part: &str) -> bool {
    part.len() > 2 && whole.len() > part.len() && whole.split(' ').any(|word| word == part)
}

/// Whether two texts differ in their spaces alone.
fn same_letters(a: &str, b: &str) -> bool {
    (a.contains(' ') || b.contains(' ')) && a.bytes().filter(|c| *c != b' ').eq(b.bytes().filter(|c| *c != b' '))
}

enum Nearness {
    TypingError,
    Similar,
    Different,
}

fn nearness(a: &str, b: &str) -> Nearness {
    let longer = a.len().max(b.len());
    let similarity = jaro_winkler(a, b);
    if similarity < 0.7 {
        return Nearness::Different;
    }
    match osa_distance(a, b) {
        1 if longer > 2 => Nearness::TypingError,
        2 if longer > 6 => Nearness::TypingError,
        _ if similarity >= 0.92 && longer > 3 => Nearness::TypingError,
        2 if longer > 4 => Nearness::Similar,
        _ if similarity >= 0.82 => Nearness::Similar,
        _ => Nearness::Different,
    }
}

fn births(column: &Column, a: u32, b: u32) -> u8 {
    compare(column, a, b, birth::SAME, |a, b| {
        let (x, y) = (a.as_bytes(), b.as_bytes());
        let differing = x.iter().zip(y).filter(|(x, y)| x != y).count();
        let swapped = x[..4] == y[..4] && x[4..6] == y[6..8] && x[6..8] == y[4..6];
        if differing == 1 || swapped || osa_distance(a, b) == 1 {
            birth::TYPING_ERROR
        } else if x[..4] == y[..4] || x[4..] == y[4..] {
            birth::YEAR
        } else {
            DIFFERENT
        }
    })
}

fn addresses_alike(a: &str, b: &str) -> u8 {
    let (Some((x, at_x)), Some((y, at_y))) = (a.split_once('@'), b.split_once('@')) else {
        return DIFFERENT;
    };
    if x == y && x.len() > 4 {
        return email::LOCAL_PART;
    }
    let allowed = (x.len().min(y.len()) / 4).min(2);
    if at_x == at_y || jaro_winkler(at_x, at_y) > 0.9 {
        let distance = osa_distance(x, y);
        if distance > 0 && distance <= allowed && digits(x).abs_diff(digits(y)) <= 1 {
            return email::TYPING_ERROR;
        }
    }
    DIFFERENT
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn numbers(a: &str, b: &str) -> u8 {
    const TAIL: usize = 7;
    let same_tail = || a.len() >= TAIL && b.len() >= TAIL && a.bytes().rev().take(TAIL).eq(b.bytes().rev().take(TAIL));
    match () {
        () if a.is_empty() || b.is_empty() => UNKNOWN,
        () if a == b => value::SAME,
        () if same_tail() => value::SIMILAR,
        () if a.len() >= TAIL && osa_distance(a, b) == 1 => value::SIMILAR,
        () => DIFFERENT,
    }
}

fn streets(a: &str, b: &str) -> u8 {
    let alike = same_letters(a, b) || holds(a, b) || holds(b, a) || matches!(nearness(a, b), Nearness::TypingError);
    if alike { value::SIMILAR } else { DIFFERENT }
}

fn codes(a: &str, b: &str) -> u8 {
    if a.len() > 3 && osa_distance(a, b) == 1 {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

fn similar_text(a: &str, b: &str) -> u8 {
    if same_letters(a, b) || matches!(nearness(a, b), Nearness::TypingError) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

fn keys(column: &Column, a: u32, b: u32) -> u8 {
    compare(column, a, b, value::SAME, |a, b| {
        let longest = a.len().max(b.len());
        let allowed = if longest > 6 { 2 } else { 1 };
        if longest > 4 && osa_distance(a, b) <= allowed {
            value::SIMILAR
        } else {
            DIFFERENT
        }
    })
}

fn traits(column: &Column, a: u32, b: u32) -> u8 {
    compare(column, a, b, value::SAME, |a, b| {
        if similar_text(a, b) == value::SIMILAR || holds(a, b) || holds(b, a) {
            value::SIMILAR
        } else {
            DIFFERENT
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!((given_names(a, b), given_names(b, a)), (expected, expected), "{a} {b}");
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
            assert_eq!(
                (family_names(a, b), family_names(b, a)),
                (expected, expected),
                "{a} {b}"
            );
        }
    }

    #[test]
    fn telephone_numbers_agree_by_their_ends() {
        assert_eq!(numbers("41791112233", "0791112233"), value::SIMILAR);
        assert_eq!(numbers("41791112233", "41791112234"), value::SIMILAR);
        assert_eq!(numbers("41791112233", "41441234567"), DIFFERENT);
        assert_eq!(numbers("", "41441234567"), UNKNOWN);
    }
}
