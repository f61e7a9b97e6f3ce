//! How one person came together: the links that joined the records, the surest first, and the weakest of them.
//!
//! Read from the published night, as [`super::explain`] is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::Confidence;
use super::explain::{Evidence, ExplainError, KnownRecord, Step, known_record, records_of};
use super::published::{self, LinkRow};
use crate::store::Night;

/// How a person came together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Formation {
    /// The person.
    pub person_id: String,
    /// The records, by source and key.
    pub records: Vec<KnownRecord>,
    /// The links that joined two groups of records, in the order of their trust: one fewer than records. The last is the
    /// weakest: without it and its like, the person would be two.
    pub joined_by: Vec<Step>,
}

/// Explains how the person whom `text` names, by a person id, a record id or `source:key`, came together in `night`.
///
/// # Errors
/// [`ExplainError`] when there is nobody, or the night cannot be read.
pub fn formation(night: &Night, text: &str) -> Result<Formation, ExplainError> {
    let person = known_record(night, text)?
        .ok_or(ExplainError::Unknown("first"))?
        .person_id;
    let records = records_of(night, &person)?;
    let links = published::links(night, &person)?;
    let by_id: BTreeMap<&str, &KnownRecord> = records
        .iter()
        .map(|record| (record.record_id.as_str(), record))
        .collect();
    let step = |link: &LinkRow| {
        let end = |id: &str| by_id.get(id).map(|record| (*record).clone());
        Some(Step {
            from: end(&link.left)?,
            to: end(&link.right)?,
            evidence: vec![Evidence::from(link)],
        })
    };
    let joined_by: Vec<Step> = joining(&links).into_iter().filter_map(step).collect();
    if joined_by.len() + 1 != records.len() {
        return Err(ExplainError::Disconnected(person));
    }
    Ok(Formation {
        person_id: person,
        joined_by,
        records,
    })
}

/// The links that join two groups when they are taken in the order of trust (Kruskal 1956).
fn joining(links: &[LinkRow]) -> Vec<&LinkRow> {
    let mut by_trust: Vec<&LinkRow> = links.iter().collect();
    by_trust.sort_by_cached_key(|link| {
        let sure = link.confidence.parse::<Confidence>().ok();
        (Reverse(sure), link.rank, link.left.clone(), link.right.clone())
    });
    let mut groups: BTreeMap<&str, &str> = BTreeMap::new();
    let mut joining = Vec::new();
    for link in by_trust {
        let (left, right) = (root(&groups, &link.left), root(&groups, &link.right));
        if left != right {
            groups.insert(left.max(right), left.min(right));
            joining.push(link);
        }
    }
    joining
}

fn root<'l>(groups: &BTreeMap<&'l str, &'l str>, mut record: &'l str) -> &'l str {
    while let Some(parent) = groups.get(record) {
        record = parent;
    }
    record
}

impl fmt::Display for Formation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((weakest, _)) = self.joined_by.split_last() else {
            return write!(f, "{} is one record, {}", self.person_id, self.records[0]);
        };
        writeln!(
            f,
            "{} is {} records, joined in this order:",
            self.person_id,
            self.records.len()
        )?;
        self.joined_by.iter().try_for_each(|step| writeln!(f, "  {step}"))?;
        write!(f, "the weakest link: {weakest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(left: &str, right: &str, rank: i64, confidence: &str) -> LinkRow {
        LinkRow {
            left: left.to_owned(),
            right: right.to_owned(),
            kind: "email".to_owned(),
            value: "x".to_owned(),
            rank,
            confidence: confidence.to_owned(),
        }
    }

    #[test]
    fn the_surest_links_join_first_and_a_link_within_a_group_joins_nothing() {
        let links = [
            link("a", "b", 5, "strong"),
            link("b", "c", 3, "exact"),
            link("a", "c", 4, "strong"),
            link("c", "d", 9, "likely"),
            link("b", "d", 1, "exact"),
        ];
        let order: Vec<_> = joining(&links)
            .into_iter()
            .map(|link| (link.left.as_str(), link.right.as_str()))
            .collect();
        assert_eq!(order, [("b", "d"), ("b", "c"), ("a", "c")]);
    }
}
