//! What the back-test found, in the form in which reports and pages read it. It holds figures and names; how they come about is in
//! `backtest`.

use serde::{Deserialize, Serialize};

use super::band::Band;
use super::calibration::{Tenth, held};

/// How all ways of scoring fared on past days. Every figure compares what was said from what was known on a day with what came
/// after it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Names this back-test in the scores: the night's day, the horizon, the number of origins.
    pub id: String,
    /// Each had to say who orders within so many days.
    pub horizon_days: u32,
    /// The days from which they predicted, the latest first. Empty when there was no past to try anything on.
    pub origins: Vec<Origin>,
    /// Who buys: models and their blends with a rule, then the rules. Means over the origins.
    pub results: Vec<ScorerResult>,
    /// The best model against the best rule.
    pub comparison: Option<Comparison>,
    /// What is served, at the latest origin: predicted against what happened, the least likely tenth first. Also the calibration
    /// curve.
    pub tenths: Vec<Tenth>,
    /// At the latest origin: the share of buyers found among the best 0, 5, … 100 % of customers.
    pub lift: Vec<LiftCurve>,
    /// How many orders: models, then rules. Means over the origins.
    pub orders: Vec<OrdersResult>,
    /// What an order is worth. Means over the origins.
    pub values: Vec<ValueResult>,
    /// How much money, with the model and the values that are served. Mean over the origins.
    pub spend: Option<SpendResult>,
    /// How far totals were off.
    pub bands: Bands,
    /// Whether the present is still like the past.
    pub drift: Option<Drift>,
}

impl Evaluation {
    /// The tenths that hold anybody, the likeliest first.
    pub fn held(&self) -> impl Iterator<Item = &Tenth> {
        held(&self.tenths)
    }
}

/// A past day from which was predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// As 2026-11-24.
    pub day: String,
    /// Customers on that day.
    pub customers: usize,
    /// Those who ordered within the horizon.
    pub buyers: usize,
    /// Area under the curve of what is served.
    pub auc: f64,
    /// Buyers expected by what is served.
    pub expected_buyers: f64,
}

/// How one way of scoring fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScorerResult {
    /// Who scored. A rule lends its order to the probabilities of the best model.
    pub name: String,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Buyers among the best tenth, relative to buyers among all.
    pub lift_of_best_tenth: f64,
    /// Mean of −ln of the probability given to what happened.
    pub log_loss: f64,
    /// Mean squared difference from what happened.
    pub brier: f64,
    /// Mean absolute difference of predicted and actual share over tenths.
    pub calibration_error: f64,
    /// Predicted buyers / buyers − 1.
    pub buyers_error: f64,
}

impl ScorerResult {
    /// Its row in a table, under AUC, log-loss, Brier, calibration, lift and how far the total was off.
    pub(crate) fn row(&self) -> [String; 7] {
        [
            self.name.clone(),
            format!("{:.3}", self.auc),
            format!("{:.3}", self.log_loss),
            format!("{:.4}", self.brier),
            format!("{:.3}", self.calibration_error),
            format!("{:.2}", self.lift_of_best_tenth),
            format!("{:+.1} %", 100.0 * self.buyers_error),
        ]
    }
}

/// By how much the best model ranks better than the best rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The model or blend with the lowest log-loss.
    pub model: String,
    /// The rule with the largest area under the curve.
    pub rule: String,
    /// Difference of the areas under the curve.
    pub difference: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the interval is above 0.
    pub model_is_better: bool,
}

/// Where the buyers were found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiftCurve {
    /// Who ranked.
    pub name: String,
    /// 21 shares, from 0 to 1.
    pub shares: Vec<f64>,
}

/// How well orders were counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrdersResult {
    /// Who counted.
    pub name: String,
    /// Mean absolute difference per customer.
    pub mae: f64,
    /// Root of the mean squared difference per customer.
    pub rmse: f64,
    /// Expected / actual − 1 of the total.
    pub total_error: f64,
}

/// How well orders were valued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueResult {
    /// Who valued.
    pub name: String,
    /// Mean absolute difference among those who ordered, in the base currency.
    pub mae: f64,
}

/// How well money was expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SpendResult {
    /// Mean absolute difference per customer, in the base currency.
    pub mae: f64,
    /// Expected / actual − 1 of the total.
    pub total_error: f64,
    /// 1 is a perfect order of customers, 0 is chance.
    pub gini: f64,
    /// The share of all money that came from the tenth of whom most was expected.
    pub share_of_best_tenth: f64,
}

/// How far the totals of what is served were off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bands {
    /// Of buyers.
    pub buyers: Option<Band>,
    /// Of orders.
    pub orders: Option<Band>,
    /// Of money.
    pub value: Option<Band>,
}

/// Whether the present is still like the past.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Population stability index of today's probabilities against those at the latest origin: below 0.1 alike, above 0.25
    /// different. Nothing when the back-test looked ahead less far than the scores do.
    pub stability: Option<f64>,
    /// Area under the curve at the latest origin minus its mean at the earlier ones.
    pub auc_change: f64,
}

impl Drift {
    /// A fall of the area under the curve that is worth a warning.
    const FALL: f64 = -0.05;

    /// In a line.
    pub(crate) fn words(&self) -> String {
        let index = self
            .stability
            .map_or("unknown".to_owned(), |index| format!("{index:.3}"));
        format!(
            "stability index {index} (below 0.1 alike, above 0.25 different), area under the curve {:+.3}",
            self.auc_change
        )
    }

    /// Whether the back-test's figures may no longer hold. The stability index alone is no alarm: it is high in every young shop,
    /// whose customers all grow older together.
    pub fn is_alarming(&self) -> bool {
        self.auc_change < Self::FALL
    }
}
