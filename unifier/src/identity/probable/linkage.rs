//! Average linkage: which groups of records are one person, from what is known of pairs.
//!
//! Two groups are joined while the mean over all pairs between them is above the cut, the highest mean first. So a single
//! strong pair cannot join two groups that otherwise have nothing in common, as it would with connected components.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::component::Pair;

/// What the linkage works by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// The mean in bits from which two groups are one person.
    pub(super) cut: f64,
    /// What a pair counts that was not looked at.
    pub(super) unseen: f64,
    /// The least and the most that one pair counts.
    pub(super) bounds: (f64, f64),
}

/// Two groups that were joined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Merge {
    /// A record of one group: with `b` the strongest pair between the two, of several the smallest.
    pub(super) a: u32,
    /// A record of the other.
    pub(super) b: u32,
    /// The mean of all pairs between the two groups, in bits.
    pub(super) mean: f64,
}

/// Joins groups, given with their records by the smallest one; `root` names the group that a record begins in, and `apart` says
/// whether two groups must not be joined. The merges come in the order in which they were made.
pub(super) fn link(
    pairs: &[Pair],
    groups: &BTreeMap<u32, Vec<u32>>,
    root: impl Fn(u32) -> u32,
    rule: Rule,
    apart: impl Fn(&[u32], &[u32]) -> bool,
) -> Vec<Merge> {
    let mut linkage = Linkage::new(pairs, groups, root, rule);
    let mut merges = Vec::new();
    while let Some(next) = linkage.queue.pop() {
        let (x, y) = next.groups.0;
        if linkage.age(x, y) != Some(next.age) || apart(&linkage.groups[&x].records, &linkage.groups[&y].records) {
            continue;
        }
        let strongest = linkage.join(x, y);
        merges.push(Merge {
            a: strongest.a,
            b: strongest.b,
            mean: next.mean as f64 / PRECISION,
        });
    }
    merges
}

/// Means are compared to a millionth of a bit, as integers, which have a total order.
const PRECISION: f64 = 1e6;

/// A merge that may be made, the highest mean first, then the smallest groups.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    mean: i64,
    groups: Reverse<(u32, u32)>,
    age: u32,
}

/// A group as it is now.
struct Group {
    records: Vec<u32>,
    /// How many merges it was in: what was computed for a younger group no longer holds.
    age: u32,
    /// What is known of the pairs with each other group.
    others: BTreeMap<u32, Between>,
}

/// What is known of the pairs between two groups.
#[derive(Clone, Copy)]
struct Between {
    sum: f64,
    pairs: u32,
    strongest: Pair,
}

impl Between {
    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.pairs += other.pairs;
        let key = |pair: &Pair| (Reverse(pair.a), Reverse(pair.b));
        let (mine, theirs) = (&self.strongest, &other.strongest);
        if theirs
            .bits
            .total_cmp(&mine.bits)
            .then_with(|| key(theirs).cmp(&key(mine)))
            .is_gt()
        {
            self.strongest = other.strongest;
        }
    }
}

struct Linkage {
    rule: Rule,
    groups: BTreeMap<u32, Group>,
    queue: BinaryHeap<Candidate>,
}

impl Linkage {
    fn new(pairs: &[Pair], groups: &BTreeMap<u32, Vec<u32>>, root: impl Fn(u32) -> u32, rule: Rule) -> Self {
        let group = |records: &Vec<u32>| Group {
            records: records.clone(),
            age: 0,
            others: BTreeMap::new(),
        };
        let mut linkage = Self {
            rule,
            groups: groups.iter().map(|(&name, records)| (name, group(records))).collect(),
            queue: BinaryHeap::new(),
        };
        for pair in pairs {
            let known = Between {
                sum: pair.bits.clamp(rule.bounds.0, rule.bounds.1),
                pairs: 1,
                strongest: *pair,
            };
            linkage.know(root(pair.a), root(pair.b), known);
        }
        let names: Vec<u32> = linkage.groups.keys().copied().collect();
        names.into_iter().for_each(|name| linkage.queue_merges(name, name + 1));
        linkage
    }

    /// Adds to what is known between two different groups.
    fn know(&mut self, x: u32, y: u32, known: Between) {
        for (one, other) in [(x, y), (y, x)] {
            if let Some(group) = self.groups.get_mut(&one) {
                group
                    .others
                    .entry(other)
                    .and_modify(|between| between.add(known))
                    .or_insert(known);
            }
        }
    }

    /// The age of what is known between two groups; nothing when one of them is gone.
    fn age(&self, x: u32, y: u32) -> Option<u32> {
        Some(self.groups.get(&x)?.age + self.groups.get(&y)?.age)
    }

    /// Queues the merges of a group with those from `first` on that are above the cut.
    fn queue_merges(&mut self, name: u32, first: u32) {
        let Some(group) = self.groups.get(&name) else { return };
        for (&other, known) in group.others.range(first..) {
            let Some(theirs) = self.groups.get(&other) else {
                continue;
            };
            let all = (group.records.len() * theirs.records.len()) as f64;
            let mean = (known.sum + (all - f64::from(known.pairs)) * self.rule.unseen) / all;
            if mean >= self.rule.cut {
                self.queue.push(Candidate {
                    mean: (mean * PRECISION) as i64,
                    groups: Reverse((name.min(other), name.max(other))),
                    age: group.age + theirs.age,
                });
            }
        }
    }

    /// Joins the second group with the first; gives the strongest pair between them.
    fn join(&mut self, x: u32, y: u32) -> Pair {
        let mut strongest = Pair { a: x, b: y, bits: 0.0 };
        let Some(absorbed) = self.groups.remove(&y) else {
            return strongest;
        };
        if let Some(group) = self.groups.get_mut(&x) {
            group.records.extend(absorbed.records);
            group.age += absorbed.age + 1;
            if let Some(known) = group.others.remove(&y) {
                strongest = known.strongest;
            }
        }
        for (other, known) in absorbed.others {
            if let Some(group) = self.groups.get_mut(&other) {
                group.others.remove(&y);
            }
            if other != x {
                self.know(x, other, known);
            }
        }
        self.queue_merges(x, 0);
        strongest
    }
}
