//! What people are likely to do next, and how good that guess is: RFM, purchase and drop-out, order values, the next order.
//!
//! A pure stage: a function of (histories, configuration, today). It owns the statistics and their plain-language remarks; it
//! never reads a clock, a file or the store, and knows no person beyond a history of days and values. All sums run over sorted
//! rows in a fixed order, so the same input gives the same bytes for any number of threads and any input order.

pub mod amounts;
pub mod backtest;
pub mod band;
pub mod beta_geometric;
pub mod blend;
pub mod calibration;
pub mod candidate;
pub mod champion;
pub mod clusters;
pub mod discrimination;
pub mod drop_out;
pub mod evaluation;
pub mod exact;
pub mod gains;
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
pub mod origins;
pub mod pareto_likelihood;
pub mod pareto_nbd;
pub mod propensity;
pub mod quadrature;
pub mod reasons;
pub mod report;
pub mod rfm;
#[cfg(test)]
mod robustness;
pub mod rules;
pub mod scorer;
pub mod scoring;
pub mod settings;
pub mod snapshot;
pub mod summary;
pub mod table;
pub mod tally;
pub mod trial;
mod words;

use rayon::prelude::*;

use backtest::{Backtest, Choice};
use champion::Champion;
use clusters::Clusters;
use evaluation::{Drift, Evaluation};
use gates::Sufficiency;
use next_order::NextOrder;
use note::Note;
use order_value::Ways;
use reasons::Reasons;
use rfm::Rfm;
use scoring::Served;
pub use settings::PredictConfig;
use summary::Summary;
use tally::Tally;

/// The horizon of [`Score::p_buy_90d`], whatever is configured.
pub const QUARTER_DAYS: u32 = 90;
/// The horizon of [`Score::expected_orders_365d`] and its value, whatever is configured.
pub const YEAR_DAYS: u32 = 365;
/// A total that is off by more than this, up or down, is an alarm.
const ALARMING: f64 = 0.2;

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

/// One person's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Quintiles; see [`rfm`] for the tie rule.
    pub rfm: Rfm,
    /// Probability that the person has not dropped out for good.
    pub p_alive: f64,
    /// Probability of an order within the configured horizon.
    pub p_buy: f64,
    /// Percentage of all scored people whose `p_buy` is lower, 0 to below 100.
    pub p_buy_percentile: f64,
    /// Expected orders within the configured horizon, at least `p_buy`.
    pub expected_orders: f64,
    /// Their expected value in the base currency; `None` when no order of anyone has a value.
    pub expected_value: Option<f64>,
    /// Probability of an order within 90 days.
    pub p_buy_90d: f64,
    /// Expected orders within 365 days, at least `p_buy_90d`.
    pub expected_orders_365d: f64,
    /// Their expected value.
    pub expected_value_365d: Option<f64>,
    /// When the next order comes, if it comes.
    pub next_order: NextOrder,
    /// Why `p_buy` is high or low, the strongest reason first.
    pub reasons: Reasons,
    /// The index of the group among [`Predictions::clusters`]; nothing when customers were not grouped.
    pub cluster: Option<u8>,
}

/// A model as it was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedModel {
    /// `bg_nbd`, `gamma_gamma`, ...
    pub name: &'static str,
    /// By name, in the configured unit of time and the base currency.
    pub parameters: Vec<(&'static str, f64)>,
    /// ln of the likelihood, in the same units.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: usize,
}

/// Sums over all people; none where the data do not allow them, see [`Sufficiency::totals_reliable`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// People expected to order within the configured horizon.
    pub buyers: f64,
    /// Orders expected within it.
    pub orders: f64,
    /// Their value in the base currency, when it is known.
    pub value: Option<f64>,
    /// Orders expected within 365 days.
    pub orders_365d: f64,
    /// Their value.
    pub value_365d: Option<f64>,
}

/// Who said what; the names stand in the scores and in the report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origin {
    /// Says who buys: a model, a simple rule with a model's probabilities, or both together.
    pub scorer: String,
    /// The model whose chances of an order the scorer uses.
    pub buyers: &'static str,
    /// Says how many orders come, and when.
    pub orders: &'static str,
    /// Says what an order is worth; empty when nothing does.
    pub value: &'static str,
    /// The night's day, in days since 1970-01-01.
    pub trained_on: i32,
    /// The back-test; empty when there was none.
    pub backtest: String,
    /// The configured horizon.
    pub horizon_days: u32,
}

