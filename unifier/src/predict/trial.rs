//! One past day: what every way of scoring would have said on it, against what happened. It keeps figures and no customers.

use super::PredictConfig;
use super::amounts::{self, OrdersOutcome, SpendOutcome, ValueOutcome};
use super::calibration::Calibration;
use super::candidate::Candidate;
use super::discrimination::Placements;
use super::gains::Gains;
use super::gates::Sufficiency;
use super::model::Horizons;
use super::order_value::{Ways, spends};
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
    /// How many orders were expected.
    pub orders: Vec<OrdersOutcome>,
    /// What an order was expected to be worth.
    pub values: Vec<ValueOutcome>,
    /// How much money was expected.
    pub spends: Vec<SpendOutcome>,
}

/// How one way of scoring fared at one origin.
pub struct Outcome {
    /// Who scored.
    pub scorer: Scorer,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Where the buyers were found.
    pub gains: Gains,
    /// How good the probabilities were.
    pub calibration: Calibration,
    /// The area minus that of each of [`Rule::ALL`], and the variance of this difference; not asked of rules.
    pub against_rules: Vec<(f64, f64)>,
}

/// What one model expects of each customer.
struct Expected {
    candidate: Candidate,
    p_buy: Vec<f64>,
    orders: Vec<f64>,
}

impl Trial {
    /// Fits every candidate to what was known at the snapshot, and scores everyone in every way over `horizon` days.
    pub fn new(snapshot: &Snapshot, horizon: u32, config: &PredictConfig) -> Self {
        let tally = Tally::new(&snapshot.customers);
        let little_data = Sufficiency::is_little(tally.customers as usize, tally.repeaters as usize, config);
        let expected = Candidate::ALL.map(|candidate| Expected::new(candidate, &tally, horizon, little_data));
        let rules = Rule::ALL.map(|rule| Placements::new(&rule.scores(&snapshot.customers), &snapshot.bought));
        let mut outcomes: Vec<Outcome> = expected.iter().flat_map(|e| outcomes(e, snapshot, &rules)).collect();
        // Stable, so that the order of candidates stays: models and blends first, then rules.
        outcomes.sort_by_key(|outcome| matches!(outcome.scorer, Scorer::Rule(..)));
        let orders = expected.map(|e| (e.candidate, e.orders));
        let valued = Ways::new(&spends(&snapshot.customers), little_data).all;
        Self {
            day: snapshot.day,
            customers: snapshot.customers.len(),
            buyers: snapshot.buyers(),
            outcomes,
            orders: amounts::orders(snapshot, &orders, horizon),
            values: amounts::values(snapshot, &valued),
            spends: amounts::spends(snapshot, &orders, &valued),
        }
    }

    /// How one way of scoring fared.
    pub fn outcome(&self, scorer: Scorer) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.scorer == scorer)
    }
}

impl Expected {
    fn new(candidate: Candidate, tally: &Tally, horizon: u32, little_data: bool) -> Self {
        let ahead = f64::from(horizon);
        let horizons = Horizons {
            buy: ahead,
            orders: ahead,
        };
        let forecasts = candidate.fit(tally, little_data).model.forecast(tally, horizons);
        let of_everyone = || tally.row_of.iter().map(|&row| &forecasts[row as usize]);
        Self {
            candidate,
            p_buy: of_everyone().map(|forecast| forecast.p_buy).collect(),
            orders: of_everyone().map(|forecast| forecast.expected_orders).collect(),
        }
    }
}

fn outcomes(expected: &Expected, snapshot: &Snapshot, rules: &[Placements]) -> Vec<Outcome> {
    let candidate = expected.candidate;
    let bought: Vec<f64> = snapshot.bought.iter().map(|&bought| f64::from(bought)).collect();
    let outcome = |scorer: Scorer| {
        let probabilities = scorer.probabilities(&snapshot.customers, expected.p_buy.clone());
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
            gains: Gains::new(&probabilities, &bought),
            calibration: Calibration::new(&probabilities, &snapshot.bought),
            against_rules: if is_rule {
                Vec::new()
            } else {
                rules.iter().map(against).collect()
            },
        }
    };
    let models = [Scorer::Model(candidate), Scorer::Blend(candidate)];
    let rules = Rule::ALL.map(|rule| Scorer::Rule(rule, candidate));
    models.into_iter().chain(rules).map(outcome).collect()
}
