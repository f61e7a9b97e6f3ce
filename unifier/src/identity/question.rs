//! What people should look at: pairs of people who share an identifier that did not join them.
//!
//! Owns which pairs are asked about and in which order. Values that join nobody as a whole are no questions about anybody.

use std::collections::{BTreeMap, BTreeSet};

use super::conflict::{Conflict, ConflictReason};
use super::decision::{Decision, Ruling};
use super::resolution::Resolution;
use crate::config;
use crate::record::{Identifier, Record, RecordId};

/// People who share one contested value, at most: of a value that more people share, no pair in particular is worth a look.
const SHARERS: usize = 5;

/// Are these two records one person?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'r> {
    /// The position of the record with the smaller id.
    pub left: usize,
    /// The position of the other.
    pub right: usize,
    /// Why they are not joined.
    pub reason: ConflictReason,
    /// What both carry.
    pub identifier: &'r Identifier,
    /// The rank of its type.
    pub rank: u32,
}

impl Question<'_> {
    /// The order in which questions are asked.
    fn order(&self, records: &[Record]) -> impl Ord + use<> {
        let looks_different = self.reason == ConflictReason::DifferentPeople;
        let ids = (records[self.left].id, records[self.right].id);
        (looks_different, self.rank, ids, self.identifier.clone())
    }
}

/// The questions about people, each pair once: those whom only a limit keeps apart before those who look different, then by the
/// trust in what they share, then by the records' ids. What was decided is asked no more.
pub fn questions<'r>(
    records: &'r [Record],
    resolution: &Resolution<'r>,
    config: &config::Identity,
    decisions: &[Decision],
) -> Vec<Question<'r>> {
    let decided = decided(records, resolution, decisions);
    let mut asked: BTreeMap<(usize, usize), Question> = BTreeMap::new();
    for conflict in resolution.conflicts.iter().filter(|conflict| is_question(conflict)) {
        for pair in pairs(&conflict.people).filter(|pair| !decided.contains(pair)) {
            let Some(question) = question(records, resolution, conflict, config, pair) else {
                continue;
            };
            match asked.get(&pair) {
                Some(known) if known.order(records) <= question.order(records) => {}
                _ => drop(asked.insert(pair, question)),
            }
        }
    }
    let mut questions: Vec<Question> = asked.into_values().collect();
    questions.sort_by_cached_key(|question| question.order(records));
    questions
}

fn is_question(conflict: &Conflict) -> bool {
    let of_somebody = !conflict.reason.joins_nobody() && conflict.reason != ConflictReason::Decision;
    of_somebody && (2..=SHARERS).contains(&conflict.people.len())
}

/// Every two of `people`, which ascend.
fn pairs(people: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let others = move |(at, &a): (usize, &usize)| people[at + 1..].iter().map(move |&b| (a, b)).collect::<Vec<_>>();
    people.iter().enumerate().flat_map(others)
}

/// The pairs of people that somebody decided to be different.
fn decided(records: &[Record], resolution: &Resolution, decisions: &[Decision]) -> BTreeSet<(usize, usize)> {
    let named: BTreeSet<RecordId> = decisions
        .iter()
        .flat_map(|decision| decision.left.iter().chain(&decision.right))
        .copied()
        .collect();
    let person: BTreeMap<RecordId, usize> = records
        .iter()
        .zip(&resolution.person_of)
        .filter(|(record, _)| named.contains(&record.id))
        .map(|(record, &person)| (record.id, person))
        .collect();
    let people = |side: &[RecordId]| side.iter().filter_map(|record| person.get(record).copied()).collect();
    let mut pairs = BTreeSet::new();
    for decision in decisions.iter().filter(|decision| decision.ruling == Ruling::Different) {
        let (left, right): (BTreeSet<usize>, BTreeSet<usize>) = (people(&decision.left), people(&decision.right));
        for &a in &left {
            pairs.extend(right.iter().map(|&b| (a.min(b), a.max(b))));
        }
    }
    pairs
}

/// The question about two people, by the earliest record of each that carries what they share.
fn question<'r>(
    records: &[Record],
    resolution: &Resolution,
    conflict: &Conflict<'r>,
    config: &config::Identity,
    (a, b): (usize, usize),
) -> Option<Question<'r>> {
    let carrier = |person: usize| {
        let mut theirs = resolution.people[person].records.iter().copied();
        theirs.find(|&record| records[record].identifiers.contains(conflict.identifier))
    };
    let (a, b) = (carrier(a)?, carrier(b)?);
    let in_order = records[a].id < records[b].id;
    Some(Question {
        left: if in_order { a } else { b },
        right: if in_order { b } else { a },
        reason: conflict.reason,
        identifier: conflict.identifier,
        rank: config.rule(&conflict.identifier.kind).rank,
    })
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::super::resolve;
    use super::super::sample::{With, record};
    use super::*;

    #[test]
    fn who_shares_a_contested_value_is_asked_about_until_it_is_decided() {
        let records = [
            record("anna", 1).named("Anna Meier").with("email", "meier@x"),
            record("bob", 2).named("Bob Meier").with("email", "meier@x"),
            record("u1", 3).with("user_id", "1").with("email", "u@x"),
            record("u2", 4)
                .with("user_id", "2")
                .with("email", "u@x")
                .with("email", "info@shop.example"),
            record("zoe", 5).with("email", "info@shop.example"),
        ];
        let config = config::Identity::default();
        let asked = |decisions: &[Decision]| {
            let resolution = resolve(&records, &config, decisions);
            let questions = questions(&records, &resolution, &config, decisions);
            let keys = |question: &Question| {
                let keys: BTreeSet<&str> = [question.left, question.right]
                    .map(|at| records[at].key.as_str())
                    .into_iter()
                    .collect();
                keys.into_iter().collect::<Vec<_>>().join(" ")
            };
            questions.iter().map(keys).collect::<Vec<_>>()
        };
        assert_eq!(
            asked(&[]),
            ["u1 u2", "anna bob"],
            "nobody is asked about a shared mailbox"
        );
        let ids = |at: usize| vec![records[at].id];
        let at = Timestamp::from_millis(1);
        let different = Decision::new(Ruling::Different, ids(0), ids(1), at, "maria");
        let same = Decision::new(Ruling::Same, ids(3), ids(2), at, "maria");
        assert_eq!(asked(&[different, same]), Vec::<String>::new());
    }
}
