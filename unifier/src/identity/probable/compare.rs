//! How far two records agree, field by field: a level for each, packed into one number.
//!
//! Owns which fields there are and which values of theirs meet; how far two values agree is [`super::agreement`]'s. Weighs nothing.

use super::super::nickname::{self, Lines};
use super::agreement::{
    DIFFERENT, UNKNOWN, address, birth, births, codes, compare, email, family, family_names, given, given_names, keys,
    mailboxes, phones, similar_text, streets, traits, value,
};
use super::column::{Column, MISSING};
use super::digits::Digits;
use super::fields::Fields;

/// Bits of one field's level.
const WIDTH: u32 = 3;
/// Levels a field can have.
pub(super) const LEVELS: usize = 1 << WIDTH;
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
        let parts = |email: u32| {
            let (mailbox, provider) = (self.mailbox.get(email), self.provider.get(email));
            (self.mailbox.told(mailbox), self.provider.told(provider))
        };
        let level = match (x, y) {
            (MISSING, _) | (_, MISSING) => UNKNOWN,
            (x, y) if x == y => email::SAME,
            (x, y) => mailboxes(parts(x), parts(y)),
        };
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
