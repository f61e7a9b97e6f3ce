//! One regression tree, grown leaf by leaf where the loss falls most. It knows slopes and curvatures of some loss, and not which.
//!
//! The gain of a split and the value of a leaf are those of Chen and Guestrin (2016, equations 5 and 7). Sums run over the rows of a
//! leaf in their order, one column a thread, so that the number of threads does not matter; of equal gains the first column's and the
//! lowest split's is taken.

use rayon::prelude::*;

use super::bins::Bins;

/// Leaves a tree has at most.
const LEAVES: usize = 16;
/// Rows a leaf has at least.
const ROWS: u32 = 20;
/// The penalty on half the squared value of a leaf.
const RIDGE: f64 = 1.0;
/// A split that gains less is noise of rounding.
const LEAST_GAIN: f64 = 1e-6;

/// The loss around the present prediction, row by row.
pub struct Loss<'a> {
    /// First derivatives.
    pub slope: &'a [f64],
    /// Second derivatives, never negative.
    pub curvature: &'a [f64],
}

/// A node: where to go, or what to say.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Node {
    /// Values up to `end` go to the node `low`, others to the one after it.
    Split { column: u32, end: f32, low: u32 },
    /// A leaf's value.
    Leaf(f64),
}

/// A grown tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// What the tree says of a row.
    pub fn value(&self, row: &[f32]) -> f64 {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Leaf(value) => return value,
                Node::Split { column, end, low } => at = low as usize + usize::from(row[column as usize] > end),
            }
        }
    }

    /// Grows a tree over all rows, whose bins are given column by column, and tells each row's value to `told`. Every leaf's value
    /// is shrunk by `rate`.
    pub fn grow(bins: &Bins, binned: &[Vec<u8>], loss: &Loss<'_>, rate: f64, mut told: impl FnMut(usize, f64)) -> Self {
        let all: Vec<u32> = (0..loss.slope.len() as u32).collect();
        let mut nodes = vec![Node::Leaf(0.0)];
        let mut open = vec![Open::new(0, all, bins, binned, loss)];
        while open.len() < LEAVES {
            let gains = open.iter().enumerate().filter_map(|(at, leaf)| Some((at, leaf.best?)));
            let best = gains.reduce(|a, b| if b.1.gain > a.1.gain { b } else { a });
            let Some((at, split)) = best else { break };
            let leaf = open.swap_remove(at);
            let low = nodes.len() as u32;
            nodes[leaf.node] = Node::Split {
                column: split.column as u32,
                end: bins.end(split.column, split.bin),
                low,
            };
            nodes.extend([Node::Leaf(0.0); 2]);
            let (lower, higher): (Vec<u32>, Vec<u32>) = leaf
                .rows
                .iter()
                .partition(|&&row| usize::from(binned[split.column][row as usize]) <= split.bin);
            open.push(Open::new(low as usize, lower, bins, binned, loss));
            open.push(Open::new(low as usize + 1, higher, bins, binned, loss));
        }
        for leaf in open {
            let value = rate * leaf.sums.value();
            nodes[leaf.node] = Node::Leaf(value);
            leaf.rows.iter().for_each(|&row| told(row as usize, value));
        }
        Self { nodes }
    }
}

/// Sums over some rows.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    slope: f64,
    curvature: f64,
    rows: u32,
}

impl Sums {
    fn value(self) -> f64 {
        -self.slope / (self.curvature + RIDGE)
    }

    fn score(self) -> f64 {
        self.slope * self.slope / (self.curvature + RIDGE)
    }

    fn add(&mut self, other: Self) {
        self.slope += other.slope;
        self.curvature += other.curvature;
        self.rows += other.rows;
    }

    fn without(self, other: Self) -> Self {
        Self {
            slope: self.slope - other.slope,
            curvature: self.curvature - other.curvature,
            rows: self.rows - other.rows,
        }
    }
}

/// Rows up to a bin go one way.
#[derive(Debug, Clone, Copy)]
struct Split {
    gain: f64,
    column: usize,
    bin: usize,
}

/// A leaf that may be split.
struct Open {
    node: usize,
    rows: Vec<u32>,
    sums: Sums,
    best: Option<Split>,
}

impl Open {
    fn new(node: usize, rows: Vec<u32>, bins: &Bins, binned: &[Vec<u8>], loss: &Loss<'_>) -> Self {
        let mut sums = Sums::default();
        rows.iter().for_each(|&row| sums.add(loss.at(row)));
        let of_column = |column: usize| best_split(&rows, sums, column, bins.count(column), &binned[column], loss);
        let found: Vec<Option<Split>> = if rows.len() < 2 * ROWS as usize {
            Vec::new()
        } else {
            (0..bins.columns()).into_par_iter().map(of_column).collect()
        };
        let best = found.into_iter().flatten();
        Self {
            node,
            rows,
            sums,
            best: best.reduce(|a, b| if b.gain > a.gain { b } else { a }),
        }
    }
}

impl Loss<'_> {
    fn at(&self, row: u32) -> Sums {
        Sums {
            slope: self.slope[row as usize],
            curvature: self.curvature[row as usize],
            rows: 1,
        }
    }
}

fn best_split(rows: &[u32], all: Sums, column: usize, bins: usize, of: &[u8], loss: &Loss<'_>) -> Option<Split> {
    if bins < 2 {
        return None;
    }
    let mut sums = vec![Sums::default(); bins];
    for &row in rows {
        sums[usize::from(of[row as usize])].add(loss.at(row));
    }
    let mut low = Sums::default();
    let mut best: Option<Split> = None;
    for (bin, here) in sums[..bins - 1].iter().enumerate() {
        low.add(*here);
        let high = all.without(low);
        let gain = low.score() + high.score() - all.score();
        let better = best.map_or(gain > LEAST_GAIN, |best| gain > best.gain);
        if here.rows > 0 && low.rows >= ROWS && high.rows >= ROWS && better {
            best = Some(Split { gain, column, bin });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::propensity::matrix::Matrix;

    fn grown(known: &Matrix, wanted: impl Fn(&[f32]) -> f64) -> (Tree, Vec<f64>) {
        let slope: Vec<f64> = (0..known.len()).map(|row| -wanted(known.row(row))).collect();
        let loss = Loss {
            slope: &slope,
            curvature: &vec![1.0; slope.len()],
        };
        let bins = Bins::new(known);
        let mut told = vec![f64::NAN; slope.len()];
        let tree = Tree::grow(&bins, &bins.of(known), &loss, 1.0, |row, value| told[row] = value);
        (tree, told)
    }

    #[test]
    fn a_step_of_two_columns_is_found() {
        let known = Matrix::new(
            2,
            (0..4_000).flat_map(|i| [(i % 10) as f32, (i / 400) as f32]).collect(),
        );
        let step = |row: &[f32]| f64::from(u8::from(row[0] > 4.0 && row[1] > 6.0)) * 2.0;
        let (tree, told) = grown(&known, step);
        for (row, told) in told.iter().enumerate() {
            let said = tree.value(known.row(row));
            assert!((said - step(known.row(row))).abs() < 0.01, "{row}: {said}");
            assert_eq!(said, *told);
        }
    }

    #[test]
    fn nothing_to_tell_apart_is_one_leaf() {
        let (tree, _) = grown(&Matrix::new(1, vec![3.0; 200]), |_| 1.0);
        assert_eq!(tree.nodes.len(), 1);
        assert!((tree.value(&[9.0]) - 200.0 / 201.0).abs() < 1e-12);
    }
}
