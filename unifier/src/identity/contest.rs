//! Who of those that carry one identifier are one person.
//!
//! Everybody, when nothing speaks against it. Otherwise the identifier is *contested*: it joins only those who name the same
//! person, and whoever could be either of two different people is joined with nobody. The decision looks at all parties
//! at once, so none of them wins by coming first.

use rustc_hash::FxHashMap;

use super::clusters::Evidence;
use super::compatible::Agreement;
use super::conflict::ConflictReason;
use super::constraint;
use super::graph::Graph;
use super::rule::Rules;

/// Kinds of parties (those with the same evidence are of one kind) for each person one value may be shared by. Many times
/// more is no person with many spellings; and every kind is compared with every other.
const KINDS_PER_PERSON: usize = 20;

/// What a value decides.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The parties that are one person, as positions in the parties; every group has its own.
    pub(super) groups: Vec<Vec<usize>>,
    /// Why not all parties are in one group.
    pub(super) reason: Option<ConflictReason>,
}

/// How two kinds of parties stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    /// Two people, and why.
    Apart(ConflictReason),
    /// Perhaps one person.
    Open,
    /// They name the same person.
    Same,
}

/// Judges parties by what the graph and the rules say of their evidence.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a, 'r> {
    pub(super) graph: &'a Graph<'r>,
    pub(super) rules: &'a Rules,
    /// A value that more people than this carry joins nobody.
    pub(super) shared_by: usize,
}

impl Judge<'_, '_> {
    /// Decides who among `parties`, given in the order of precedence, are one person.
    pub(super) fn decide(&self, parties: &[&Evidence]) -> Verdict {
        let (kinds, kind_of) = kinds(parties);
        if kinds.len() > self.shared_by.max(1).saturating_mul(KINDS_PER_PERSON) {
            return Verdict::nobody(ConflictReason::SharedByMany);
        }
        let relations = Relations::new(&kinds, |a, b| self.relation(a, b));
        if relations.people_at_least() > self.shared_by {
            return Verdict::nobody(ConflictReason::SharedByMany);
        }
        let reason = match relations.worst() {
            None if self.within_limits(&kinds) => {
                return Verdict {
                    groups: vec![(0..parties.len()).collect()],
                    reason: None,
                };
            }
            worst => worst.unwrap_or(ConflictReason::Limit),
        };
        // A decision speaks of those it names alone: the others stay joined as if they were not there.
        let bond = if reason == ConflictReason::Decision {
            Relation::Open
        } else {
            Relation::Same
        };
        let mut groups = Vec::new();
        for same in relations.one_person(bond) {
            let members: Vec<usize> = (0..parties.len())
                .filter(|&party| same.contains(&kind_of[party]))
                .collect();
            if same.len() > 1 || relations.get(same[0], same[0]) >= bond {
                groups.push(self.earliest_within_limits(parties, members));
            } else {
                groups.extend(members.into_iter().map(|member| vec![member]));
            }
        }
        Verdict {
            groups,
            reason: Some(reason),
        }
    }

    fn relation(&self, a: &Evidence, b: &Evidence) -> Relation {
        if constraint::apart(&a.sides, &b.sides) {
            return Relation::Apart(ConflictReason::Decision);
        }
        let graph = self.graph;
        let names = agreement(&a.names, &b.names, |a, b| graph.names[a].compare(&graph.names[b]));
        let births = agreement(&a.births, &b.births, |a, b| graph.births[a].compare(graph.births[b]));
        if names == Some(Agreement::Different) || births == Some(Agreement::Different) {
            return Relation::Apart(ConflictReason::DifferentPeople);
        }
        if !self.within_limits(&[a, b]) {
            return Relation::Apart(ConflictReason::Limit);
        }
        let born_alike = names == Some(Agreement::Open) && births == Some(Agreement::Same);
        if names == Some(Agreement::Same) || born_alike {
            Relation::Same
        } else {
            Relation::Open
        }
    }

    /// Whether one person with all this evidence would keep the limit of every type.
    fn within_limits(&self, evidence: &[&Evidence]) -> bool {
        self.united(&[], evidence).is_some()
    }

    /// The distinct values of one person with `known` values and this evidence; nothing where a limit is broken.
    fn united(&self, known: &[u32], evidence: &[&Evidence]) -> Option<Vec<u32>> {
        let more = evidence.iter().flat_map(|evidence| &evidence.values);
        let mut values: Vec<u32> = known.iter().chain(more).copied().collect();
        values.sort_unstable();
        values.dedup();
        let kind = |value: &u32| self.graph.values[*value as usize].kind;
        let kept = values.chunk_by(|a, b| kind(a) == kind(b)).all(|of_kind| {
            self.graph.keeps_limit(of_kind, self.rules) || {
                // What a decision brought into one person beyond the limit stays there; nothing comes to it.
                let count = |values: &[u32]| values.iter().filter(|value| kind(value) == kind(&of_kind[0])).count();
                let brought = evidence.iter().map(|evidence| count(&evidence.values)).max();
                of_kind.len() <= brought.unwrap_or(0).max(count(known))
            }
        });
        kept.then_some(values)
    }

