//! The people of a night, and everything that is known about why.
//!
//! Owns the translation from the graph's numbers to people with lasting ids, in an order that depends on ids alone.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::confidence::{self, Confidence};
use super::conflict::{Conflict, ConflictReason};
use super::decision::Decision;
use super::probable::{Likeness, LinkModel, Weighed};
use super::resolve::{Basis, Edge, Joined, Outcome};
use crate::record::{Identifier, PersonId, Record};

/// Who is who. Positions of records are positions in the slice that was resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution<'r> {
    /// The people, by id.
    pub people: Vec<Person>,
    /// By record: the position of its person in `people`.
    pub person_of: Vec<usize>,
    /// By record: how sure it is that it belongs to its person.
    pub confidence: Vec<Confidence>,
    /// Why records are one person, by (left record's id, right record's id, type, value). The links of a person connect all of
    /// its records.
    pub links: Vec<Link<'r>>,
    /// The identifiers that gave way or join nobody, by type and value.
    pub conflicts: Vec<Conflict<'r>>,
    /// The identifiers of each person, by person, type and value.
    pub identifiers: Vec<PersonIdentifier<'r>>,
    /// The positions of the decisions that newer ones contradict, ascending.
    pub set_aside: Vec<usize>,
    /// The model by which the probabilistic layer joined; none where it did not.
    pub model: Option<LinkModel>,
}

/// A person: a cluster of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id of the earliest first-party record; of the earliest record where there is no first-party one.
    pub id: PersonId,
    /// The positions of the records, earliest first.
    pub records: Vec<usize>,
}

/// Two records of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Link<'r> {
    /// The position of the record with the smaller id.
    pub left: usize,
    /// The position of the other.
    pub right: usize,
    /// Why they are.
    pub because: Because<'r>,
    /// How sure that is.
    pub confidence: Confidence,
}

/// Why two records are one person.
#[derive(Clone, Debug, PartialEq)]
pub enum Because<'r> {
    /// Somebody decided it.
    Decision(&'r Decision),
    /// Both carry an identifier.
    Identifier {
        /// What both carry.
        identifier: &'r Identifier,
        /// The rank of its type; 1 is trusted most.
        rank: u32,
    },
    /// They are alike.
    Alike(Weighed),
}

/// The type under which links by decision stand in the tables.
pub const DECISION: &str = "decision";
/// The type of links by likeness.
pub const LIKENESS: &str = "likeness";
/// The rank of links by likeness: after that of every identifier.
const LAST_RANK: u32 = 1000;
/// From so many bits on a likeness is strong: odds of about 100 to 1.
const STRONG: f64 = 6.64;

impl Because<'_> {
    /// The type in the tables: the identifier's, `decision` or `likeness`.
    pub fn kind(&self) -> &str {
        match self {
            Because::Decision(_) => DECISION,
            Because::Identifier { identifier, .. } => &identifier.kind,
            Because::Alike(_) => LIKENESS,
        }
    }

    /// The value in the tables: the identifier's, the decision's id, or the evidence as JSON.
    pub fn value(&self) -> Cow<'_, str> {
        match self {
            Because::Decision(decision) => Cow::Borrowed(&decision.id),
            Because::Identifier { identifier, .. } => Cow::Borrowed(&identifier.value),
            // Numbers and texts always have a JSON.
            Because::Alike(why) => Cow::Owned(serde_json::to_string(why).unwrap_or_default()),
        }
    }

    /// How far it is trusted: 0 for a decision, the rank of the identifier's type, or the last for a likeness.
    pub fn rank(&self) -> u32 {
        match self {
            Because::Decision(_) => 0,
            Because::Identifier { rank, .. } => *rank,
            Because::Alike(_) => LAST_RANK,
        }
    }
}

