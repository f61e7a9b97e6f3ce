//! Decisions in the graph's numbers: which records are joined before anything else, and which never.

use rustc_hash::{FxHashMap, FxHashSet};

use super::decision::{Decision, Ruling, settle};
use super::graph::Graph;
use crate::record::{Record, RecordId};

/// What was decided about the records of a graph.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    /// Pairs of records that are one person, each with the position of the decision; the smaller record first.
    pub(super) joined: Vec<(u32, u32, usize)>,
    /// By record: the sides it is on, ascending. An even side and the odd one after it are two people.
    pub(super) sides: FxHashMap<u32, Vec<u32>>,
    /// The records that a decision joins with others: their own identifiers break no limit.
    pub(super) bound: FxHashSet<u32>,
    /// The positions of decisions that newer ones contradict, ascending.
    pub(super) set_aside: Vec<usize>,
}

impl Constraints {
    /// Looks the decided records up among `records`; what is said of records that are gone counts for nothing.
    pub(super) fn new(records: &[Record], graph: &Graph, decisions: &[Decision]) -> Self {
        if decisions.is_empty() {
            return Self::default();
        }
        let numbers = numbers(records, graph, decisions);
        let (positions, known): (Vec<usize>, Vec<Decision>) = decisions
            .iter()
            .enumerate()
            .filter_map(|(at, decision)| Some((at, decision.about(|record| numbers.contains_key(&record))?)))
            .unzip();
        let settled = settle(&known);
        let mut constraints = Self {
            set_aside: settled.set_aside.iter().map(|&at| positions[at]).collect(),
            ..Self::default()
        };
        for at in settled.standing {
            let numbered = |side: &[RecordId]| side.iter().map(|record| numbers[record]).collect();
            let (left, right) = (numbered(&known[at].left), numbered(&known[at].right));
            match known[at].ruling {
                Ruling::Same => constraints.join(left, right, positions[at]),
                Ruling::Different => constraints.keep_apart(&left, &right, at as u32),
            }
        }
        constraints
    }

    fn join(&mut self, left: Vec<u32>, right: Vec<u32>, decision: usize) {
        let mut records: Vec<u32> = left.into_iter().chain(right).collect();
        records.sort_unstable();
        records.dedup();
        self.bound.extend(&records);
        self.joined
            .extend(records[1..].iter().map(|&other| (records[0], other, decision)));
    }

    fn keep_apart(&mut self, left: &[u32], right: &[u32], pair: u32) {
        for (records, side) in [(left, 2 * pair), (right, 2 * pair + 1)] {
            for &record in records {
                self.sides.entry(record).or_default().push(side);
            }
        }
    }
}

/// Whether two sorted lists of sides hold two that are apart.
pub(super) fn apart(a: &[u32], b: &[u32]) -> bool {
    a.iter().any(|side| b.binary_search(&(side ^ 1)).is_ok())
}

/// The graph's numbers of the decided records, of those that there are.
fn numbers(records: &[Record], graph: &Graph, decisions: &[Decision]) -> FxHashMap<RecordId, u32> {
    let decided: FxHashSet<RecordId> = decisions
        .iter()
        .flat_map(|decision| decision.left.iter().chain(&decision.right))
        .copied()
        .collect();
    (0..)
        .zip(&graph.positions)
        .map(|(number, &position)| (records[position as usize].id, number))
        .filter(|(id, _)| decided.contains(id))
        .collect()
}