    /// Those of `members` that fit into one person, the earliest first.
    fn earliest_within_limits(&self, parties: &[&Evidence], members: Vec<usize>) -> Vec<usize> {
        let mut known = Vec::new();
        let mut fits = |member: &usize| match self.united(&known, &[parties[*member]]) {
            Some(united) => {
                known = united;
                true
            }
            None => false,
        };
        members.into_iter().filter(|member| fits(member)).collect()
    }
}

impl Verdict {
    /// The value joins nobody.
    pub(super) fn nobody(reason: ConflictReason) -> Self {
        Self {
            groups: Vec::new(),
            reason: Some(reason),
        }
    }
}

/// The distinct evidence in the order of its first party, and for each party which it has.
fn kinds<'e>(parties: &[&'e Evidence]) -> (Vec<&'e Evidence>, Vec<usize>) {
    let mut numbers: FxHashMap<&Evidence, usize> = FxHashMap::default();
    let mut kinds = Vec::new();
    let kind_of = parties
        .iter()
        .map(|&party| {
            *numbers.entry(party).or_insert_with(|| {
                kinds.push(party);
                kinds.len() - 1
            })
        })
        .collect();
    (kinds, kind_of)
}

/// How what two parties say agrees: a difference counts most, then an agreement; nothing when there is nothing to compare.
///
/// A party that contradicts itself was made one person by a decision: with it agrees who says nothing but what it says.
fn agreement(a: &[u32], b: &[u32], compare: impl Fn(usize, usize) -> Agreement) -> Option<Agreement> {
    let between = |a: &[u32], b: &[u32]| {
        let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a as usize, b as usize)));
        let agreements = pairs.map(|(a, b)| compare(a, b));
        agreements.reduce(|a, b| match (a, b) {
            (Agreement::Different, _) | (_, Agreement::Different) => Agreement::Different,
            (a, b) => a.max(b),
        })
    };
    let contradicts_itself = |side: &[u32]| side.len() > 1 && between(side, side) == Some(Agreement::Different);
    let says_the_same = |less: &[u32], more: &[u32]| {
        let same = |entry: &u32| {
            let agrees = |&other: &u32| *entry == other || compare(*entry as usize, other as usize) == Agreement::Same;
            more.iter().any(agrees)
        };
        contradicts_itself(more) && less.iter().all(same)
    };
    match between(a, b) {
        Some(Agreement::Different) if says_the_same(a, b) || says_the_same(b, a) => Some(Agreement::Same),
        agreement => agreement,
    }
}

/// The relations of every kind with every other.
struct Relations {
    count: usize,
    cells: Vec<Relation>,
}

impl Relations {
    fn new(kinds: &[&Evidence], relation: impl Fn(&Evidence, &Evidence) -> Relation) -> Self {
        let count = kinds.len();
        let mut cells = vec![Relation::Same; count * count];
        for a in 0..count {
            for b in a..count {
                let found = relation(kinds[a], kinds[b]);
                (cells[a * count + b], cells[b * count + a]) = (found, found);
            }
        }
        Self { count, cells }
    }

    fn get(&self, a: usize, b: usize) -> Relation {
        self.cells[a * self.count + b]
    }

    fn apart(&self, a: usize, b: usize) -> bool {
        a != b && matches!(self.get(a, b), Relation::Apart(_))
    }

    /// Kinds of which every two are different people: there are at least as many people.
    fn people_at_least(&self) -> usize {
        let mut people: Vec<usize> = Vec::new();
        for kind in 0..self.count {
            if people.iter().all(|&person| self.apart(person, kind)) {
                people.push(kind);
            }
        }
        people.len()
    }

    fn worst(&self) -> Option<ConflictReason> {
        let reason = |relation: &Relation| match relation {
            Relation::Apart(reason) => Some(*reason),
            _ => None,
        };
        self.cells.iter().filter_map(reason).max()
    }

    /// The kinds that at least this `bond` makes one person, in groups. A kind that could be either of two different people is
    /// in none; what is left falls into groups without two different people in them.
    fn one_person(&self, bond: Relation) -> Vec<Vec<usize>> {
        let near = |kind: usize| (0..self.count).filter(move |&other| other != kind && !self.apart(kind, other));
        let ambiguous = |kind: usize| near(kind).any(|a| near(kind).any(|b| self.apart(a, b)));
        let mut left: Vec<usize> = (0..self.count).filter(|&kind| !ambiguous(kind)).collect();
        let mut groups = Vec::new();
        while let Some(&first) = left.first() {
            let mut group = vec![first];
            let mut next = 0;
            while let Some(&member) = group.get(next) {
                let same = |other: &usize| self.get(member, *other) >= bond && !group.contains(other);
                let found: Vec<usize> = left.iter().copied().filter(same).collect();
                group.extend(found);
                next += 1;
            }
            left.retain(|kind| !group.contains(kind));
            groups.push(group);
        }
        groups
    }
}
