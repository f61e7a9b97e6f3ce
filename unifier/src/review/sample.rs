//! A sample of pairs for people to judge, so that precision and recall can be told.
//!
//! The pairs come from strata, one for each type of link and its confidence, and one for each reason for which pairs were not
//! joined, so that rare kinds are judged too. Which pairs are drawn depends on their ids alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use arrow::array::{AsArray, RecordBatch};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Ledger;
use super::queue;
use crate::activate::neutralised;
use crate::identity::{Decision, Ruling, quality};
use crate::record::{Record, RecordId};
use crate::store::{Night, TablesError};

/// What the sample shows of a record.
const SHOWN: [&str; 8] = [
    "given_name",
    "family_name",
    "full_name",
    "birth_date",
    "email",
    "phone",
    "street",
    "city",
];

/// A pair to be judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Where it was drawn from: the type and confidence of its link, or why it was not joined.
    pub stratum: String,
    /// The record with the smaller id.
    pub left: RecordId,
    /// The other.
    pub right: RecordId,
    /// Whether the night joined them directly.
    pub joined: bool,
    /// How many pairs of the stratum it stands for.
    pub stands_for: u64,
}

/// Draws about `size` pairs, as evenly over the strata as they allow. Pairs that were judged before are left out.
///
/// # Errors
/// [`TablesError`] when a table cannot be read.
pub fn draw(night: &Night, ledger: &Ledger, size: usize) -> Result<Vec<Pair>, TablesError> {
    let mut pairs = Vec::new();
    for batch in night.read("links", Some(&["left_record", "right_record", "type", "confidence"]))? {
        pairs.extend(links(&batch));
    }
    for question in queue::open(night, ledger)? {
        let reason = question.reason.map_or("unknown", |reason| reason.as_str());
        let stratum = format!("not joined: {reason}");
        pairs.extend(pair(stratum, &question.left_record, &question.right_record, false));
    }
    let judged: BTreeSet<(RecordId, RecordId)> = ledger
        .in_force()
        .into_iter()
        .filter_map(|decision| Some((*decision.left.first()?, *decision.right.first()?)))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    pairs.retain(|pair| !judged.contains(&(pair.left, pair.right)));
    Ok(evenly(pairs, size))
}

/// The first pairs of every stratum by their hash, until there are enough.
fn evenly(mut pairs: Vec<Pair>, size: usize) -> Vec<Pair> {
    pairs.sort_by_cached_key(|pair| (pair.stratum.clone(), hash(pair)));
    let mut met = BTreeSet::new();
    pairs.retain(|pair| met.insert((pair.left, pair.right)));
    let mut strata: BTreeMap<String, Vec<Pair>> = BTreeMap::new();
    for pair in pairs {
        strata.entry(pair.stratum.clone()).or_default().push(pair);
    }
    let mut drawn = Vec::new();
    let deepest = strata.values().map(Vec::len).max().unwrap_or(0);
    for depth in 0..deepest {
        let at_depth = strata.values().filter_map(|of_stratum| of_stratum.get(depth)).cloned();
        drawn.extend(at_depth.take(size.saturating_sub(drawn.len())));
    }
    drawn.sort();
    let of_stratum = |drawn: &[Pair], name: &str| drawn.iter().filter(|pair| pair.stratum == name).count();
    let stands_for = |(name, all): (&String, &Vec<Pair>)| {
        let drawn = of_stratum(&drawn, name).max(1);
        (name.clone(), ((all.len() + drawn / 2) / drawn).max(1) as u64)
    };
    let stands_for: BTreeMap<String, u64> = strata.iter().map(stands_for).collect();
    for pair in &mut drawn {
        pair.stands_for = stands_for[&pair.stratum];
    }
    drawn
}

fn hash(pair: &Pair) -> [u8; 32] {
    Sha256::new()
        .chain_update(pair.left.as_bytes())
        .chain_update(pair.right.as_bytes())
        .finalize()
        .into()
}

