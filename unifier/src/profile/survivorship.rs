//! Survivorship: which of the observed values of one trait wins, by which rule, and against what.
//!
//! Each configured rule keeps the candidates that are best by it, until one value is left. Values are chosen and not made, but where
//! `sum` or `union` is configured: these make one of what each record said last.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use event_schema::Timestamp;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use super::computed::compute::total;
use crate::config::Survivorship;
use crate::ingest::{Answer, answer};
use crate::record::{Origin, RecordId};

/// A value and what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// The value as observed.
    pub value: &'a str,
    /// The source of the record that says so.
    pub source: &'a str,
    /// How far that source is trusted; 1 is most.
    pub rank: u32,
    /// When it was so.
    pub observed_at: Timestamp,
    /// Where it was read.
    pub origin: &'a Origin,
    /// The record that says so.
    pub record: RecordId,
}

impl<'a> Evidence<'a> {
    /// The order of rows, best first: trusted source, recent; the rest only makes the order total.
    pub(super) fn row(&self) -> impl Ord + use<'a> {
        (
            self.rank,
            Reverse(self.observed_at),
            self.source,
            self.record,
            self.origin,
        )
    }

    /// Whether both stand in one row of one record.
    pub(super) fn same_row(&self, other: &Self) -> bool {
        self.row() == other.row()
    }
}

/// All that was observed of one trait, best evidence first. Blank values are no values and left out.
#[derive(Clone, Debug)]
pub struct Candidates<'a> {
    /// The trait.
    pub name: &'a str,
    /// The evidence.
    pub evidence: Vec<Evidence<'a>>,
}

impl<'a> Candidates<'a> {
    /// Sorts what was observed.
    pub fn new(name: &'a str, mut evidence: Vec<Evidence<'a>>) -> Self {
        evidence.retain(|evidence| !evidence.value.trim().is_empty());
        evidence.sort_unstable_by(|a, b| (a.row(), a.value).cmp(&(b.row(), b.value)));
        Self { name, evidence }
    }
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// There was only one value.
    Only,
    /// A configured rule left one value.
    Configured(Survivorship),
    /// The value is part of the most complete name or address.
    MostComplete,
    /// The winning name or address lacks the field, and another record that agrees with it has it.
    FilledGap,
    /// No rule told the values apart: the first by source name, then by value.
    TieBreak,
}

impl Rule {
    /// The rule's name in lineage.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Only => "only",
            Rule::Configured(rule) => rule.as_str(),
            Rule::MostComplete => "most_complete",
            Rule::FilledGap => "filled_gap",
            Rule::TieBreak => "tie_break",
        }
    }
}

/// The value that won a trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor<'a> {
    /// The trait.
    pub name: &'a str,
    /// The value and its best evidence.
    pub winner: Evidence<'a>,
    /// The value, where it was made of several; the winner is the best evidence among them then.
    pub made: Option<String>,
    /// What decided.
    pub rule: Rule,
    /// Every other value once, with its best evidence, best first; of a made value what it was made of.
    pub lost: Vec<Evidence<'a>>,
}

impl<'a> Survivor<'a> {
    /// Decides one trait; nothing when no value was observed.
    pub fn decide(candidates: &Candidates<'a>, rules: &[Survivorship]) -> Option<Self> {
        let Some(making) = rules.iter().position(|rule| rule.makes()) else {
            let (winner, rule) = decide(&candidates.evidence, rules)?;
            return Some(Self::new(candidates.name, winner, rule, &candidates.evidence));
        };
        let mut left = candidates.evidence.clone();
        rules[..making].iter().for_each(|&rule| narrow(&mut left, rule));
        let parts = last_of_each_record(&left);
        match made(&parts, rules[making]) {
            Some(value) => Some(Self {
                name: candidates.name,
                winner: *parts.first()?,
                made: Some(value),
                rule: if parts.len() == 1 {
                    Rule::Only
                } else {
                    Rule::Configured(rules[making])
                },
                lost: if parts.len() == 1 { Vec::new() } else { parts },
            }),
            // Nothing can be made of these: the rules after it are the fallback.
            None => Self::decide(candidates, &[&rules[..making], &rules[making + 1..]].concat()),
        }
    }

    /// The value that stands.
    pub fn value(&self) -> &str {
        self.made.as_deref().unwrap_or(self.winner.value)
    }

