//! One past day: what every way of scoring would have said on it, against what happened. It keeps figures and no customers.

use super::PredictConfig;
use super::calibration::Calibration;
use super::candidate::Candidate;
use super::discrimination::{Placements, lift_of_best_tenth};
use super::gates::Sufficiency;
use super::model::Horizons;
use super::rules::Rule;
use super::scorer::Scorer;
use super::snapshot::Snapshot;
use super::tally::Tally;

/// All ways of scoring at one origin.
pub struct Trial {
    /// The day predicted from, in days since 1970-01-01.
    pub day: i32,
    /// Customers on that day.
    pub customers: usize,
    /// Those who ordered within the horizon.
    pub buyers: usize,
    /// The models and their blends, in the order of [`Candidate::ALL`], then every rule with the probabilities of every model.
    pub outcomes: Vec<Outcome>,
}

/// How one way of scoring fared at one origin.
pub struct Outcome {
    /// Who scored.
    pub scorer: Scorer,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Buyers among the best tenth, relative to buyers among all.
    pub lift: f64,
    /// How good the probabilities were.
    pub calibration: Calibration,
    /// The model's expected orders / orders − 1.
    pub orders_error: f64,
    /// The area minus that of each of [`Rule::ALL`], and the variance of this difference; not asked of rules.
    pub against_rules: Vec<(f64, f64)>,
}

impl Trial {
    /// Fits every candidate to what was known at the snapshot, and scores everyone in every way.
    pub fn new(snapshot: &Snapshot, config: &PredictConfig) -> Self {
        let tally = Tally::new(&snapshot.customers);
        let rules = Rule::ALL.map(|rule| Placements::new(&rule.scores(&snapshot.customers), &snapshot.bought));
        let of_candidate = |candidate| candidate_outcomes(candidate, snapshot, &tally, &rules, config);
        let mut outcomes: Vec<Outcome> = Candidate::ALL.into_iter().flat_map(of_candidate).collect();
        // Stable, so that the order of candidates stays: models and blends first, then rules.
        outcomes.sort_by_key(|outcome| matches!(outcome.scorer, Scorer::Rule(..)));
        Self {
            day: snapshot.day,
            customers: snapshot.customers.len(),
            buyers: snapshot.buyers(),
            outcomes,
        }
    }
}

fn candidate_outcomes(
    candidate: Candidate,
    snapshot: &Snapshot,
    tally: &Tally,
    rules: &[Placements],
    config: &PredictConfig,
) -> Vec<Outcome> {
    let little_data = Sufficiency::is_little(tally.customers as usize, tally.repeaters as usize, config);
    let model = candidate.fit(tally, little_data).model;
    let horizon = f64::from(config.horizon_days);
    let forecasts = model.forecast(
        tally,
        Horizons {
            buy: horizon,
            orders: horizon,
        },
    );
    let of_model: Vec<f64> = tally.row_of.iter().map(|&row| forecasts[row as usize].p_buy).collect();
    let expected: f64 = tally
        .rows
        .iter()
        .zip(&forecasts)
        .map(|(row, f)| f64::from(row.count) * f.expected_orders)
        .sum();
    let orders: f64 = snapshot.orders.iter().map(|&orders| f64::from(orders)).sum();
    let outcome = |scorer: Scorer| {
        let probabilities = scorer.probabilities(&snapshot.customers, of_model.clone());
        let placements = Placements::new(&probabilities, &snapshot.bought);
        let against = |rule: &Placements| {
            (
                placements.auc() - rule.auc(),
                placements.variance_of_difference(rule, &snapshot.bought),
            )
        };
        let is_rule = matches!(scorer, Scorer::Rule(..));
        Outcome {
            scorer,
            auc: placements.auc(),
            lift: lift_of_best_tenth(&probabilities, &snapshot.bought),
            calibration: Calibration::new(&probabilities, &snapshot.bought),
            orders_error: expected / orders - 1.0,
            against_rules: if is_rule {
                Vec::new()
            } else {
                rules.iter().map(against).collect()
            },
        }
    };
    let models = [Scorer::Model(candidate), Scorer::Blend(candidate)];
    models
        .into_iter()
        .chain(Rule::ALL.map(|rule| Scorer::Rule(rule, candidate)))
        .map(outcome)
        .collect()
}
