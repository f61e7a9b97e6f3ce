//! Components: the groups of records that hang together by pairs which could count, and so are decided together.

use std::collections::BTreeMap;

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

/// The components of two groups or more, by their smallest record. `roots` names the group of each record; a pair below `loose`
/// connects nothing.
pub(super) fn all(pairs: &[Pair], roots: &[u32], loose: f64) -> Vec<Component> {
    let mut joined = Disjoint::known(roots);
    for pair in pairs.iter().filter(|pair| pair.bits >= loose) {
        joined.join(pair.a, pair.b);
    }
    let of: Vec<u32> = (0..roots.len() as u32).map(|record| joined.root(record)).collect();
    let mut components: BTreeMap<u32, Component> = BTreeMap::new();
    for pair in pairs {
        let component = of[pair.a as usize];
        if component == of[pair.b as usize] && roots[pair.a as usize] != roots[pair.b as usize] {
            components.entry(component).or_default().pairs.push(*pair);
        }
    }
    for (record, &root) in (0..).zip(roots) {
        if let Some(component) = components.get_mut(&of[record as usize]) {
            component.groups.entry(root).or_default().push(record);
        }
    }
    components.into_values().collect()
}
