//! The arithmetic of computed traits: what is made of one person's facts. It knows no person, event or configuration key.

use std::borrow::Cow;
use std::collections::BTreeMap;

use event_schema::Timestamp;

use crate::config::Compute;
use crate::predict::exact;

/// Digits after the point that a computed number keeps.
const DIGITS: f64 = 1e6;

/// One thing a person did, and the value of the property asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact<'a> {
    /// When.
    pub at: Timestamp,
    /// The value, where a property is asked for.
    pub value: Option<Cow<'a, str>>,
}

impl Fact<'_> {
    fn number(&self) -> Option<f64> {
        let number: f64 = self.value.as_deref()?.trim().parse().ok()?;
        number.is_finite().then_some(number)
    }
}

/// What is made of the facts, which are in the order of time; nothing where they do not tell it.
pub fn compute(how: Compute, facts: &[Fact<'_>]) -> Option<String> {
    let valued = || facts.iter().filter_map(|fact| Some((fact.at, fact.value.as_deref()?)));
    let numbers = || facts.iter().filter_map(Fact::number).collect::<Vec<f64>>();
    match how {
        Compute::Count => (!facts.is_empty()).then(|| facts.len().to_string()),
        Compute::Sum => total(&numbers()),
        Compute::Mean => {
            let numbers = numbers();
            (!numbers.is_empty()).then(|| exact::mean(&numbers)).and_then(number)
        }
        Compute::Min => numbers().into_iter().min_by(f64::total_cmp).and_then(number),
        Compute::Max => numbers().into_iter().max_by(f64::total_cmp).and_then(number),
        Compute::First => valued().next().map(|(_, value)| value.to_owned()),
        Compute::Last => valued().next_back().map(|(_, value)| value.to_owned()),
        Compute::MostFrequent => most_frequent(valued()),
        Compute::Unique => {
            let values = unique(valued().map(|(_, value)| value));
            (!values.is_empty()).then(|| values.join("|"))
        }
        Compute::UniqueCount => {
            let values = unique(valued().map(|(_, value)| value));
            (!values.is_empty()).then(|| values.len().to_string())
        }
        Compute::Interval => interval(facts.iter().map(|fact| fact.at.utc_day())),
    }
}

/// The sum of some numbers, whatever their order; nothing of none.
pub(in crate::profile) fn total(numbers: &[f64]) -> Option<String> {
    (!numbers.is_empty()).then(|| exact::sum(numbers)).and_then(number)
}

/// The values once each, in the order of the alphabet.
fn unique<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut values: Vec<&str> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The value that occurs most; of equals the one seen last, and then the first in the alphabet.
fn most_frequent<'a>(values: impl Iterator<Item = (Timestamp, &'a str)>) -> Option<String> {
    let mut counts: BTreeMap<&str, (u64, Timestamp)> = BTreeMap::new();
    for (at, value) in values {
        let (count, last) = counts.entry(value).or_insert((0, at));
        (*count, *last) = (*count + 1, at);
    }
    let best = counts.iter().rev().max_by_key(|(_, seen)| **seen)?;
    Some((*best.0).to_owned())
}

/// The median number of days between neighbouring days, which come in order.
pub(in crate::profile) fn interval(days: impl Iterator<Item = i32>) -> Option<String> {
    let mut days: Vec<i32> = days.collect();
    days.dedup();
    let mut gaps: Vec<u32> = days.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect();
    gaps.sort_unstable();
    let (low, high) = (gaps.get(gaps.len().checked_sub(1)? / 2)?, gaps.get(gaps.len() / 2)?);
    number(f64::midpoint(f64::from(*low), f64::from(*high)))
}

