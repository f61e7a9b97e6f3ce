//! The probabilistic layer: records that share no identifier, or one that is not enough, and are one person all the same.
//!
//! The way of a pair: [`fields`] (records as columns) → [`block`] (which pairs are looked at) → [`compare`] (levels of
//! [`agreement`]) → [`train`] (what the levels say, learnt without labels) → [`score`] (bits) → [`component`] (what hangs
//! together at all) → [`linkage`] (groups). [`weighed`] is what is told of a link.
//!
//! Pure and deterministic: the result depends on the records alone, given in their order of precedence.

mod address;
mod agreement;
mod block;
mod column;
mod compare;
mod component;
mod digits;
mod fields;
mod kept;
#[cfg(test)]
pub(super) mod laws;
mod linkage;
mod score;
mod train;
mod weighed;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use self::compare::{Comparer, Pattern};
use self::fields::Fields;
pub use self::kept::LinkModel;
use self::linkage::{Merge, Rule};
use self::score::Scorer;
pub use self::score::UNPROVEN;
use self::train::{Model, Observed};
pub use self::weighed::{Weighed, Weight};
use crate::record::{Identifier, Record};

/// Pairs drawn at random to learn how strangers agree.
const DRAWN: u64 = 250_000;
/// With fewer records there is nothing to learn from, and only identifiers join.
const FEWEST: usize = 100;
/// Below this a pair does not even bring two groups into one component.
const LOOSE: f64 = -4.0;
/// What a pair counts that no rule brought together, in bits.
const UNSEEN: f64 = -3.0;
/// The least and the most that one pair counts, so that none outweighs all others.
const BOUNDS: (f64, f64) = (-20.0, 40.0);

/// Two records of one person, by their numbers, and why: they join the groups that hold them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likeness {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) why: Weighed,
}

/// Identifiers that say nothing of who is alike.
#[derive(Debug, Default)]
pub(super) struct Mute<'r> {
    /// Placeholders and what a crowd shares: of nobody.
    pub(super) nobodys: FxHashSet<&'r Identifier>,
    /// What different people carry: of a record that does not say its given name, since it could be any of them.
    pub(super) contested: FxHashSet<&'r Identifier>,
}

impl Mute<'_> {
    /// Whether an identifier says nothing of a record, which may be `nameless`.
    fn silences(&self, identifier: &Identifier, nameless: bool) -> bool {
        self.nobodys.contains(identifier) || nameless && self.contested.contains(identifier)
    }
}

/// What the layer found, and the model by which it did; none where there was nothing to learn from.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub(super) alike: Vec<Likeness>,
    pub(super) model: Option<LinkModel>,
}

/// Links records that the deterministic layer left apart. `positions` gives the first-party records in the order of precedence,
/// `mute` the identifiers that say nothing, and `roots` the group each record is in, by its smallest record; `apart` says whether
/// two groups, given by their records, must not be joined; `cut` is the mean in bits from which two groups are one person. With a
/// `kept` model nothing is learnt.
pub(super) fn link(
    records: &[Record],
    positions: &[u32],
    mute: &Mute,
    roots: &[u32],
    cut: f64,
    kept: Option<&LinkModel>,
    apart: impl Fn(&[u32], &[u32]) -> bool + Sync,
) -> Linked {
    if positions.len() < FEWEST {
        return Linked::default();
    }
    let kept = kept.filter(|kept| kept.is_usable());
    let fields = Fields::read(records, positions, mute, kept);
    let comparer = Comparer::new(&fields);
    let candidates = block::pairs(&fields);
    let patterns: Vec<Pattern> = candidates.par_iter().map(|&(a, b)| comparer.pattern(a, b)).collect();
    let model = kept.map_or_else(|| fitted(&comparer, &patterns), |kept| kept.learnt.clone());
    let scorer = Scorer::new(&comparer, &model);
    let bits = |place: usize| scorer.bits(candidates[place].0, patterns[place]);
    let components = component::all(&candidates, bits, roots, LOOSE);
    let rule = Rule {
        cut,
        unseen: UNSEEN,
        bounds: BOUNDS,
    };
    let root = |record: u32| roots[record as usize];
    let merges: Vec<Vec<Merge>> = components
        .par_iter()
        .map(|component| linkage::link(&component.pairs, &component.groups, root, rule, &apart))
        .collect();
    let likeness = |merge: Merge| Likeness {
        a: merge.a,
        b: merge.b,
        why: scorer.weighed(merge.a, comparer.pattern(merge.a, merge.b), merge.mean),
    };
    Linked {
        alike: merges.into_iter().flatten().map(likeness).collect(),
        model: Some(LinkModel::new(&fields, model.clone())),
    }
}

