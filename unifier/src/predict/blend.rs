//! Lets a rule's order and a model's probabilities work together. Models are good at how many will buy, simple rules often at who.
//! Whatever is done here leaves the sum of the probabilities, the expected number of buyers, as the model has it.

use rayon::prelude::*;

use super::exact;

/// The model's probabilities handed out in the rule's order: who ranks highest gets the highest. Equals share the mean of theirs.
pub fn in_order_of(ranking: &[f64], probabilities: &[f64]) -> Vec<f64> {
    let mut sorted = probabilities.to_vec();
    sorted.par_sort_unstable_by(f64::total_cmp);
    let mut order: Vec<u32> = (0..ranking.len() as u32).collect();
    order.par_sort_unstable_by(|&a, &b| ranking[a as usize].total_cmp(&ranking[b as usize]));
    let mut handed_out = vec![0.0; ranking.len()];
    let mut remaining = sorted.as_slice();
    for equals in order.chunk_by(|&a, &b| ranking[a as usize] == ranking[b as usize]) {
        let (theirs, higher) = remaining.split_at(equals.len());
        let mean = theirs.iter().sum::<f64>() / theirs.len() as f64;
        equals.iter().for_each(|&person| handed_out[person as usize] = mean);
        remaining = higher;
    }
    handed_out
}

/// The mean of what the model says and of what it says of those at the same rank by the rule.
pub fn mean_with(ranking: &[f64], probabilities: &[f64]) -> Vec<f64> {
    let by_rank = in_order_of(ranking, probabilities);
    by_rank
        .iter()
        .zip(probabilities)
        .map(|(by_rank, own)| 0.5 * (by_rank + own))
        .collect()
}

/// The orders that are expected, nobody's below the chance of one: E(N) ≥ P(N ≥ 1), also where one model says who orders and another
/// how often. What others are expected to order beyond their chance shrinks in proportion, so that the sum stays as the model of
/// orders has it, or becomes that of the chances where these sum to more.
pub fn at_least(chances: &[f64], expected: Vec<f64>) -> Vec<f64> {
    if expected
        .iter()
        .zip(chances)
        .all(|(expected, chance)| expected >= chance)
    {
        return expected;
    }
    let beyond: Vec<f64> = expected
        .iter()
        .zip(chances)
        .map(|(expected, chance)| (expected - chance).max(0.0))
        .collect();
    let left = exact::sum(&expected) - exact::sum(chances);
    let kept = (left / exact::sum(&beyond)).clamp(0.0, 1.0);
    let kept = if kept.is_finite() { kept } else { 0.0 };
    chances
        .iter()
        .zip(&beyond)
        .map(|(chance, beyond)| chance + kept * beyond)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_rule_orders_and_the_model_measures() {
        assert_eq!(in_order_of(&[3.0, 1.0, 2.0], &[0.2, 0.9, 0.4]), [0.9, 0.2, 0.4]);
        assert_eq!(in_order_of(&[1.0, 1.0, 2.0], &[0.3, 0.9, 0.1]), [0.2, 0.2, 0.9]);
    }

    #[test]
    fn nobody_is_expected_to_order_less_often_than_they_order_at_all() {
        assert_eq!(at_least(&[0.5, 0.2], vec![0.6, 0.2]), [0.6, 0.2]);
        let raised = at_least(&[0.5, 0.5, 0.1], vec![0.1, 1.0, 0.4]);
        assert!(
            (raised[0] - 0.5).abs() < 1e-12 && (raised.iter().sum::<f64>() - 1.5).abs() < 1e-12,
            "{raised:?}"
        );
        assert_eq!(at_least(&[0.5, 0.5], vec![0.1, 0.6]), [0.5, 0.5]);
        assert_eq!(at_least(&[0.5], vec![0.1]), [0.5]);
    }

    proptest! {
        #[test]
        fn raised_orders_keep_their_sum(people in prop::collection::vec((0.0..1.0f64, 0.0..3.0f64), 1..40)) {
            let (chances, expected): (Vec<f64>, Vec<f64>) = people.into_iter().unzip();
            let raised = at_least(&chances, expected.clone());
            prop_assert!(raised.iter().zip(&chances).all(|(raised, chance)| raised >= chance));
            let wanted = expected.iter().sum::<f64>().max(chances.iter().sum());
            prop_assert!((raised.iter().sum::<f64>() - wanted).abs() < 1e-9);
        }

        #[test]
        fn the_expected_number_of_buyers_stays(people in prop::collection::vec((0u8..9, 0.0..1.0f64), 1..40)) {
            let (ranking, probabilities): (Vec<f64>, Vec<f64>) = people.iter().map(|p| (f64::from(p.0), p.1)).unzip();
            let expected: f64 = probabilities.iter().sum();
            for blended in [in_order_of(&ranking, &probabilities), mean_with(&ranking, &probabilities)] {
                prop_assert!((blended.iter().sum::<f64>() - expected).abs() < 1e-9);
                prop_assert!(blended.iter().all(|p| (0.0..=1.0).contains(p)));
            }
        }
    }
}