fn links(batch: &RecordBatch) -> Vec<Pair> {
    let column = |name| {
        batch
            .column_by_name(name)
            .and_then(|column| column.as_string_opt::<i32>())
    };
    let [Some(left), Some(right), Some(kinds), Some(sure)] =
        ["left_record", "right_record", "type", "confidence"].map(column)
    else {
        return Vec::new();
    };
    // What somebody decided needs no judging.
    let asked = (0..batch.num_rows()).filter(|&row| kinds.value(row) != "decision");
    let stratum = |row| format!("joined: {} ({})", kinds.value(row), sure.value(row));
    asked
        .filter_map(|row| pair(stratum(row), left.value(row), right.value(row), true))
        .collect()
}

fn pair(stratum: String, left: &str, right: &str, joined: bool) -> Option<Pair> {
    let (left, right): (RecordId, RecordId) = (left.parse().ok()?, right.parse().ok()?);
    Some(Pair {
        stratum,
        left: left.min(right),
        right: left.max(right),
        joined,
        stands_for: 1,
    })
}

/// The pairs as CSV with an empty column `label`, and what both records say of their person beside them.
///
/// # Errors
/// What the writer says.
pub fn to_csv(pairs: &[Pair], records: &[Record], to: impl io::Write) -> Result<(), csv::Error> {
    let wanted: BTreeSet<RecordId> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).collect();
    let known: BTreeMap<RecordId, &Record> = records
        .iter()
        .filter(|record| wanted.contains(&record.id))
        .map(|record| (record.id, record))
        .collect();
    let mut writer = csv::Writer::from_writer(to);
    let sides = ["left", "right"].into_iter();
    let told = sides.flat_map(|side| {
        ["key"]
            .into_iter()
            .chain(SHOWN)
            .map(move |name| format!("{side}_{name}"))
    });
    let fixed = [
        "label",
        "joined",
        "stratum",
        "stands_for",
        "left_record",
        "right_record",
    ]
    .map(str::to_owned);
    writer.write_record(fixed.into_iter().chain(told))?;
    for pair in pairs {
        let joined = if pair.joined { "yes" } else { "no" };
        let stands_for = pair.stands_for.to_string();
        let mut row = vec![String::new(), joined.to_owned(), pair.stratum.clone(), stands_for];
        row.extend([pair.left, pair.right].map(|id| id.to_string()));
        for id in [pair.left, pair.right] {
            let record = known.get(&id);
            row.push(record.map_or_else(String::new, |record| format!("{}:{}", record.source, record.key)));
            row.extend(SHOWN.map(|name| record.map_or_else(String::new, |record| said(record, name))));
        }
        // A value may begin like a formula, and the file is for a spreadsheet.
        writer.write_record(row.iter().map(|cell| neutralised(cell).into_owned()))?;
    }
    Ok(writer.flush()?)
}

/// What a record says last of a trait; for what joins records, its identifier.
fn said(record: &Record, name: &str) -> String {
    let told = record
        .observations
        .iter()
        .rev()
        .find(|observation| observation.name == name);
    let carried = record.identifiers.iter().find(|identifier| identifier.kind == name);
    let told = told.map(|observation| observation.value.as_str());
    told.or_else(|| carried.map(|identifier| identifier.value.as_str()))
        .unwrap_or_default()
        .to_owned()
}

/// A row that somebody filled in.
#[derive(Debug, Deserialize)]
struct Filled {
    label: String,
    joined: String,
    /// Samples of before did not tell it.
    #[serde(default = "one")]
    stands_for: u64,
    left_record: String,
    right_record: String,
}

fn one() -> u64 {
    1
}

/// Why a filled-in sample cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// The file is no such CSV.
    #[error("the file is no filled-in sample: {0}")]
    Csv(#[from] csv::Error),
    /// A row holds something else than a label or an id.
    #[error("line {0}: the label is `same`, `different` or empty, and the ids stay as they were")]
    Row(u64),
}

