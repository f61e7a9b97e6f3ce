//! Learns from the records themselves: what the levels of agreement say, and which blocking rules are worth their pairs.
//!
//! From a sample where there are many records: more of them teach nothing new, and the sample is what all rules are tried on.

use std::collections::BTreeMap;
use std::hash::Hash;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::block::{self, Rule};
use super::compare::{Comparer, Pattern};
use super::kept::LinkModel;
use super::train::{Model, Observed, PERSON};
use crate::dice::mixed;

/// Pairs drawn at random to learn how strangers agree.
const DRAWN: u64 = 250_000;
/// The records that are learnt from, about.
const SAMPLE: u32 = 250_000;
/// In a sample of fewer than every so many-th record hardly anybody stands there twice.
const SPARSEST: u32 = 8;
/// With fewer pairs no rule is left out: they cost nothing.
const FEW_PAIRS: u64 = 100_000;
/// A rule is worth its pairs when of those that it alone brings together at least this share is expected to be one person's.
const YIELD: f64 = 0.001;
/// The share of one person's pairs that may be lost with the rules that are left out.
const LOST: f64 = 0.003;

/// What the records teach.
pub(super) fn learnt(comparer: &Comparer) -> LinkModel {
    let fields = comparer.fields;
    let every = (fields.len() / SAMPLE).clamp(1, SPARSEST);
    let rules = block::rules(fields);
    let pairs = block::sampled(fields, &rules, every);
    let told = |&((a, b), rules): &((u32, u32), u64)| (rules, comparer.pattern(a, b));
    let seen = counted(pairs.par_iter().map(told));
    let mut patterns: BTreeMap<Pattern, u64> = BTreeMap::new();
    for ((_, pattern), count) in &seen {
        *patterns.entry(*pattern).or_default() += count;
    }
    let records = fields.len() / every;
    let all = f64::from(records);
    let observed = Observed {
        candidates: &patterns.into_iter().collect::<Vec<_>>(),
        random: &counted_random(comparer, fields.len()),
        pairs: all * (all - 1.0) / 2.0,
    };
    let model = Model::fit(&comparer.kinds, records, &observed);
    LinkModel::new(fields, worth(&rules, &seen, &model), model)
}

/// The names of the rules that are worth their pairs: the one whose own pairs are least often one person's is left out, again and
/// again.
fn worth(rules: &[Rule], seen: &[((u64, Pattern), u64)], model: &Model) -> Vec<String> {
    // By the rules that bring pairs together: how many they are, and how many of them are one person's, as far as is expected.
    let mut together: BTreeMap<u64, (u64, f64)> = BTreeMap::new();
    for ((rules, pattern), count) in seen {
        let (pairs, matches) = together.entry(*rules).or_default();
        *pairs += count;
        *matches += *count as f64 * model.posterior(*pattern)[PERSON];
    }
    let sum = |is_counted: &dyn Fn(u64) -> bool| {
        let counted = together.iter().filter(|(rules, _)| is_counted(**rules));
        counted.fold((0, 0.0), |sum, (_, own)| (sum.0 + own.0, sum.1 + own.1))
    };
    let (pairs, matches) = sum(&|_| true);
    // Of a rule without any pair nothing is known; and it costs nothing.
    let of_use: Vec<usize> = (0..rules.len())
        .filter(|rule| sum(&|by| by >> rule & 1 == 1).0 > 0)
        .collect();
    let (mut left, mut lost) = (u64::MAX, 0.0);
    let worst = |left: u64| {
        let alone = |&rule: &usize| (rule, sum(&|by| by & left == 1 << rule));
        let share = |&(_, (pairs, matches)): &(usize, (u64, f64))| matches / (pairs.max(1) as f64);
        let in_use = of_use.iter().filter(|rule| left >> **rule & 1 == 1);
        let least = in_use.map(alone).min_by(|a, b| share(a).total_cmp(&share(b)));
        least.filter(|least| pairs >= FEW_PAIRS && share(least) < YIELD)
    };
    while let Some((rule, (_, own))) = worst(left) {
        if lost + own > LOST * matches {
            break;
        }
        left &= !(1 << rule);
        lost += own;
    }
    let kept = rules.iter().zip(0u32..).filter(|(_, bit)| left >> bit & 1 == 1);
    kept.map(|(rule, _)| rule.name.clone()).collect()
}

