//! What people are likely to do next, and how good that guess is: RFM, purchase and drop-out, order values, the next order.
//!
//! A pure stage: a function of (histories, configuration, today). It owns the statistics and their plain-language remarks; it
//! never reads a clock, a file or the store, and knows no person beyond a history of days and values. All sums run over sorted
//! rows in a fixed order, so the same input gives the same bytes for any number of threads and any input order.

pub mod backtest;
pub mod beta_geometric;
pub mod blend;
pub mod calibration;
pub mod candidate;
pub mod champion;
pub mod discrimination;
pub mod drop_out;
pub mod gamma;
pub mod gamma_gamma;
pub mod gates;
#[cfg(test)]
mod goldens;
pub mod likelihood;
pub mod logistic;
pub mod model;
pub mod next_order;
pub mod note;
pub mod optimise;
pub mod order_value;
pub mod pareto_likelihood;
pub mod pareto_nbd;
pub mod quadrature;
pub mod reasons;
pub mod rfm;
#[cfg(test)]
mod robustness;
pub mod rules;
pub mod scorer;
pub mod scoring;
pub mod snapshot;
pub mod summary;
pub mod table;
pub mod tally;
pub mod trial;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use backtest::Evaluation;
use champion::Champion;
use gamma_gamma::{Spend, Spends};
use gates::Sufficiency;
use model::TimeUnit;
use next_order::NextOrder;
use note::Note;
use order_value::OrderValue;
use reasons::Reasons;
use rfm::Rfm;
use scorer::Scorer;
use scoring::Served;
use summary::Summary;
use tally::Tally;

/// One person's purchases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Sorted by day is fastest; the result does not depend on it. Purchases of one day are one occasion.
    pub purchases: Vec<Purchase>,
}

/// One order.
#[derive(Debug, Clone, PartialEq)]
pub struct Purchase {
    /// UTC day, in days since 1970-01-01.
    pub day: i32,
    /// In the base currency; `None` without a rate: it counts as an order, not as money. Refunds are negative.
    pub value: Option<f64>,
}

/// How far to look ahead and when to trust the result.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PredictConfig {
    /// For the probability of an order, in days.
    pub horizon_days: u32,
    /// For expected orders and value, in days.
    pub long_horizon_days: u32,
    /// The next order is dated within this many days, or not at all.
    pub next_order_horizon_days: u32,
    /// The unit in which fitted parameters are reported.
    pub time_unit: TimeUnit,
    /// Totals need at least so many customers.
    pub minimum_customers: usize,
    /// Totals need at least so many customers who came back.
    pub minimum_repeaters: usize,
    /// Totals need a history of at least so many horizons.
    pub history_horizons: u32,
    /// On how many past days, one horizon apart, the candidates are tried; 0 for none.
    pub origins: u32,
    /// A past day counts when at least so many people bought and did not buy within the horizon that followed.
    pub minimum_outcomes: usize,
}

impl Default for PredictConfig {
    fn default() -> Self {
        Self {
            horizon_days: 90,
            long_horizon_days: 365,
            next_order_horizon_days: 365,
            time_unit: TimeUnit::default(),
            minimum_customers: 500,
            minimum_repeaters: 100,
            history_horizons: 3,
            origins: 3,
            minimum_outcomes: 100,
        }
    }
}

/// One person's scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Quintiles; see [`rfm`] for the tie rule.
    pub rfm: Rfm,
    /// Probability that the person has not dropped out for good.
    pub p_alive: f64,
    /// Probability of an order within the horizon.
    pub p_buy: f64,
    /// Percentage of all scored people whose `p_buy` is lower, 0 to below 100.
    pub p_buy_percentile: f64,
    /// Expected orders within the long horizon.
    pub expected_orders: f64,
    /// Their expected value in the base currency; `None` when no order of anyone has a value.
    pub expected_value: Option<f64>,
    /// When the next order comes, if it comes.
    pub next_order: NextOrder,
    /// Why `p_buy` is high or low, the strongest reason first.
    pub reasons: Reasons,
}

/// A model as it was fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FittedModel {
    /// `bg_nbd`, `gamma_gamma`, ...
    pub name: &'static str,
    /// By name, in the configured unit of time and the base currency.
    #[serde(serialize_with = "as_map")]
    pub parameters: Vec<(&'static str, f64)>,
    /// ln of the likelihood, in the same units.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: usize,
}

/// Sums over all people. Only to be shown as such when [`Sufficiency::totals_reliable`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Totals {
    /// People expected to order within the horizon.
    pub buyers: f64,
    /// Orders expected within the long horizon.
    pub orders: f64,
    /// Their value in the base currency, when it is known.
    pub value: Option<f64>,
}

