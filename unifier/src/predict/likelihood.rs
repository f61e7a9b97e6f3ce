//! Maximum likelihood for models with a few positive parameters: searched in logarithms, with units in which ordinary values
//! are near 1, from several starts. It never fails and never leaves the region where arithmetic is safe; where the data do not
//! settle a parameter the result lies at the region's edge, and can be asked about that.

use super::optimise::{Evaluation, minimise_from};

/// How steeply the objective rises outside the region.
const STIFFNESS: f64 = 1.0;
/// A logarithm this close to its bound counts as having run into it.
const EDGE: f64 = 0.1;

/// Where one model's parameters are looked for. All entries are logarithms.
pub struct Region<const N: usize> {
    /// Lower bounds.
    pub low: [f64; N],
    /// Upper bounds.
    pub high: [f64; N],
    /// Where searches begin.
    pub starts: &'static [[f64; N]],
    /// Ordinary values, and the spread around them, of a weak normal prior.
    pub prior: [(f64, f64); N],
}

impl<const N: usize> Region<N> {
    /// The parameters that maximise the log-likelihood of so many customers; `log_likelihood` gives it with its gradient. `units`
    /// are the parameters' natural scales. With `weak_prior` ordinary values weigh about as much as one customer.
    pub fn maximise(
        &self,
        units: [f64; N],
        customers: u64,
        weak_prior: bool,
        log_likelihood: impl Fn([f64; N]) -> Evaluation<N>,
    ) -> [f64; N] {
        let customers = customers.max(1) as f64;
        let parameters = |theta: &[f64; N]| std::array::from_fn(|i| theta[i].exp() * units[i]);
        let objective = |theta: &[f64; N]| {
            let at: [f64; N] = parameters(theta);
            let (value, gradient) = log_likelihood(at);
            let (mut minimised, mut slope) = (-value / customers, [0.0; N]);
            for i in 0..N {
                let outside = (theta[i] - self.high[i]).max(0.0) + (theta[i] - self.low[i]).min(0.0);
                let (centre, spread) = self.prior[i];
                let deviation = if weak_prior { (theta[i] - centre) / spread } else { 0.0 };
                minimised += STIFFNESS * outside * outside + 0.5 * deviation * deviation / customers;
                slope[i] = 2.0 * STIFFNESS * outside + deviation / spread / customers - gradient[i] * at[i] / customers;
            }
            (minimised, slope)
        };
        let ordinary = self.prior.map(|(centre, _)| centre);
        parameters(&minimise_from(self.starts, &objective).map_or(ordinary, |minimum| minimum.at))
    }

    /// Whether any parameter has reached the edge of the region.
    pub fn is_at_edge(&self, parameters: [f64; N], units: [f64; N]) -> bool {
        (0..N).any(|i| {
            let theta = (parameters[i] / units[i]).ln();
            theta < self.low[i] + EDGE || theta > self.high[i] - EDGE
        })
    }
}
