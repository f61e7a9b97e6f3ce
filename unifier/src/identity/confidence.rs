//! How sure it is that two records are one person.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::disjoint::Disjoint;

/// How sure a link is; of a record: the surest way of links to the record that names its person, taken at its weakest; of a
/// person: the least sure of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The records are alike enough to be joined: from a mean of −1 bit on, unless the configuration says otherwise.
    Likely,
    /// What they share could be two people's, as a telephone or a browser; or they are so alike that the
    /// odds are 100 to 1; on the synthetic customers of the benchmarks 1.2 % of such links were wrong.
    Strong,
    /// They share a key that is one person's, or somebody decided.
    #[default]
    Exact,
}

impl Confidence {
    /// Every confidence, the least sure first.
    pub const ALL: [Confidence; 3] = [Confidence::Likely, Confidence::Strong, Confidence::Exact];

    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Likely => "likely",
            Confidence::Strong => "strong",
            Confidence::Exact => "exact",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a confidence is exact, strong or likely")]
pub struct NoConfidence;

impl FromStr for Confidence {
    type Err = NoConfidence;

    fn from_str(text: &str) -> Result<Self, NoConfidence> {
        let found = Confidence::ALL
            .into_iter()
            .find(|confidence| confidence.as_str() == text);
        found.ok_or(NoConfidence)
    }
}

/// How sure each of `count` records belongs to its person, by links as (record, record, confidence). `first` gives for each record
/// the one that names its person.
pub(super) fn of_records(
    count: usize,
    first: impl Fn(usize) -> usize,
    links: impl Iterator<Item = (usize, usize, Confidence)> + Clone,
) -> Vec<Confidence> {
    let mut found = vec![Confidence::Likely; count];
    for level in [Confidence::Strong, Confidence::Exact] {
        let mut joined = Disjoint::new(count);
        for (a, b, _) in links.clone().filter(|(_, _, confidence)| *confidence >= level) {
            joined.join(a as u32, b as u32);
        }
        for (record, found) in found.iter_mut().enumerate() {
            if joined.root(record as u32) == joined.root(first(record) as u32) {
                *found = level;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Confidence::{Exact, Likely, Strong};
    use super::*;

    #[test]
    fn a_record_is_as_sure_as_the_weakest_link_of_its_surest_way() {
        let links = [
            (0, 1, Exact),
            (1, 2, Strong),
            (0, 2, Likely),
            (2, 3, Exact),
            (3, 4, Likely),
        ];
        let found = of_records(6, |record| if record == 5 { 5 } else { 0 }, links.into_iter());
        assert_eq!(found, [Exact, Exact, Strong, Strong, Likely, Exact]);
    }

    #[test]
    fn every_word_reads_back() {
        for confidence in Confidence::ALL {
            assert_eq!(confidence.as_str().parse(), Ok(confidence));
        }
        assert_eq!("certain".parse::<Confidence>(), Err(NoConfidence));
    }
}
