//! Numbers in rows and columns. It owns the layout and the order that makes whatever is computed over rows independent of how
//! the people behind them were numbered.

use std::cmp::Ordering;

use rayon::prelude::*;

/// Rows of equal width, side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    width: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// Takes rows of `width` numbers, one after the other; what is left over at the end is dropped.
    pub fn new(width: usize, mut values: Vec<f32>) -> Self {
        values.truncate(values.len() - values.len().checked_rem(width).unwrap_or(values.len()));
        Self { width, values }
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row.
    pub fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.width..(at + 1) * self.width]
    }

    /// All rows, side by side for threads.
    pub fn par_rows(&self) -> impl IndexedParallelIterator<Item = &[f32]> {
        self.values.par_chunks_exact(self.width.max(1))
    }

    /// One column.
    pub fn column(&self, at: usize) -> impl Iterator<Item = f32> + '_ {
        self.values.iter().skip(at).step_by(self.width.max(1)).copied()
    }

    /// The rows that `chosen` names, in that order.
    pub fn take(&self, chosen: &[u32]) -> Self {
        let values = chosen.iter().flat_map(|&at| self.row(at as usize)).copied();
        Self {
            width: self.width,
            values: values.collect(),
        }
    }

    /// The (lower) median of each column; 0 of nothing.
    pub fn medians(&self) -> Vec<f32> {
        let median = |column| {
            let mut values: Vec<f32> = self.column(column).collect();
            let middle = values.len().saturating_sub(1) / 2;
            if values.is_empty() {
                0.0
            } else {
                *values.select_nth_unstable_by(middle, f32::total_cmp).1
            }
        };
        (0..self.width).into_par_iter().map(median).collect()
    }
}

/// What was known of people on a day, and whether they did something within the time that followed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examples {
    /// What was known, one row a person.
    pub known: Matrix,
    /// Whether they did it.
    pub did: Vec<bool>,
}

impl Examples {
    /// How many did it, and how many did not.
    pub fn outcomes(&self) -> (usize, usize) {
        let did = self.did.iter().filter(|did| **did).count();
        (did, self.did.len() - did)
    }

    /// At most `most` of them, in the order of what they hold: an even draw that does not depend on how people are numbered.
    pub fn drawn(&self, most: usize) -> Self {
        let mut order: Vec<u32> = (0..self.did.len() as u32).collect();
        order.par_sort_unstable_by(|&a, &b| self.compare(a as usize, b as usize));
        let (all, most) = (order.len(), most.max(1));
        if all > most {
            order = (0..most).map(|i| order[i * all / most]).collect();
        }
        self.take(&order)
    }

    /// Every `nth` of them, and all others.
    pub fn split(&self, nth: usize) -> (Self, Self) {
        let held = |at: &u32| *at as usize % nth == nth / 2;
        let (held, kept): (Vec<u32>, Vec<u32>) = (0..self.did.len() as u32).partition(held);
        (self.take(&held), self.take(&kept))
    }

    /// Those that `chosen` names, in that order.
    pub fn take(&self, chosen: &[u32]) -> Self {
        Self {
            known: self.known.take(chosen),
            did: chosen.iter().map(|&at| self.did[at as usize]).collect(),
        }
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let pairs = self.known.row(a).iter().zip(self.known.row(b));
        let first = pairs.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        first.unwrap_or(self.did[a].cmp(&self.did[b]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples(order: impl Iterator<Item = u32>) -> Examples {
        let order: Vec<u32> = order.collect();
        let values = order.iter().flat_map(|&i| [(i % 7) as f32, (i / 7) as f32]);
        Examples {
            known: Matrix::new(2, values.collect()),
            did: order.iter().map(|i| i % 3 == 0).collect(),
        }
    }

    #[test]
    fn a_draw_does_not_depend_on_the_order_of_people() {
        for most in [10, 50, 1_000] {
            let drawn = examples(0..100).drawn(most);
            assert_eq!(drawn, examples((0..100).rev()).drawn(most));
            assert_eq!(drawn.did.len(), most.min(100));
        }
    }

    #[test]
    fn a_split_loses_nobody() {
        let (held, kept) = examples(0..101).split(5);
        assert_eq!((held.did.len(), kept.did.len()), (20, 81));
        assert_eq!(kept.known.len(), 81);
    }

    #[test]
    fn nothing_has_no_rows_and_no_medians_but_zero() {
        assert_eq!(Matrix::new(0, Vec::new()).len(), 0);
        assert_eq!(Matrix::new(2, Vec::new()).medians(), [0.0, 0.0]);
        assert_eq!(Matrix::new(2, vec![1.0, 5.0, 3.0, 4.0, 2.0, 6.0]).medians(), [2.0, 5.0]);
    }
}