/// The result of the stage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Predictions {
    /// One per history, in the same order; `None` for people without a purchase up to today.
    pub scores: Vec<Option<Score>>,
    /// What was fitted.
    pub models: Vec<FittedModel>,
    /// What says how likely an order is: a model, a simple rule with a model's probabilities, or both together. Its model says
    /// everything else about when people buy.
    pub champion: Option<Scorer>,
    /// How models and rules fared on past days; `None` when there was no past day to try them on.
    pub evaluation: Option<Evaluation>,
    /// How much there was to go by.
    pub sufficiency: Sufficiency,
    /// Sums for the report.
    pub totals: Totals,
    /// What to know before trusting the above.
    pub notes: Vec<Note>,
}

/// Scores everyone who has a purchase up to `today` (days since 1970-01-01).
pub fn score(histories: &[History], today: i32, config: &PredictConfig) -> Predictions {
    let summarise = |history: &History| Summary::new(history, today, config.horizon_days);
    let summarised: Vec<Option<Summary>> = histories.par_iter().map(summarise).collect();
    let summaries: Vec<Summary> = summarised.iter().flatten().copied().collect();
    let mut notes = left_out(histories, &summaries, today);
    let sufficiency = Sufficiency::check(&summaries, config, today, &mut notes);
    if summaries.is_empty() {
        return Predictions {
            scores: vec![None; histories.len()],
            sufficiency,
            notes,
            ..Predictions::default()
        };
    }
    let evaluation = Evaluation::new(histories, today, config);
    let tally = Tally::new(&summaries);
    let (mut models, champion) = champion::choose(&tally, evaluation.as_ref(), config, &mut notes);
    let spends = Spends::new(summaries.iter().map(|s| Spend {
        orders: s.paid_orders,
        total: s.spend,
    }));
    let little_data = Sufficiency::is_little(sufficiency.customers, sufficiency.repeaters, config);
    let order_value = OrderValue::fit(&spends, little_data, &mut notes);
    models.extend(order_value.and_then(|value| value.report(&spends)));
    let scores = champion.as_ref().map_or_else(Vec::new, |Champion { scorer, fitted }| {
        let served = Served {
            model: fitted.model.as_ref(),
            scorer: *scorer,
            order_value,
        };
        scoring::scores(&summaries, &tally, &served, today, config)
    });
    let totals = Totals::new(&scores);
    Predictions {
        scores: in_places(scores, &summarised),
        models,
        champion: champion.map(|champion| champion.scorer),
        evaluation,
        sufficiency,
        totals,
        notes,
    }
}

/// What did not enter the forecast, or not as money.
fn left_out(histories: &[History], summaries: &[Summary], today: i32) -> Vec<Note> {
    let future = |history: &History| history.purchases.iter().filter(|purchase| purchase.day > today).count() as u64;
    let purchases: u64 = histories.par_iter().map(future).sum();
    let orders: u64 = summaries.iter().map(|summary| u64::from(summary.unpriced_orders)).sum();
    let mut notes = Vec::new();
    if purchases > 0 {
        notes.push(Note::FuturePurchases { purchases });
    }
    if orders > 0 {
        notes.push(Note::UnpricedOrders { orders });
    }
    notes
}

/// Puts the scores of those who have a summary back among those who have none.
fn in_places(scores: Vec<Score>, summarised: &[Option<Summary>]) -> Vec<Option<Score>> {
    let mut scores = scores.into_iter();
    summarised
        .iter()
        .map(|summary| summary.as_ref().and_then(|_| scores.next()))
        .collect()
}

impl Totals {
    fn new(scores: &[Score]) -> Self {
        let mut sorted: Vec<(f64, f64, Option<f64>)> = scores
            .iter()
            .map(|s| (s.p_buy, s.expected_orders, s.expected_value))
            .collect();
        // Sums of floating-point numbers depend on their order, and the people come in any order.
        let key = |t: &(f64, f64, Option<f64>)| (t.0, t.1, t.2.unwrap_or(0.0));
        sorted.par_sort_unstable_by(|a, b| {
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
        });
        Self {
            buyers: sorted.iter().map(|t| t.0).sum(),
            orders: sorted.iter().map(|t| t.1).sum(),
            value: sorted.iter().map(|t| t.2).sum(),
        }
    }
}

fn as_map<S: serde::Serializer>(parameters: &[(&'static str, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parameters.iter().copied())
}
