//! Logistic regression with a ridge: the chance as a weighted sum of what is known. It fits by Newton's method and judges nothing.
//!
//! Columns are standardised before they are fitted, so that the penalty does not depend on their units; those that say the same of
//! everybody get no weight. Sums run over fixed pieces of the rows in their order: the same rows give the same bytes for any number
//! of threads.

use rayon::prelude::*;

use super::super::logistic::{ln_odds, logistic};
use super::matrix::{Examples, Matrix};

/// The penalty on half the squared weights of standardised columns, against the sum of −ln of the probabilities.
const RIDGE: f64 = 1.0;
/// The intercept is held so weakly to the share of those who did it that only a sample of one kind notices.
const INTERCEPT_RIDGE: f64 = 1e-3;
/// Columns that differ by less than this are constant.
const CONSTANT: f64 = 1e-6;
/// Newton's method needs about six steps; where rounding stops it earlier it stays where it is.
const MAXIMUM_STEPS: usize = 50;
/// A step that changes no weight by more than this is the last.
const TOLERANCE: f64 = 1e-9;
/// Rows whose sums one thread adds up.
const PIECE: usize = 4_096;

/// A fitted weighted sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The log-odds where everything is 0.
    pub intercept: f64,
    /// By how much the log-odds rise with each column.
    pub weights: Vec<f64>,
}

impl Regression {
    /// The most likely weights under the ridge.
    pub fn fit(examples: &Examples) -> Self {
        let scale = Scale::new(&examples.known);
        let (did, not) = examples.outcomes();
        let base = ln_odds((did as f64 + 0.5) / (did as f64 + not as f64 + 1.0));
        let mut at = vec![0.0; scale.columns.len() + 1];
        at[0] = base;
        let mut sums = Sums::new(examples, &scale, &at, base);
        for _ in 0..MAXIMUM_STEPS {
            let Some(step) = solve(&mut sums.curvature, &sums.slope) else {
                break;
            };
            let Some((next, better)) = shortened(&at, &step, sums.loss, |at| Sums::new(examples, &scale, at, base))
            else {
                break;
            };
            (at, sums) = (next, better);
            if step.iter().all(|s| s.abs() < TOLERANCE) {
                break;
            }
        }
        scale.undone(&at, examples.known.width())
    }

    /// The log-odds of a row.
    pub fn log_odds(&self, row: &[f32]) -> f64 {
        let terms = self.weights.iter().zip(row);
        self.intercept + terms.map(|(weight, value)| weight * f64::from(*value)).sum::<f64>()
    }
}

/// A column's place, mean and standard deviation, for those that are not constant.
struct Scale {
    columns: Vec<(usize, f64, f64)>,
}

impl Scale {
    fn new(known: &Matrix) -> Self {
        let n = known.len().max(1) as f64;
        let column = |at: usize| {
            let mean = known.column(at).map(f64::from).sum::<f64>() / n;
            let squares = known.column(at).map(|value| (f64::from(value) - mean).powi(2));
            let deviation = (squares.sum::<f64>() / n).sqrt();
            (deviation > CONSTANT).then_some((at, mean, deviation))
        };
        Self {
            columns: (0..known.width()).into_par_iter().filter_map(column).collect(),
        }
    }

    fn standardised(&self, row: &[f32], into: &mut [f64]) {
        into[0] = 1.0;
        for (value, (at, mean, deviation)) in into[1..].iter_mut().zip(&self.columns) {
            *value = (f64::from(row[*at]) - mean) / deviation;
        }
    }

    /// The weights in the columns' own units.
    fn undone(&self, at: &[f64], width: usize) -> Regression {
        let mut fitted = Regression {
            intercept: at[0],
            weights: vec![0.0; width],
        };
        for (weight, (column, mean, deviation)) in at[1..].iter().zip(&self.columns) {
            fitted.weights[*column] = weight / deviation;
            fitted.intercept -= weight * mean / deviation;
        }
        fitted
    }
}

