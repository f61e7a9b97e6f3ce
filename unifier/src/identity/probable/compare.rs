//! How far two records agree, field by field: a level for each, packed into one number.
//!
//! Owns what agreement means for each kind of field. Weighs nothing.

use super::super::nickname::{self, Kinship, Lines};
use super::super::similarity::{errors, jaro_winkler};
use super::column::{Column, MISSING, Told};
use super::digits::Digits;
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
    /// By record.
    lines: Vec<Line>,
    /// By given name: where it stands in the table of short forms.
    given: Vec<Lines>,
    /// By e-mail address: what is before the at sign.
    mailbox: Column,
    /// By e-mail address: what is after it.
    provider: Column,
    /// The identifiers, then the traits.
    further: Vec<&'f Column>,
}

/// The values of a record side by side, so that all of them come with one access to memory.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line {
    phones: [Digits; 2],
    birth: Digits,
    given: u32,
    family: u32,
    email: u32,
    street: u32,
    number: u32,
    postcode: u32,
    city: u32,
    region: u32,
    source: u32,
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
        let line = |record| Line {
            phones: [&fields.phone, &fields.mobile].map(|column| Digits::of(column.text(record))),
            birth: Digits::of(fields.birth.text(record)),
            given: fields.given.get(record),
            family: fields.family.get(record),
            email: fields.email.get(record),
            street: fields.street.get(record),
            number: fields.number.get(record),
            postcode: fields.postcode.get(record),
            city: fields.city.get(record),
            region: fields.region.get(record),
            source: fields.source.get(record),
        };
        let parts = || {
            fields
                .email
                .texts()
                .map(|email| email.split_once('@').unwrap_or_default())
        };
        let further = fields.identifiers.iter().chain(&fields.traits);
        Self {
            fields,
            kinds,
            lines: (0..fields.len()).map(line).collect(),
            given: fields.given.texts().map(nickname::lines).collect(),
            mailbox: Column::new(parts().map(|(mailbox, _)| mailbox)),
            provider: Column::new(parts().map(|(_, provider)| provider)),
            further: further.map(|(_, column)| column).collect(),
        }
    }

    /// The pattern of two records.
    pub(super) fn pattern(&self, a: u32, b: u32) -> Pattern {
        let (x, y) = (&self.lines[a as usize], &self.lines[b as usize]);
        let (given, family) = self.names(x, y);
        let known = [
            given,
            family,
            births(x.birth, y.birth),
            self.emails(a, b),
            phones(x.phones, y.phones),
            self.addresses(x, y),
            1 + u8::from(x.source == y.source),
        ];
        let further = self.kinds[FURTHER..].iter().zip(&self.further).map(|(kind, column)| {
            let otherwise = if *kind == Kind::Identifier { keys } else { traits };
            compare(column, column.get(a), column.get(b), value::SAME, otherwise)
        });
        let levels = known.into_iter().chain(further);
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

    fn names(&self, x: &Line, y: &Line) -> (u8, u8) {
        let (given, family) = (&self.fields.given, &self.fields.family);
        let lines = [x, y].map(|line| self.given[line.given as usize]);
        let straight = (
            compare(given, x.given, y.given, given::SAME, |a, b| given_names(a, b, lines)),
            compare(family, x.family, y.family, family::SAME, family_names),
        );
        let agrees = |level: u8, least: u8| level == UNKNOWN || level >= least;
        if agrees(straight.0, given::TYPING_ERROR) || agrees(straight.1, family::TYPING_ERROR) {
            return straight;
        }
        let crossed = |one: &Line, other: &Line| {
            let level = family_names(given.told(one.given), family.told(other.family));
            level >= family::TYPING_ERROR
        };
        if crossed(x, y) && crossed(y, x) {
            (given::CHANGED_ROUND, UNKNOWN)
        } else {
            straight
        }
    }

    fn emails(&self, a: u32, b: u32) -> u8 {
        let [x, y] = [a, b].map(|record| self.lines[record as usize].email);
        let level = match (x, y) {
            (MISSING, _) | (_, MISSING) => UNKNOWN,
            (x, y) if x == y => email::SAME,
            (x, y) => self.mailboxes(x, y),
        };
        // Namesakes have such mailboxes at many providers.
        let alike = matches!(level, email::LOCAL_PART | email::TYPING_ERROR);
        if alike && self.names_its_mailbox(a) && self.names_its_mailbox(b) {
            DIFFERENT
        } else {
            level
        }
    }

    /// Two different e-mail addresses.
    fn mailboxes(&self, x: u32, y: u32) -> u8 {
        let [(a, at_a), (b, at_b)] = [x, y].map(|email| (self.mailbox.get(email), self.provider.get(email)));
        if at_a == MISSING || at_b == MISSING {
            return DIFFERENT;
        }
        let (a, b) = (self.mailbox.told(a), self.mailbox.told(b));
        let shortest = a.letters().len().min(b.letters().len());
        let is_one = self.mailbox.get(x) == self.mailbox.get(y);
        if is_one && shortest > 4 {
            return email::LOCAL_PART;
        }
        let allowed = (shortest / 4).min(2);
        if is_one || a.letters().fewest_errors(b.letters()) > allowed {
            return DIFFERENT;
        }
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        let (at_a, at_b) = (self.provider.told(at_a), self.provider.told(at_b));
        let is_error = errors(a.text(), b.text()) <= allowed
            && digits(a.text()).abs_diff(digits(b.text())) <= 1
            && (at_a.is(at_b) || similarity(at_a, at_b, 0.9) > 0.9);
        if is_error { email::TYPING_ERROR } else { DIFFERENT }
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

    fn addresses(&self, x: &Line, y: &Line) -> u8 {
        let f = self.fields;
        let street = compare(&f.street, x.street, y.street, value::SAME, streets);
        let number = compare(&f.number, x.number, y.number, value::SAME, |_, _| DIFFERENT);
        let postcode = compare(&f.postcode, x.postcode, y.postcode, value::SAME, codes);
        let city = compare(&f.city, x.city, y.city, value::SAME, similar_text);
        let region = compare(&f.region, x.region, y.region, value::SAME, |_, _| DIFFERENT);
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

/// The level of two values of a column, given by their numbers; `otherwise` compares two that are known and not the same.
fn compare(column: &Column, a: u32, b: u32, same: u8, otherwise: impl Fn(Told, Told) -> u8) -> u8 {
    match (a, b) {
        (MISSING, _) | (_, MISSING) => UNKNOWN,
        (a, b) if a == b => same,
        (a, b) => otherwise(column.told(a), column.told(b)),
    }
}

/// Two different given names; `lines` is where they stand in the table of short forms.
fn given_names(a: Told, b: Told, lines: [Lines; 2]) -> u8 {
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

fn family_names(a: Told, b: Told) -> u8 {
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

fn births(a: Digits, b: Digits) -> u8 {
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

fn phones(a: [Digits; 2], b: [Digits; 2]) -> u8 {
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

fn streets(a: Told, b: Told) -> u8 {
    let alike = same_letters(a, b) || is_part(a, b) || matches!(nearness(a, b), Nearness::TypingError);
    if alike { value::SIMILAR } else { DIFFERENT }
}

fn codes(a: Told, b: Told) -> u8 {
    let shorter = a.letters().len().min(b.letters().len());
    if shorter > 3 && is_within(a, b, 1) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

fn similar_text(a: Told, b: Told) -> u8 {
    if same_letters(a, b) || matches!(nearness(a, b), Nearness::TypingError) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

fn keys(a: Told, b: Told) -> u8 {
    let longest = a.letters().len().max(b.letters().len());
    let allowed = if longest > 6 { 2 } else { 1 };
    if longest > 4 && is_within(a, b, allowed) {
        value::SIMILAR
    } else {
        DIFFERENT
    }
}

fn traits(a: Told, b: Told) -> u8 {
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
