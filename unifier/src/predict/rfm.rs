//! Recency, frequency and monetary value as quintiles from 1 to 5. It owns the tie rule and nothing else.
//!
//! Tie rule: equal customers get equal scores, and a score s promises that at least (s − 1)/5 of all customers are strictly
//! worse. So where most customers have bought once they all score 1 for frequency, and nobody is called better than people
//! who are just like them.

use std::fmt;

use serde::{Serialize, Serializer};

use super::summary::Summary;

/// The three scores, 1 (worst) to 5; written "543".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfm {
    /// 5: ordered most recently.
    pub recency: u8,
    /// 5: ordered on the most days.
    pub frequency: u8,
    /// 5: spent the most in total.
    pub monetary: u8,
}

impl fmt::Display for Rfm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.recency, self.frequency, self.monetary)
    }
}

impl Serialize for Rfm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The scores of all customers, in their order.
pub fn rfm(summaries: &[Summary]) -> Vec<Rfm> {
    // Integers that are larger for the better customer. What was spent is never negative, so its bits sort as it does.
    let facts: [fn(&Summary) -> u64; 3] = [
        |s| u64::from(u32::MAX - s.silence()),
        |s| u64::from(s.repeats),
        |s| s.spend.to_bits(),
    ];
    let quintiles = facts.map(|fact| Quintiles::new(summaries.iter().map(fact)));
    let score = |s: &Summary| {
        let [recency, frequency, monetary] = std::array::from_fn(|i| quintiles[i].of(facts[i](s)));
        Rfm {
            recency,
            frequency,
            monetary,
        }
    };
    summaries.iter().map(score).collect()
}

/// The least values that earn a score of 2, 3, 4 and 5.
struct Quintiles {
    least: [Option<u64>; 4],
}

impl Quintiles {
    fn new(values: impl Iterator<Item = u64>) -> Self {
        let mut values: Vec<u64> = values.collect();
        let mut least = [None; 4];
        for fifths in 1..=4 {
            least[fifths - 1] = least_value_above(&mut values, fifths);
        }
        Self { least }
    }

    fn of(&self, value: u64) -> u8 {
        1 + self.least.iter().flatten().filter(|&&least| value >= least).count() as u8
    }
}

/// The least value that has at least `fifths`/5 of all values strictly below it, if there is one. Puts the values into another order.
fn least_value_above(values: &mut [u64], fifths: usize) -> Option<u64> {
    let needed = (fifths * values.len()).div_ceil(5);
    let (_, &mut last_below, above) = values.select_nth_unstable(needed.checked_sub(1)?);
    above.iter().copied().filter(|value| *value > last_below).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quintiles(values: &[u64]) -> Vec<u8> {
        let quintiles = Quintiles::new(values.iter().copied());
        values.iter().map(|&v| quintiles.of(v)).collect()
    }

    #[test]
    fn ten_different_values_fall_into_five_pairs() {
        let values: Vec<u64> = (0..10).collect();
        assert_eq!(quintiles(&values), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn a_majority_of_equals_scores_lowest_together() {
        assert_eq!(
            quintiles(&[0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
            [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]
        );
        assert_eq!(quintiles(&[7]), [1]);
    }

    #[test]
    fn recent_frequent_and_rich_is_555() {
        let summary = |last: u32, repeats: u32, spend: f64| Summary {
            repeats,
            last,
            spend,
            age: 100,
            ..Summary::default()
        };
        let customers: Vec<Summary> = (0..5).map(|i| summary(10 * i, i, f64::from(i))).collect();
        assert_eq!(rfm(&customers)[4].to_string(), "555");
        assert_eq!(rfm(&customers)[0].to_string(), "111");
    }

    proptest! {
        #[test]
        fn a_score_keeps_its_promise(values in prop::collection::vec(0u64..9, 1..60)) {
            for (value, score) in values.iter().zip(quintiles(&values)) {
                let worse = values.iter().filter(|v| *v < value).count();
                prop_assert!(5 * worse >= usize::from(score - 1) * values.len());
                prop_assert!(score == 5 || 5 * worse < usize::from(score) * values.len());
            }
        }
    }
}
