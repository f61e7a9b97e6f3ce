//! How good a clustering is, held against the truth: pairwise and B³ precision and recall, and how many people its worst
//! cluster fuses.
//!
//! Pairwise counts every pair of records of one cluster; B³ (Bagga and Baldwin 1998, "Entity-based cross-document coreferencing
//! using the vector space model") averages over records, so that one great cluster does not outweigh all others.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Shares between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub precision: f64,
    pub recall: f64,
}

impl Share {
    /// The harmonic mean of both.
    pub fn f1(self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 {
            2.0 * self.precision * self.recall / sum
        } else {
            0.0
        }
    }
}

/// What a clustering is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    pub pairs: Share,
    pub bcubed: Share,
    /// The most different people in one cluster.
    pub most_people: usize,
}

/// The entity of each record: `record_id,entity_id`.
pub type Truth = HashMap<String, u32>;

/// Reads the true entities.
pub fn read_truth(path: &Path) -> Result<Truth> {
    let mut truth = Truth::new();
    for (record, entity) in numbered(path, &[("record_id", "entity_id")])? {
        truth.insert(record, entity);
    }
    Ok(truth)
}

/// Scores the clusters that a file gives as `record_id,cluster_id` or as `unifier export identities` writes them. A record
/// that the file leaves out is a cluster of its own.
pub fn score(truth: &Truth, path: &Path) -> Result<Scores> {
    let told = numbered(path, &[("record_id", "cluster_id"), ("record_key", "person_id")])?;
    let mut seen: HashSet<&str> = HashSet::with_capacity(told.len());
    let mut placed: Vec<(u32, u32)> = Vec::with_capacity(truth.len());
    let mut clusters = 0;
    for (record, cluster) in &told {
        let Some(&entity) = truth.get(record) else {
            bail!("{}: {record} is not in the truth", path.display());
        };
        if !seen.insert(record) {
            bail!("{}: {record} stands there twice", path.display());
        }
        clusters = clusters.max(cluster + 1);
        placed.push((*cluster, entity));
    }
    let left_out = truth.iter().filter(|(record, _)| !seen.contains(record.as_str()));
    placed.extend(
        (clusters..)
            .zip(left_out)
            .map(|(cluster, (_, &entity))| (cluster, entity)),
    );
    Ok(scores(placed))
}

/// By record: its cluster and its entity.
fn scores(mut placed: Vec<(u32, u32)>) -> Scores {
    let mut entity_sizes: HashMap<u32, f64> = HashMap::new();
    placed
        .iter()
        .for_each(|(_, entity)| *entity_sizes.entry(*entity).or_default() += 1.0);
    placed.sort_unstable();
    let (mut right, mut told, mut most_people) = (0.0, 0.0, 0);
    let (mut precision, mut recall) = (0.0, 0.0);
    for cluster in placed.chunk_by(|a, b| a.0 == b.0) {
        let size = cluster.len() as f64;
        told += pairs(size);
        let mut people = 0;
        for common in cluster.chunk_by(|a, b| a.1 == b.1) {
            let records = common.len() as f64;
            right += pairs(records);
            precision += records * records / size;
            recall += records * records / entity_sizes[&common[0].1];
            people += 1;
        }
        most_people = most_people.max(people);
    }
    let records = placed.len() as f64;
    Scores {
        pairs: Share {
            precision: ratio(right, told),
            recall: ratio(right, entity_sizes.values().map(|size| pairs(*size)).sum()),
        },
        bcubed: Share {
            precision: ratio(precision, records),
            recall: ratio(recall, records),
        },
        most_people,
    }
}

fn pairs(records: f64) -> f64 {
    records * (records - 1.0) / 2.0
}

/// Of nothing, everything is right.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

/// Two columns of a CSV file, the second as a number for each distinct value. The first names that the header has count.
fn numbered(path: &Path, columns: &[(&str, &str)]) -> Result<Vec<(String, u32)>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let header = reader.headers()?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let found = columns
        .iter()
        .find_map(|(key, value)| Some((place(key)?, place(value)?)));
    let (key, value) = found.with_context(|| format!("{}: none of the columns {columns:?}", path.display()))?;
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row?;
        let next = u32::try_from(numbers.len())?;
        let number = *numbers.entry(row[value].to_owned()).or_insert(next);
        rows.push((row[key].to_owned(), number));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_itself_is_perfect() {
        let scores = scores(vec![(0, 0), (0, 0), (1, 1)]);
        assert_eq!(
            (scores.pairs.f1(), scores.bcubed.f1(), scores.most_people),
            (1.0, 1.0, 1)
        );
    }

    #[test]
    fn one_record_too_many_costs_precision_and_one_left_out_costs_recall() {
        // People 0 (four records) and 1 (one): a cluster of three of the first and the second person, and the fourth alone.
        let scores = scores(vec![(0, 0), (0, 0), (0, 0), (0, 1), (1, 0)]);
        assert_eq!((scores.pairs.precision, scores.pairs.recall), (0.5, 0.5));
        assert_eq!(scores.most_people, 2);
        // By hand: (3 · 3/4 + 1/4 + 1) / 5 and (3 · 3/4 + 1 + 1/4) / 5.
        assert!((scores.bcubed.precision - 0.7).abs() < 1e-12 && (scores.bcubed.recall - 0.7).abs() < 1e-12);
    }

    #[test]
    fn clusters_of_single_records_are_precise() {
        let scores = scores(vec![(0, 0), (1, 0)]);
        assert_eq!((scores.pairs.precision, scores.pairs.recall), (1.0, 0.0));
    }

    #[test]
    fn a_record_left_out_is_alone_and_a_strange_or_repeated_one_is_an_error() {
        let folder = std::env::temp_dir().join(format!("firsthand-score-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("told.csv");
        let truth: Truth = [("a", 0), ("b", 0), ("c", 0)]
            .map(|(key, entity)| (key.to_owned(), entity))
            .into();
        let told = |rows: &str| {
            std::fs::write(&path, rows).unwrap();
            score(&truth, &path)
        };
        let part = told("source,record_key,person_id\nx,a,p\nx,b,p\n").unwrap();
        assert_eq!((part.pairs.precision, part.pairs.recall), (1.0, 1.0 / 3.0));
        assert!(told("record_id,cluster_id\nz,p\n").is_err());
        assert!(told("record_id,cluster_id\na,p\na,p\n").is_err());
        assert!(told("who,what\na,p\n").is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