/// The penalised loss at some weights, with its slope and curvature.
struct Sums {
    loss: f64,
    slope: Vec<f64>,
    /// The lower half, row by row of full width.
    curvature: Vec<f64>,
}

impl Sums {
    fn new(examples: &Examples, scale: &Scale, at: &[f64], base: f64) -> Self {
        let pieces = (0..examples.did.len()).step_by(PIECE).collect::<Vec<_>>();
        let piece = |start: &usize| Self::of(examples, scale, at, *start..(start + PIECE).min(examples.did.len()));
        let parts: Vec<Self> = pieces.par_iter().map(piece).collect();
        let mut sums = Self::zero(at.len());
        parts.iter().for_each(|part| sums.add(part));
        for (i, value) in at.iter().enumerate() {
            let (ridge, off) = if i == 0 {
                (INTERCEPT_RIDGE, value - base)
            } else {
                (RIDGE, *value)
            };
            sums.loss += 0.5 * ridge * off * off;
            sums.slope[i] += ridge * off;
            sums.curvature[i * at.len() + i] += ridge;
        }
        sums
    }

    fn zero(width: usize) -> Self {
        Self {
            loss: 0.0,
            slope: vec![0.0; width],
            curvature: vec![0.0; width * width],
        }
    }

    fn of(examples: &Examples, scale: &Scale, at: &[f64], rows: std::ops::Range<usize>) -> Self {
        let width = at.len();
        let mut sums = Self::zero(width);
        let mut z = vec![0.0; width];
        for row in rows {
            scale.standardised(examples.known.row(row), &mut z);
            let margin: f64 = z.iter().zip(at).map(|(z, weight)| z * weight).sum();
            let (p, softplus) = logistic(margin);
            let did = f64::from(examples.did[row]);
            sums.loss += softplus - did * margin;
            let spread = p * (1.0 - p);
            for i in 0..width {
                sums.slope[i] += (p - did) * z[i];
                let weighted = spread * z[i];
                let line = &mut sums.curvature[i * width..=i * width + i];
                line.iter_mut().zip(&z).for_each(|(sum, z)| *sum += weighted * z);
            }
        }
        sums
    }

    fn add(&mut self, other: &Self) {
        self.loss += other.loss;
        self.slope.iter_mut().zip(&other.slope).for_each(|(a, b)| *a += b);
        let pairs = self.curvature.iter_mut().zip(&other.curvature);
        pairs.for_each(|(a, b)| *a += b);
    }
}

/// Halves the step until the loss is no higher; nothing when no step is small enough.
fn shortened(at: &[f64], step: &[f64], loss: f64, sums: impl Fn(&[f64]) -> Sums) -> Option<(Vec<f64>, Sums)> {
    let lengths = (0..20).map(|halvings| 0.5f64.powi(halvings));
    let mut tried = lengths.map(|length| {
        let next: Vec<f64> = at.iter().zip(step).map(|(at, step)| at - length * step).collect();
        let sums = sums(&next);
        (next, sums)
    });
    tried.find(|(_, there)| there.loss <= loss)
}

/// Solves for the Newton step by Cholesky's decomposition, in place of the matrix; nothing when the matrix is not positive.
fn solve(matrix: &mut [f64], right: &[f64]) -> Option<Vec<f64>> {
    let n = right.len();
    for i in 0..n {
        for j in 0..=i {
            let products: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let rest = matrix[i * n + j] - products;
            matrix[i * n + j] = if i > j {
                rest / matrix[j * n + j]
            } else if rest > 0.0 && rest.is_finite() {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    let mut solved = right.to_vec();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| matrix[i * n + k] * solved[k]).sum();
        solved[i] = (solved[i] - known) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| matrix[k * n + i] * solved[k]).sum();
        solved[i] = (solved[i] - known) / matrix[i * n + i];
    }
    Some(solved)
}
