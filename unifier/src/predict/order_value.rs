//! The expected value of a customer's next order: Gamma-Gamma where its assumptions hold, the customer's own mean shrunk towards
//! the shop's, or a plain mean. It owns which of them the data allow and says why; it never looks at when people buy.

use super::FittedModel;
use super::gamma_gamma::{GammaGamma, Spend, Spends};
use super::note::Note;
use super::summary::Summary;

/// Above this, how often someone buys and how much they spend go together, and Gamma-Gamma's assumption is broken.
const LARGEST_CORRELATION: f64 = 0.3;
/// Never quite 0 orders, so that someone without any priced order still gets the shop's mean.
const LEAST_WEIGHT: f64 = 1e-9;

/// A way of valuing the next order, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueMethod {
    /// Gamma-Gamma, fitted to all orders.
    GammaGamma,
    /// The customer's own mean, drawn towards the shop's.
    ShrunkMean,
    /// The customer's own mean.
    OwnMean,
    /// The shop's mean for all.
    ShopMean,
}

impl ValueMethod {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::GammaGamma => "gamma_gamma_all_orders",
            Self::ShrunkMean => "shrunk_mean",
            Self::OwnMean => "own_mean",
            Self::ShopMean => "shop_mean",
        }
    }

    /// What the order values are, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::GammaGamma => "what gamma_gamma_all_orders expects",
            Self::ShrunkMean => "each customer's own mean, drawn towards the shop's",
            Self::OwnMean => "each customer's own mean",
            Self::ShopMean => "the shop's mean for everybody",
        }
    }
}

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

/// A way of valuing with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Valued {
    /// The way.
    pub method: ValueMethod,
    /// The parameters.
    pub value: OrderValue,
}

/// Every way of valuing that the spending of some customers allows.
pub struct Ways {
    /// The preferred one first; empty when nobody has spent anything.
    pub all: Vec<Valued>,
    model: Option<Fit>,
}

/// What became of the fit of Gamma-Gamma.
enum Fit {
    /// Its assumption fails.
    Dependent { correlation: f64 },
    /// It has no mean.
    NoMean { q: f64 },
    /// It can be used.
    Usable {
        model: GammaGamma,
        weak_prior: bool,
        at_edge: bool,
    },
}

impl Ways {
    /// Fits what can be fitted. `little_data` asks for a weak prior where Gamma-Gamma's maximum is degenerate.
    pub fn new(spends: &Spends, little_data: bool) -> Self {
        if spends.rows.is_empty() {
            return Self {
                all: Vec::new(),
                model: None,
            };
        }
        let shop = spends.mean_order;
        let mean = |weight| OrderValue::ShrunkMean { shop, weight };
        let fit = Fit::new(spends, little_data);
        let model = fit
            .usable()
            .map(|model| (ValueMethod::GammaGamma, OrderValue::GammaGamma(model)));
        let others = [
            (ValueMethod::ShrunkMean, shrunk_mean(spends)),
            (ValueMethod::OwnMean, mean(LEAST_WEIGHT)),
            (ValueMethod::ShopMean, mean(f64::INFINITY)),
        ];
        let all = model.into_iter().chain(others);
        Self {
            all: all.map(|(method, value)| Valued { method, value }).collect(),
            model: Some(fit),
        }
    }

    /// The way that was chosen by back-test, if it can be had; otherwise the preferred one.
    pub fn choose(&self, choice: Option<ValueMethod>) -> Option<Valued> {
        let chosen = self.all.iter().find(|valued| Some(valued.method) == choice);
        chosen.or(self.all.first()).copied()
    }

    /// What has to be said when order values come from `served`.
    pub fn notes(&self, served: Option<ValueMethod>) -> Vec<Note> {
        let Some((fit, served)) = self.model.as_ref().zip(served) else {
            return vec![Note::NoMoney];
        };
        match *fit {
            Fit::Dependent { correlation } => vec![Note::SpendFollowsFrequency { correlation, served }],
            Fit::NoMean { q } => vec![Note::NoMeanOrderValue { q, served }],
            // Of a model that is not served nobody need know more than the report shows.
            Fit::Usable { .. } if served != ValueMethod::GammaGamma => Vec::new(),
            Fit::Usable {
                weak_prior, at_edge, ..
            } => {
                let model = ValueMethod::GammaGamma.name();
                let remarks = [
                    weak_prior.then_some(Note::WeakPrior { model }),
                    at_edge.then_some(Note::EdgeOfSearch { model }),
                ];
                remarks.into_iter().flatten().collect()
            }
        }
    }
}

