//! Parts of a customer base, however small: how many of them give an answer that is no answer. Takes minutes, so it is asked for by
//! `FIRSTHAND_SUBSETS=1000`.

use std::collections::BTreeMap;

use unifier::dice::Dice;
use unifier::predict::report::PredictionReport;
use unifier::predict::{History, PredictConfig, Score, score};

use super::customers::CDNOW_TODAY;

/// The environment variable with the number of parts.
const SUBSETS: &str = "FIRSTHAND_SUBSETS";
/// Customers in a part at most.
const LARGEST: u64 = 2_000;

/// Draws so many parts of 1 to 2,000 customers, always the same, and prints what was wrong with their scores.
pub fn print(everyone: &[History]) {
    let Some(subsets) = std::env::var(SUBSETS).ok().and_then(|text| text.parse::<u64>().ok()) else {
        println!("\nparts of the sample: set {SUBSETS} to how many of 1 to 2,000 customers are to be scored");
        return;
    };
    let config = PredictConfig::default();
    let (mut unsound, mut badges) = (0, BTreeMap::new());
    for seed in 0..subsets {
        let mut dice = Dice(seed);
        let size = 1 + dice.roll() % LARGEST;
        let part: Vec<History> = (0..size)
            .map(|_| everyone[dice.below(everyone.len())].clone())
            .collect();
        let predictions = score(&part, CDNOW_TODAY, &config);
        let sound = predictions.scores.iter().flatten().all(is_sound);
        unsound += u64::from(!sound);
        let report = PredictionReport::new(&predictions, &config, CDNOW_TODAY, "USD");
        *badges.entry(format!("{:?}", report.sufficiency.badge)).or_insert(0) += 1;
    }
    println!(
        "\n{subsets} parts of 1 to {LARGEST} customers: {unsound} with a score that is none (bar 0); badges {badges:?}"
    );
}

fn is_sound(score: &Score) -> bool {
    let chances = [score.p_alive, score.p_buy, score.p_buy_90d];
    let orders = [score.expected_orders, score.expected_orders_365d];
    let values = [score.expected_value, score.expected_value_365d];
    chances.iter().all(|chance| (0.0..=1.0).contains(chance))
        && orders.iter().all(|orders| orders.is_finite() && *orders >= 0.0)
        && values.iter().flatten().all(|value| value.is_finite() && *value >= 0.0)
        && (0.0..100.0).contains(&score.p_buy_percentile)
        && CDNOW_TODAY < score.next_order.p25
        && score.next_order.p25 <= score.next_order.median
        && score.next_order.median <= score.next_order.p75
}
