//! The people of a night, and everything that is known about why.
//!
//! Owns the translation from the graph's numbers to people with lasting ids, in an order that depends on ids alone.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::conflict::{Conflict, ConflictReason};
use super::probable::{Likeness, Weighed};
use super::resolve::{Edge, Joined, Outcome};
use crate::record::{Identifier, PersonId, Record};

/// Who is who. Positions of records are positions in the slice that was resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution<'r> {
    /// The people, by id.
    pub people: Vec<Person>,
    /// By record: the position of its person in `people`.
    pub person_of: Vec<usize>,
    /// Why records are one person, by (left record's id, right record's id, type, value). The links of a person connect all of
    /// its records.
    pub links: Vec<Link<'r>>,
    /// The identifiers that gave way or join nobody, by type and value.
    pub conflicts: Vec<Conflict<'r>>,
    /// The identifiers of each person, by person, type and value.
    pub identifiers: Vec<PersonIdentifier<'r>>,
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
    /// Why they are one person's.
    pub reason: Reason<'r>,
}

/// Why two records are one person's.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason<'r> {
    /// Both carry an identifier.
    Shared {
        /// It.
        identifier: &'r Identifier,
        /// The rank of its type; 1 is trusted most.
        rank: u32,
    },
    /// They are alike.
    Alike(Weighed),
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Alike, and more likely one person than two.
    Likely,
    /// Alike, with odds of a hundred to one.
    Strong,
    /// By an identifier.
    Exact,
}

impl Confidence {
    /// From so many bits on a likeness is strong: odds of about 100 to 1.
    const STRONG: f64 = 6.64;

    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Likely => "likely",
            Confidence::Strong => "strong",
            Confidence::Exact => "exact",
        }
    }
}

impl Reason<'_> {
    /// The type of a link that no identifier made.
    pub const LIKENESS: &'static str = "likeness";
    /// The rank of such a link: after that of every identifier.
    pub const LAST_RANK: u32 = 1000;

    /// How sure it is.
    pub fn confidence(&self) -> Confidence {
        match self {
            Reason::Shared { .. } => Confidence::Exact,
            Reason::Alike(why) if why.mean >= Confidence::STRONG => Confidence::Strong,
            Reason::Alike(_) => Confidence::Likely,
        }
    }

    /// The identifier's type, or [`LIKENESS`](Self::LIKENESS).
    pub fn kind(&self) -> &str {
        match self {
            Reason::Shared { identifier, .. } => &identifier.kind,
            Reason::Alike(_) => Self::LIKENESS,
        }
    }

    /// The identifier's rank, or [`LAST_RANK`](Self::LAST_RANK).
    pub fn rank(&self) -> u32 {
        match self {
            Reason::Shared { rank, .. } => *rank,
            Reason::Alike(_) => Self::LAST_RANK,
        }
    }

    /// The identifier's value, or the evidence as JSON.
    pub fn value(&self) -> Cow<'_, str> {
        match self {
            Reason::Shared { identifier, .. } => Cow::Borrowed(&identifier.value),
            // Numbers and texts always have a JSON.
            Reason::Alike(why) => Cow::Owned(serde_json::to_string(why).unwrap_or_default()),
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
    pub(super) fn new(records: &'r [Record], joined: Joined<'r>) -> Self {
        let (people, person_of) = people(records, &joined);
        // The same by the graph's numbers.
        let person_of_number: Vec<u32> = joined
            .graph
            .positions
            .iter()
            .map(|&position| person_of[position as usize] as u32)
            .collect();
        Self {
            links: links(records, &joined),
            conflicts: conflicts(&joined, &person_of_number),
            identifiers: identifiers(&joined, &person_of_number),
            people,
            person_of,
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

fn links<'r>(records: &'r [Record], joined: &Joined<'r>) -> Vec<Link<'r>> {
    let between = |a: u32, b: u32, reason: Reason<'r>| {
        let [a, b] = [a, b].map(|number| joined.graph.positions[number as usize] as usize);
        let (left, right) = if records[a].id < records[b].id { (a, b) } else { (b, a) };
        Link { left, right, reason }
    };
    let shared = |edge: &Edge| {
        let value = &joined.graph.values[edge.value as usize];
        let (identifier, rank) = (value.identifier, joined.rules.get(value.kind).rank);
        between(edge.first, edge.other, Reason::Shared { identifier, rank })
    };
    let alike = |likeness: &Likeness| between(likeness.a, likeness.b, Reason::Alike(likeness.why.clone()));
    let mut links: Vec<Link> = joined
        .edges
        .iter()
        .map(shared)
        .chain(joined.alike.iter().map(alike))
        .collect();
    links.par_sort_by(|a, b| {
        let ends = |link: &Link| (records[link.left].id, records[link.right].id);
        let told = |link: &Link| (link.reason.kind().to_owned(), link.reason.value().into_owned());
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
    // A contested value is a person's own only where it joined records of theirs.
    let own: FxHashSet<(u32, u32)> = joined
        .edges
        .iter()
        .filter(|edge| outcome(edge.value).contested)
        .map(|edge| (person_of[edge.first as usize], edge.value))
        .collect();
    let joins = |person: u32, value: u32, counts: bool| match outcome(value) {
        Outcome { contested: true, .. } => own.contains(&(person, value)),
        Outcome { reason, .. } => counts && !reason.is_some_and(ConflictReason::joins_nobody),
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
