//! Why two records or people are one person, and why not: read from the published night, nothing is computed anew.
//!
//! Shows identifier values, because they are the evidence and the operator asked for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde::Serialize;

use super::conflict::ConflictReason;
use super::probable::Weighed;
use super::published::{self, IdentityRow, LinkRow, PublishedError};
use super::resolution::{DECISION, LIKENESS};
use super::unlike::Unlike;
use crate::record::RecordId;
use crate::store::Night;

/// The answer to a question about two records or people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The first; a person stands for the record that names it.
    pub left: KnownRecord,
    /// The second.
    pub right: KnownRecord,
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
}

/// A record of the night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownRecord {
    /// Where it comes from.
    pub source: String,
    /// The source's own key.
    pub record_key: String,
    /// Its lasting id.
    pub record_id: String,
    /// The person it belongs to.
    pub person_id: String,
}

/// Whether and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Both name one record.
    SameRecord,
    /// One person: the shortest path of links between them; of several the most trusted.
    SamePerson {
        /// From the first to the second.
        path: Vec<Step>,
    },
    /// Two people.
    DifferentPeople {
        /// The identifiers that both people carry, by type and value, each with why it does not join them.
        shared: Vec<SharedIdentifier>,
        /// What likeness says of them, where somebody asked it ([`super::unlike`]): the night does not tell.
        #[serde(skip_serializing_if = "Option::is_none")]
        likeness: Option<Unlike>,
    },
}

/// One step of a path: two records and all that links them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Where it begins.
    pub from: KnownRecord,
    /// Where it ends.
    pub to: KnownRecord,
    /// What links them, most trusted first.
    pub evidence: Vec<Evidence>,
}

/// What links two records.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Evidence {
    /// An identifier that both carry, or a decision.
    Shared {
        /// The rank of its type; 1 is trusted most.
        rank: i64,
        /// Its type.
        #[serde(rename = "type")]
        kind: String,
        /// Its value.
        value: String,
        /// How sure the link is: `exact` or `strong`.
        confidence: String,
    },
    /// They are alike.
    Alike {
        /// What speaks for one person, field by field.
        likeness: Weighed,
        /// How sure the link is: `strong` or `likely`.
        confidence: String,
    },
}

