//! Whether two groups of records, taken for one person, would have too many values of some identifier type.

use rustc_hash::FxHashSet;

use super::graph::Graph;
use super::rule::Rules;

/// The limits of a night's identifier types.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a, 'r> {
    pub(super) graph: &'a Graph<'r>,
    pub(super) rules: &'a Rules,
    /// The values beyond a person's limit, by the record that carries them: they gave way, and do not count.
    pub(super) surplus: &'a FxHashSet<(u32, u32)>,
}

impl Limits<'_, '_> {
    /// Whether joining these records, because they are alike, breaks a limit. A type that people type by hand breaks none: another
    /// value may be a slip, and was weighed as evidence.
    pub(super) fn are_broken_by(&self, a: &[u32], b: &[u32]) -> bool {
        let kind = |value: u32| self.graph.values[value as usize].kind;
        let mut values: Vec<u32> = a.iter().chain(b).flat_map(|&record| self.counting(record)).collect();
        values.sort_unstable();
        values.dedup();
        let mut kinds = values.chunk_by(|a, b| kind(*a) == kind(*b));
        kinds.any(|values| {
            let kind = kind(values[0]);
            values.len() > self.rules.limit(kind) && !self.rules.get(kind).is_typed_by_people()
        })
    }

    /// The values of a record that count.
    fn counting(&self, record: u32) -> impl Iterator<Item = u32> {
        let carried = self.graph.carried.get(record).iter().copied();
        carried.filter(move |&value| self.graph.joins(value) && !self.surplus.contains(&(record, value)))
    }
}
