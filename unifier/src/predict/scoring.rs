//! Turns fitted models into one score per person. What depends on the purchases' pattern alone is computed once per distinct
//! row and shared; only money and quintiles are personal.

use rayon::prelude::*;

use super::model::{Forecast, Horizons, PurchaseModel};
use super::next_order::NextOrder;
use super::order_value::OrderValue;
use super::reasons::{Reasons, Typical};
use super::rfm::{Rfm, rfm};
use super::summary::Summary;
use super::tally::Tally;
use super::{PredictConfig, Score};

/// What everyone in a row shares.
struct RowScore {
    forecast: Forecast,
    percentile: f64,
    next_order: NextOrder,
    reasons: Reasons,
}

/// The scores of the summaries that `tally` was made from, in their order.
pub fn scores<M: PurchaseModel>(
    summaries: &[Summary],
    tally: &Tally,
    model: &M,
    order_value: Option<OrderValue>,
    today: i32,
    config: &PredictConfig,
) -> Vec<Score> {
    let rows = row_scores(tally, model, &Typical::new(summaries), today, config);
    let person = |((summary, rfm), row): ((&Summary, Rfm), &u32)| {
        let shared = &rows[*row as usize];
        let forecast = shared.forecast;
        let per_order = order_value.map(|value| value.expected(summary.paid_orders, summary.spend));
        Score {
            rfm,
            p_alive: forecast.p_alive,
            p_buy: forecast.p_buy,
            p_buy_percentile: shared.percentile,
            expected_orders: forecast.expected_orders,
            expected_value: per_order.map(|value| value * forecast.expected_orders),
            next_order: shared.next_order,
            reasons: shared.reasons,
        }
    };
    summaries
        .par_iter()
        .zip(rfm(summaries))
        .zip(&tally.row_of)
        .map(person)
        .collect()
}

fn row_scores<M: PurchaseModel>(
    tally: &Tally,
    model: &M,
    typical: &Typical,
    today: i32,
    config: &PredictConfig,
) -> Vec<RowScore> {
    let horizon = f64::from(config.horizon_days);
    let horizons = Horizons {
        buy: horizon,
        orders: f64::from(config.long_horizon_days),
    };
    let forecasts = model.forecast(tally, horizons);
    let percentiles = percentiles(tally, &forecasts);
    let row = |((row, forecast), percentile)| {
        let customer = tally.observed(row);
        let (shape, rate) = model.purchase_rate(customer);
        RowScore {
            forecast,
            percentile,
            next_order: NextOrder::new(shape, rate, f64::from(config.next_order_horizon_days), today),
            reasons: typical.explain(customer, model, horizon),
        }
    };
    tally.rows.par_iter().zip(forecasts).zip(percentiles).map(row).collect()
}

/// For each row the percentage of people with a strictly lower probability of an order.
fn percentiles(tally: &Tally, forecasts: &[Forecast]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..forecasts.len()).collect();
    order.par_sort_unstable_by(|&a, &b| forecasts[a].p_buy.total_cmp(&forecasts[b].p_buy).then(a.cmp(&b)));
    let mut percentiles = vec![0.0; forecasts.len()];
    let mut below = 0u64;
    for equals in order.chunk_by(|&a, &b| forecasts[a].p_buy == forecasts[b].p_buy) {
        let percentile = 100.0 * below as f64 / tally.customers as f64;
        for &row in equals {
            percentiles[row] = percentile;
            below += u64::from(tally.rows[row].count);
        }
    }
    percentiles
}
