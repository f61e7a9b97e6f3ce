//! How much of what happened (buyers, or money) is found among those who score best: the curve behind lift figures and Gini
//! coefficients. Only the order of scores matters; equals share what they find.

use rayon::prelude::*;

/// The curve has a point every twentieth of the customers.
const PARTS: usize = 20;

/// What those who score best brought in.
#[derive(Debug, Clone, PartialEq)]
pub struct Gains {
    /// Share of all that is found among the best 0, 1/20, 2/20 … 20/20.
    pub shares: Vec<f64>,
    /// Area between the curve and chance, relative to what knowing the future would give: 1 is perfect, 0 is chance.
    pub gini: f64,
}

impl Gains {
    /// Ranks by `scores`, the highest first, and adds up `found`, which is never negative.
    pub fn new(scores: &[f64], found: &[f64]) -> Self {
        let (shares, area) = curve(scores, found);
        let (_, best) = curve(found, found);
        Self {
            shares,
            gini: if best > 0.0 { area / best } else { 0.0 },
        }
    }

    /// What is found among the best tenth, relative to a tenth of all.
    pub fn lift_of_best_tenth(&self) -> f64 {
        10.0 * self.share_of_best_tenth()
    }

    /// The share of all that is found among the best tenth.
    pub fn share_of_best_tenth(&self) -> f64 {
        self.shares[PARTS / 10]
    }
}

/// The points of the curve, and twice its area above the diagonal.
fn curve(scores: &[f64], found: &[f64]) -> (Vec<f64>, f64) {
    let mut ranked: Vec<(f64, f64)> = scores.iter().copied().zip(found.iter().copied()).collect();
    // By what was found too, so that sums do not depend on the order of equals.
    ranked.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = ranked.iter().map(|one| one.1).sum();
    if total <= 0.0 || !total.is_finite() {
        let diagonal = (0..=PARTS).map(|part| part as f64 / PARTS as f64);
        return (diagonal.collect(), 0.0);
    }
    let customers = ranked.len() as f64;
    let (mut shares, mut area) = (vec![0.0], 0.0);
    let (mut people, mut sum) = (0.0, 0.0);
    for equals in ranked.chunk_by(|a, b| a.0 == b.0) {
        let (more, theirs) = (equals.len() as f64, equals.iter().map(|one| one.1).sum::<f64>());
        while shares.len() <= PARTS {
            let wanted = customers * shares.len() as f64 / PARTS as f64;
            if wanted > people + more {
                break;
            }
            shares.push((sum + theirs * (wanted - people) / more) / total);
        }
        area += more / customers * (2.0 * sum + theirs) / total;
        people += more;
        sum += theirs;
    }
    shares.resize(PARTS + 1, 1.0);
    (shares, area - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought() -> Vec<f64> {
        (0..40).map(|i| f64::from(i % 4 == 0)).collect()
    }

    #[test]
    fn equal_scores_find_what_chance_finds() {
        let gains = Gains::new(&[1.0; 40], &bought());
        assert!((gains.lift_of_best_tenth() - 1.0).abs() < 1e-12 && gains.gini.abs() < 1e-12);
        assert_eq!(gains.shares.len(), 21);
    }

    #[test]
    fn knowing_the_future_finds_all_first() {
        let gains = Gains::new(&bought(), &bought());
        assert!((gains.lift_of_best_tenth() - 4.0).abs() < 1e-12 && (gains.gini - 1.0).abs() < 1e-12);
        assert_eq!((gains.shares[5], gains.shares[20]), (1.0, 1.0));
    }

    #[test]
    fn nothing_found_is_chance() {
        assert_eq!(Gains::new(&[3.0, 1.0], &[0.0, 0.0]).gini, 0.0);
        assert_eq!(Gains::new(&[], &[]).shares.len(), 21);
    }
}
