//! Gradient boosting of small trees on the logistic loss (Friedman 2001): what a weighted sum misses because things matter together or
//! not in proportion. How many trees there are is decided by rows that they were not grown on, which also set how sure the sum of
//! the trees may be (Platt 1999).

use super::super::logistic::{ln_odds, logistic};
use super::bins::Bins;
use super::matrix::{Examples, Matrix};
use super::regression::Regression;
use super::tree::{Loss, Tree};

/// By how much each tree is shrunk.
const RATE: f64 = 0.06;
/// Trees there are at most.
const TREES: usize = 300;
/// After so many trees without a gain on the rows held back, no more are grown.
const PATIENCE: usize = 25;
/// Every so manieth row is held back.
const HELD_BACK: usize = 5;
/// With fewer of either kind held back, nothing can be decided on them.
const LEAST_HELD_BACK: usize = 10;
/// Trees where nothing can be decided.
const FEW_TREES: usize = 30;

/// A sum of trees, made as sure as it may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosting {
    base: f64,
    trees: Vec<Tree>,
    /// The sum's log-odds become `sureness.0` + `sureness.1` times as much.
    sureness: (f64, f64),
}

impl Boosting {
    /// Grows as many trees as help with rows held back, then as many over all rows.
    pub fn fit(examples: &Examples) -> Self {
        let (held, kept) = examples.split(HELD_BACK);
        let (did, not) = held.outcomes();
        if did.min(not) < LEAST_HELD_BACK {
            return Self::grow(examples, FEW_TREES, |_| true);
        }
        let mut watch = Watch::new(&held);
        let tried = Self::grow(&kept, TREES, |so_far| watch.goes_on(so_far));
        let trees = watch.best.1;
        let sureness = watch.sureness(&held, tried, trees);
        Self {
            sureness,
            ..Self::grow(examples, trees, |_| true)
        }
    }

    /// The log-odds of a row.
    pub fn log_odds(&self, row: &[f32]) -> f64 {
        self.sureness.0 + self.sureness.1 * self.sum(row)
    }

    fn sum(&self, row: &[f32]) -> f64 {
        self.base + self.trees.iter().map(|tree| tree.value(row)).sum::<f64>()
    }

    /// At most `most` trees; `goes_on` is asked after each.
    fn grow(examples: &Examples, most: usize, mut goes_on: impl FnMut(&Self) -> bool) -> Self {
        let (did, not) = examples.outcomes();
        let base = ln_odds((did as f64 + 0.5) / (did as f64 + not as f64 + 1.0));
        let mut grown = Self {
            base,
            trees: Vec::new(),
            sureness: (0.0, 1.0),
        };
        let bins = Bins::new(&examples.known);
        let binned = bins.of(&examples.known);
        let mut sums = vec![base; examples.did.len()];
        while grown.trees.len() < most {
            let chances = || sums.iter().map(|sum| logistic(*sum).0);
            let slope: Vec<f64> = chances()
                .zip(&examples.did)
                .map(|(p, did)| p - f64::from(*did))
                .collect();
            let curvature: Vec<f64> = chances().map(|p| p * (1.0 - p)).collect();
            let loss = Loss {
                slope: &slope,
                curvature: &curvature,
            };
            let tree = Tree::grow(&bins, &binned, &loss, RATE, |row, value| sums[row] += value);
            grown.trees.push(tree);
            if !goes_on(&grown) {
                break;
            }
        }
        grown
    }
}

/// How the trees so far do on rows they were not grown on.
struct Watch<'a> {
    held: &'a Examples,
    sums: Vec<f64>,
    /// The smallest loss, and the number of trees that reached it.
    best: (f64, usize),
}

impl<'a> Watch<'a> {
    fn new(held: &'a Examples) -> Self {
        Self {
            held,
            sums: Vec::new(),
            best: (f64::INFINITY, 0),
        }
    }

    fn goes_on(&mut self, so_far: &Boosting) -> bool {
        if self.sums.is_empty() {
            self.sums = vec![so_far.base; self.held.did.len()];
        }
        if let Some(tree) = so_far.trees.last() {
            let rows = self.sums.iter_mut().enumerate();
            rows.for_each(|(row, sum)| *sum += tree.value(self.held.known.row(row)));
        }
        let told = self.sums.iter().zip(&self.held.did);
        let loss: f64 = told.map(|(sum, did)| logistic(if *did { -sum } else { *sum }).1).sum();
        let trees = so_far.trees.len();
        if loss < self.best.0 {
            self.best = (loss, trees);
        }
        trees < self.best.1 + PATIENCE
    }

    /// The line through the log-odds of the first `trees` that fits the rows held back best, never falling.
    fn sureness(&self, held: &Examples, mut tried: Boosting, trees: usize) -> (f64, f64) {
        tried.trees.truncate(trees);
        let sums = (0..held.did.len()).map(|row| tried.sum(held.known.row(row)) as f32);
        let line = Regression::fit(&Examples {
            known: Matrix::new(1, sums.collect()),
            did: held.did.clone(),
        });
        match line.weights.first() {
            Some(slope) if *slope > 0.0 => (line.intercept, *slope),
            _ => (0.0, 1.0),
        }
    }
}
