//! Learns without labels how much each level of agreement says: a latent-class model after Fellegi and Sunter (1969), fitted by
//! expectation maximisation (Dempster, Laird and Rubin 1977; Winkler 1988) over the counted patterns.
//!
//! A pair is of one of three classes: one *person*, two of one *household*, who share family name, address, telephone, and
//! sometimes a mailbox, or *strangers*. Within a class the fields are independent. Without the second class the fields that a
//! household shares would each count as evidence for one person, and there are many of them.

use serde::{Deserialize, Serialize};

use super::agreement::{self, DIFFERENT, UNKNOWN};
use super::compare::{Kind, LEVELS, Pattern, level};

/// The classes of pairs.
pub(super) const CLASSES: usize = 3;
/// One person.
pub(super) const PERSON: usize = 0;
/// Two people of one household.
pub(super) const HOUSEHOLD: usize = 1;
/// Two people who have nothing to do with each other.
pub(super) const STRANGERS: usize = 2;

/// Rounds of the fit at most.
const ROUNDS: usize = 40;
/// The fit has converged when no probability moves by more.
const CONVERGED: f64 = 1e-5;
/// What is known beforehand about people and households counts as much as this many pairs.
const PRIOR_PAIRS: f64 = 12.0;
/// No level is impossible.
const LEAST: f64 = 1e-9;

/// How likely each level of one field is in one class; the level of an unknown value is 1, so it says nothing.
type Levels = [f64; LEVELS];

/// A fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    /// By class and field.
    pub(super) levels: [Vec<Levels>; CLASSES],
    /// The share of each class in all pairs.
    pub(super) shares: [f64; CLASSES],
}

/// The patterns that a model is learnt from.
#[derive(Debug)]
pub(super) struct Observed<'a> {
    /// Of the pairs that some rule brought together.
    pub(super) candidates: &'a [(Pattern, u64)],
    /// Of pairs drawn at random.
    pub(super) random: &'a [(Pattern, u64)],
    /// How many pairs there are in all.
    pub(super) pairs: f64,
}

impl Model {
    /// Learns from `observed`.
    pub(super) fn fit(kinds: &[Kind], records: u32, observed: &Observed) -> Self {
        let mut model = Self::begin(kinds, f64::from(records), observed);
        for _ in 0..ROUNDS {
            let next = model.improved(kinds, observed);
            let moved = model.distance(&next);
            model = next;
            if moved < CONVERGED {
                break;
            }
        }
        model
    }

    /// Whether it says of this many fields in all classes how likely their levels are.
    pub(super) fn is_whole(&self, fields: usize) -> bool {
        let all = || self.levels.iter().flatten().flatten().chain(&self.shares);
        self.levels.iter().all(|levels| levels.len() == fields) && all().all(|share| *share > 0.0 && *share <= 1.0)
    }

    /// What is believed before anything was seen.
    fn begin(kinds: &[Kind], records: f64, observed: &Observed) -> Self {
        let strangers = kinds
            .iter()
            .enumerate()
            .map(|(place, _)| random_levels(place, observed.random))
            .collect();
        let person = (records / observed.pairs.max(1.0)).min(0.3);
        let household = person * 0.3;
        Self {
            levels: [
                kinds.iter().map(|kind| normalised(person_prior(*kind))).collect(),
                kinds.iter().map(|kind| normalised(household_prior(*kind))).collect(),
                strangers,
            ],
            shares: [person, household, 1.0 - person - household],
        }
    }

    /// The probability of each class for a pattern.
    pub(super) fn posterior(&self, pattern: Pattern) -> [f64; CLASSES] {
        let joint: [f64; CLASSES] = std::array::from_fn(|class| self.shares[class] * self.likelihood(class, pattern));
        let sum: f64 = joint.iter().sum();
        if sum > 0.0 {
            joint.map(|part| part / sum)
        } else {
            [0.0, 0.0, 1.0]
        }
    }

    /// The probability of a pattern within a class.
    pub(super) fn likelihood(&self, class: usize, pattern: Pattern) -> f64 {
        let levels = self.levels[class].iter().enumerate();
        levels
            .map(|(place, levels)| levels[usize::from(level(pattern, place))])
            .product()
    }

    fn improved(&self, kinds: &[Kind], observed: &Observed) -> Self {
        let seen = Expected::over(self, kinds.len(), observed.candidates);
        let random = Expected::over(self, kinds.len(), observed.random);
        let drawn: f64 = observed.random.iter().map(|(_, count)| *count as f64).sum();
        let mut next = self.clone();
        for (place, kind) in kinds.iter().enumerate() {
            for (class, prior) in [(PERSON, person_prior(*kind)), (HOUSEHOLD, household_prior(*kind))] {
                let prior = normalised(prior).map(|share| share * PRIOR_PAIRS);
                next.levels[class][place] = normalised(sum(seen.levels[class][place], prior));
            }
            let mut strangers = random.levels[STRANGERS][place];
            let scale = observed.pairs / drawn.max(1.0);
            strangers.iter_mut().for_each(|count| *count *= scale);
            for level in complete(*kind) {
                strangers[usize::from(*level)] = seen.levels[STRANGERS][place][usize::from(*level)];
            }
            let least = scale.max(1.0) * 0.5;
            let used = usize::from(top(*kind));
            strangers[usize::from(DIFFERENT)..=used]
                .iter_mut()
                .for_each(|count| *count = count.max(least));
            next.levels[STRANGERS][place] = normalised(strangers);
        }
        let pairs = observed.pairs.max(1.0);
        next.shares[PERSON] = (seen.shares[PERSON] / pairs).clamp(LEAST, 0.5);
        next.shares[HOUSEHOLD] = (seen.shares[HOUSEHOLD] / pairs).clamp(LEAST, 0.4);
        next.shares[STRANGERS] = 1.0 - next.shares[PERSON] - next.shares[HOUSEHOLD];
        next
    }

