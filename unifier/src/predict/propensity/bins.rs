//! Values as a few bins each, so that a tree need not look at every value. It owns where one bin ends and the next begins.

use rayon::prelude::*;

use super::matrix::Matrix;

/// Bins a column has at most: fewer than a byte can name, and enough for any column to lose little.
const MOST: usize = 128;

/// The bins of every column.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    /// For each column the largest value of each bin but the last, ascending.
    ends: Vec<Vec<f32>>,
}

impl Bins {
    /// Bins that hold about equally many rows each; one for each value where there are few.
    pub fn new(known: &Matrix) -> Self {
        let ends = |column| {
            let mut values: Vec<f32> = known.column(column).collect();
            values.sort_unstable_by(f32::total_cmp);
            ends(&values)
        };
        Self {
            ends: (0..known.width()).into_par_iter().map(ends).collect(),
        }
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.ends.len()
    }

    /// How many bins a column has.
    pub fn count(&self, column: usize) -> usize {
        self.ends[column].len() + 1
    }

    /// The largest value of a bin that is not the last.
    pub fn end(&self, column: usize, bin: usize) -> f32 {
        self.ends[column][bin]
    }

    /// The bin of every row, column by column.
    pub fn of(&self, known: &Matrix) -> Vec<Vec<u8>> {
        let bin = |column: usize, value: f32| self.ends[column].partition_point(|end| *end < value) as u8;
        let binned = |column| known.column(column).map(|value| bin(column, value)).collect();
        (0..self.columns()).into_par_iter().map(binned).collect()
    }
}

/// Where the bins of sorted values end.
fn ends(sorted: &[f32]) -> Vec<f32> {
    let distinct: Vec<&[f32]> = sorted.chunk_by(|a, b| a == b).collect();
    let Some((_, before_last)) = distinct.split_last() else {
        return Vec::new();
    };
    let full = if distinct.len() <= MOST {
        0
    } else {
        sorted.len().div_ceil(MOST)
    };
    let (mut ends, mut held) = (Vec::new(), 0);
    for equals in before_last {
        held += equals.len();
        if held >= full {
            ends.push(equals[0]);
            held = 0;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_a_constant_has_one() {
        let known = Matrix::new(2, vec![1.0, 7.0, 2.0, 7.0, 1.0, 7.0, 3.0, 7.0]);
        let bins = Bins::new(&known);
        assert_eq!((bins.count(0), bins.count(1)), (3, 1));
        assert_eq!(bins.of(&known), [vec![0, 1, 0, 2], vec![0; 4]]);
    }

    #[test]
    fn many_values_fill_no_more_bins_than_a_byte_can_name() {
        let known = Matrix::new(1, (0..10_000).map(|i| i as f32).collect());
        let bins = Bins::new(&known);
        assert!((100..=MOST).contains(&bins.count(0)), "{}", bins.count(0));
        let of = &bins.of(&known)[0];
        assert!(of.is_sorted() && usize::from(of[9_999]) == bins.count(0) - 1);
    }
}
