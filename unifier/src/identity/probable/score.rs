//! What a pair's agreement says, in bits: the logarithm to base 2 of the odds that both records are one person's.
//!
//! The levels count as the model learnt them; an agreement on a rare value counts for more than one on a frequent value (term
//! frequencies).

use std::f64::consts::LN_2;

use super::agreement::{self, UNKNOWN};
use super::column::{Column, MISSING};
use super::compare::{Comparer, FURTHER, Kind, Pattern, level};
use super::train::{HOUSEHOLD, Model, PERSON, STRANGERS};
use super::weighed::{Weighed, Weight};

/// A value shared by no more records than this may be one person's.
const ONE_PERSONS: f64 = 8.0;
/// The most that agreement counts which can prove nothing: below every cut, yet no evidence against one person.
pub const UNPROVEN: f64 = -1.5;
/// The most that a rare value adds.
const RAREST: f64 = 8.0;

/// Weighs pairs by a model.
#[derive(Debug)]
pub(super) struct Scorer<'a> {
    pub(super) comparer: &'a Comparer<'a>,
    pub(super) model: &'a Model,
    rarities: Rarities,
}

/// By field and value: how much likelier strangers share this value than any; below 0 for a rare one. Natural logarithms.
#[derive(Debug)]
struct Rarities {
    given: Vec<f64>,
    family: Vec<f64>,
    birth: Vec<f64>,
    postcode: Vec<f64>,
    city: Vec<f64>,
    traits: Vec<Vec<f64>>,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(comparer: &'a Comparer<'a>, model: &'a Model) -> Self {
        let f = comparer.fields;
        Self {
            comparer,
            model,
            rarities: Rarities {
                given: rarities(&f.given),
                family: rarities(&f.family),
                birth: rarities(&f.birth),
                postcode: rarities(&f.postcode),
                city: rarities(&f.city),
                traits: f.traits.iter().map(|(_, column)| rarities(column)).collect(),
            },
        }
    }

    /// The bits of a pair.
    pub(super) fn bits(&self, a: u32, pattern: Pattern) -> f64 {
        let mut strangers = 0.0;
        let mut household = 0.0;
        for place in 0..self.comparer.kinds.len() {
            let rarity = self.rarity(a, pattern, place);
            strangers += rarity;
            household += if self.is_of_a_household(place) { 0.0 } else { rarity };
        }
        let strangers = self.joint(STRANGERS, pattern) * strangers.exp();
        let household = self.joint(HOUSEHOLD, pattern) * household.exp();
        let bits = (self.joint(PERSON, pattern) / (strangers + household)).log2();
        if self.comparer.can_prove(pattern) {
            bits
        } else {
            bits.min(UNPROVEN)
        }
    }

    /// The bits of a pair, taken apart. `mean` is that of the groups it joins.
    pub(super) fn weighed(&self, a: u32, pattern: Pattern, mean: f64) -> Weighed {
        let model = self.model;
        let prior = (model.shares[PERSON] / model.shares[STRANGERS]).log2();
        let places = (0..self.comparer.kinds.len()).filter(|place| level(pattern, *place) != UNKNOWN);
        let weight = |place: usize| {
            let at = usize::from(level(pattern, place));
            let says = (model.levels[PERSON][place][at] / model.levels[STRANGERS][place][at]).log2();
            Weight {
                field: self.comparer.name(place).to_owned(),
                level: self.comparer.level_name(place, level(pattern, place)).to_owned(),
                bits: rounded(says - self.rarity(a, pattern, place) / LN_2),
            }
        };
        let fields: Vec<Weight> = places.map(weight).collect();
        let said: f64 = fields.iter().map(|weight| weight.bits).sum();
        let against = rounded((self.bits(a, pattern) - prior - said).min(0.0));
        let prior = rounded(prior);
        Weighed {
            bits: rounded(prior + against + said),
            mean: rounded(mean),
            prior,
            against,
            fields,
        }
    }

    /// How much likelier strangers share this value of a kind that is one person's, as far as more records have it than one
    /// person's. It takes away what the agreement says and no more: sharing a value is no evidence against one person.
    fn crowd(&self, place: usize, at: u8, column: &Column, record: u32) -> f64 {
        let level = |class: usize| self.model.levels[class][place][usize::from(at)];
        let says = (level(PERSON) / level(STRANGERS)).ln().max(0.0);
        match column.get(record) {
            MISSING => 0.0,
            value => (f64::from(column.counts[value as usize]) / ONE_PERSONS)
                .ln()
                .clamp(0.0, says),
        }
    }

    fn joint(&self, class: usize, pattern: Pattern) -> f64 {
        (self.model.shares[class] * self.model.likelihood(class, pattern)).max(f64::MIN_POSITIVE)
    }

    /// Whether two people of one household share the field for a reason, and not by chance.
    fn is_of_a_household(&self, place: usize) -> bool {
        matches!(self.comparer.kinds[place], Kind::Family | Kind::Address)
    }

    /// How much likelier than the model says strangers agree on a field because its value is frequent; below 0 for a rare
    /// one. A natural logarithm.
    fn rarity(&self, a: u32, pattern: Pattern, place: usize) -> f64 {
        let f = self.comparer.fields;
        let known = &self.rarities;
        let rarity = |column: &Column, rarities: &[f64]| rarities[column.get(a) as usize];
        let at = level(pattern, place);
        match self.comparer.kinds[place] {
            Kind::Given if at == agreement::given::SAME => rarity(&f.given, &known.given),
            Kind::Family if at == agreement::family::SAME => rarity(&f.family, &known.family),
            Kind::Birth if at == agreement::birth::SAME => rarity(&f.birth, &known.birth),
            Kind::Email if at == agreement::email::SAME => self.crowd(place, at, &f.email, a),
            Kind::Phone if at == agreement::value::SAME => self.crowd(place, at, &f.phone, a),
            Kind::Address => match at {
                agreement::address::DOOR => self.crowd(place, at, &f.door, a),
                agreement::address::POSTCODE => rarity(&f.postcode, &known.postcode),
                agreement::address::CITY => rarity(&f.city, &known.city),
                _ => 0.0,
            },
            Kind::Identifier if at == agreement::value::SAME => {
                self.crowd(place, at, &f.identifiers[place - FURTHER].1, a)
            }
            Kind::Trait if at == agreement::value::SAME => {
                let number = place - FURTHER - f.identifiers.len();
                rarity(&f.traits[number].1, &known.traits[number])
            }
            _ => 0.0,
        }
    }
}

/// To a hundredth of a bit, so that what is published adds up.
fn rounded(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

/// By value of a column: how much likelier strangers share this one than any.
fn rarities(column: &Column) -> Vec<f64> {
    let (coincidence, most) = (column.coincidence().max(1e-12), RAREST * LN_2);
    let rarity = |value: u32| match value {
        MISSING => 0.0,
        value => (column.frequency(value) / coincidence).ln().clamp(-most, most),
    };
    (0..=column.distinct() as u32).map(rarity).collect()
}
