//! The expected value of a customer's next order: Gamma-Gamma where its assumptions hold, otherwise the customer's own mean
//! shrunk towards the shop's. It owns that choice and says why; it never looks at when people buy.

use super::FittedModel;
use super::gamma_gamma::{GammaGamma, Spend, Spends};
use super::note::Note;

/// Above this, how often someone buys and how much they spend go together, and Gamma-Gamma's assumption is broken.
const LARGEST_CORRELATION: f64 = 0.3;

/// How order values are predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OrderValue {
    /// The Gamma-Gamma model, q > 1.
    GammaGamma(GammaGamma),
    /// (shop · weight + total) / (weight + orders): the mean of the shop counts like `weight` further orders.
    ShrunkMean {
        /// Mean order value of the shop.
        shop: f64,
        /// In orders; infinite when customers do not differ.
        weight: f64,
    },
}

impl OrderValue {
    /// Chooses and fits; `None` when nobody has spent anything. `little_data` asks for a weak prior where the maximum is
    /// degenerate.
    pub fn fit(spends: &Spends, little_data: bool, notes: &mut Vec<Note>) -> Option<Self> {
        if spends.rows.is_empty() {
            notes.push(Note::NoMoney);
            return None;
        }
        let correlation = correlation(spends);
        if correlation > LARGEST_CORRELATION {
            notes.push(Note::SpendFollowsFrequency { correlation });
            return Some(shrunk_mean(spends));
        }
        let mut model = GammaGamma::fit(spends, false);
        if little_data && model.is_at_edge(spends) {
            model = GammaGamma::fit(spends, true);
            notes.push(Note::WeakPrior { model: "gamma_gamma" });
        }
        if model.q <= 1.0 {
            notes.push(Note::NoMeanOrderValue { q: model.q });
            return Some(shrunk_mean(spends));
        }
        if model.is_at_edge(spends) {
            notes.push(Note::EdgeOfSearch { model: "gamma_gamma" });
        }
        Some(Self::GammaGamma(model))
    }

    /// The fitted model for the report; a shrunk mean has no likelihood and is described by a note.
    pub fn report(&self, spends: &Spends) -> Option<FittedModel> {
        let Self::GammaGamma(model) = self else { return None };
        Some(FittedModel {
            name: "gamma_gamma",
            parameters: vec![("p", model.p), ("q", model.q), ("gamma", model.gamma)],
            log_likelihood: model.log_likelihood_of(spends).0,
            customers: spends.rows.len(),
        })
    }

    /// Expected value of the next order, in the currency of `total`.
    pub fn expected(&self, orders: u32, total: f64) -> f64 {
        match *self {
            Self::GammaGamma(model) => model.expected_value(orders, total),
            Self::ShrunkMean { shop, weight } if weight.is_finite() => {
                (shop * weight + total) / (weight + f64::from(orders))
            }
            Self::ShrunkMean { shop, .. } => shop,
        }
    }
}

/// Pearson's correlation of the number of orders with the mean order value, among those with at least two; 0 when either is
/// the same for all.
fn correlation(spends: &Spends) -> f64 {
    let [n, x, y, xx, yy, xy] = spends.sum(|spend| {
        if spend.orders < 2 {
            return [0.0; 6];
        }
        let (x, y) = (f64::from(spend.orders), mean(spend) / spends.mean_order);
        [1.0, x, y, x * x, y * y, x * y]
    });
    let spread = (n * xx - x * x).max(0.0) * (n * yy - y * y).max(0.0);
    if spread > 1e-12 * (n * xx) * (n * yy) {
        (n * xy - x * y) / spread.sqrt()
    } else {
        0.0
    }
}

/// Bühlmann's credibility from the totals alone: the variance of customers' means is between + within/n; the two parts are
/// fitted by least squares over 1/n. Where customers do not differ beyond chance, everyone gets the shop's mean.
fn shrunk_mean(spends: &Spends) -> OrderValue {
    let shop = spends.mean_order;
    let [n, u, v, uu, uv] = spends.sum(|spend| {
        let (u, v) = (1.0 / f64::from(spend.orders), (mean(spend) / shop - 1.0).powi(2));
        [1.0, u, v, u * u, u * v]
    });
    let spread = n * uu - u * u;
    let within = if spread > 1e-12 * n * uu {
        (n * uv - u * v) / spread
    } else {
        0.5 * v / u.max(1e-300)
    };
    let within = within.max(0.0);
    let between = (v - within * u) / n.max(1.0);
    // Never quite 0, so that someone without any priced order still gets the shop's mean.
    let weight = if between > 0.0 {
        (within / between).max(1e-9)
    } else {
        f64::INFINITY
    };
    OrderValue::ShrunkMean { shop, weight }
}

fn mean(spend: &Spend) -> f64 {
    spend.total / f64::from(spend.orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spends(rows: &[(u32, f64)]) -> Spends {
        Spends::new(rows.iter().map(|&(orders, total)| Spend { orders, total }))
    }

    #[test]
    fn spending_that_grows_with_frequency_is_not_left_to_gamma_gamma() {
        let rows: Vec<_> = (1..400u32)
            .map(|i| (1 + i % 20, f64::from((1 + i % 20) * (10 + 5 * (i % 20)))))
            .collect();
        let mut notes = Vec::new();
        let value = OrderValue::fit(&spends(&rows), false, &mut notes).unwrap();
        assert!(matches!(value, OrderValue::ShrunkMean { .. }), "{value:?}");
        assert!(matches!(notes[..], [Note::SpendFollowsFrequency { .. }]), "{notes:?}");
    }

    #[test]
    fn equal_amounts_predict_that_amount() {
        let rows: Vec<_> = (0..50u32).map(|i| (1 + i % 3, 20.0 * f64::from(1 + i % 3))).collect();
        let value = OrderValue::fit(&spends(&rows), true, &mut Vec::new()).unwrap();
        assert!(
            (value.expected(2, 40.0) - 20.0).abs() < 0.5,
            "{value:?} {}",
            value.expected(2, 40.0)
        );
    }

    #[test]
    fn nobody_paid_means_no_value() {
        let mut notes = Vec::new();
        assert_eq!(OrderValue::fit(&spends(&[]), true, &mut notes), None);
        assert_eq!(notes, [Note::NoMoney]);
    }
}
