//! The customers as distinct rows (x, t_x, T) with a count each, in a fixed order. A likelihood over a million people is a
//! sum over far fewer rows, and the sum has the same bytes for any number of threads and any input order. It never knows
//! which model is fitted.

use std::ops::Range;

use rayon::prelude::*;

use super::model::Observed;
use super::summary::Summary;

/// Rows that one task sums; fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 4096;

/// Customers who look the same to a purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Index of x into [`Tally::repeats`].
    pub x: u32,
    /// Index of T into [`Tally::times`].
    pub age: u32,
    /// Index of t_x into [`Tally::times`].
    pub last: u32,
    /// How many customers are in this row.
    pub count: u32,
}

/// All customers of one fit. Rows are sorted by (x, T, t_x), so neighbours share what a model computes per x and per T.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// The distinct numbers of repeat purchases, ascending.
    pub repeats: Vec<u32>,
    /// The distinct times among t_x and T in days, ascending.
    pub times: Vec<u32>,
    /// The distinct rows.
    pub rows: Vec<Row>,
    /// For each summary given, the row it is in.
    pub row_of: Vec<u32>,
    /// All customers.
    pub customers: u64,
    /// Customers with x > 0.
    pub repeaters: u64,
    /// Repeat purchases of all customers together.
    pub repeat_purchases: u64,
}

impl Tally {
    /// Counts the distinct rows of the summaries.
    pub fn new<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> Self {
        let mut keys: Vec<(u32, u32, u32, u32)> = summaries
            .into_iter()
            .enumerate()
            .map(|(i, s)| (s.repeats, s.age, s.last, i as u32))
            .collect();
        keys.par_sort_unstable();
        let repeats = distinct(keys.iter().map(|key| key.0));
        let times = distinct(keys.iter().flat_map(|key| [key.1, key.2]));
        let mut tally = Self {
            row_of: vec![0; keys.len()],
            customers: keys.len() as u64,
            repeats,
            times,
            ..Self::default()
        };
        for same in keys.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
            tally.push(same);
        }
        tally
    }

    fn push(&mut self, same: &[(u32, u32, u32, u32)]) {
        let Some(&(x, age, last, _)) = same.first() else { return };
        let row = self.rows.len() as u32;
        same.iter().for_each(|key| self.row_of[key.3 as usize] = row);
        self.rows.push(Row {
            x: position(&self.repeats, x),
            age: position(&self.times, age),
            last: position(&self.times, last),
            count: same.len() as u32,
        });
        self.repeaters += if x > 0 { same.len() as u64 } else { 0 };
        self.repeat_purchases += u64::from(x) * same.len() as u64;
    }

    /// The row's x, t_x and T, in days.
    pub fn observed(&self, row: &Row) -> Observed {
        Observed {
            repeats: f64::from(self.repeats[row.x as usize]),
            last: f64::from(self.times[row.last as usize]),
            age: f64::from(self.times[row.age as usize]),
        }
    }

    /// The mean of T in days over all customers; 1 when nobody is older than today, so that it can be divided by.
    pub fn mean_age(&self) -> f64 {
        let total: f64 = self
            .rows
            .iter()
            .map(|row| f64::from(row.count) * f64::from(self.times[row.age as usize]))
            .sum();
        if total > 0.0 {
            total / self.customers as f64
        } else {
            1.0
        }
    }

    /// The sum over customers of what `term` gives for their row, always added in the same order.
    pub fn sum<const N: usize>(&self, term: impl Fn(&Row) -> [f64; N] + Sync) -> [f64; N] {
        let partial = |rows: &[Row]| {
            rows.iter().fold([0.0; N], |mut sum, row| {
                let n = f64::from(row.count);
                sum.iter_mut().zip(term(row)).for_each(|(sum, value)| *sum += n * value);
                sum
            })
        };
        if self.rows.len() <= CHUNK {
            return partial(&self.rows);
        }
        let partials: Vec<[f64; N]> = self.rows.par_chunks(CHUNK).map(partial).collect();
        partials.iter().fold([0.0; N], |mut sum, part| {
            sum.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            sum
        })
    }

    /// Computes something for stretches of neighbouring rows in parallel and returns it row by row.
    pub fn map_rows<T: Send>(&self, stretch: impl Fn(Range<usize>) -> Vec<T> + Sync) -> Vec<T> {
        let starts: Vec<usize> = (0..self.rows.len()).step_by(CHUNK).collect();
        let parts: Vec<Vec<T>> = starts
            .into_par_iter()
            .map(|from| stretch(from..(from + CHUNK).min(self.rows.len())))
            .collect();
        parts.into_iter().flatten().collect()
    }
}

fn distinct(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut all: Vec<u32> = values.collect();
    all.par_sort_unstable();
    all.dedup();
    all
}

fn position(sorted: &[u32], value: u32) -> u32 {
    sorted.partition_point(|&v| v < value) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(repeats: u32, last: u32, age: u32) -> Summary {
        Summary {
            repeats,
            last,
            age,
            ..Summary::default()
        }
    }

    #[test]
    fn equal_customers_share_a_row() {
        let summaries = [summary(2, 30, 90), summary(0, 0, 40), summary(2, 30, 90)];
        let tally = Tally::new(&summaries);
        assert_eq!(tally.rows.iter().map(|row| row.count).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(tally.row_of, [1, 0, 1]);
        assert_eq!((tally.customers, tally.repeaters, tally.repeat_purchases), (3, 2, 4));
        assert_eq!(tally.times, [0, 30, 40, 90]);
    }

    #[test]
    fn sums_do_not_depend_on_threads_or_input_order() {
        let mut summaries: Vec<_> = (0..30_000u32)
            .map(|i| summary(i % 7, i % 211, 211 + i % 1009))
            .collect();
        let sum = |summaries: &[Summary], threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let tally = Tally::new(summaries);
                tally.sum(|row| {
                    [
                        1.0 / f64::from(1 + tally.times[row.age as usize]),
                        f64::from(row.x).ln_1p(),
                    ]
                })
            })
        };
        let expected = sum(&summaries, 1);
        summaries.reverse();
        assert_eq!(sum(&summaries, 2), expected);
        assert_eq!(sum(&summaries, 8), expected);
    }
}
