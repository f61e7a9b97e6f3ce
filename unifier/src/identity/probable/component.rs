//! Components: the groups of records that hang together by pairs which could count, and so are decided together.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::disjoint::Disjoint;

/// A pair of records that was looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// The smaller record.
    pub(super) a: u32,
    /// The other.
    pub(super) b: u32,
    /// What speaks for one person.
    pub(super) bits: f64,
}

/// Groups that may be one person, and the pairs between them.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// The pairs between two different groups, ascending.
    pub(super) pairs: Vec<Pair>,
    /// The groups with their records, by the smallest one.
    pub(super) groups: BTreeMap<u32, Vec<u32>>,
}

/// The components of two groups or more, by their smallest record. `pairs` are those that were looked at and `bits` weighs one of
/// them, by its place; `roots` names the group of each record; a pair below `loose` connects nothing.
pub(super) fn all(
    pairs: &[(u32, u32)],
    bits: impl Fn(usize) -> f64 + Sync,
    roots: &[u32],
    loose: f64,
) -> Vec<Component> {
    let between = pairs
        .par_iter()
        .enumerate()
        .filter(|(_, (a, b))| roots[*a as usize] != roots[*b as usize]);
    let connecting = between.clone().filter(|(place, _)| bits(*place) >= loose);
    let connecting: Vec<(u32, u32)> = connecting.map(|(_, pair)| *pair).collect();
    let mut joined = Disjoint::known(roots);
    for (a, b) in connecting {
        joined.join(a, b);
    }
    let of: Vec<u32> = (0..roots.len() as u32).map(|record| joined.root(record)).collect();
    let within = between.filter(|(_, (a, b))| of[*a as usize] == of[*b as usize]);
    // Weighed a second time: to keep the bits of all pairs would take more memory than it takes time.
    let found = within.map(|(place, &(a, b))| {
        let bits = bits(place);
        (of[a as usize], Pair { a, b, bits })
    });
    let mut found: Vec<(u32, Pair)> = found.collect();
    found.par_sort_unstable_by_key(|(component, pair)| (*component, pair.a, pair.b));
    let component = |pairs: &[(u32, Pair)]| Component {
        pairs: pairs.iter().map(|(_, pair)| *pair).collect(),
        groups: BTreeMap::new(),
    };
    let named = |pairs: &[(u32, Pair)]| (pairs[0].0, component(pairs));
    let mut components: BTreeMap<u32, Component> = found.chunk_by(|x, y| x.0 == y.0).map(named).collect();
    for (record, &root) in (0..).zip(roots) {
        if let Some(component) = components.get_mut(&of[record as usize]) {
            component.groups.entry(root).or_default().push(record);
        }
    }
    components.into_values().collect()
}
