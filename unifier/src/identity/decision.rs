//! What people decided about records, and which of their decisions stand.
//!
//! A decision outranks every identifier, score and rule. Where decisions contradict each other, perhaps only over several
//! records, the newest stands and the older one is set aside, which goes to review. Owns no storage: see [`crate::review`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use event_schema::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::record::RecordId;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// All the records are one person.
    Same,
    /// No record on the left is the same person as one on the right.
    Different,
}

impl Ruling {
    /// The ruling's name in the log and in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Ruling::Same => "same",
            Ruling::Different => "different",
        }
    }

    /// The ruling of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Ruling::Same, Ruling::Different]
            .into_iter()
            .find(|ruling| ruling.as_str() == name)
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A decision about records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Its id: twelve hexadecimal digits.
    pub id: String,
    /// What was decided.
    pub ruling: Ruling,
    /// The records on one side, sorted.
    pub left: Vec<RecordId>,
    /// The records on the other, sorted.
    pub right: Vec<RecordId>,
    /// When.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why, in their words.
    pub why: String,
    /// On what occasion: `review`, `split`, `merge` or `sample`.
    pub occasion: String,
    /// Whether the two sides were one person in the night that was in force.
    pub were_joined: bool,
    /// Of a pair of a sample: how many pairs of its kind it stands for; otherwise 1.
    pub stands_for: u64,
}

impl Decision {
    /// A decision with its id.
    pub fn new(ruling: Ruling, left: Vec<RecordId>, right: Vec<RecordId>, at: Timestamp, by: &str) -> Self {
        let sorted = |records: Vec<RecordId>| records.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let (left, right): (Vec<RecordId>, Vec<RecordId>) = (sorted(left), sorted(right));
        let mut digest = Sha256::new()
            .chain_update(ruling.as_str())
            .chain_update(at.as_millis().to_be_bytes())
            .chain_update((left.len() as u64).to_be_bytes());
        for record in left.iter().chain(&right) {
            digest.update(record.as_bytes());
        }
        Self {
            id: hex::encode(&digest.chain_update(by).finalize()[..6]),
            ruling,
            left,
            right,
            at,
            by: by.to_owned(),
            why: String::new(),
            occasion: "review".to_owned(),
            were_joined: false,
            stands_for: 1,
        }
    }

    /// The decision without the records that `exists` does not know; nothing when a side has none left.
    pub(super) fn about(&self, exists: impl Fn(RecordId) -> bool) -> Option<Self> {
        let known = |side: &[RecordId]| {
            side.iter()
                .copied()
                .filter(|&record| exists(record))
                .collect::<Vec<_>>()
        };
        let (left, right) = (known(&self.left), known(&self.right));
        (!left.is_empty() && !right.is_empty()).then(|| Self {
            left,
            right,
            ..self.clone()
        })
    }
}

/// Which decisions stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The positions of those that stand, ascending.
    pub standing: Vec<usize>,
    /// The positions of those that newer ones contradict, ascending.
    pub set_aside: Vec<usize>,
}

/// Settles which of `decisions` stand: the newer before the older, of the same moment the one with the greater id.
pub fn settle(decisions: &[Decision]) -> Settled {
    let mut newest: Vec<usize> = (0..decisions.len()).collect();
    newest.sort_by(|&a, &b| {
        let key = |at: usize| (decisions[at].at, &decisions[at].id);
        key(b).cmp(&key(a))
    });
    let mut groups = Groups::default();
    let mut settled = Settled::default();
    for at in newest {
        let stands = match decisions[at].ruling {
            Ruling::Same => groups.join(&decisions[at]),
            Ruling::Different => groups.keep_apart(&decisions[at], 2 * at),
        };
        if stands {
            &mut settled.standing
        } else {
            &mut settled.set_aside
        }
        .push(at);
    }
    settled.standing.sort_unstable();
    settled.set_aside.sort_unstable();
    settled
}

/// Records that were decided to be one person, and the sides they are on.
#[derive(Default)]
struct Groups {
    parents: BTreeMap<RecordId, RecordId>,
    /// By the group's root; an even side and the odd one after it are apart.
    sides: BTreeMap<RecordId, BTreeSet<usize>>,
}

impl Groups {
    fn root(&self, mut record: RecordId) -> RecordId {
        while let Some(&parent) = self.parents.get(&record) {
            record = parent;
        }
        record
    }

    fn roots(&self, records: &[RecordId]) -> BTreeSet<RecordId> {
        records.iter().map(|&record| self.root(record)).collect()
    }