    /// Notes a decision; `candidates` are sorted, the best first.
    pub(super) fn new(name: &'a str, winner: Evidence<'a>, rule: Rule, candidates: &[Evidence<'a>]) -> Self {
        let mut known = FxHashSet::from_iter([winner.value]);
        let lost: Vec<Evidence<'a>> = candidates.iter().filter(|c| known.insert(c.value)).copied().collect();
        let rule = if lost.is_empty() { Rule::Only } else { rule };
        Self {
            name,
            winner,
            made: None,
            rule,
            lost,
        }
    }
}

/// What each record said last, the best evidence first.
fn last_of_each_record<'a>(candidates: &[Evidence<'a>]) -> Vec<Evidence<'a>> {
    let mut latest: FxHashMap<RecordId, Timestamp> = FxHashMap::default();
    for candidate in candidates {
        let at = latest.entry(candidate.record).or_insert(candidate.observed_at);
        *at = (*at).max(candidate.observed_at);
    }
    let mut known = FxHashSet::default();
    let last = |candidate: &&Evidence<'a>| latest.get(&candidate.record) == Some(&candidate.observed_at);
    // One row may hold several values of one trait.
    let values = candidates.iter().filter(last);
    values
        .filter(|candidate| known.insert((candidate.record, candidate.value)))
        .copied()
        .collect()
}

/// The value that a rule makes of several; nothing where it can make none.
fn made(parts: &[Evidence<'_>], rule: Survivorship) -> Option<String> {
    if rule == Survivorship::Sum {
        let numbers = parts.iter().filter_map(|part| part.value.trim().parse::<f64>().ok());
        return total(&numbers.filter(|number| number.is_finite()).collect::<Vec<f64>>());
    }
    // What a union made before, a source may tell again.
    let values = parts.iter().flat_map(|part| part.value.split('|')).map(str::trim);
    let values: BTreeSet<&str> = values.filter(|value| !value.is_empty()).collect();
    (!values.is_empty()).then(|| values.into_iter().collect::<Vec<_>>().join("|"))
}

/// The evidence that wins among `candidates`, which are sorted, the best first.
pub(super) fn decide<'a>(candidates: &[Evidence<'a>], rules: &[Survivorship]) -> Option<(Evidence<'a>, Rule)> {
    if unanimous(candidates) {
        return Some((*candidates.first()?, Rule::Only));
    }
    let mut left = candidates.to_vec();
    for &rule in rules {
        narrow(&mut left, rule);
        if unanimous(&left) {
            return Some((*left.first()?, Rule::Configured(rule)));
        }
    }
    let first = left
        .iter()
        .min_by_key(|candidate| (candidate.source, candidate.value))?;
    Some((*first, Rule::TieBreak))
}

fn unanimous(candidates: &[Evidence<'_>]) -> bool {
    candidates.windows(2).all(|pair| pair[0].value == pair[1].value)
}

/// Keeps the candidates that are best by one rule.
fn narrow(left: &mut Vec<Evidence<'_>>, rule: Survivorship) {
    match rule {
        Survivorship::SourceRank => keep_largest(left, |candidate| Reverse(candidate.rank)),
        Survivorship::MostRecent => keep_largest(left, |candidate| candidate.observed_at),
        Survivorship::Oldest => keep_largest(left, |candidate| Reverse(candidate.observed_at)),
        Survivorship::Longest => keep_largest(left, |candidate| candidate.value.chars().count()),
        Survivorship::MostFrequent => {
            let carriers = carriers(left);
            keep_largest(left, |candidate| carriers.get(candidate.value).copied());
        }
        Survivorship::Min => keep_largest(left, |candidate| Measure::of(candidate.value).map(Reverse)),
        Survivorship::Max => keep_largest(left, |candidate| Measure::of(candidate.value)),
        // These make values of all that is left, where the trait is decided by itself.
        Survivorship::Sum | Survivorship::Union => {}
        Survivorship::MostRestrictive => keep_largest(left, |candidate| restriction(candidate.value)),
    }
}

/// What can be larger or smaller; numbers before days. A value that is neither is no candidate for the smallest or the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Measure {
    /// As an integer that sorts as the number does.
    Number(i64),
    Day(Date),
}

