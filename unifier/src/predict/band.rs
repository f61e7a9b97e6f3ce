//! How far a sum may be off, from how far the same sum was off on past days. It owns the arithmetic of the interval and no words.

use serde::{Deserialize, Serialize};

/// Two-sided 80 % quantiles of Student's t for 1, 2, … degrees of freedom; the normal distribution's beyond.
const T_80: [f64; 10] = [3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372];
const NORMAL_80: f64 = 1.282;

/// Factors between which the truth lies four times in five, relative to what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Expected / actual − 1, the mean over the origins.
    pub error: f64,
    /// What is expected times this is the lower end.
    pub low: f64,
    /// What is expected times this is the upper end.
    pub high: f64,
}

impl Band {
    /// From (expected, actual) at each origin, and how much the origins' windows overlap. The errors' logarithms are taken as
    /// normal around zero. Nothing
    /// when nothing happened.
    pub fn new(sums: &[(f64, f64)], overlap: f64) -> Option<Self> {
        let usable: Vec<(f64, f64)> = sums.iter().copied().filter(|s| s.0 > 0.0 && s.1 > 0.0).collect();
        if usable.is_empty() || usable.len() < sums.len() {
            return None;
        }
        let n = usable.len() as f64;
        let squares = usable
            .iter()
            .map(|(expected, actual)| (actual / expected).ln().powi(2))
            .sum::<f64>()
            / n;
        let independent = ((n - 1.0) / overlap + 1.0).floor().max(1.0) as usize;
        let t = T_80.get(independent - 1).copied().unwrap_or(NORMAL_80);
        let half = t * squares.sqrt();
        Some(Self {
            error: usable
                .iter()
                .map(|(expected, actual)| expected / actual - 1.0)
                .sum::<f64>()
                / n,
            low: (-half).exp(),
            high: half.exp(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_off_by_a_tenth_each_time_is_expected_to_be_off_again() {
        let band = Band::new(&[(110.0, 100.0), (100.0, 110.0), (110.0, 100.0)], 1.0).unwrap();
        assert!((band.high - 1.1f64.powf(1.638)).abs() < 1e-12 && (band.low * band.high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn fewer_or_overlapping_origins_widen_the_band() {
        let sums = [(110.0, 100.0); 3];
        let width = |n: usize, overlap| Band::new(&sums[..n], overlap).unwrap().high;
        assert!(width(1, 1.0) > width(2, 1.0) && width(2, 1.0) > width(3, 1.0));
        assert!(width(3, 2.0) > width(3, 1.0));
        assert_eq!(Band::new(&[(1.0, 0.0)], 1.0), None);
    }
}
