//! Whether probabilities mean what they say: log-loss, Brier score, calibration error and the decile table. It never asks who was
//! ranked above whom; that is `discrimination`.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// No probability counts as surer than this, or one surprise would cost infinitely much.
const SUREST: f64 = 1e-9;

/// Tenths of the customers by predicted probability.
const TENTHS: usize = 10;

/// Predicted probabilities against what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Mean of −ln of the probability given to what happened.
    pub log_loss: f64,
    /// Mean squared difference.
    pub brier: f64,
    /// Mean absolute difference between predicted and actual share of buyers in the tenths.
    pub calibration_error: f64,
    /// Predicted buyers.
    pub predicted: f64,
    /// The tenths, the least likely first.
    pub tenths: [Tenth; TENTHS],
}

/// One tenth of the customers. Equals stay together, so tenths may differ in size and even be empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Tenth {
    /// The lowest probability in it.
    pub from: f64,
    /// How many there are.
    pub customers: u64,
    /// How many were expected to buy.
    pub predicted: f64,
    /// How many bought.
    pub bought: u64,
}

impl Calibration {
    /// Compares each probability with what happened.
    pub fn new(probabilities: &[f64], bought: &[bool]) -> Self {
        let mut sorted: Vec<(f64, bool)> = probabilities.iter().copied().zip(bought.iter().copied()).collect();
        sorted.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let n = sorted.len().max(1) as f64;
        let loss = |&(p, bought): &(f64, bool)| -(if bought { p } else { 1.0 - p }).max(SUREST).ln();
        let tenths = tenths(&sorted);
        Self {
            log_loss: sorted.iter().map(loss).sum::<f64>() / n,
            brier: sorted
                .iter()
                .map(|&(p, bought)| (p - f64::from(bought)).powi(2))
                .sum::<f64>()
                / n,
            calibration_error: tenths
                .iter()
                .map(|t| (t.predicted - t.bought as f64).abs())
                .sum::<f64>()
                / n,
            predicted: sorted.iter().map(|one| one.0).sum(),
            tenths,
        }
    }
}

/// The tenths that hold anybody, the likeliest first.
pub fn held(tenths: &[Tenth]) -> impl Iterator<Item = &Tenth> {
    tenths.iter().rev().filter(|tenth| tenth.customers > 0)
}

fn tenths(sorted: &[(f64, bool)]) -> [Tenth; TENTHS] {
    let mut tenths = [Tenth::default(); TENTHS];
    let mut below = 0;
    for equals in sorted.chunk_by(|a, b| a.0 == b.0) {
        // Equals belong where their middle one is.
        let tenth = &mut tenths[(TENTHS * (2 * below + equals.len()) / (2 * sorted.len())).min(TENTHS - 1)];
        if tenth.customers == 0 {
            tenth.from = equals[0].0;
        }
        tenth.customers += equals.len() as u64;
        tenth.predicted += equals.iter().map(|one| one.0).sum::<f64>();
        tenth.bought += equals.iter().filter(|one| one.1).count() as u64;
        below += equals.len();
    }
    tenths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_told_with_certainty_costs_nothing() {
        let bought = [true, false, true];
        let calibration = Calibration::new(&[1.0, 0.0, 1.0], &bought);
        assert_eq!(
            (calibration.log_loss, calibration.brier, calibration.calibration_error),
            (0.0, 0.0, 0.0)
        );
    }

    #[test]
    fn the_base_rate_for_all_is_calibrated_and_costs_its_entropy() {
        let bought: Vec<bool> = (0..100).map(|i| i % 4 == 0).collect();
        let calibration = Calibration::new(&[0.25; 100], &bought);
        assert!(calibration.calibration_error < 1e-12 && (calibration.brier - 0.1875).abs() < 1e-12);
        assert!((calibration.log_loss - (-0.25 * 0.25f64.ln() - 0.75 * 0.75f64.ln())).abs() < 1e-12);
        assert_eq!(calibration.tenths.iter().filter(|tenth| tenth.customers > 0).count(), 1);
    }

    #[test]
    fn tenths_hold_everyone_once() {
        let probabilities: Vec<f64> = (0..57).map(|i| f64::from(i % 19) / 19.0).collect();
        let calibration = Calibration::new(&probabilities, &[false; 57]);
        assert_eq!(calibration.tenths.iter().map(|tenth| tenth.customers).sum::<u64>(), 57);
    }
}