/// An identifier that two people carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SharedIdentifier {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value.
    pub value: String,
    /// Why it does not join them; nothing where one of them has it from third-party data alone, which joins nobody.
    pub reason: Option<ConflictReason>,
    /// How many people carry it.
    pub people: usize,
    /// How many records carry it.
    pub records: i64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The text names nothing in the night. It is not repeated, because a key may hold personal data.
    #[error(
        "the {0} of the two names no record and no person of the last night: give a record id, a person id, or `source:key`"
    )]
    Unknown(&'static str),
    /// The links of a person do not connect its records.
    #[error("the published links of person {0} do not connect its records: run a night again")]
    Disconnected(String),
    /// The tables cannot be read.
    #[error(transparent)]
    Published(#[from] PublishedError),
}

/// Explains whether `a` and `b`, each a record id, a person id or `source:key`, are the same person in `night`.
///
/// # Errors
/// [`ExplainError`] when one of them is unknown, or the night cannot be read.
pub fn explain(night: &Night, a: &str, b: &str) -> Result<Explanation, ExplainError> {
    let left = known_record(night, a)?.ok_or(ExplainError::Unknown("first"))?;
    let right = known_record(night, b)?.ok_or(ExplainError::Unknown("second"))?;
    let answer = if left.record_id == right.record_id {
        Answer::SameRecord
    } else if left.person_id == right.person_id {
        Answer::SamePerson {
            path: path(night, &left, &right)?,
        }
    } else {
        Answer::DifferentPeople {
            shared: shared(night, &left.person_id, &right.person_id)?,
            likeness: None,
        }
    };
    Ok(Explanation { left, right, answer })
}

/// The record that a text names: a record id, a person id, or `source:key`.
///
/// # Errors
/// [`PublishedError`] when the night cannot be read.
pub fn known_record(night: &Night, text: &str) -> Result<Option<KnownRecord>, PublishedError> {
    // A person's id is the id of one of its records, so one look-up finds both.
    if let Ok(id) = text.parse::<RecordId>() {
        return Ok(published::identities(night, "record_id", &id.to_string())?
            .pop()
            .map(KnownRecord::from));
    }
    let Some((source, key)) = text.split_once(':') else {
        return Ok(None);
    };
    let with_key = published::identities(night, "record_key", key)?;
    Ok(with_key
        .into_iter()
        .find(|row| row.source == source)
        .map(KnownRecord::from))
}

/// The records of a person, by source and key.
///
/// # Errors
/// [`PublishedError`] when the night cannot be read.
pub fn records_of(night: &Night, person: &str) -> Result<Vec<KnownRecord>, PublishedError> {
    let rows = published::identities(night, "person_id", person)?;
    Ok(rows.into_iter().map(KnownRecord::from).collect())
}

impl From<&LinkRow> for Evidence {
    fn from(link: &LinkRow) -> Self {
        let confidence = link.confidence.clone();
        match serde_json::from_str(&link.value) {
            Ok(likeness) if link.kind == LIKENESS => Evidence::Alike { likeness, confidence },
            _ => Evidence::Shared {
                rank: link.rank,
                kind: link.kind.clone(),
                value: link.value.clone(),
                confidence,
            },
        }
    }
}

impl From<IdentityRow> for KnownRecord {
    fn from(row: IdentityRow) -> Self {
        Self {
            source: row.source,
            record_key: row.record_key,
            record_id: row.record_id,
            person_id: row.person_id,
        }
    }
}

fn path(night: &Night, left: &KnownRecord, right: &KnownRecord) -> Result<Vec<Step>, ExplainError> {
    let links = published::links(night, &left.person_id)?;
    let disconnected = || ExplainError::Disconnected(left.person_id.clone());
    let ids = shortest_path(&links, &left.record_id, &right.record_id).ok_or_else(disconnected)?;
    let records: BTreeMap<String, KnownRecord> = published::identities(night, "person_id", &left.person_id)?
        .into_iter()
        .map(|row| (row.record_id.clone(), KnownRecord::from(row)))
        .collect();
    let record = |id: &str| records.get(id).cloned().ok_or_else(disconnected);
    let step = |ends: &[&str]| {
        Ok(Step {
            from: record(ends[0])?,
            to: record(ends[1])?,
            evidence: evidence(&links, ends[0], ends[1]),
        })
    };
    ids.windows(2).map(step).collect()
}

/// The records on the shortest way from one to another; neighbours are tried by the rank of their best link, then by id.
fn shortest_path<'l>(links: &'l [LinkRow], from: &'l str, to: &str) -> Option<Vec<&'l str>> {
    let mut neighbours: BTreeMap<&str, BTreeSet<(i64, &str)>> = BTreeMap::new();
    for link in links {
        neighbours
            .entry(&link.left)
            .or_default()
            .insert((link.rank, &link.right));
        neighbours
            .entry(&link.right)
            .or_default()
            .insert((link.rank, &link.left));
    }
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::from([(from, from)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(record) = waiting.pop_front() {
        if record == to {
            let mut way = vec![record];
            while let Some(&last) = way.last().filter(|last| **last != from) {
                way.push(came_from.get(last)?);
            }
            way.reverse();
            return Some(way);
        }
        for &(_, next) in neighbours.get(record).into_iter().flatten() {
            if !came_from.contains_key(next) {
                came_from.insert(next, record);
                waiting.push_back(next);
            }
        }
    }
    None
}

fn evidence(links: &[LinkRow], a: &str, b: &str) -> Vec<Evidence> {
    let between = |link: &&LinkRow| (link.left == a && link.right == b) || (link.left == b && link.right == a);
    let mut links: Vec<&LinkRow> = links.iter().filter(between).collect();
    links.sort_by_key(|link| (link.rank, &link.kind, &link.value));
    links.into_iter().map(Evidence::from).collect()
}

fn shared(night: &Night, left: &str, right: &str) -> Result<Vec<SharedIdentifier>, PublishedError> {
    let left: BTreeSet<(String, String)> = published::identifiers(night, left)?.into_iter().collect();
    let right: BTreeSet<(String, String)> = published::identifiers(night, right)?.into_iter().collect();
    let both: Vec<&(String, String)> = left.intersection(&right).collect();
    let values: Vec<&str> = both.iter().map(|(_, value)| value.as_str()).collect();
    let conflicts = published::conflicts(night, &values)?;
    let shared = |(kind, value): &(String, String)| {
        let conflict = conflicts.iter().find(|row| row.kind == *kind && row.value == *value);
        SharedIdentifier {
            kind: kind.clone(),
            value: value.clone(),
            reason: conflict.and_then(|row| row.reason),
            people: conflict.map_or(2, |row| row.people),
            records: conflict.map_or(2, |row| row.records),
        }
    };
    Ok(both.into_iter().map(shared).collect())
}

impl fmt::Display for KnownRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.record_key)
    }
}

