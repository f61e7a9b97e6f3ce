//! Integrals of products of decaying powers, which Pareto/NBD is made of, by Gauss-Legendre panels that are short where the
//! integrand is steep. Every term is positive, so there is nothing to cancel and nothing to overflow.

/// The positive half of the eight nodes on (−1, 1), with their weights.
const NODES: [(f64, f64); 4] = [
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_47),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
];
/// Within one panel the integrand falls by at most e^STEEPEST: the rule's error is then below 1e-13.
const STEEPEST: f64 = 2.5;
/// A panel is at most this long, as a part of the distance to the nearer pole.
const NEAREST: f64 = 0.5;
/// What lies this many log units below the first value is rounding.
const NEGLIGIBLE: f64 = 45.0;

/// The eight points and weights on (from, to).
pub fn gauss_legendre(from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    NODES
        .into_iter()
        .flat_map(move |(node, weight)| [-node, node].map(|at| (middle + half * at, half * weight)))
}

/// (1 + u/rate)^(−power): how a gamma-distributed rate is survived.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    /// Not negative.
    pub power: f64,
    /// Positive, in the unit of u.
    pub rate: f64,
}

impl Decay {
    /// −ln of the value at u.
    pub fn exponent(self, u: f64) -> f64 {
        self.power * (u / self.rate).ln_1p()
    }
}

/// The longest panel from `u` on in which neither factor is steeper, or nearer to its pole, than the rule can take.
pub fn panel(factors: [Decay; 2], u: f64) -> f64 {
    let slope: f64 = factors.iter().map(|f| f.power / (f.rate + u)).sum();
    (STEEPEST / slope).min(NEAREST * (factors[0].rate.min(factors[1].rate) + u))
}

/// ∫ over u from 0 to `until` of the product of both factors.
pub fn integral(factors: [Decay; 2], until: f64) -> f64 {
    let exponent = |u: f64| factors[0].exponent(u) + factors[1].exponent(u);
    let (mut sum, mut from) = (0.0, 0.0);
    while from < until && exponent(from) < NEGLIGIBLE {
        let to = (from + panel(factors, from)).min(until);
        sum += gauss_legendre(from, to)
            .map(|(u, weight)| weight * (-exponent(u)).exp())
            .sum::<f64>();
        from = to;
    }
    sum
}

/// (1 − e^(−k y)) / k, which is y for k = 0.
pub fn saturation(k: f64, y: f64) -> f64 {
    if (k * y).abs() < 1e-12 {
        y
    } else {
        -(-k * y).exp_m1() / k
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_power_is_integrated_exactly() {
        for (power, rate, until) in [
            (2.5, 3.0, 40.0),
            (0.3, 0.01, 5e4),
            (1500.0, 12.0, 700.0),
            (1e-9, 1.0, 9.0),
        ] {
            let factors = [Decay { power, rate }, Decay { power: 0.0, rate }];
            let exact = rate * saturation(power - 1.0, (until / rate).ln_1p());
            let got = integral(factors, until);
            assert!(
                (got / exact - 1.0).abs() < 1e-12,
                "{power} {rate} {until}: {got} {exact}"
            );
        }
    }

    #[test]
    fn the_factors_commute() {
        let (a, b) = (
            Decay { power: 3.0, rate: 0.2 },
            Decay {
                power: 40.0,
                rate: 900.0,
            },
        );
        let (ab, ba) = (integral([a, b], 300.0), integral([b, a], 300.0));
        assert!((ab / ba - 1.0).abs() < 1e-14);
    }
}
