//! What a night's report says of predictions, for programs (JSON) and pages. The words for people are in `words`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::band::Band;
use super::clusters::Cluster;
use super::evaluation::{Bands, Evaluation};
use super::gates::Sufficiency;
use super::model::TimeUnit;
use super::note::iso_date;
use super::order_value::ValueMethod;
use super::propensity::Propensity;
use super::propensity::report::PropensityReport;
use super::{FittedModel, PredictConfig, Predictions, Totals, YEAR_DAYS};

/// What is expected, by what, and how far to trust it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PredictionReport {
    /// People with a purchase.
    pub customers: u64,
    /// Days looked ahead.
    pub horizon_days: u32,
    /// The currency of all money.
    pub currency: String,
    /// The day of the night, as 2026-11-24: nothing after it is known.
    pub trained_at: String,
    /// The day of the first order, as 2026-01-31.
    pub trained_from: Option<String>,
    /// Whether there is enough data to rely on totals.
    pub totals_reliable: bool,
    /// How much data there is, and what it is good for.
    pub sufficiency: Sufficiency,
    /// The sums, each with its interval; none where the data are good for ranking only.
    pub totals: Vec<Total>,
    /// What says who buys.
    pub champion: Option<String>,
    /// What says the rest.
    pub served: Option<Served>,
    /// Groups of customers who are alike, the largest first.
    pub clusters: Vec<Cluster>,
    /// How far the groups come out again when customers are drawn anew: 1 is the same again, 0 is chance.
    pub cluster_stability: Option<f64>,
    /// The fitted models.
    pub models: Vec<Model>,
    /// How everything fared on past days.
    pub evaluation: Evaluation,
    /// What a reader of these figures must know, in words.
    pub notes: Vec<String>,
    /// What else people may do, in the order of the configured names.
    #[serde(default)]
    pub propensities: Vec<PropensityReport>,
}

/// What a total counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// People who order.
    Buyers,
    /// Orders.
    Orders,
    /// Money.
    Value,
}

/// A sum over all customers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Total {
    /// What it counts.
    pub of: Counted,
    /// Within how many days from the night.
    pub within_days: u32,
    /// What is expected.
    pub expected: f64,
    /// Four times in five it comes to at least this; unknown for what was never tried.
    pub low: Option<f64>,
    /// And to at most this.
    pub high: Option<f64>,
}

/// Who says what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Served {
    /// Who buys: the same as the champion.
    pub p_buy: String,
    /// How many orders come, and when.
    pub orders: String,
    /// What an order is worth.
    pub value: Option<String>,
    /// The back-test that chose them.
    pub backtest: Option<String>,
}

/// A model as it was fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// `bg_nbd`, `mbg_nbd`, `pareto_nbd`, `gamma_gamma` (repeat orders only, for comparison with the literature),
    /// `gamma_gamma_all_orders`.
    pub name: String,
    /// By name.
    pub parameters: BTreeMap<String, f64>,
    /// ln of the likelihood.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: usize,
    /// The unit of time of parameters and likelihood; nothing for models of money, whose unit is the currency.
    pub time_unit: Option<TimeUnit>,
    /// Whether scores come from it.
    pub served: bool,
}

impl PredictionReport {
    /// The report of one night's predictions.
    pub fn new(predictions: &Predictions, config: &PredictConfig, today: i32, currency: &str) -> Self {
        let sufficiency = predictions.sufficiency;
        let customers = sufficiency.customers as u64;
        let evaluation = predictions.evaluation.clone().unwrap_or_default();
        let served = predictions.origin.as_ref().map(|origin| Served {
            p_buy: origin.scorer.clone(),
            orders: origin.orders.to_owned(),
            value: (!origin.value.is_empty()).then(|| origin.value.to_owned()),
            backtest: (!origin.backtest.is_empty()).then(|| origin.backtest.clone()),
        });
        let clusters = predictions.clusters.as_ref();
        let is_served = |name: &str| {
            let origin = predictions.origin.as_ref();
            origin.is_some_and(|origin| [origin.buyers, origin.orders, origin.value].contains(&name))
        };
        Self {
            customers,
            horizon_days: config.horizon_days,
            currency: currency.to_owned(),
            trained_at: iso_date(today),
            trained_from: (customers > 0).then(|| iso_date(today.saturating_sub_unsigned(sufficiency.history_days))),
            totals_reliable: sufficiency.totals_reliable,
            sufficiency,
            totals: predictions
                .totals
                .map_or_else(Vec::new, |totals| self::totals(&totals, &evaluation, config)),
            champion: served.as_ref().map(|served| served.p_buy.clone()),
            models: predictions
                .models
                .iter()
                .map(|model| Model::new(model, config.time_unit, is_served(model.name)))
                .collect(),
            served,
            clusters: clusters.map_or_else(Vec::new, |clusters| clusters.clusters.clone()),
            cluster_stability: clusters.map(|clusters| clusters.stability),
            evaluation,
            notes: predictions.notes.iter().map(ToString::to_string).collect(),
            propensities: Vec::new(),
        }
    }

