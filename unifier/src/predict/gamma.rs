//! Ratios of gamma functions that stay accurate when the arguments are large or nearly equal, where the difference of two
//! log-gammas would cancel.

/// Above this, Stirling's series with four terms is exact to rounding.
const STIRLING_FROM: f64 = 16.0;

/// ln(Γ(z + y) / Γ(z)) for z > 0 and y >= 0.
///
/// Both arguments are moved above [`STIRLING_FROM`] by Γ(z + 1) = z Γ(z); there the leading terms of Stirling's series are
/// subtracted analytically: (z − ½) ln(1 + y/z) + y (ln(z + y) − 1).
pub fn ln_gamma_ratio(z: f64, y: f64) -> f64 {
    let mut z = z;
    let mut shift = 1.0;
    while z < STIRLING_FROM {
        shift *= z / (z + y);
        z += 1.0;
    }
    (z - 0.5) * (y / z).ln_1p() + y * ((z + y).ln() - 1.0) + (stirling_tail(z + y) - stirling_tail(z)) + shift.ln()
}

/// 1/(12 z) − 1/(360 z³) + 1/(1260 z⁵) − 1/(1680 z⁷).
fn stirling_tail(z: f64) -> f64 {
    let square = 1.0 / (z * z);
    (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / z
}

/// The derivative of ln Γ at z > 0: moved above [`STIRLING_FROM`] by ψ(z) = ψ(z + 1) − 1/z, then the asymptotic series.
pub fn digamma(z: f64) -> f64 {
    let mut z = z;
    let mut shift = 0.0;
    while z < STIRLING_FROM {
        shift += 1.0 / z;
        z += 1.0;
    }
    let square = 1.0 / (z * z);
    let tail = square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0)));
    z.ln() - 0.5 / z - tail - shift
}

/// ln Γ(z) for z > 0.
pub fn ln_gamma(z: f64) -> f64 {
    libm::lgamma(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_the_rising_product() {
        for z in [1e-9, 0.2425929, 1.0, 3.7, 15.9, 16.1, 1e6] {
            for k in [0u32, 1, 2, 7, 60] {
                let product: f64 = (0..k).map(|i| (z + f64::from(i)).ln()).sum();
                let ratio = ln_gamma_ratio(z, f64::from(k));
                assert!(
                    (ratio - product).abs() <= 2e-14 * (1.0 + product.abs()),
                    "z {z} k {k}: {ratio} {product}"
                );
            }
        }
    }

    #[test]
    fn the_ratio_agrees_with_the_difference_of_log_gammas() {
        for (z, y) in [(0.5, 1500.0), (6.25, 3.74), (312.5, 0.25)] {
            let difference = ln_gamma(z + y) - ln_gamma(z);
            assert!((ln_gamma_ratio(z, y) - difference).abs() <= 1e-14 * ln_gamma(z + y).abs().max(1.0));
        }
    }

    #[test]
    fn digamma_has_its_known_values() {
        let euler = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + euler).abs() < 1e-14);
        assert!((digamma(0.5) + euler + 2.0 * 2f64.ln()).abs() < 1e-14);
        assert!((digamma(101.0) - digamma(100.0) - 0.01).abs() < 1e-15);
    }
}