impl Measure {
    fn of(value: &str) -> Option<Self> {
        let value = value.trim();
        let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
        // The bits of negative numbers sort backwards (IEEE 754, totalOrder).
        let sortable = |bits: i64| bits ^ ((((bits >> 63) as u64) >> 1) as i64);
        number
            .map(|number| Self::Number(sortable(number.to_bits() as i64)))
            .or_else(|| value.get(..10)?.parse().ok().map(Self::Day))
    }
}

/// How much an answer forbids: a no the most, a yes nothing. What cannot be read as either is no yes.
fn restriction(value: &str) -> u8 {
    match answer(value) {
        Some(Answer::No) => 2,
        Some(Answer::Unasked) | None => 1,
        Some(Answer::Yes) => 0,
    }
}

fn keep_largest<'a, K: Ord>(left: &mut Vec<Evidence<'a>>, key: impl Fn(&Evidence<'a>) -> K) {
    let keys: Vec<K> = left.iter().map(key).collect();
    let Some(largest) = keys.iter().max() else { return };
    let mut is_largest = keys.iter().map(|key| key == largest);
    left.retain(|_| is_largest.next().unwrap_or(false));
}

/// How many records carry each value.
fn carriers<'a>(all: &[Evidence<'a>]) -> FxHashMap<&'a str, usize> {
    let pairs: FxHashSet<(&str, RecordId)> = all.iter().map(|e| (e.value, e.record)).collect();
    let mut carriers = FxHashMap::default();
    pairs
        .into_iter()
        .for_each(|(value, _)| *carriers.entry(value).or_default() += 1);
    carriers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(file: &str) -> Origin {
        Origin {
            file: file.into(),
            line: 1,
        }
    }

    /// (value, source, rank, day), each from a record of its own.
    fn evidence<'a>(origin: &'a Origin, told: &[(&'a str, &'a str, u32, i64)]) -> Vec<Evidence<'a>> {
        let one = |(index, &(value, source, rank, at)): (usize, &(&'a str, &'a str, u32, i64))| Evidence {
            value,
            source,
            rank,
            observed_at: Timestamp::from_millis(at),
            origin,
            record: RecordId::new(source, &index.to_string()),
        };
        told.iter().enumerate().map(one).collect()
    }

    fn decide_on<'a>(evidence: Vec<Evidence<'a>>, rules: &[Survivorship]) -> Option<Survivor<'a>> {
        Survivor::decide(&Candidates::new("city", evidence), rules)
    }

    const TOLD: [(&str, &str, u32, i64); 5] = [
        ("Zürich", "crm", 1, 10),
        ("Bern", "crm", 1, 20),
        ("Basel", "shop", 2, 30),
        ("Basel", "web", 3, 5),
        ("Schaffhausen", "web", 3, 7),
    ];

    fn winner(rules: &[Survivorship]) -> (&'static str, &'static str) {
        let origin = origin("a.csv");
        let survivor = decide_on(evidence(&origin, &TOLD), rules).unwrap();
        let value = TOLD.iter().find(|told| told.0 == survivor.winner.value).unwrap().0;
        (value, survivor.rule.as_str())
    }

    #[test]
    fn each_rule_decides_by_its_own_measure() {
        use Survivorship::*;
        assert_eq!(winner(&[MostRecent]), ("Basel", "most_recent"));
        assert_eq!(winner(&[Oldest]), ("Basel", "oldest"));
        assert_eq!(winner(&[MostFrequent]), ("Basel", "most_frequent"));
        assert_eq!(winner(&[Longest]), ("Schaffhausen", "longest"));
        assert_eq!(winner(&[SourceRank, MostRecent]), ("Bern", "most_recent"));
        assert_eq!(winner(&[SourceRank, Longest]), ("Zürich", "longest"));
    }

    #[test]
    fn the_smallest_the_largest_and_the_no_win_where_that_is_asked() {
        use Survivorship::*;
        let origin = origin("a.csv");
        let told = |values: [&'static str; 4]| {
            let rows = values.map(|value| (value, "crm", 1, 1));
            evidence(&origin, &rows)
        };
        let winner = |values, rule| decide_on(told(values), &[rule]).unwrap().winner.value.to_owned();
        assert_eq!(winner(["9", "10.5", "-2", "unknown"], Max), "10.5");
        assert_eq!(winner(["9", "10.5", "-2", "unknown"], Min), "-2");
        assert_eq!(
            winner(["2024-03-01", "2023-12-31", "soon", "2024-02-29"], Min),
            "2023-12-31"
        );
        assert_eq!(winner(["yes", "Yes", "no", "true"], MostRestrictive), "no");
    }

    #[test]
    fn a_sum_and_a_union_are_made_of_what_each_record_said_last() {
        use Survivorship::*;
        let origin = origin("a.csv");
        let mut told = evidence(
            &origin,
            &[
                ("100", "crm", 1, 10),
                ("100", "shop", 2, 20),
                ("20.5", "shop", 2, 5),
                ("unknown", "web", 3, 30),
            ],
        );
        // The shop's first record said something else before.
        told.push(Evidence {
            value: "70",
            observed_at: Timestamp::from_millis(1),
            ..told[1]
        });
        let sum = decide_on(told.clone(), &[Sum]).unwrap();
        assert_eq!((sum.value(), sum.rule.as_str(), sum.lost.len()), ("220.5", "sum", 4));
        let union = decide_on(told.clone(), &[Union]).unwrap();
        assert_eq!((union.value(), union.rule.as_str()), ("100|20.5|unknown", "union"));
        let best = decide_on(told.clone(), &[SourceRank, Sum]).unwrap();
        assert_eq!((best.value(), best.rule), ("100", Rule::Only));
        told.retain(|one| one.value == "unknown");
        let fallback = decide_on(told, &[Sum, MostRecent]).unwrap();
        assert_eq!((fallback.value(), &fallback.made), ("unknown", &None));
    }

    #[test]
    fn a_no_beats_a_yes_in_whatever_words_an_export_says_it_and_so_does_what_cannot_be_read() {
        let origin = origin("a.csv");
        for no in ["Non", "nein", "opt-out", "Unsubscribed", "n", "perhaps", "never"] {
            let told = evidence(
                &origin,
                &[("yes", "crm", 1, 9), ("Oui", "shop", 2, 8), (no, "web", 3, 1)],
            );
            let survivor = decide_on(told, &[Survivorship::MostRestrictive]).unwrap();
            assert_eq!(
                (survivor.winner.value, survivor.rule.as_str()),
                (no, "most_restrictive")
            );
        }
        let told = evidence(&origin, &[("perhaps", "crm", 1, 9), ("nein", "web", 3, 1)]);
        assert_eq!(
            decide_on(told, &[Survivorship::MostRestrictive]).unwrap().winner.value,
            "nein"
        );
    }

    #[test]
    fn without_a_deciding_rule_the_first_source_then_the_first_value_wins() {
        assert_eq!(winner(&[Survivorship::SourceRank]), ("Bern", "tie_break"));
    }

    #[test]
    fn a_blank_value_never_wins() {
        let origin = origin("a.csv");
        let told = evidence(
            &origin,
            &[("  ", "crm", 1, 50), ("Bern", "web", 3, 1), ("", "crm", 1, 60)],
        );
        let survivor = decide_on(told, &[Survivorship::SourceRank]).unwrap();
        assert_eq!(
            (survivor.winner.value, survivor.rule, survivor.lost.len()),
            ("Bern", Rule::Only, 0)
        );
        assert_eq!(decide_on(evidence(&origin, &[(" ", "crm", 1, 1)]), &[]), None);
    }

    #[test]
    fn a_lost_value_stands_once_with_its_best_evidence() {
        let origin = origin("a.csv");
        let survivor = decide_on(evidence(&origin, &TOLD), &[Survivorship::Longest]).unwrap();
        let lost: Vec<_> = survivor.lost.iter().map(|e| (e.value, e.source)).collect();
        assert_eq!(lost, [("Bern", "crm"), ("Zürich", "crm"), ("Basel", "shop")]);
    }

    #[test]
    fn ten_rows_of_one_record_are_one_carrier() {
        let origin = origin("a.csv");
        let mut told = evidence(&origin, &[("a", "crm", 1, 1), ("b", "crm", 1, 1), ("b", "web", 1, 1)]);
        told.extend([told[0]; 9]);
        let survivor = decide_on(told, &[Survivorship::MostFrequent]).unwrap();
        assert_eq!(survivor.winner.value, "b");
    }
}
