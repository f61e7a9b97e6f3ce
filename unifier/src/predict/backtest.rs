//! What every model and every simple rule would have said on past days, against what happened: the evidence for which of them is
//! served. Only time-split figures: nothing is known on a day that came after it.

use serde::{Serialize, Serializer};

use super::calibration::Tenth;
use super::note::iso_date;
use super::rules::Rule;
use super::scorer::Scorer;
use super::snapshot::Snapshot;
use super::trial::{Outcome, Trial};
use super::{History, PredictConfig};

/// Half the width of a 95 % interval, in standard errors.
const HALF_WIDTH: f64 = 1.959_963_984_540_054;

/// How all ways of scoring fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Each had to say who orders within so many days.
    pub horizon_days: u32,
    /// The days from which they predicted, the latest first.
    pub origins: Vec<Origin>,
    /// Models and their blends with a rule, then the rules.
    pub results: Vec<ScorerResult>,
    /// The model or blend with the lowest log-loss.
    pub best_model: Scorer,
    /// The rule with the largest area under the curve.
    pub best_rule: Scorer,
    /// The best model against the best rule.
    pub comparison: Comparison,
    /// What is served: the best model if it ranks better than the best rule, otherwise the rule.
    pub champion: Scorer,
    /// The champion's tenths at the latest origin: predicted against what happened in the period just ended.
    pub tenths: Vec<Tenth>,
}

/// A past day from which was predicted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Origin {
    /// Days since 1970-01-01, written as a date.
    #[serde(serialize_with = "as_date")]
    pub day: i32,
    /// Customers on that day.
    pub customers: usize,
    /// Those who ordered within the horizon.
    pub buyers: usize,
}

/// How one way of scoring fared, averaged over the origins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScorerResult {
    /// Who scored. A rule lends its order to the probabilities of the best model.
    pub name: Scorer,
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
    /// The model's predicted orders / orders − 1.
    pub orders_error: f64,
}

/// By how much the best model ranks better than the best rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Difference of the areas under the curve.
    pub difference: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the whole interval is above 0.
    pub model_is_better: bool,
}

impl Evaluation {
    /// Goes back in steps of the horizon as far as there were enough buyers and non-buyers, and at least half a horizon of
    /// history; `None` when there never were.
    pub fn new(histories: &[History], today: i32, config: &PredictConfig) -> Option<Self> {
        let mut trials = Vec::new();
        for step in 1..=config.origins {
            let day = today.saturating_sub_unsigned(config.horizon_days.saturating_mul(step));
            let snapshot = Snapshot::new(histories, day, config.horizon_days);
            let history = snapshot
                .customers
                .iter()
                .map(|customer| customer.age)
                .max()
                .unwrap_or(0);
            let buyers = snapshot.buyers();
            let fewer = buyers.min(snapshot.bought.len() - buyers);
            if fewer < config.minimum_outcomes.max(1) || history < config.horizon_days / 2 {
                break;
            }
            trials.push(Trial::new(&snapshot, config));
        }
        Self::conclude(&trials, config.horizon_days)
    }

    fn conclude(trials: &[Trial], horizon_days: u32) -> Option<Self> {
        let latest = trials.first()?;
        let all: Vec<ScorerResult> = (0..latest.outcomes.len()).map(|i| mean(trials, i)).collect();
        let (models, rules): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| !matches!(r.name, Scorer::Rule(..)));
        let best_model = models
            .iter()
            .reduce(|a, b| if b.log_loss < a.log_loss { b } else { a })?
            .name;
        let rules: Vec<_> = rules
            .into_iter()
            .filter(|r| r.name.candidate() == best_model.candidate())
            .collect();
        let best_rule = rules.iter().reduce(|a, b| if b.auc > a.auc { b } else { a })?.name;
        let comparison = compare(trials, best_model, best_rule)?;
        let champion = if comparison.model_is_better {
            best_model
        } else {
            best_rule
        };
        Some(Self {
            horizon_days,
            origins: trials
                .iter()
                .map(|t| Origin {
                    day: t.day,
                    customers: t.customers,
                    buyers: t.buyers,
                })
                .collect(),
            results: models.into_iter().chain(rules).collect(),
            best_model,
            best_rule,
            comparison,
            champion,
            tenths: outcome(latest, champion)?.calibration.tenths.to_vec(),
        })
    }
}

fn outcome(trial: &Trial, scorer: Scorer) -> Option<&Outcome> {
    trial.outcomes.iter().find(|outcome| outcome.scorer == scorer)
}

fn mean(trials: &[Trial], index: usize) -> ScorerResult {
    let mean = |value: &dyn Fn(&Trial, &Outcome) -> f64| {
        trials
            .iter()
            .map(|trial| value(trial, &trial.outcomes[index]))
            .sum::<f64>()
            / trials.len() as f64
    };
    ScorerResult {
        name: trials[0].outcomes[index].scorer,
        auc: mean(&|_, outcome| outcome.auc),
        lift_of_best_tenth: mean(&|_, outcome| outcome.lift),
        log_loss: mean(&|_, outcome| outcome.calibration.log_loss),
        brier: mean(&|_, outcome| outcome.calibration.brier),
        calibration_error: mean(&|_, outcome| outcome.calibration.calibration_error),
        buyers_error: mean(&|trial, outcome| outcome.calibration.predicted / trial.buyers as f64 - 1.0),
        orders_error: mean(&|_, outcome| outcome.orders_error),
    }
}

/// The mean difference over the origins, whose errors are taken as independent.
fn compare(trials: &[Trial], model: Scorer, rule: Scorer) -> Option<Comparison> {
    let Scorer::Rule(rule, _) = rule else { return None };
    let rule = Rule::ALL.iter().position(|known| *known == rule)?;
    let n = trials.len() as f64;
    let pairs = || {
        trials
            .iter()
            .filter_map(|trial| outcome(trial, model)?.against_rules.get(rule))
    };
    let difference = pairs().map(|pair| pair.0).sum::<f64>() / n;
    let half = HALF_WIDTH * pairs().map(|pair| pair.1).sum::<f64>().sqrt() / n;
    let (low, high) = (difference - half, difference + half);
    Some(Comparison {
        difference,
        low,
        high,
        model_is_better: low > 0.0,
    })
}

fn as_date<S: Serializer>(day: &i32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso_date(*day))
}