/// An identifier of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonIdentifier<'r> {
    /// The position of the person.
    pub person: usize,
    /// The identifier.
    pub identifier: &'r Identifier,
    /// How many of the person's records carry it.
    pub records: usize,
    /// Whether it joins records to this person; not when it is blocked, gave way, or is third-party data alone.
    pub joins: bool,
}

impl<'r> Resolution<'r> {
    pub(super) fn new(records: &'r [Record], decisions: &'r [Decision], joined: Joined<'r>) -> Self {
        let (people, person_of) = people(records, &joined);
        // The same by the graph's numbers.
        let person_of_number: Vec<u32> = joined
            .graph
            .positions
            .iter()
            .map(|&position| person_of[position as usize] as u32)
            .collect();
        let links = links(records, decisions, &joined);
        let named_by = |record: usize| people[person_of[record]].records[0];
        let ends = links.iter().map(|link| (link.left, link.right, link.confidence));
        Self {
            confidence: confidence::of_records(records.len(), named_by, ends),
            links,
            conflicts: conflicts(&joined, &person_of_number),
            identifiers: identifiers(&joined, &person_of_number),
            people,
            person_of,
            set_aside: joined.set_aside,
            model: joined.linked.model,
        }
    }
}

fn people(records: &[Record], joined: &Joined) -> (Vec<Person>, Vec<usize>) {
    let record = |number: u32| &records[joined.graph.positions[number as usize] as usize];
    let mut roots: Vec<u32> = (0..)
        .zip(&joined.roots)
        .filter(|(number, root)| number == *root)
        .map(|(_, &root)| root)
        .collect();
    roots.sort_unstable_by_key(|&root| record(root).id);
    let mut person_of_root = vec![0usize; joined.roots.len()];
    let mut people: Vec<Person> = Vec::with_capacity(roots.len());
    for &root in &roots {
        person_of_root[root as usize] = people.len();
        people.push(Person {
            id: record(root).id,
            records: Vec::new(),
        });
    }
    let mut person_of = vec![0; records.len()];
    for (&root, &position) in joined.roots.iter().zip(&joined.graph.positions) {
        let person = person_of_root[root as usize];
        person_of[position as usize] = person;
        people[person].records.push(position as usize);
    }
    (people, person_of)
}

fn links<'r>(records: &'r [Record], decisions: &'r [Decision], joined: &Joined<'r>) -> Vec<Link<'r>> {
    let between = |a: u32, b: u32, because: Because<'r>, confidence: Confidence| {
        let [a, b] = [a, b].map(|number| joined.graph.positions[number as usize] as usize);
        let (left, right) = if records[a].id < records[b].id { (a, b) } else { (b, a) };
        Link {
            left,
            right,
            because,
            confidence,
        }
    };
    let certain = |edge: &Edge| {
        let (because, confidence) = match edge.basis {
            Basis::Decision(at) => (Because::Decision(&decisions[at]), Confidence::Exact),
            Basis::Value(value) => {
                let value = &joined.graph.values[value as usize];
                let rule = joined.rules.get(value.kind);
                let (identifier, rank) = (value.identifier, rule.rank);
                (Because::Identifier { identifier, rank }, rule.confidence())
            }
        };
        between(edge.first, edge.other, because, confidence)
    };
    let alike = |likeness: &Likeness| {
        let strong = likeness.why.mean >= STRONG;
        let confidence = if strong { Confidence::Strong } else { Confidence::Likely };
        between(likeness.a, likeness.b, Because::Alike(likeness.why.clone()), confidence)
    };
    let alike = joined.linked.alike.iter().map(alike);
    let mut links: Vec<Link> = joined.edges.iter().map(certain).chain(alike).collect();
    links.par_sort_by(|a, b| {
        let ends = |link: &Link| (records[link.left].id, records[link.right].id);
        let told = |link: &Link| (link.because.kind().to_owned(), link.because.value().into_owned());
        ends(a).cmp(&ends(b)).then_with(|| told(a).cmp(&told(b)))
    });
    links
}