/// Each value once with how often it occurs, ascending.
fn counted<T: Copy + Ord + Hash + Send>(values: impl ParallelIterator<Item = T>) -> Vec<(T, u64)> {
    let add = |mut counts: FxHashMap<T, u64>, (value, count): (T, u64)| {
        *counts.entry(value).or_default() += count;
        counts
    };
    let counts = values
        .fold(FxHashMap::default, |counts, value| add(counts, (value, 1)))
        .reduce(FxHashMap::default, |a, b| {
            let (more, fewer) = if a.len() < b.len() { (b, a) } else { (a, b) };
            fewer.into_iter().fold(more, add)
        });
    let mut counted: Vec<(T, u64)> = counts.into_iter().collect();
    counted.par_sort_unstable();
    counted
}

/// The patterns of pairs drawn at random; of all pairs where there are not more.
fn counted_random(comparer: &Comparer, records: u32) -> Vec<(Pattern, u64)> {
    let all = u64::from(records) * u64::from(records - 1) / 2;
    if all <= DRAWN {
        let pairs = (0..records)
            .into_par_iter()
            .flat_map_iter(|a| (a + 1..records).map(move |b| (a, b)));
        return counted(pairs.map(|(a, b)| comparer.pattern(a, b)));
    }
    let draw = |number: u64| {
        let a = (mixed(number * 2) % u64::from(records)) as u32;
        let b = (mixed(number * 2 + 1) % u64::from(records)) as u32;
        (a != b).then(|| comparer.pattern(a.min(b), a.max(b)))
    };
    counted((0..DRAWN).into_par_iter().filter_map(draw))
}

#[cfg(test)]
mod tests {
    use super::super::Mute;
    use super::super::fields::Fields;
    use super::super::laws::company;
    use super::*;

    /// The rules that are left when pairs were brought together as told: by which rules, whether one person's, and how many.
    fn left(told: &[(u64, bool, u64)]) -> Vec<usize> {
        let records = company();
        let positions: Vec<u32> = (0..records.len() as u32).collect();
        let fields = Fields::read(&records, &positions, &Mute::default(), None);
        let comparer = Comparer::new(&fields);
        let (model, rules) = (learnt(&comparer), block::rules(&fields));
        // The first two stand for one person, the third for another.
        let pattern = |same: bool| comparer.pattern(0, if same { 1 } else { 2 });
        let seen: Vec<_> = told
            .iter()
            .map(|&(by, same, count)| ((by, pattern(same)), count))
            .collect();
        let names = worth(&rules, &seen, &model.learnt);
        (0..rules.len())
            .filter(|&rule| names.contains(&rules[rule].name))
            .collect()
    }

    #[test]
    fn a_rule_stays_for_the_people_it_alone_finds_and_goes_for_strangers_or_when_others_find_the_same() {
        let found = left(&[
            (0b0001, true, 1_000),
            (0b0010, false, 200_000),
            (0b0101, true, 500),
            (0b1000, true, 9),
        ]);
        assert_eq!(&found[..3], [0, 3, 4]);
    }

    #[test]
    fn a_rule_stays_when_too_many_people_would_be_lost_with_it_and_where_pairs_cost_nothing() {
        let told = [(0b01, true, 1_000), (0b10, true, 100), (0b10, false, 200_000)];
        assert_eq!(&left(&told)[..2], [0, 1]);
        assert_eq!(&left(&[(0b01, true, 1_000), (0b10, false, 20_000)])[..2], [0, 1]);
    }
}