    fn distance(&self, other: &Self) -> f64 {
        let levels = |model: &Self| -> Vec<f64> { model.levels.iter().flatten().flatten().copied().collect() };
        levels(self)
            .into_iter()
            .zip(levels(other))
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max)
    }
}

/// How many pairs of each class are expected at each level.
struct Expected {
    levels: [Vec<Levels>; CLASSES],
    shares: [f64; CLASSES],
}

impl Expected {
    fn over(model: &Model, fields: usize, patterns: &[(Pattern, u64)]) -> Self {
        let mut expected = Self {
            levels: std::array::from_fn(|_| vec![[0.0; LEVELS]; fields]),
            shares: [0.0; CLASSES],
        };
        for &(pattern, count) in patterns {
            let posterior = model.posterior(pattern);
            for (class, share) in posterior.into_iter().enumerate() {
                let weight = share * count as f64;
                expected.shares[class] += weight;
                for (place, levels) in expected.levels[class].iter_mut().enumerate() {
                    levels[usize::from(level(pattern, place))] += weight;
                }
            }
        }
        expected
    }
}

fn random_levels(place: usize, random: &[(Pattern, u64)]) -> Levels {
    let mut levels = [0.5; LEVELS];
    for &(pattern, count) in random {
        levels[usize::from(level(pattern, place))] += count as f64;
    }
    normalised(levels)
}

fn sum(a: Levels, b: Levels) -> Levels {
    std::array::from_fn(|level| a[level] + b[level])
}

/// Shares of the known levels; an unknown value says nothing.
fn normalised(mut levels: Levels) -> Levels {
    levels[usize::from(UNKNOWN)] = 0.0;
    let sum: f64 = levels.iter().sum();
    let mut shares = levels.map(|count| (count / sum.max(LEAST)).max(LEAST));
    shares[usize::from(UNKNOWN)] = 1.0;
    shares
}

/// The levels at which every pair of strangers is brought together by a rule, so that they can be counted instead of drawn.
fn complete(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Email => &[agreement::email::SAME],
        Kind::Phone | Kind::Identifier => &[agreement::value::SAME],
        Kind::Address => &[agreement::address::DOOR],
        _ => &[],
    }
}

/// The highest level of a field.
pub(super) fn top(kind: Kind) -> u8 {
    match kind {
        Kind::Given => agreement::given::CHANGED_ROUND,
        Kind::Family => agreement::family::SAME,
        Kind::Birth => agreement::birth::SAME,
        Kind::Email => agreement::email::SAME,
        Kind::Address => agreement::address::DOOR,
        Kind::Source => 2,
        Kind::Phone | Kind::Identifier | Kind::Trait => agreement::value::SAME,
    }
}

/// What is known beforehand of the records of one person.
fn person_prior(kind: Kind) -> Levels {
    match kind {
        Kind::Given => [0.0, 0.02, 0.02, 0.02, 0.08, 0.06, 0.79, 0.01],
        Kind::Family => [0.0, 0.04, 0.02, 0.02, 0.08, 0.84, 0.0, 0.0],
        Kind::Birth => [0.0, 0.02, 0.03, 0.05, 0.90, 0.0, 0.0, 0.0],
        Kind::Email => [0.0, 0.30, 0.05, 0.05, 0.60, 0.0, 0.0, 0.0],
        Kind::Phone => [0.0, 0.30, 0.05, 0.65, 0.0, 0.0, 0.0, 0.0],
        Kind::Address => [0.0, 0.08, 0.04, 0.06, 0.06, 0.04, 0.12, 0.60],
        Kind::Source => [0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0],
        Kind::Identifier => [0.0, 0.05, 0.05, 0.90, 0.0, 0.0, 0.0, 0.0],
        Kind::Trait => [0.0, 0.25, 0.05, 0.70, 0.0, 0.0, 0.0, 0.0],
    }
}

/// What is known beforehand of two people of one household.
fn household_prior(kind: Kind) -> Levels {
    match kind {
        Kind::Given => [0.0, 0.92, 0.04, 0.01, 0.01, 0.005, 0.01, 0.005],
        Kind::Family => [0.0, 0.08, 0.01, 0.02, 0.07, 0.82, 0.0, 0.0],
        Kind::Birth => [0.0, 0.94, 0.04, 0.01, 0.01, 0.0, 0.0, 0.0],
        Kind::Email => [0.0, 0.90, 0.01, 0.01, 0.08, 0.0, 0.0, 0.0],
        Kind::Phone => [0.0, 0.60, 0.03, 0.37, 0.0, 0.0, 0.0, 0.0],
        Kind::Address => [0.0, 0.03, 0.02, 0.04, 0.05, 0.03, 0.10, 0.73],
        Kind::Source => [0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0],
        Kind::Identifier => [0.0, 0.96, 0.02, 0.02, 0.0, 0.0, 0.0, 0.0],
        Kind::Trait => [0.0, 0.60, 0.05, 0.35, 0.0, 0.0, 0.0, 0.0],
    }
}