impl fmt::Display for Explanation {
    /// The answer in words, without a line break at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { left, right, answer } = self;
        match answer {
            Answer::SameRecord => write!(f, "{left} is one record, of person {}", left.person_id),
            Answer::SamePerson { path } => {
                write!(f, "{left} and {right} are the same person, {}", left.person_id)?;
                path.iter().try_for_each(|step| write!(f, "\n  {step}"))
            }
            Answer::DifferentPeople { shared, likeness } => {
                write!(
                    f,
                    "{left} and {right} are two people, {} and {}",
                    left.person_id, right.person_id
                )?;
                if shared.is_empty() {
                    write!(f, "\n  they share no identifier")?;
                }
                shared.iter().try_for_each(|identifier| write!(f, "\n  {identifier}"))?;
                likeness.iter().try_for_each(|likeness| write!(f, "\n  {likeness}"))
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reasons: Vec<String> = Vec::new();
        let carried = self.evidence.iter().filter(|evidence| evidence.is_carried());
        let carried: Vec<String> = carried.map(ToString::to_string).collect();
        if !carried.is_empty() {
            reasons.push(format!("both carry {}", carried.join(", ")));
        }
        for evidence in &self.evidence {
            match evidence {
                Evidence::Shared { kind, value, .. } if kind == DECISION => {
                    reasons.push(format!("were decided to be one person (decision {value})"));
                }
                Evidence::Alike { .. } => reasons.push(format!("are alike: {evidence}")),
                Evidence::Shared { .. } => {}
            }
        }
        write!(f, "{} and {} {}", self.from, self.to, reasons.join(", and "))
    }
}

impl Evidence {
    /// Whether it is an identifier that both records carry.
    fn is_carried(&self) -> bool {
        matches!(self, Evidence::Shared { kind, .. } if kind != DECISION)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Shared {
                rank,
                kind,
                value,
                confidence,
            } => write!(f, "{kind} {value} (rank {rank}, {confidence})"),
            Evidence::Alike { likeness, confidence } => write!(f, "{likeness} ({confidence})"),
        }
    }
}