/// A number as it is shown: six digits after the point at most, and never `-0`.
pub(in crate::profile) fn number(number: f64) -> Option<String> {
    let rounded = if number.abs() < 1e9 {
        (number * DIGITS).round() / DIGITS
    } else {
        number
    };
    rounded.is_finite().then(|| (rounded + 0.0).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts<'a>(told: &[(i64, &'a str)]) -> Vec<Fact<'a>> {
        let fact = |&(day, value): &(i64, &'a str)| Fact {
            at: Timestamp::from_millis(day * 86_400_000),
            value: Some(Cow::Borrowed(value)),
        };
        told.iter().map(fact).collect()
    }

    #[test]
    fn each_way_makes_what_it_says() {
        let told = facts(&[(1, "0.1"), (1, "0.2"), (5, "boot"), (11, "0.2"), (31, "10")]);
        let made = |how| compute(how, &told).unwrap();
        assert_eq!(made(Compute::Count), "5");
        assert_eq!(made(Compute::Sum), "10.5");
        assert_eq!(made(Compute::Mean), "2.625");
        assert_eq!(
            (made(Compute::Min), made(Compute::Max)),
            ("0.1".to_owned(), "10".to_owned())
        );
        assert_eq!(
            (made(Compute::First), made(Compute::Last)),
            ("0.1".to_owned(), "10".to_owned())
        );
        assert_eq!(made(Compute::MostFrequent), "0.2");
        assert_eq!(made(Compute::Unique), "0.1|0.2|10|boot");
        assert_eq!(made(Compute::UniqueCount), "4");
        assert_eq!(made(Compute::Interval), "6");
    }

    #[test]
    fn of_equally_frequent_values_the_one_seen_last_wins_and_then_the_first_in_the_alphabet() {
        let made = |told: &[(i64, &str)]| compute(Compute::MostFrequent, &facts(told)).unwrap();
        assert_eq!(made(&[(1, "b"), (2, "a"), (3, "b"), (4, "a"), (5, "c")]), "a");
        assert_eq!(made(&[(1, "b"), (1, "a")]), "a");
    }

    #[test]
    fn what_cannot_be_told_is_nothing() {
        for how in [
            Compute::Count,
            Compute::Sum,
            Compute::Unique,
            Compute::UniqueCount,
            Compute::Last,
        ] {
            assert_eq!(compute(how, &[]), None);
        }
        let words = facts(&[(1, "boot"), (1, "inf"), (1, "NaN")]);
        for how in [
            Compute::Sum,
            Compute::Mean,
            Compute::Min,
            Compute::Max,
            Compute::Interval,
        ] {
            assert_eq!(compute(how, &words), None, "{how:?}");
        }
    }

    /// The same answers, worked out one by one and slowly.
    fn naive(how: Compute, facts: &[Fact<'_>]) -> Option<String> {
        let values: Vec<&str> = facts.iter().map(|fact| fact.value.as_deref().unwrap()).collect();
        let numbers: Vec<f64> = values.iter().filter_map(|value| value.parse().ok()).collect();
        let mut alphabet = values.clone();
        alphabet.sort();
        alphabet.dedup();
        let count = |value: &str| values.iter().filter(|other| **other == value).count();
        let last = |value: &str| {
            let seen = facts.iter().filter(|fact| fact.value.as_deref() == Some(value));
            seen.map(|fact| fact.at).max()
        };
        let some = !values.is_empty();
        match how {
            Compute::Count => some.then(|| values.len().to_string()),
            Compute::Sum => (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>().to_string()),
            Compute::Min => numbers.iter().copied().reduce(f64::min).map(|least| least.to_string()),
            Compute::Max => numbers.iter().copied().reduce(f64::max).map(|most| most.to_string()),
            Compute::First => values.first().map(|value| (*value).to_owned()),
            Compute::Last => values.last().map(|value| (*value).to_owned()),
            Compute::Unique => some.then(|| alphabet.join("|")),
            Compute::UniqueCount => some.then(|| alphabet.len().to_string()),
            Compute::MostFrequent => {
                let mut best: Option<&str> = None;
                for value in alphabet {
                    if best.is_none_or(|best| (count(value), last(value)) > (count(best), last(best))) {
                        best = Some(value);
                    }
                }
                best.map(str::to_owned)
            }
            Compute::Mean | Compute::Interval => None,
        }
    }

    proptest! {
        #[test]
        fn every_way_agrees_with_counting_by_hand(told in prop::collection::vec((0i64..9, prop::sample::select(vec!["1", "2", "30", "boot", "sock"])), 0..30)) {
            let mut told = facts(&told);
            told.sort();
            for how in [
                Compute::Count, Compute::Sum, Compute::Min, Compute::Max, Compute::First, Compute::Last, Compute::Unique,
                Compute::UniqueCount, Compute::MostFrequent,
            ] {
                prop_assert_eq!(compute(how, &told), naive(how, &told), "{:?}", how);
            }
        }

        #[test]
        fn a_mean_lies_between_the_extremes_and_an_interval_within_the_span(told in prop::collection::vec((0i64..99, 0u32..999), 1..30)) {
            let words: Vec<(i64, String)> = told.iter().map(|(day, number)| (*day, number.to_string())).collect();
            let mut told = facts(&words.iter().map(|(day, word)| (*day, word.as_str())).collect::<Vec<_>>());
            told.sort();
            let made = |how| compute(how, &told).map(|text| text.parse::<f64>().unwrap());
            let (least, mean, most) = (made(Compute::Min).unwrap(), made(Compute::Mean).unwrap(), made(Compute::Max).unwrap());
            prop_assert!(least - 1e-6 <= mean && mean <= most + 1e-6);
            let span = f64::from(told[told.len() - 1].at.utc_day() - told[0].at.utc_day());
            match made(Compute::Interval) {
                Some(days) => prop_assert!((1.0..=span).contains(&days)),
                None => prop_assert_eq!(span, 0.0),
            }
        }
    }
}