/// What likeness says of two groups of records that it did not join.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The record of the first group that is most like one of the second: that one is `b`.
    pub(super) a: u32,
    pub(super) b: u32,
    /// Of the two; the mean is that of all pairs between the groups.
    pub(super) why: Weighed,
    /// The rules that bring the two together.
    pub(super) compared_by: Vec<String>,
}

/// Asks a model about the pairs between two groups, given as for [`link`]; nothing when there is no pair or the model is of no use.
pub(super) fn ask(
    records: &[Record],
    positions: &[u32],
    mute: &Mute,
    kept: &LinkModel,
    [left, right]: [&[u32]; 2],
) -> Option<Asked> {
    if !kept.is_usable() {
        return None;
    }
    let fields = Fields::read(records, positions, mute, Some(kept));
    let comparer = Comparer::new(&fields);
    let scorer = Scorer::new(&comparer, &kept.learnt);
    let between = left.iter().flat_map(|&a| right.iter().map(move |&b| (a, b)));
    let pairs: Vec<(u32, u32)> = between.collect();
    let bits: Vec<f64> = pairs
        .iter()
        .map(|&(a, b)| scorer.bits(a, comparer.pattern(a, b)))
        .collect();
    let mut together = block::together(&fields, &pairs);
    let counts = |(rules, bits): (&Vec<String>, &f64)| match rules.is_empty() {
        true => UNSEEN,
        false => bits.clamp(BOUNDS.0, BOUNDS.1),
    };
    let mean = together.iter().zip(&bits).map(counts).sum::<f64>() / pairs.len() as f64;
    // Of equally strong ones the first.
    let strongest = (0..pairs.len()).rev().max_by(|&x, &y| bits[x].total_cmp(&bits[y]))?;
    let (a, b) = pairs[strongest];
    Some(Asked {
        a,
        b,
        why: scorer.weighed(a, comparer.pattern(a, b), mean),
        compared_by: together.swap_remove(strongest),
    })
}

/// What the levels of agreement say, learnt from the candidates and from pairs drawn at random.
fn fitted(comparer: &Comparer, patterns: &[Pattern]) -> Model {
    let records = comparer.fields.len();
    let all = f64::from(records);
    let observed = Observed {
        candidates: &counted(patterns.par_iter().copied()),
        random: &counted_random(comparer, records),
        pairs: all * (all - 1.0) / 2.0,
    };
    Model::fit(&comparer.kinds, records, &observed)
}

/// Each pattern once with its number of pairs, ascending.
fn counted(patterns: impl ParallelIterator<Item = Pattern>) -> Vec<(Pattern, u64)> {
    type Counts = FxHashMap<Pattern, u64>;
    let add = |mut counts: Counts, (pattern, count): (Pattern, u64)| {
        *counts.entry(pattern).or_default() += count;
        counts
    };
    let counts = patterns
        .fold(Counts::default, |counts, pattern| add(counts, (pattern, 1)))
        .reduce(Counts::default, |a, b| {
            let (more, fewer) = if a.len() < b.len() { (b, a) } else { (a, b) };
            fewer.into_iter().fold(more, add)
        });
    let mut counted: Vec<(Pattern, u64)> = counts.into_iter().collect();
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

/// A well-mixed number for each number (Steele, Lea and Flood 2014, `SplitMix64`).
fn mixed(number: u64) -> u64 {
    let mut z = number
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