/// The result of the stage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Predictions {
    /// One per history, in the same order; `None` for people without a purchase up to today.
    pub scores: Vec<Option<Score>>,
    /// Groups of customers who are alike; `None` when there are too few to group.
    pub clusters: Option<Clusters>,
    /// What was fitted.
    pub models: Vec<FittedModel>,
    /// What is served; `None` when nobody has bought anything.
    pub origin: Option<Origin>,
    /// How models and rules fared on past days; `None` when there was no past day to try them on.
    pub evaluation: Option<Evaluation>,
    /// How much there was to go by.
    pub sufficiency: Sufficiency,
    /// Sums for the report.
    pub totals: Option<Totals>,
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
    let nothing = Predictions {
        scores: vec![None; histories.len()],
        sufficiency,
        ..Predictions::default()
    };
    if summaries.is_empty() {
        return Predictions { notes, ..nothing };
    }
    let backtest = Backtest::new(histories, today, config);
    notes.extend(Note::verdicts(backtest.as_ref().map_err(|why| *why), config));
    let mut backtest = backtest.ok();
    let choice = backtest.as_ref().map(|backtest| backtest.choice);
    let tally = Tally::new(&summaries);
    let (mut models, champion) = Champion::choose(&tally, choice.as_ref(), config, &mut notes);
    let little_data = Sufficiency::is_little(sufficiency.customers, sufficiency.repeaters, config);
    let spends = order_value::spends(&summaries);
    let ways = Ways::new(&spends, little_data);
    models.extend(order_value::repeat_orders_only(&summaries));
    models.extend(ways.all.iter().find_map(|way| way.value.report(&spends)));
    let valued = ways.choose(choice.and_then(|choice: Choice| choice.value));
    let method = valued.map(|valued| valued.method);
    notes.extend(ways.notes(method));
    if let Some(backtest) = &mut backtest {
        backtest.served(method);
    }
    let scores = champion.as_ref().map_or_else(Vec::new, |champion| {
        let (buyers, orders) = (
            champion.model(champion.scorer.candidate()),
            champion.model(champion.orders),
        );
        let served = buyers.zip(orders).map(|(buyers, orders)| Served {
            scorer: champion.scorer,
            buyers,
            orders,
            order_value: valued.map(|valued| valued.value),
        });
        served.map_or_else(Vec::new, |served| {
            scoring::scores(&summaries, &tally, &served, today, config)
        })
    });
    let mut clusters = Clusters::new(&summaries);
    notes.extend(clusters.as_ref().and_then(Clusters::remark));
    let scores = with_clusters(scores, clusters.as_mut());
    let evaluation = backtest.map(|backtest| with_drift(backtest.evaluation, &scores, config, &mut notes));
    let origin = champion.map(|champion| Origin {
        scorer: champion.scorer.to_string(),
        buyers: champion.scorer.candidate().name(),
        orders: champion.orders.name(),
        value: valued.map_or("", |valued| valued.method.name()),
        trained_on: today,
        backtest: evaluation
            .as_ref()
            .map_or_else(String::new, |evaluation| evaluation.id.clone()),
        horizon_days: config.horizon_days,
    });
    Predictions {
        totals: sufficiency.totals_reliable.then(|| Totals::new(&scores)),
        scores: in_places(scores, &summarised),
        clusters,
        models,
        origin,
        evaluation,
        notes,
        ..nothing
    }
}

/// Moves everyone's group into their score.
fn with_clusters(mut scores: Vec<Score>, clusters: Option<&mut Clusters>) -> Vec<Score> {
    let of = clusters
        .map(|clusters| std::mem::take(&mut clusters.of))
        .unwrap_or_default();
    scores
        .iter_mut()
        .zip(of)
        .for_each(|(score, group)| score.cluster = Some(group));
    scores
}

/// Asks whether the present is like the past, and notes it when it is not.
fn with_drift(
    mut evaluation: Evaluation,
    scores: &[Score],
    config: &PredictConfig,
    notes: &mut Vec<Note>,
) -> Evaluation {
    // Probabilities over different horizons differ without any drift.
    let comparable = evaluation.horizon_days == config.horizon_days;
    let p_buy: Option<Vec<f64>> = comparable.then(|| scores.iter().map(|score| score.p_buy).collect());
    let areas: Vec<f64> = evaluation.origins.iter().map(|origin| origin.auc).collect();
    evaluation.drift = Drift::new(&areas, &evaluation.tenths, p_buy.as_deref());
    if let Some(drift) = evaluation.drift.filter(Drift::is_alarming) {
        notes.push(Note::Drift {
            auc_change: drift.auc_change,
        });
    }
    let band = evaluation.bands.orders.filter(|band| band.error.abs() > ALARMING);
    notes.extend(band.map(|band| Note::TotalsOff { error: band.error }));
    evaluation
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
        let sum = |of: fn(&Score) -> f64| exact::sum(&scores.iter().map(of).collect::<Vec<f64>>());
        let money = |of: fn(&Score) -> Option<f64>| {
            let values: Option<Vec<f64>> = scores.iter().map(of).collect();
            values.map(|values| exact::sum(&values))
        };
        Self {
            buyers: sum(|score| score.p_buy),
            orders: sum(|score| score.expected_orders),
            value: money(|score| score.expected_value),
            orders_365d: sum(|score| score.expected_orders_365d),
            value_365d: money(|score| score.expected_value_365d),
        }
    }
}
