//! Sums whose bytes do not depend on the order of the terms or on the number of threads: terms become integers on a scale set by the
//! largest of them, and integers add exactly.

use rayon::prelude::*;

/// The largest term has so many binary digits; what is lost of the others is below its rounding.
const DIGITS: i32 = 60;

/// The sum of finite terms, to about 18 digits of the largest. Infinity when a term is not finite.
pub fn sum(terms: &[f64]) -> f64 {
    let largest = terms.par_iter().map(|term| term.abs()).reduce(|| 0.0, f64::max);
    if largest == 0.0 || !terms.par_iter().all(|term| term.is_finite()) {
        return if largest == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let scale = f64::from((DIGITS - largest.log2().ceil() as i32).clamp(-1_000, 1_023)).exp2();
    let total: i128 = terms.par_iter().map(|term| (term * scale).round() as i128).sum();
    total as f64 / scale
}

/// The mean; 0 of nothing.
pub fn mean(terms: &[f64]) -> f64 {
    if terms.is_empty() {
        0.0
    } else {
        sum(terms) / terms.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn extreme_terms_are_summed_too() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[1e300, -1e300, 1e300]), 1e300);
        assert!((sum(&[3e-300, 4e-300]) / 7e-300 - 1.0).abs() < 1e-7);
        assert_eq!(sum(&[1.0, f64::INFINITY]), f64::INFINITY);
        assert_eq!(sum(&[1.0, f64::NAN]), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn the_order_of_the_terms_does_not_matter(mut terms in prop::collection::vec(-1e6..1e6f64, 1..60)) {
            let forwards = sum(&terms);
            let naive: f64 = terms.iter().sum();
            prop_assert!((forwards - naive).abs() <= 1e-9 * 6e7);
            terms.reverse();
            prop_assert_eq!(sum(&terms), forwards);
        }
    }
}
