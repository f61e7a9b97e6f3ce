//! Turns fitted models into one score per person. What depends on the purchases' pattern alone is computed once per distinct
//! row and shared; only money and quintiles are personal.

use rayon::prelude::*;

use super::blend::at_least;
use super::model::{Forecast, Horizons, PurchaseModel};
use super::next_order::NextOrder;
use super::order_value::OrderValue;
use super::reasons::{Reasons, Typical};
use super::rfm::rfm;
use super::scorer::Scorer;
use super::summary::Summary;
use super::tally::Tally;
use super::{PredictConfig, QUARTER_DAYS, Score, YEAR_DAYS};

/// What everyone in a row shares.
struct RowScore {
    next_order: NextOrder,
    reasons: Reasons,
}

/// What the scores are made with.
pub struct Served<'a> {
    /// Says how likely an order is, from the probabilities of `buyers`.
    pub scorer: Scorer,
    /// The scorer's model.
    pub buyers: &'a dyn PurchaseModel,
    /// Says how many orders come, and when.
    pub orders: &'a dyn PurchaseModel,
    /// Says what an order is worth.
    pub order_value: Option<OrderValue>,
}

/// Forecasts of every row over one horizon.
struct Ahead {
    /// Days looked ahead for the probability.
    buy: u32,
    /// By the model of orders.
    orders: Vec<Forecast>,
    /// Everyone's probability of an order, by the scorer.
    p_buy: Vec<f64>,
}

impl Ahead {
    /// Looks `buy` days ahead for the probability, which `known` may have looked at already, and `orders` days for the number of orders.
    fn new(
        summaries: &[Summary],
        tally: &Tally,
        served: &Served,
        (buy, orders): (u32, u32),
        known: Option<&Self>,
    ) -> Self {
        let horizons = Horizons {
            buy: f64::from(buy),
            orders: f64::from(orders),
        };
        let of_orders = served.orders.forecast(tally, horizons);
        let p_buy = match known.filter(|known| known.buy == buy) {
            Some(known) => known.p_buy.clone(),
            None => chances(summaries, tally, served, horizons, &of_orders),
        };
        Self {
            buy,
            orders: of_orders,
            p_buy,
        }
    }
}

/// Everyone's probability of an order by the scorer, whose model may be that of orders.
fn chances(
    summaries: &[Summary],
    tally: &Tally,
    served: &Served,
    horizons: Horizons,
    of_orders: &[Forecast],
) -> Vec<f64> {
    let same = served.orders.name() == served.buyers.name();
    let of_buyers = (!same).then(|| {
        let horizons = Horizons {
            orders: 0.0,
            ..horizons
        };
        served.buyers.forecast(tally, horizons)
    });
    let rows = of_buyers.as_deref().unwrap_or(of_orders);
    let of_model = tally.row_of.iter().map(|&row| rows[row as usize].p_buy).collect();
    served.scorer.probabilities(summaries, of_model)
}

/// The scores of the summaries that `tally` was made from, in their order.
pub fn scores(summaries: &[Summary], tally: &Tally, served: &Served, today: i32, config: &PredictConfig) -> Vec<Score> {
    let horizon = config.horizon_days;
    let rows = row_scores(tally, served, &Typical::new(summaries), today, config);
    let near = Ahead::new(summaries, tally, served, (horizon, horizon), None);
    let fixed = Ahead::new(summaries, tally, served, (QUARTER_DAYS, YEAR_DAYS), Some(&near));
    let (orders, orders_365d) = if horizon <= YEAR_DAYS {
        counted(tally, &near, &fixed)
    } else {
        let (orders_365d, orders) = counted(tally, &fixed, &near);
        (orders, orders_365d)
    };
    let (rfm, percentiles) = (rfm(summaries), percentiles_by(served.scorer, tally, &near.p_buy));
    let score = |person: usize| {
        let row = tally.row_of[person] as usize;
        let Summary { paid_orders, spend, .. } = summaries[person];
        let per_order = served.order_value.map(|value| value.expected(paid_orders, spend));
        let (expected_orders, expected_orders_365d) = (orders[person], orders_365d[person]);
        let (p_buy, p_buy_90d) = (near.p_buy[person], fixed.p_buy[person]);
        Score {
            rfm: rfm[person],
            // Who orders is alive, whoever says so.
            p_alive: near.orders[row].p_alive.max(p_buy).max(p_buy_90d),
            p_buy,
            p_buy_percentile: percentiles[person],
            expected_orders,
            expected_value: per_order.map(|value| value * expected_orders),
            p_buy_90d,
            expected_orders_365d,
            expected_value_365d: per_order.map(|value| value * expected_orders_365d),
            next_order: rows[row].next_order,
            reasons: rows[row].reasons,
            cluster: None,
        }
    };
    (0..summaries.len()).into_par_iter().map(score).collect()
}