/// The labels as decisions; rows without a label are passed over. The decisions have no time and nobody yet.
///
/// # Errors
/// [`LabelError`] with the line.
pub fn labels(
    from: impl io::Read,
    decide: impl Fn(Ruling, RecordId, RecordId) -> Decision,
) -> Result<Vec<Decision>, LabelError> {
    let mut reader = csv::Reader::from_reader(from);
    let mut decisions = Vec::new();
    for (row, line) in reader.deserialize().zip(2..) {
        let row: Filled = row?;
        let label = row.label.trim().to_lowercase();
        if label.is_empty() {
            continue;
        }
        let ids = row.left_record.parse().ok().zip(row.right_record.parse().ok());
        let (Some(ruling), Some((left, right))) = (Ruling::from_name(&label), ids) else {
            return Err(LabelError::Row(line));
        };
        decisions.push(Decision {
            occasion: quality::SAMPLE.to_owned(),
            were_joined: row.joined == "yes",
            stands_for: row.stands_for.max(1),
            ..decide(ruling, left, right)
        });
    }
    Ok(decisions)
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::*;

    fn numbered(stratum: &str, number: usize) -> Pair {
        let ids = ["a", "b"].map(|side| RecordId::new(side, &number.to_string()).to_string());
        pair(stratum.to_owned(), &ids[0], &ids[1], stratum == "often").unwrap()
    }

    #[test]
    fn rare_strata_are_drawn_beside_frequent_ones_whatever_the_order() {
        let mut pairs: Vec<Pair> = (0..100).map(|number| numbered("often", number)).collect();
        pairs.extend((100..103).map(|number| numbered("rare", number)));
        let drawn = evenly(pairs.clone(), 10);
        assert_eq!(drawn.len(), 10);
        assert_eq!(drawn.iter().filter(|pair| pair.stratum == "rare").count(), 3);
        let stands_for: BTreeSet<_> = drawn
            .iter()
            .map(|pair| (pair.stratum.as_str(), pair.stands_for))
            .collect();
        // A hundred frequent pairs, of which seven were drawn.
        assert_eq!(stands_for, BTreeSet::from([("often", 14), ("rare", 1)]));
        pairs.reverse();
        assert_eq!(evenly(pairs, 10), drawn);
    }

    #[test]
    fn nothing_that_a_spreadsheet_runs_stands_in_the_sample() {
        let told = Record {
            id: RecordId::new("a", "1"),
            source: "a".into(),
            key: "1".into(),
            first_seen: None,
            identifiers: Vec::new(),
            observations: vec![crate::record::Observation {
                name: "city".into(),
                value: "+1+1".into(),
                told: std::sync::Arc::new(crate::record::Telling {
                    at: Timestamp::from_millis(0),
                    origin: crate::record::Origin {
                        file: "a.csv".into(),
                        line: 1,
                    },
                }),
            }],
            enrichment: false,
        };
        let mut file = Vec::new();
        to_csv(&[numbered("often", 1)], &[told], &mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.contains(",'+1+1"), "{file}");
    }

    #[test]
    fn a_filled_in_sample_reads_back_as_decisions() {
        let pairs = [numbered("often", 1), numbered("rare", 2), numbered("rare", 3)];
        let mut file = Vec::new();
        to_csv(&pairs, &[], &mut file).unwrap();
        let mut lines: Vec<String> = String::from_utf8(file).unwrap().lines().map(str::to_owned).collect();
        lines[1] = format!("same{}", lines[1]);
        lines[2] = format!("Different{}", lines[2]);
        let decide =
            |ruling, left, right| Decision::new(ruling, vec![left], vec![right], Timestamp::from_millis(1), "maria");
        let decisions = labels(lines.join("\n").as_bytes(), decide).unwrap();
        let told: Vec<_> = decisions.iter().map(|d| (d.ruling, d.left[0], d.were_joined)).collect();
        assert_eq!(
            told,
            [
                (Ruling::Same, pairs[0].left, true),
                (Ruling::Different, pairs[1].left, false)
            ]
        );
        lines[3] = format!("perhaps{}", lines[3]);
        assert!(matches!(
            labels(lines.join("\n").as_bytes(), decide),
            Err(LabelError::Row(4))
        ));
    }
}
