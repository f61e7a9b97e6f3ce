//! Keeps the logarithms of parameters where arithmetic is safe, and pulls them gently to ordinary values where there is too
//! little to learn from. It knows no model.

use super::optimise::Evaluation;

/// How steeply the objective rises outside the box.
const STIFFNESS: f64 = 1.0;
/// A parameter this close to the edge counts as having run into it.
const EDGE: f64 = 0.1;

/// The region in which a maximum is searched, in logarithms.
pub struct LogBox<const N: usize> {
    /// Lower ends.
    pub low: [f64; N],
    /// Upper ends.
    pub high: [f64; N],
}

impl<const N: usize> LogBox<N> {
    /// Adds a penalty that grows with the square of the distance from the box.
    pub fn keep(&self, theta: &[f64; N], evaluation: &mut Evaluation<N>) {
        for (i, &value) in theta.iter().enumerate() {
            let outside = (value - self.high[i]).max(0.0) + (value - self.low[i]).min(0.0);
            evaluation.0 += STIFFNESS * outside * outside;
            evaluation.1[i] += 2.0 * STIFFNESS * outside;
        }
    }

    /// Whether any parameter has reached the edge.
    pub fn touched(&self, theta: &[f64; N]) -> bool {
        theta
            .iter()
            .enumerate()
            .any(|(i, &v)| v < self.low[i] + EDGE || v > self.high[i] - EDGE)
    }
}

/// Independent normal priors on the logarithms of the parameters.
pub struct WeakPrior<const N: usize> {
    /// Where the parameters usually are.
    pub centre: [f64; N],
    /// Standard deviations.
    pub spread: [f64; N],
}

impl<const N: usize> WeakPrior<N> {
    /// Adds minus the log prior, per customer.
    pub fn weigh(&self, theta: &[f64; N], customers: f64, evaluation: &mut Evaluation<N>) {
        for (i, &value) in theta.iter().enumerate() {
            let deviation = (value - self.centre[i]) / self.spread[i];
            evaluation.0 += 0.5 * deviation * deviation / customers;
            evaluation.1[i] += deviation / self.spread[i] / customers;
        }
    }
}
