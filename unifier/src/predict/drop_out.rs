//! Expected orders of a customer who is alive today and may drop out after any purchase with a probability that is only known
//! as a beta distribution: the heart of BG/NBD and MBG/NBD, without the hypergeometric function that makes their textbook form
//! overflow.
//!
//! With purchase rate λ ~ gamma(shape, rate) and drop-out probability p ~ beta(a, b), the expected number of orders until
//! `ahead` is E[(1 − e^(−λ p·ahead)) / p] = ∫ beta(p; a, b) (1 − (1 + p·ahead/rate)^(−shape)) / p dp. Everything under the
//! integral is positive, so nothing cancels, and a = 1 is no special case. In the log-odds u = ln(p / (1 − p)) the integrand
//! is analytic and falls off exponentially at both ends, where the trapezoidal rule converges geometrically.

/// Beyond these log-odds p (or 1 − p) is smaller than rounding, and the rest of the integral is the tail of a pure exponential.
const FARTHEST: f64 = 45.0;
/// Integrand values this many log units below the top are left out.
const NEGLIGIBLE: f64 = 42.0;
/// The poles of the integrand lie at ±iπ; a step of 0.4 leaves an error of e^(−2π·π/0.4) < 1e-21.
const LONGEST_STEP: f64 = 0.4;

/// Below this, p · reach · shape is so small that two terms of a series say all there is to 1e-12.
const SMALL: f64 = 1e-6;

/// A beta distribution of the drop-out probability as points and weights that sum to 1.
#[derive(Debug, Clone)]
pub struct DropOutProbability {
    points: Vec<Point>,
}

#[derive(Debug, Clone, Copy)]
struct Point {
    p: f64,
    weight: f64,
    /// The weights of all points before this one together.
    weight_before: f64,
    /// Their weights times p together.
    weighted_p_before: f64,
}

impl DropOutProbability {
    /// Discretises beta(a, b), for a > 0 and b > 0.
    pub fn new(a: f64, b: f64) -> Self {
        let mut points = discretised(a, b);
        points.sort_unstable_by(|x, y| x.0.total_cmp(&y.0));
        let total: f64 = points.iter().map(|point| point.1).sum();
        let (mut weight_before, mut weighted_p_before) = (0.0, 0.0);
        let point = |(p, weight): (f64, f64)| {
            let weight = weight / total;
            let point = Point {
                p,
                weight,
                weight_before,
                weighted_p_before,
            };
            weight_before += weight;
            weighted_p_before += if weight > 0.0 { weight * p } else { 0.0 };
            point
        };
        // A last point without weight, which holds the sums over all others.
        points.push((f64::INFINITY, 0.0));
        Self {
            points: points.into_iter().map(point).collect(),
        }
    }

    /// Expected orders within `ahead` of a customer who is alive and buys at a rate ~ gamma(shape, rate).
    pub fn expected_orders(&self, shape: f64, rate: f64, ahead: f64) -> f64 {
        let reach = ahead / rate;
        let small = SMALL / (reach * (shape + 2.0));
        let first = self.points.partition_point(|point| point.p < small);
        // (1 − (1 + z)^(−s)) / p for z = p · reach is s · reach · (1 − (s + 1) z / 2 + …).
        let series = self.points.get(first).map_or(0.0, |point| {
            shape * reach * (point.weight_before - 0.5 * (shape + 1.0) * reach * point.weighted_p_before)
        });
        let exact = |point: &Point| point.weight * -(-shape * (point.p * reach).ln_1p()).exp_m1() / point.p;
        series + self.points[first..].iter().map(exact).sum::<f64>()
    }
}

/// Points (p, weight), in no order and before the weights are made to sum to 1.
fn discretised(a: f64, b: f64) -> Vec<(f64, f64)> {
    let peak = (a / b).ln().clamp(-FARTHEST, FARTHEST);
    // The curvature of the log density at its peak is a b / (a + b).
    let step = LONGEST_STEP.min(0.5 * ((a + b) / (a * b)).sqrt());
    let top = log_density(a, b, peak);
    let mut points = Vec::with_capacity(256);
    let mut side = |direction: f64, tail: f64, from: u32| {
        for i in from.. {
            let u = peak + direction * step * f64::from(i);
            let weight = (log_density(a, b, u) - top).exp();
            let end = u.abs() >= FARTHEST && u * direction > 0.0;
            // The sum over all further points of a geometric series, at a p that no longer changes the result.
            let weight = if end { weight / -(-tail * step).exp_m1() } else { weight };
            points.push((1.0 / (1.0 + (-u).exp()), weight));
            if end || weight < (-NEGLIGIBLE).exp() {
                break;
            }
        }
    };
    side(1.0, b, 0);
    side(-1.0, a, 1);
    points
}

/// ln(p^a (1 − p)^b): the beta density in log-odds, up to a constant.
fn log_density(a: f64, b: f64, u: f64) -> f64 {
    let odds = (-u.abs()).exp().ln_1p();
    let (ln_p, ln_rest) = if u < 0.0 { (u - odds, -odds) } else { (-odds, -u - odds) };
    a * ln_p + b * ln_rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_who_never_drops_out_stops_buying() {
        let expected = DropOutProbability::new(1e-9, 13_000.0).expected_orders(2.0, 10.0, 5.0);
        assert!((expected - 1.0).abs() < 1e-9, "{expected}");
    }

    #[test]
    fn a_beta_of_one_and_one_is_uniform() {
        // E[(1 − (1 + p)^(−1)) / p] = ∫ 1 / (1 + p) dp = ln 2.
        let expected = DropOutProbability::new(1.0, 1.0).expected_orders(1.0, 1.0, 1.0);
        assert!((expected - 2f64.ln()).abs() < 1e-14, "{expected}");
    }

    #[test]
    fn a_narrow_beta_is_its_mean() {
        let expected = DropOutProbability::new(3e8, 7e8).expected_orders(1.5, 4.0, 8.0);
        let at_mean = (1.0 - 1.6f64.powf(-1.5)) / 0.3;
        assert!((expected / at_mean - 1.0).abs() < 1e-8, "{expected} {at_mean}");
    }
}
