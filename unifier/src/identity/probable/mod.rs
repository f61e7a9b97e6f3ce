//! The probabilistic layer: records that share no identifier, or one that is not enough, and are one person all the same.
//!
//! The way of a pair: [`fields`] (records as columns) → [`block`] (which pairs are looked at) → [`compare`] (levels of
//! [`agreement`]) → [`learn`] (what the levels say and which rules are worth it, without labels: [`train`]) → [`score`] (bits) → [`component`] (what hangs
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
mod learn;
mod linkage;
mod score;
mod train;
mod weighed;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use self::compare::{Comparer, Pattern};
use self::fields::Fields;
pub use self::kept::LinkModel;
use self::linkage::{Merge, Rule};
use self::score::Scorer;
pub use self::score::UNPROVEN;
pub use self::weighed::{Weighed, Weight};
use crate::record::{Identifier, Record};

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
    let model = kept.cloned().unwrap_or_else(|| learn::learnt(&comparer));
    let candidates = block::pairs(&fields, &model.rules(&fields));
    let patterns: Vec<Pattern> = candidates.par_iter().map(|&(a, b)| comparer.pattern(a, b)).collect();
    let scorer = Scorer::new(&comparer, &model.learnt);
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
        model: Some(model.clone()),
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
    let mut together = block::together(&fields, &kept.rules(&fields), &pairs);
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
