//! The logistic function and its logarithm, safe at both ends.

/// 1 / (1 + e^(−v)) and ln(1 + e^v).
pub fn logistic(v: f64) -> (f64, f64) {
    let small = (-v.abs()).exp();
    let p = if v >= 0.0 {
        1.0 / (1.0 + small)
    } else {
        small / (1.0 + small)
    };
    (p, v.max(0.0) + small.ln_1p())
}

/// ln(p / (1 − p)), finite for p = 0 and p = 1.
pub fn ln_odds(p: f64) -> f64 {
    let p = p.clamp(1e-300, 1.0 - 1e-15);
    p.ln() - (-p).ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overflows_at_the_ends() {
        assert_eq!(logistic(1e4), (1.0, 1e4));
        assert_eq!(logistic(f64::NEG_INFINITY), (0.0, 0.0));
        assert!(ln_odds(0.0).is_finite() && ln_odds(1.0).is_finite());
    }

    #[test]
    fn the_log_odds_undo_the_logistic_function() {
        assert!((ln_odds(logistic(-3.2).0) + 3.2).abs() < 1e-14);
    }
}