    /// The same with what else people may do.
    pub fn with_propensities(self, propensities: &[Propensity]) -> Self {
        Self {
            propensities: propensities.iter().map(PropensityReport::new).collect(),
            ..self
        }
    }

    /// A total by what it counts and how far it looks, if there is one.
    pub fn total(&self, of: Counted, within_days: u32) -> Option<&Total> {
        self.totals
            .iter()
            .find(|total| total.of == of && total.within_days == within_days)
    }
}

impl Model {
    fn new(model: &FittedModel, unit: TimeUnit, served: bool) -> Self {
        let of_money = [ValueMethod::GammaGamma.name(), "gamma_gamma"].contains(&model.name);
        let parameters = model.parameters.iter();
        Self {
            name: model.name.to_owned(),
            parameters: parameters.map(|(name, value)| ((*name).to_owned(), *value)).collect(),
            log_likelihood: model.log_likelihood,
            customers: model.customers,
            time_unit: (!of_money).then_some(unit),
            served,
        }
    }
}

fn totals(totals: &Totals, evaluation: &Evaluation, config: &PredictConfig) -> Vec<Total> {
    let total = |of, within_days, expected: f64, band: Option<Band>| Total {
        of,
        within_days,
        expected,
        low: band.map(|band| expected * band.low),
        high: band.map(|band| expected * band.high),
    };
    let horizon = config.horizon_days;
    // How far a sum over a shorter time was off says nothing of one over the whole.
    let bands = if evaluation.horizon_days == horizon {
        evaluation.bands
    } else {
        Bands::default()
    };
    let near = [
        Some(total(Counted::Buyers, horizon, totals.buyers, bands.buyers)),
        Some(total(Counted::Orders, horizon, totals.orders, bands.orders)),
        totals
            .value
            .map(|value| total(Counted::Value, horizon, value, bands.value)),
    ];
    let year = [
        Some(total(Counted::Orders, YEAR_DAYS, totals.orders_365d, None)),
        totals
            .value_365d
            .map(|value| total(Counted::Value, YEAR_DAYS, value, None)),
    ];
    let year = year.into_iter().filter(|_| horizon != YEAR_DAYS);
    near.into_iter().chain(year).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::Origin;

    #[test]
    fn the_model_that_lends_a_rule_its_chances_is_served_too() {
        let fitted = |name| FittedModel {
            name,
            parameters: Vec::new(),
            log_likelihood: -1.0,
            customers: 1,
        };
        let predictions = Predictions {
            models: ["bg_nbd", "mbg_nbd", "pareto_nbd"].map(fitted).to_vec(),
            origin: Some(Origin {
                scorer: "recency".to_owned(),
                buyers: "bg_nbd",
                orders: "pareto_nbd",
                ..Origin::default()
            }),
            ..Predictions::default()
        };
        let report = PredictionReport::new(&predictions, &PredictConfig::default(), 20_000, "EUR");
        let served: Vec<bool> = report.models.iter().map(|model| model.served).collect();
        assert_eq!(served, [true, false, true]);
    }

    #[test]
    fn an_interval_is_told_only_over_the_time_that_was_tried() {
        let config = PredictConfig::default();
        let bands = |horizon_days| {
            let band = Some(Band {
                error: 0.0,
                low: 0.5,
                high: 2.0,
            });
            let evaluation = Evaluation {
                horizon_days,
                bands: Bands {
                    buyers: band,
                    orders: band,
                    value: band,
                },
                ..Evaluation::default()
            };
            let predictions = Predictions {
                totals: Some(Totals {
                    value: Some(100.0),
                    value_365d: Some(300.0),
                    ..Totals::default()
                }),
                evaluation: Some(evaluation),
                ..Predictions::default()
            };
            let report = PredictionReport::new(&predictions, &config, 20_000, "EUR");
            let value = report.total(Counted::Value, config.horizon_days).copied().unwrap();
            assert!(report.total(Counted::Value, YEAR_DAYS).unwrap().low.is_none());
            (value.low, value.high)
        };
        assert_eq!(bands(config.horizon_days), (Some(50.0), Some(200.0)));
        assert_eq!(bands(config.horizon_days - 1), (None, None));
    }
}