impl Fit {
    fn new(spends: &Spends, little_data: bool) -> Self {
        let correlation = correlation(spends);
        if correlation > LARGEST_CORRELATION {
            return Self::Dependent { correlation };
        }
        let mut model = GammaGamma::fit(spends, false);
        let weak_prior = little_data && model.is_at_edge(spends);
        if weak_prior {
            model = GammaGamma::fit(spends, true);
        }
        if model.q <= 1.0 {
            return Self::NoMean { q: model.q };
        }
        Self::Usable {
            model,
            weak_prior,
            at_edge: model.is_at_edge(spends),
        }
    }

    fn usable(&self) -> Option<GammaGamma> {
        match *self {
            Self::Usable { model, .. } => Some(model),
            Self::Dependent { .. } | Self::NoMean { .. } => None,
        }
    }
}

/// What everybody spent, on all orders.
pub fn spends(summaries: &[Summary]) -> Spends {
    Spends::new(summaries.iter().map(|s| Spend {
        orders: s.paid_orders,
        total: s.spend,
    }))
}

/// The fit of the literature, to repeat orders alone, for comparison with it; nothing when nobody came back.
pub fn repeat_orders_only(summaries: &[Summary]) -> Option<FittedModel> {
    let repeats = Spends::new(summaries.iter().map(|s| Spend {
        orders: s.paid_orders - u32::from(s.first_value.is_some()),
        total: s.spend - s.first_value.unwrap_or(0.0),
    }));
    let model = (!repeats.rows.is_empty()).then(|| GammaGamma::fit(&repeats, false))?;
    Some(report("gamma_gamma", &model, &repeats))
}

fn report(name: &'static str, model: &GammaGamma, spends: &Spends) -> FittedModel {
    FittedModel {
        name,
        parameters: vec![("p", model.p), ("q", model.q), ("gamma", model.gamma)],
        log_likelihood: model.log_likelihood_of(spends).0,
        customers: spends.rows.len(),
    }
}

impl OrderValue {
    /// The fitted model for the report; a mean has no likelihood and is described by a note.
    pub fn report(&self, spends: &Spends) -> Option<FittedModel> {
        let Self::GammaGamma(model) = self else { return None };
        Some(report(ValueMethod::GammaGamma.name(), model, spends))
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
    let weight = if between > 0.0 {
        (within / between).max(LEAST_WEIGHT)
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
        let ways = Ways::new(&spends(&rows), false);
        let value = ways.choose(Some(ValueMethod::GammaGamma)).unwrap();
        assert_eq!(value.method, ValueMethod::ShrunkMean);
        for (served, words) in [
            (
                ValueMethod::ShrunkMean,
                "each customer's own mean, drawn towards the shop's",
            ),
            (ValueMethod::OwnMean, "each customer's own mean"),
            (ValueMethod::ShopMean, "the shop's mean for everybody"),
        ] {
            let notes = ways.notes(Some(served));
            assert!(matches!(notes[..], [Note::SpendFollowsFrequency { .. }]), "{notes:?}");
            assert!(notes[0].to_string().ends_with(words), "{}", notes[0]);
        }
    }

    #[test]
    fn nothing_is_said_of_a_model_that_is_not_served() {
        let rows: Vec<_> = (0..9u32).map(|i| (1 + i % 3, 20.0 * f64::from(1 + i % 3))).collect();
        let ways = Ways::new(&spends(&rows), true);
        assert!(
            !ways.notes(Some(ValueMethod::GammaGamma)).is_empty(),
            "equal amounts settle nothing"
        );
        assert_eq!(ways.notes(Some(ValueMethod::ShopMean)), []);
    }

    #[test]
    fn equal_amounts_predict_that_amount() {
        let rows: Vec<_> = (0..50u32).map(|i| (1 + i % 3, 20.0 * f64::from(1 + i % 3))).collect();
        for Valued { method, value } in Ways::new(&spends(&rows), true).all {
            let expected = value.expected(2, 40.0);
            assert!((expected - 20.0).abs() < 0.5, "{method:?} {value:?} {expected}");
        }
    }

    #[test]
    fn nobody_paid_means_no_value() {
        let ways = Ways::new(&spends(&[]), true);
        assert_eq!((ways.choose(None), ways.notes(None)), (None, vec![Note::NoMoney]));
    }
}
