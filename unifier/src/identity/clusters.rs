//! Clusters of records, with what each knows of its person at the root.
//!
//! Owns who is joined with whom. Whether two clusters may be joined is decided elsewhere; a merge here is a fact.

use smallvec::SmallVec;

use super::disjoint::Disjoint;

/// Numbers, ascending. Most clusters have few, which need no memory of their own.
type Numbers = SmallVec<[u32; 4]>;

/// What a cluster knows of its person: the evidence that two clusters are compared by. Each list is sorted, each entry once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Evidence {
    /// Distinct names, as positions in the graph's list of names.
    pub(super) names: Numbers,
    /// Distinct birth dates, as positions in the graph's list.
    pub(super) births: Numbers,
    /// Distinct identifiers whose limit counts by now, as positions in the graph's list of values.
    pub(super) values: Numbers,
    /// The sides of decisions it is on ([`super::constraint`]).
    pub(super) sides: Numbers,
}

impl Evidence {
    /// Adds what another cluster knows.
    pub(super) fn absorb(&mut self, other: Evidence) {
        merge_sorted(&mut self.names, other.names);
        merge_sorted(&mut self.births, other.births);
        merge_sorted(&mut self.values, other.values);
        merge_sorted(&mut self.sides, other.sides);
    }
}

/// Members in disjoint clusters; the root of a cluster is its smallest member.
#[derive(Debug)]
pub(super) struct Clusters {
    members: Disjoint,
    evidence: Vec<Evidence>,
}

impl Clusters {
    /// Every member by itself, with what its record says.
    pub(super) fn new(evidence: Vec<Evidence>) -> Self {
        Self {
            members: Disjoint::new(evidence.len()),
            evidence,
        }
    }

    /// The smallest member of the cluster that holds `member`.
    pub(super) fn root(&mut self, member: u32) -> u32 {
        self.members.root(member)
    }

    /// What the cluster with this root knows.
    pub(super) fn evidence(&self, root: u32) -> &Evidence {
        &self.evidence[root as usize]
    }

    /// Adds an identifier to what the cluster with this root knows.
    pub(super) fn learn(&mut self, root: u32, value: u32) {
        let values = &mut self.evidence[root as usize].values;
        if let Err(place) = values.binary_search(&value) {
            values.insert(place, value);
        }
    }

    /// Takes an identifier out of what the cluster with this root knows.
    pub(super) fn forget(&mut self, root: u32, value: u32) {
        self.evidence[root as usize].values.retain(|known| *known != value);
    }

    /// Joins two clusters, given by any of their members.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        if let Some((root, other)) = self.members.join(a, b) {
            let absorbed = std::mem::take(&mut self.evidence[other as usize]);
            self.evidence[root as usize].absorb(absorbed);
        }
    }
}

/// Merges two sorted lists without duplicates into the first.
fn merge_sorted(into: &mut Numbers, mut other: Numbers) {
    if other.len() > into.len() {
        std::mem::swap(into, &mut other);
    }
    if other.iter().all(|entry| into.binary_search(entry).is_ok()) {
        return;
    }
    into.append(&mut other);
    into.sort_unstable();
    into.dedup();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use smallvec::smallvec;

    use super::*;

    proptest! {
        #[test]
        fn clusters_are_those_of_a_naive_oracle(joins in prop::collection::vec((0u32..40, 0u32..40), 0..60)) {
            let alone = |member: u32| Evidence {
                names: smallvec![member % 7],
                births: Numbers::new(),
                values: smallvec![member],
                sides: smallvec![member % 3],
            };
            let mut clusters = Clusters::new((0..40).map(alone).collect());
            let mut oracle: Vec<BTreeSet<u32>> = (0..40).map(|member| BTreeSet::from([member])).collect();
            for (a, b) in joins {
                clusters.join(a, b);
                let union: BTreeSet<u32> = oracle[a as usize].union(&oracle[b as usize]).copied().collect();
                for &member in &union {
                    oracle[member as usize] = union.clone();
                }
            }
            for member in 0..40 {
                let expected = &oracle[member as usize];
                let root = clusters.root(member);
                prop_assert_eq!(root, *expected.first().unwrap());
                let values: Vec<u32> = expected.iter().copied().collect();
                prop_assert_eq!(&clusters.evidence(root).values[..], &values);
                let names: BTreeSet<u32> = expected.iter().map(|member| member % 7).collect();
                prop_assert_eq!(&clusters.evidence(root).names[..], &names.into_iter().collect::<Vec<_>>());
                let sides: BTreeSet<u32> = expected.iter().map(|member| member % 3).collect();
                prop_assert_eq!(&clusters.evidence(root).sides[..], &sides.into_iter().collect::<Vec<_>>());
            }
        }
    }
}
