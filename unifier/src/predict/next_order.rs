//! When the next order is likely to come: quartiles of its day for a customer who is alive. It owns the truncation that keeps
//! the dates within sight; there is deliberately no mean, which does not exist for customers with little history.

use serde::Serialize;

/// Quartiles of the day of the next order, in days since 1970-01-01, all after today: given that the customer is alive and
/// orders before the horizon, half of all next orders come between `p25` and `p75`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NextOrder {
    /// One in four comes on or before this day.
    pub p25: i32,
    /// As many come before as after.
    pub median: i32,
    /// Three in four come on or before this day.
    pub p75: i32,
}

impl NextOrder {
    /// For a purchase rate ~ gamma(shape, rate) per day, cut off `horizon` days after today.
    pub fn new(shape: f64, rate: f64, horizon: f64, today: i32) -> Self {
        let minus_within = minus_within(shape, rate, horizon);
        let wait = |q: f64| quantile(shape, rate, horizon, minus_within, q);
        let day = |q: f64| today.saturating_add(wait(q).ceil().max(1.0) as i32);
        Self {
            p25: day(0.25),
            median: day(0.5),
            p75: day(0.75),
        }
    }
}

/// The q-quantile of the wait for the next order, in days, given that it comes within `horizon`: the wait without that
/// condition has P(wait ≤ t) = 1 − (rate / (rate + t))^shape.
pub fn wait(shape: f64, rate: f64, horizon: f64, q: f64) -> f64 {
    quantile(shape, rate, horizon, minus_within(shape, rate, horizon), q)
}

/// −P(wait ≤ horizon).
fn minus_within(shape: f64, rate: f64, horizon: f64) -> f64 {
    (-shape * (horizon / rate).ln_1p()).exp_m1()
}

/// [`wait`], where the chance of an order before the horizon is known already, as [`minus_within`] gives it.
fn quantile(shape: f64, rate: f64, horizon: f64, minus_within: f64, q: f64) -> f64 {
    // (1 − q·P(wait ≤ horizon))^(−1/shape) − 1, by logarithms so that a tiny shape does not overflow.
    let ln_not_before = (q * minus_within).ln_1p();
    (rate * (-ln_not_before / shape).exp_m1()).min(horizon)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_median_halves_the_chance_within_the_horizon() {
        let within = |t: f64| 1.0 - (30.0f64 / (30.0 + t)).powf(1.7);
        let median = wait(1.7, 30.0, 90.0, 0.5);
        assert!((within(median) - 0.5 * within(90.0)).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn quartiles_are_ordered_after_today_and_within_the_horizon(
            shape in 1e-4..2e3f64, rate in 1e-3..1e5f64, horizon in 1.0..2000.0f64,
        ) {
            let next = NextOrder::new(shape, rate, horizon, 20_000);
            prop_assert!(20_000 < next.p25 && next.p25 <= next.median && next.median <= next.p75);
            prop_assert!(next.p75 <= 20_000 + horizon.ceil() as i32);
        }
    }
}