fn conflicts<'r>(joined: &Joined<'r>, person_of: &[u32]) -> Vec<Conflict<'r>> {
    let mut conflicts: Vec<Conflict> = Vec::new();
    for ((value, number), outcome) in joined.graph.values.iter().zip(0..).zip(&joined.outcomes) {
        let Some(reason) = outcome.reason else { continue };
        let carriers = joined.graph.carriers.get(number);
        let mut people: Vec<usize> = carriers
            .iter()
            .map(|&record| person_of[record as usize] as usize)
            .collect();
        people.sort_unstable();
        people.dedup();
        conflicts.push(Conflict {
            identifier: value.identifier,
            reason,
            people,
            records: carriers.len(),
        });
    }
    conflicts.sort_unstable_by_key(|conflict| conflict.identifier);
    conflicts
}

fn identifiers<'r>(joined: &Joined<'r>, person_of: &[u32]) -> Vec<PersonIdentifier<'r>> {
    let graph = &joined.graph;
    let outcome = |value: u32| joined.outcomes[value as usize];
    let mut carried: Vec<(u32, u32, bool)> = Vec::with_capacity(graph.carried.len());
    for record in 0..graph.positions.len() as u32 {
        for &value in graph.carried.get(record) {
            let counts = record < graph.first_party && !joined.surplus.contains(&(record, value));
            carried.push((person_of[record as usize], value, counts));
        }
    }
    carried.par_sort_unstable();
    // A contested value is a person's own where it joined records of theirs, or where nobody else carries it.
    let own: FxHashSet<(u32, u32)> = joined
        .edges
        .iter()
        .filter_map(|edge| match edge.basis {
            Basis::Value(value) => Some((person_of[edge.first as usize], value)),
            Basis::Decision(_) => None,
        })
        .filter(|(_, value)| outcome(*value).contested)
        .collect();
    let is_alone = |person: u32, value: u32| {
        let carriers = graph.known_carriers(value);
        carriers.iter().all(|&record| person_of[record as usize] == person)
    };
    let joins = |person: u32, value: u32, counts: bool| {
        let Outcome { reason, contested } = outcome(value);
        let counts = counts && !reason.is_some_and(ConflictReason::joins_nobody);
        if contested {
            own.contains(&(person, value)) || counts && is_alone(person, value)
        } else {
            counts
        }
    };
    let mut identifiers: Vec<PersonIdentifier> = carried
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|same| {
            let (person, value, counts) = same[same.len() - 1];
            PersonIdentifier {
                person: person as usize,
                identifier: graph.values[value as usize].identifier,
                records: same.len(),
                joins: joins(person, value, counts),
            }
        })
        .collect();
    identifiers.par_sort_by(|a, b| (a.person, a.identifier).cmp(&(b.person, b.identifier)));
    identifiers
}

#[cfg(test)]
mod tests {
    use super::super::probable::laws::{company, keyed, person};
    use super::super::resolve;
    use super::super::sample::With;
    use super::*;
    use crate::config;

    #[test]
    fn a_contested_value_is_a_persons_own_when_nobody_else_carries_it() {
        let row = |number: u64, key: &str, id: &str| {
            let told = person(number).with("national_id", id).with("email", "m@x");
            keyed(told, key)
        };
        let mut records = company();
        // Two national ids keep the address from joining them; they are alike, and one of the ids is a slip.
        records.extend([row(1000, "a", "5304218"), row(1000, "b", "5304281")]);
        let joins = |records: &[Record]| -> Vec<bool> {
            let resolution = resolve(records, &config::Identity::default(), &[]);
            assert_eq!(resolution.conflicts[0].identifier.value, "m@x");
            let address = resolution
                .identifiers
                .iter()
                .filter(|known| known.identifier.kind == "email");
            address.map(|known| known.joins).collect()
        };
        assert_eq!(joins(&records), [true]);
        records.push(row(2000, "c", "7391546"));
        assert_eq!(joins(&records), [false, false]);
    }
}