impl fmt::Display for SharedIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "both carry {} {}, but ", self.kind, self.value)?;
        match self.reason {
            None => write!(f, "one of them from third-party data alone, which joins nobody"),
            Some(reason) if reason.joins_nobody() => {
                write!(
                    f,
                    "{} ({} people, {} records)",
                    reason.in_words(),
                    self.people,
                    self.records
                )
            }
            Some(reason) => write!(
                f,
                "{}, so it gave way ({} people carry it)",
                reason.in_words(),
                self.people
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{With, record};
    use super::super::{resolve, tables};
    use super::*;
    use crate::config;
    use crate::record::Record;
    use crate::store::Tables;

    /// Publishes a night over `records`.
    fn published(records: &[Record]) -> (tempfile::TempDir, Night) {
        let folder = tempfile::tempdir().unwrap();
        let draft = Tables::new(folder.path()).draft().unwrap();
        let resolution = resolve(records, &config::Identity::default(), &[]);
        draft
            .write(
                "identities",
                tables::identities(records, &resolution).unwrap().into_iter().map(Ok),
            )
            .unwrap();
        draft
            .write(
                "identifiers",
                tables::identifiers(&resolution).unwrap().into_iter().map(Ok),
            )
            .unwrap();
        draft
            .write(
                "links",
                tables::links(records, &resolution).unwrap().into_iter().map(Ok),
            )
            .unwrap();
        draft
            .write("conflicts", tables::conflicts(&resolution).unwrap().into_iter().map(Ok))
            .unwrap();
        (folder, draft.publish().unwrap())
    }

    fn family() -> Vec<Record> {
        vec![
            record("anna", 1)
                .named("Anna Meier")
                .with("email", "meier@x")
                .with("user_id", "u7"),
            record("till", 2).with("user_id", "u7").with("phone", "+41791234567"),
            record("card", 3)
                .named("Anna Meier")
                .with("phone", "+41791234567")
                .with("email", "info@shop.example"),
            record("bob", 4)
                .named("Bob Meier")
                .with("email", "meier@x")
                .with("email", "info@shop.example"),
            record("zoe", 5).named("Zoe Frei").with("email", "zoe@x"),
        ]
    }

    #[test]
    fn the_path_between_two_records_of_one_person_is_told_link_by_link() {
        let (_folder, night) = published(&family());
        let explanation = explain(&night, "crm:anna", "crm:card").unwrap();
        insta::assert_snapshot!(explanation.to_string(), @r"
        crm:anna and crm:card are the same person, c8e4d101dacbf14d188b4f10b7191179
          crm:anna and crm:till both carry user_id u7 (rank 1, exact)
          crm:till and crm:card both carry phone +41791234567 (rank 4, strong)
        ");
        insta::assert_json_snapshot!("explain_same_person", explanation);
    }

    #[test]
    fn two_people_are_told_what_they_share_and_why_it_does_not_join_them() {
        let records = family();
        let (_folder, night) = published(&records);
        let explanation = explain(&night, &records[0].id.to_string(), "crm:bob").unwrap();
        insta::assert_snapshot!(explanation.to_string(), @r"
        crm:anna and crm:bob are two people, c8e4d101dacbf14d188b4f10b7191179 and 1748b785bab50e761367c5e3adc67c5f
          both carry email info@shop.example, but it looks like a placeholder, a shared mailbox or a blocked value and joins nobody (2 people, 2 records)
          both carry email meier@x, but their names or birth dates are those of different people, so it gave way (2 people carry it)
        ");
        insta::assert_json_snapshot!("explain_different_people", explanation);
        let strangers = explain(&night, "crm:zoe", "crm:bob").unwrap().to_string();
        assert!(strangers.ends_with("they share no identifier"), "{strangers}");
    }

    #[test]
    fn a_person_and_the_record_that_names_it_are_one() {
        let records = family();
        let (_folder, night) = published(&records);
        let explanation = explain(&night, &records[0].id.to_string(), "crm:anna").unwrap();
        assert_eq!(explanation.answer, Answer::SameRecord);
    }

    #[test]
    fn what_the_night_does_not_know_is_an_error_that_repeats_nothing() {
        let (_folder, night) = published(&family());
        for unknown in ["crm:secret@x", "web:anna", "secret", &"0".repeat(32)] {
            let error = explain(&night, "crm:anna", unknown).unwrap_err().to_string();
            assert!(error.starts_with("the second of the two names no record"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn every_pair_of_a_person_has_a_path() {
        let chain = |i: i64| {
            let chain = record(&format!("r{i}"), i)
                .with("user_id", "u")
                .with("phone", &format!("+4179123456{i}"));
            chain.with("email", &format!("e{}@x", i / 2))
        };
        let records: Vec<Record> = (0..5).map(chain).collect();
        let (_folder, night) = published(&records);
        for a in &records {
            for b in records.iter().filter(|b| b.id != a.id) {
                let explanation = explain(&night, &a.id.to_string(), &b.id.to_string()).unwrap();
                let Answer::SamePerson { path } = explanation.answer else {
                    panic!("{:?}", explanation.answer)
                };
                assert_eq!(
                    (&path[0].from.record_id, &path[path.len() - 1].to.record_id),
                    (&a.id.to_string(), &b.id.to_string())
                );
                assert!(path.len() <= 2 && path.iter().all(|step| !step.evidence.is_empty()));
            }
        }
    }
}
