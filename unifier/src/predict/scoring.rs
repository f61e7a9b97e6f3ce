//! Turns fitted models into one score per person. What depends on the purchases' pattern alone is computed once per distinct
//! row and shared; only money and quintiles are personal.

use rayon::prelude::*;

use super::model::{Forecast, Horizons, PurchaseModel};
use super::next_order::NextOrder;
use super::order_value::OrderValue;
use super::reasons::{Reasons, Typical};
use super::rfm::rfm;
use super::scorer::Scorer;
use super::summary::Summary;
use super::tally::Tally;
use super::{PredictConfig, Score};

/// What everyone in a row shares.
struct RowScore {
    forecast: Forecast,
    next_order: NextOrder,
    reasons: Reasons,
}

/// What the scores are made with.
pub struct Served<'a> {
    /// Says how likely an order is.
    pub scorer: Scorer,
    /// Says everything else about when people buy.
    pub model: &'a dyn PurchaseModel,
    /// Says what an order is worth.
    pub order_value: Option<OrderValue>,
}

/// The scores of the summaries that `tally` was made from, in their order.
pub fn scores(summaries: &[Summary], tally: &Tally, served: &Served, today: i32, config: &PredictConfig) -> Vec<Score> {
    let rows = row_scores(tally, served.model, &Typical::new(summaries), today, config);
    let of_model = tally
        .row_of
        .iter()
        .map(|&row| rows[row as usize].forecast.p_buy)
        .collect();
    let p_buy = served.scorer.probabilities(summaries, of_model);
    let (rfm, percentiles) = (rfm(summaries), percentiles(&p_buy));
    let score = |person: usize| {
        let shared = &rows[tally.row_of[person] as usize];
        let Forecast {
            p_alive,
            expected_orders,
            ..
        } = shared.forecast;
        let Summary { paid_orders, spend, .. } = summaries[person];
        let per_order = served.order_value.map(|value| value.expected(paid_orders, spend));
        Score {
            rfm: rfm[person],
            // Who orders is alive, whoever says so.
            p_alive: p_alive.max(p_buy[person]),
            p_buy: p_buy[person],
            p_buy_percentile: percentiles[person],
            expected_orders,
            expected_value: per_order.map(|value| value * expected_orders),
            next_order: shared.next_order,
            reasons: shared.reasons,
        }
    };
    (0..summaries.len()).into_par_iter().map(score).collect()
}

fn row_scores(
    tally: &Tally,
    model: &dyn PurchaseModel,
    typical: &Typical,
    today: i32,
    config: &PredictConfig,
) -> Vec<RowScore> {
    let horizon = f64::from(config.horizon_days);
    let horizons = Horizons {
        buy: horizon,
        orders: f64::from(config.long_horizon_days),
    };
    let row = |(row, forecast)| {
        let customer = tally.observed(row);
        let (shape, rate) = model.purchase_rate(customer);
        RowScore {
            forecast,
            next_order: NextOrder::new(shape, rate, f64::from(config.next_order_horizon_days), today),
            reasons: typical.explain(customer, model, horizon),
        }
    };
    tally
        .rows
        .par_iter()
        .zip(model.forecast(tally, horizons))
        .map(row)
        .collect()
}

/// For each person the percentage of people with a strictly lower value.
fn percentiles(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.par_sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    let mut percentiles = vec![0.0; values.len()];
    let mut below = 0;
    for equals in order.chunk_by(|&a, &b| values[a as usize] == values[b as usize]) {
        let percentile = 100.0 * below as f64 / values.len() as f64;
        equals
            .iter()
            .for_each(|&person| percentiles[person as usize] = percentile);
        below += equals.len();
    }
    percentiles
}
