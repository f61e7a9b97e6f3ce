//! How well a score tells those who bought from those who did not: area under the ROC curve, and whether one score is
//! better than another beyond chance. Only the order of scores matters here. All counts are integers, so nothing depends on
//! the order of the customers.

use rayon::prelude::*;

/// For each customer, twice the number of customers of the other kind that the score puts in the right order with them, ties
/// counting half: buyers against non-buyers with a lower score, non-buyers against buyers with a higher one.
#[derive(Debug, Clone)]
pub struct Placements {
    doubled: Vec<i64>,
    buyers: i64,
    others: i64,
    auc: f64,
}

impl Placements {
    /// Places everyone by `scores`; `bought` says what happened.
    pub fn new(scores: &[f64], bought: &[bool]) -> Self {
        let buyers = bought.iter().filter(|bought| **bought).count() as i64;
        let others = bought.len() as i64 - buyers;
        let mut order: Vec<u32> = (0..scores.len() as u32).collect();
        order.par_sort_unstable_by(|&a, &b| scores[a as usize].total_cmp(&scores[b as usize]));
        let mut doubled = vec![0; scores.len()];
        let (mut buyers_below, mut others_below) = (0, 0);
        let mut right_pairs = 0;
        for equals in order.chunk_by(|&a, &b| scores[a as usize] == scores[b as usize]) {
            let buyers_here = equals.iter().filter(|&&i| bought[i as usize]).count() as i64;
            let others_here = equals.len() as i64 - buyers_here;
            let buyers_above = buyers - buyers_below - buyers_here;
            for &i in equals {
                let of_a_buyer = 2 * others_below + others_here;
                doubled[i as usize] = if bought[i as usize] {
                    of_a_buyer
                } else {
                    2 * buyers_above + buyers_here
                };
            }
            right_pairs += i128::from(buyers_here) * i128::from(2 * others_below + others_here);
            buyers_below += buyers_here;
            others_below += others_here;
        }
        let pairs = 2.0 * buyers as f64 * others as f64;
        Self {
            doubled,
            buyers,
            others,
            auc: if pairs > 0.0 { right_pairs as f64 / pairs } else { 0.5 },
        }
    }

    /// The chance that a buyer scores higher than someone who did not buy; 0.5 is chance, and what is said when all are alike.
    pub fn auc(&self) -> f64 {
        self.auc
    }

    /// The variance of the difference of two areas over the same customers (DeLong, DeLong and Clarke-Pearson 1988).
    pub fn variance_of_difference(&self, other: &Self, bought: &[bool]) -> f64 {
        let of = |kind: bool, size: i64, opposite: i64| {
            let differences = || {
                self.doubled
                    .iter()
                    .zip(&other.doubled)
                    .zip(bought)
                    .filter(|(_, b)| **b == kind)
            };
            let difference = |((a, b), _): ((&i64, &i64), &bool)| i128::from(a - b);
            let sum: i128 = differences().map(difference).sum();
            let squares: i128 = differences().map(|d| difference(d).pow(2)).sum();
            let (n, scale) = (size as f64, 2.0 * opposite as f64);
            let spread = (squares as f64 - (sum as f64).powi(2) / n) / (scale * scale);
            if size > 1 { spread.max(0.0) / (n - 1.0) / n } else { 0.0 }
        };
        of(true, self.buyers, self.others) + of(false, self.others, self.buyers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive_auc(scores: &[f64], bought: &[bool]) -> f64 {
        let (mut right, mut pairs) = (0.0, 0.0);
        for i in (0..scores.len()).filter(|&i| bought[i]) {
            for j in (0..scores.len()).filter(|&j| !bought[j]) {
                pairs += 1.0;
                right += if scores[i] > scores[j] {
                    1.0
                } else if scores[i] == scores[j] {
                    0.5
                } else {
                    0.0
                };
            }
        }
        if pairs > 0.0 { right / pairs } else { 0.5 }
    }

    #[test]
    fn a_score_compared_with_itself_has_no_variance() {
        let (scores, bought) = ([0.1, 0.4, 0.3, 0.9], [false, true, false, true]);
        let placements = Placements::new(&scores, &bought);
        assert_eq!(placements.auc(), 1.0);
        assert_eq!(placements.variance_of_difference(&placements, &bought), 0.0);
    }

    #[test]
    fn the_variance_is_that_of_the_published_formula() {
        let bought = [true, true, true, false, false];
        let a = Placements::new(&[0.9, 0.8, 0.2, 0.3, 0.1], &bought);
        let b = Placements::new(&[0.5, 0.1, 0.9, 0.4, 0.6], &bought);
        // Placement values of buyers: a 1, 1, ½; b ½, 0, 1: differences ½, 1, −½, variance 7/12. Of the others: a ⅔, 1; b ⅔, ⅓:
        // differences 0, ⅔, variance 2/9.
        assert!((a.variance_of_difference(&b, &bought) - (7.0 / 12.0 / 3.0 + 2.0 / 9.0 / 2.0)).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn the_area_counts_pairs(customers in prop::collection::vec((0u8..6, any::<bool>()), 1..50)) {
            let scores: Vec<f64> = customers.iter().map(|c| f64::from(c.0)).collect();
            let bought: Vec<bool> = customers.iter().map(|c| c.1).collect();
            prop_assert!((Placements::new(&scores, &bought).auc() - naive_auc(&scores, &bought)).abs() < 1e-12);
        }
    }
}
