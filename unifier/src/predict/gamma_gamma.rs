//! Gamma-Gamma (Fader and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013): a customer's order values vary around a
//! personal mean, and the personal means around the shop's. It owns the fit and the expected order value, and assumes that
//! how much someone spends says nothing about how often they buy; `order_value` checks that.

use rayon::prelude::*;

use super::gamma::{digamma, ln_gamma, ln_gamma_ratio};
use super::likelihood::Region;
use super::optimise::Evaluation;

/// What one customer has spent: on `orders` occasions of positive value, `total` together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// Occasions, at least 1.
    pub orders: u32,
    /// Their value together, positive.
    pub total: f64,
}

/// The fitted model; γ is in units of money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    /// Shape of the order values.
    pub p: f64,
    /// Shape of the personal rates.
    pub q: f64,
    /// Rate of the personal rates, in money.
    pub gamma: f64,
}

const CHUNK: usize = 8192;
/// p, q and γ (in mean order values).
const REGION: Region<3> = Region {
    low: [-5.0, -5.0, -7.0],
    high: [9.0, 9.0, 12.0],
    starts: &[[1.0, 1.0, 0.0], [2.0, 0.4, -1.5]],
    prior: [(1.0, 1.0), (1.0, 1.0), (0.0, 1.5)],
};

impl GammaGamma {
    /// The parameters of maximum likelihood. With `weak_prior` they are weighed against a broad prior that counts about as much
    /// as one customer.
    pub fn fit(spends: &Spends, weak_prior: bool) -> Self {
        let model = |[p, q, gamma]: [f64; 3]| Self { p, q, gamma };
        let customers = spends.rows.len() as u64;
        let units = [1.0, 1.0, spends.mean_order];
        model(REGION.maximise(units, customers, weak_prior, |at| model(at).log_likelihood_of(spends)))
    }

    /// Whether the maximum lies at the edge of what is searched, as when all amounts are equal.
    pub fn is_at_edge(&self, spends: &Spends) -> bool {
        REGION.is_at_edge([self.p, self.q, self.gamma], [1.0, 1.0, spends.mean_order])
    }

    /// ln of the likelihood of a mean order value `mean` over `orders` occasions.
    pub fn log_likelihood(&self, orders: u32, mean: f64) -> f64 {
        let n = f64::from(orders);
        let total = n * mean;
        self.constant(n) + self.p * n * total.ln() - mean.ln() - (self.p * n + self.q) * (self.gamma + total).ln()
    }

    /// ln(Γ(pn + q) / Γ(pn) / Γ(q)) + q ln γ
    fn constant(&self, n: f64) -> f64 {
        ln_gamma_ratio(self.p * n, self.q) - ln_gamma(self.q) + self.q * self.gamma.ln()
    }

    /// The log-likelihood of all customers and its gradient in (p, q, γ).
    pub fn log_likelihood_of(&self, spends: &Spends) -> Evaluation<3> {
        let Self { p, q, gamma } = *self;
        let [ln_sum, n_ln_sum, inverse, n_inverse] = spends.sum(|spend| {
            let sum = gamma + spend.total;
            let (n, ln, inverse) = (f64::from(spend.orders), sum.ln(), 1.0 / sum);
            [ln, n * ln, inverse, n * inverse]
        });
        let mut value = p * spends.n_ln_total - spends.ln_mean - p * n_ln_sum - q * ln_sum;
        let mut by_p = spends.n_ln_total - n_ln_sum;
        let customers = spends.rows.len() as f64;
        let mut by_q = customers * (gamma.ln() - digamma(q)) - ln_sum;
        for &(n, count) in &spends.counts {
            let (n, count) = (f64::from(n), count as f64);
            let psi = digamma(p * n + q);
            value += count * self.constant(n);
            by_p += count * n * (psi - digamma(p * n));
            by_q += count * psi;
        }
        let by_gamma = customers * q / gamma - p * n_inverse - q * inverse;
        (value, [by_p, by_q, by_gamma])
    }

    /// The expected value of the next order of someone who spent `total` on `orders` occasions; with no order at all the mean
    /// of the shop, which exists for q > 1 only.
    pub fn expected_value(&self, orders: u32, total: f64) -> f64 {
        self.p * (self.gamma + total) / (self.p * f64::from(orders) + self.q - 1.0)
    }
}

/// All customers' spending in a fixed order, with the sums that no parameter changes.
#[derive(Debug, Clone)]
pub struct Spends {
    /// Sorted by (orders, total).
    pub rows: Vec<Spend>,
    /// (orders, customers with that many), ascending.
    counts: Vec<(u32, u64)>,
    /// The mean over customers of their mean order value; 1 when there are none.
    pub mean_order: f64,
    n_ln_total: f64,
    ln_mean: f64,
}

impl Spends {
    /// Keeps those who spent something.
    pub fn new(spends: impl IntoIterator<Item = Spend>) -> Self {
        let mut rows: Vec<Spend> = spends.into_iter().filter(|s| s.orders > 0 && s.total > 0.0).collect();
        rows.par_sort_unstable_by(|a, b| a.orders.cmp(&b.orders).then(a.total.total_cmp(&b.total)));
        let counts = rows
            .chunk_by(|a, b| a.orders == b.orders)
            .map(|same| (same[0].orders, same.len() as u64))
            .collect();
        let mut spends = Self {
            rows,
            counts,
            mean_order: 1.0,
            n_ln_total: 0.0,
            ln_mean: 0.0,
        };
        let [mean, n_ln_total, ln_mean] = spends.sum(|spend| {
            let n = f64::from(spend.orders);
            [spend.total / n, n * spend.total.ln(), (spend.total / n).ln()]
        });
        (spends.n_ln_total, spends.ln_mean) = (n_ln_total, ln_mean);
        if mean > 0.0 {
            spends.mean_order = mean / spends.rows.len() as f64;
        }
        spends
    }

    /// The sum over customers, always added in the same order.
    pub fn sum<const N: usize>(&self, term: impl Fn(&Spend) -> [f64; N] + Sync) -> [f64; N] {
        let add = |mut sum: [f64; N], values: [f64; N]| {
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            sum
        };
        let partials: Vec<[f64; N]> = self
            .rows
            .par_chunks(CHUNK)
            .map(|rows| rows.iter().map(&term).fold([0.0; N], add))
            .collect();
        partials.into_iter().fold([0.0; N], add)
    }
}
