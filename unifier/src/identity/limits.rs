//! Whether two groups of records cannot be one person: they would have too many values of some identifier type, or somebody
//! decided that they are two.

use rustc_hash::{FxHashMap, FxHashSet};

use super::constraint;
use super::graph::Graph;
use super::rule::Rules;

/// The limits of a night's identifier types.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a, 'r> {
    pub(super) graph: &'a Graph<'r>,
    pub(super) rules: &'a Rules,
    /// The values beyond a person's limit, by the record that carries them: they gave way, and do not count.
    pub(super) surplus: &'a FxHashSet<(u32, u32)>,
    /// By record: the sides of decisions it is on.
    pub(super) sides: &'a FxHashMap<u32, Vec<u32>>,
}

impl Limits<'_, '_> {
    /// Whether joining these records, because they are alike, breaks a limit or a decision. A type that people type by hand breaks none: another
    /// value may be a slip, and was weighed as evidence.
    pub(super) fn are_broken_by(&self, a: &[u32], b: &[u32]) -> bool {
        if self.are_decided(a, b) {
            return true;
        }
        let kind = |value: u32| self.graph.values[value as usize].kind;
        let mut values: Vec<u32> = a.iter().chain(b).flat_map(|&record| self.counting(record)).collect();
        values.sort_unstable();
        values.dedup();
        let mut kinds = values.chunk_by(|a, b| kind(*a) == kind(*b));
        kinds.any(|values| {
            let kind = kind(values[0]);
            // What a decision brought into one person beyond the limit stays there; nothing comes to it.
            let brought = || self.count(kind, a).max(self.count(kind, b));
            !self.graph.keeps_limit(values, self.rules)
                && !self.rules.get(kind).is_typed_by_people()
                && values.len() > brought()
        })
    }

    /// How many distinct values of a type count in these records.
    fn count(&self, kind: u16, records: &[u32]) -> usize {
        let of_kind = self.graph.values_of(kind);
        let counting = records.iter().flat_map(|&record| self.counting(record));
        let distinct: FxHashSet<u32> = counting.filter(|value| of_kind.contains(value)).collect();
        distinct.len()
    }

    /// Whether somebody decided that the one are not the other.
    fn are_decided(&self, a: &[u32], b: &[u32]) -> bool {
        if self.sides.is_empty() {
            return false;
        }
        let sides = |records: &[u32]| {
            let known = records.iter().filter_map(|record| self.sides.get(record));
            let mut sides: Vec<u32> = known.flatten().copied().collect();
            sides.sort_unstable();
            sides
        };
        constraint::apart(&sides(a), &sides(b))
    }

    /// The values of a record that count.
    fn counting(&self, record: u32) -> impl Iterator<Item = u32> {
        let carried = self.graph.carried.get(record).iter().copied();
        carried.filter(move |&value| self.graph.joins(value) && !self.surplus.contains(&(record, value)))
    }
}