/// Everyone's expected orders over a shorter and a longer time: at least the chance of one, and in the longer time at least as many.
fn counted(tally: &Tally, shorter: &Ahead, longer: &Ahead) -> (Vec<f64>, Vec<f64>) {
    let of_model = |ahead: &Ahead| {
        let rows = tally.row_of.iter();
        rows.map(|&row| ahead.orders[row as usize].expected_orders).collect()
    };
    let sooner = at_least(&shorter.p_buy, of_model(shorter));
    let least: Vec<f64> = sooner
        .iter()
        .zip(&longer.p_buy)
        .map(|(sooner, p_buy)| sooner.max(*p_buy))
        .collect();
    let later = at_least(&least, of_model(longer));
    (sooner, later)
}

fn row_scores(tally: &Tally, served: &Served, typical: &Typical, today: i32, config: &PredictConfig) -> Vec<RowScore> {
    let row = |row| {
        let customer = tally.observed(row);
        let (shape, rate) = served.orders.wait(customer);
        RowScore {
            next_order: NextOrder::new(shape, rate, f64::from(config.next_order_horizon_days), today),
            reasons: typical.explain(customer, served.buyers, f64::from(config.horizon_days)),
        }
    };
    tally.rows.par_iter().map(row).collect()
}

/// For each person the percentage of people with a lower chance. A model gives a whole row one chance, so there only rows are sorted.
fn percentiles_by(scorer: Scorer, tally: &Tally, p_buy: &[f64]) -> Vec<f64> {
    let Scorer::Model(_) = scorer else {
        return percentiles(p_buy);
    };
    let mut order: Vec<(u64, u32)> = tally.rows.iter().zip(0..).map(|(_, row)| (0, row)).collect();
    for (&row, p_buy) in tally.row_of.iter().zip(p_buy) {
        order[row as usize].0 = p_buy.to_bits();
    }
    order.par_sort_unstable();
    let mut of_rows = vec![0.0; order.len()];
    let mut below = 0;
    for equals in order.chunk_by(|a, b| a.0 == b.0) {
        let percentile = 100.0 * below as f64 / p_buy.len() as f64;
        for (_, row) in equals {
            of_rows[*row as usize] = percentile;
            below += u64::from(tally.rows[*row as usize].count);
        }
    }
    tally.row_of.iter().map(|&row| of_rows[row as usize]).collect()
}

/// For each person the percentage of people with a strictly lower value; values are not negative.
pub(super) fn percentiles(values: &[f64]) -> Vec<f64> {
    // Probabilities are not negative, so their bits sort as they do, and integers sort faster.
    let mut order: Vec<(u64, u32)> = (0..)
        .zip(values)
        .map(|(person, value)| (value.to_bits(), person))
        .collect();
    order.par_sort_unstable();
    let mut percentiles = vec![0.0; values.len()];
    let mut below = 0;
    for equals in order.chunk_by(|a, b| a.0 == b.0) {
        let percentile = 100.0 * below as f64 / values.len() as f64;
        equals.iter().for_each(|one| percentiles[one.1 as usize] = percentile);
        below += equals.len();
    }
    percentiles
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::predict::candidate::Candidate;

    proptest! {
        #[test]
        fn rows_and_people_have_the_same_percentiles(people in prop::collection::vec((0u32..4, 0u32..3), 1..60)) {
            let summary = |&(repeats, last): &(u32, u32)| Summary {
                repeats,
                last: last * repeats.min(1),
                age: 10,
                ..Summary::default()
            };
            let summaries: Vec<Summary> = people.iter().map(summary).collect();
            let tally = Tally::new(&summaries);
            let chances: Vec<f64> = tally.row_of.iter().map(|row| f64::from(row % 3) / 3.0).collect();
            prop_assert_eq!(percentiles_by(Scorer::Model(Candidate::BgNbd), &tally, &chances), percentiles(&chances));
        }
    }
}