    /// Joins all records of a decision, unless two of them are kept apart.
    fn join(&mut self, decision: &Decision) -> bool {
        let mut roots = self.roots(&decision.left);
        roots.append(&mut self.roots(&decision.right));
        let sides: BTreeSet<usize> = roots
            .iter()
            .filter_map(|root| self.sides.get(root))
            .flatten()
            .copied()
            .collect();
        if sides.iter().any(|side| sides.contains(&(side ^ 1))) {
            return false;
        }
        let Some(first) = roots.pop_first() else { return true };
        for root in roots {
            self.sides.remove(&root);
            self.parents.insert(root, first);
        }
        self.sides.insert(first, sides);
        true
    }

    /// Keeps the two sides of a decision apart, unless they are joined.
    fn keep_apart(&mut self, decision: &Decision, side: usize) -> bool {
        let (left, right) = (self.roots(&decision.left), self.roots(&decision.right));
        if !left.is_disjoint(&right) {
            return false;
        }
        for (roots, side) in [(left, side), (right, side + 1)] {
            for root in roots {
                self.sides.entry(root).or_default().insert(side);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(number: u8) -> RecordId {
        RecordId::new("crm", &number.to_string())
    }

    fn decision(ruling: Ruling, a: u8, b: u8, at: i64) -> Decision {
        Decision::new(
            ruling,
            vec![record(a)],
            vec![record(b)],
            Timestamp::from_millis(at),
            "maria",
        )
    }

    #[test]
    fn of_two_decisions_about_one_pair_the_newer_stands() {
        let decisions = [decision(Ruling::Same, 1, 2, 1), decision(Ruling::Different, 2, 1, 2)];
        assert_eq!(settle(&decisions).standing, [1]);
        let decisions = [decision(Ruling::Same, 1, 2, 3), decision(Ruling::Different, 2, 1, 2)];
        assert_eq!(settle(&decisions).set_aside, [1]);
    }

    #[test]
    fn a_contradiction_over_several_records_sets_the_oldest_of_them_aside() {
        let decisions = [
            decision(Ruling::Same, 1, 2, 1),
            decision(Ruling::Same, 2, 3, 2),
            decision(Ruling::Different, 1, 3, 3),
        ];
        assert_eq!(
            settle(&decisions),
            Settled {
                standing: vec![1, 2],
                set_aside: vec![0]
            }
        );
    }

    #[test]
    fn a_split_keeps_each_of_its_records_from_each_of_the_rest() {
        let split = Decision::new(
            Ruling::Different,
            vec![record(1), record(2)],
            vec![record(3), record(4)],
            Timestamp::from_millis(5),
            "maria",
        );
        let decisions = [split, decision(Ruling::Same, 2, 4, 4), decision(Ruling::Same, 1, 2, 3)];
        assert_eq!(settle(&decisions).set_aside, [1]);
    }

    prop_compose! {
        fn decisions()(rulings in prop::collection::vec((any::<bool>(), 0u8..8, 0u8..8), 0..24)) -> Vec<Decision> {
            let ruling = |same| if same { Ruling::Same } else { Ruling::Different };
            let distinct = rulings.into_iter().filter(|(_, a, b)| a != b);
            distinct.zip(0..).map(|((same, a, b), at)| decision(ruling(same), a, b, at)).collect()
        }
    }

    /// By record: the smallest of those that the decisions at `standing` join with it, found by relabelling.
    fn joined(decisions: &[Decision], standing: &[usize]) -> BTreeMap<RecordId, RecordId> {
        let mut labels: BTreeMap<RecordId, RecordId> = (0..8).map(|number| (record(number), record(number))).collect();
        for _ in 0..8 {
            for &at in standing.iter().filter(|&&at| decisions[at].ruling == Ruling::Same) {
                let (a, b) = (decisions[at].left[0], decisions[at].right[0]);
                let label = labels[&a].min(labels[&b]);
                labels.insert(a, label);
                labels.insert(b, label);
            }
        }
        labels
    }

    proptest! {
        #[test]
        fn what_stands_is_free_of_contradiction_and_what_is_set_aside_is_not(decisions in decisions()) {
            let settled = settle(&decisions);
            let contradicted = |standing: &[usize]| {
                let labels = joined(&decisions, standing);
                standing.iter().any(|&at| {
                    let Decision { ruling, left, right, .. } = &decisions[at];
                    *ruling == Ruling::Different && labels[&left[0]] == labels[&right[0]]
                })
            };
            prop_assert!(!contradicted(&settled.standing));
            for &at in &settled.set_aside {
                let mut with: Vec<usize> = settled.standing.iter().copied().filter(|&other| other > at).collect();
                with.push(at);
                prop_assert!(contradicted(&with), "only newer decisions set an older one aside");
            }
        }
    }
}
