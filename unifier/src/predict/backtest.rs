//! What every model and every simple rule would have said on past days, against what happened: the evidence for which of them is
//! served. Only time-split figures: nothing is known on a day that came after it.

use super::amounts::{Counter, SpendOutcome};
use super::band::Band;
use super::calibration::Tenth;
use super::candidate::Candidate;
use super::evaluation::{
    Bands, Comparison, Drift, Evaluation, LiftCurve, OrdersResult, Origin, ScorerResult, SpendResult, ValueResult,
};
use super::note::iso_date;
use super::order_value::ValueMethod;
use super::origins::{Origins, Untried};
use super::rules::Rule;
use super::scorer::Scorer;
use super::snapshot::Snapshot;
use super::trial::{Outcome, Trial};
use super::{History, PredictConfig};

/// Half the width of a 95 % interval, in standard errors.
const HALF_WIDTH: f64 = 1.959_963_984_540_054;

/// What won.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Says who buys: the best model if it ranks better than the best rule beyond chance, otherwise the rule.
    pub scorer: Scorer,
    /// Says how many orders come: the smallest sum of both errors, each relative to the best.
    pub orders: Candidate,
    /// Says what an order is worth: the smallest error.
    pub value: Option<ValueMethod>,
    /// The best model or blend at saying who buys.
    pub best_model: Scorer,
    /// The best rule at it.
    pub best_rule: Scorer,
    /// The best at counting orders, when that is a rule.
    pub better_rule_for_orders: Option<Counter>,
}

/// All trials, with what follows from them.
pub struct Backtest {
    /// The figures.
    pub evaluation: Evaluation,
    /// What won.
    pub choice: Choice,
}

impl Backtest {
    /// Tries everything at the configured number of past days, or at as many as history and buyers allow.
    ///
    /// # Errors
    /// [`Untried`] when that is none.
    pub fn new(histories: &[History], today: i32, config: &PredictConfig) -> Result<Self, Untried> {
        let days = histories.iter().flat_map(|h| &h.purchases).map(|purchase| purchase.day);
        let first = days.filter(|&day| day <= today).min().unwrap_or(today);
        let origins = Origins::new(first, today, config)?;
        let mut trials: Vec<Trial> = Vec::new();
        for &day in &origins.days {
            let snapshot = Snapshot::new(histories, day, origins.horizon);
            let buyers = snapshot.buyers();
            let fewer = buyers.min(snapshot.bought.len() - buyers);
            if fewer < config.minimum_outcomes.max(1) {
                break;
            }
            trials.push(Trial::new(&snapshot, origins.horizon, config));
        }
        let judged = || {
            let choice = Choice::new(&trials, &origins)?;
            let evaluation = evaluation(&trials, &origins, &choice, today)?;
            Some(Self { evaluation, choice })
        };
        judged().ok_or(Untried::FewOutcomes {
            needed: config.minimum_outcomes,
        })
    }

    /// Forgets what was found out about another way of valuing orders than the one that today's customers allow.
    pub fn served(&mut self, method: Option<ValueMethod>) {
        if method != self.choice.value {
            self.evaluation.spend = None;
            self.evaluation.bands.value = None;
        }
    }
}

impl Choice {
    fn new(trials: &[Trial], origins: &Origins) -> Option<Self> {
        let scorers = trials.first()?.outcomes.iter().map(|outcome| outcome.scorer);
        let (rules, models): (Vec<Scorer>, Vec<Scorer>) = scorers.partition(|s| matches!(s, Scorer::Rule(..)));
        let least = |scorers: &[Scorer], loss: &dyn Fn(&Outcome) -> f64| {
            let of = |scorer: Scorer| mean(trials, |trial| trial.outcome(scorer).map_or(f64::INFINITY, loss));
            scorers.iter().copied().reduce(|a, b| if of(b) < of(a) { b } else { a })
        };
        let best_model = least(&models, &|outcome| outcome.calibration.log_loss)?;
        let of_its_model: Vec<Scorer> = rules
            .into_iter()
            .filter(|r| r.candidate() == best_model.candidate())
            .collect();
        let best_rule = least(&of_its_model, &|outcome| -outcome.auc)?;
        let (_, low, _) = difference(trials, origins, best_model, best_rule)?;
        let counters: Vec<Counter> = trials.first()?.orders.iter().map(|outcome| outcome.counter).collect();
        let best_counter = best_counter(trials, &counters)?;
        let models = Candidate::ALL.map(Counter::Model);
        let Counter::Model(orders) = self::best_counter(trials, &models)? else {
            return None;
        };
        Some(Self {
            scorer: if low > 0.0 { best_model } else { best_rule },
            orders,
            value: best_value(trials),
            best_model,
            best_rule,
            better_rule_for_orders: (best_counter != Counter::Model(orders)).then_some(best_counter),
        })
    }

    /// The pair of models that values all orders, at one origin.
    fn spend(self, trial: &Trial) -> Option<&SpendOutcome> {
        let served = |spend: &&SpendOutcome| spend.orders == self.orders && Some(spend.method) == self.value;
        trial.spends.iter().find(served)
    }
}

/// The smallest sum of mean absolute and root mean squared error, each relative to the best of all.
fn best_counter(trials: &[Trial], among: &[Counter]) -> Option<Counter> {
    let errors = |counter: Counter| {
        let of = |trial: &Trial| {
            let outcome = trial.orders.iter().find(|outcome| outcome.counter == counter);
            outcome.map_or((f64::INFINITY, f64::INFINITY), |o| (o.mae, o.rmse))
        };
        (mean(trials, |trial| of(trial).0), mean(trials, |trial| of(trial).1))
    };
    let all: Vec<(Counter, (f64, f64))> = among.iter().map(|&counter| (counter, errors(counter))).collect();
    let least = |of: fn((f64, f64)) -> f64| {
        all.iter()
            .map(|one| of(one.1))
            .fold(f64::INFINITY, f64::min)
            .max(1e-300)
    };
    let (mae, rmse) = (least(|e| e.0), least(|e| e.1));
    let relative = |errors: (f64, f64)| errors.0 / mae + errors.1 / rmse;
    let best = all
        .into_iter()
        .reduce(|a, b| if relative(b.1) < relative(a.1) { b } else { a });
    best.map(|(counter, _)| counter)
}

/// The way of valuing with the smallest mean error among those that were possible at every origin.
fn best_value(trials: &[Trial]) -> Option<ValueMethod> {
    value_errors(trials)
        .into_iter()
        .reduce(|a, b| if b.1 < a.1 { b } else { a })
        .map(|(method, _)| method)
}

fn value_errors(trials: &[Trial]) -> Vec<(ValueMethod, f64)> {
    let methods = trials.first().into_iter().flat_map(|trial| &trial.values);
    let error = |method: ValueMethod| {
        let of = |trial: &Trial| {
            trial
                .values
                .iter()
                .find(|value| value.method == method)
                .map(|value| value.mae)
        };
        let errors: Option<Vec<f64>> = trials.iter().map(of).collect();
        errors.map(|errors| (method, errors.iter().sum::<f64>() / errors.len() as f64))
    };
    methods.filter_map(|value| error(value.method)).collect()
}

/// The mean difference of the areas under the curve, with its 95 % interval. Errors of origins are taken as independent as far as
/// their windows do not overlap.
fn difference(trials: &[Trial], origins: &Origins, model: Scorer, rule: Scorer) -> Option<(f64, f64, f64)> {
    let Scorer::Rule(rule, _) = rule else { return None };
    let rule = Rule::ALL.iter().position(|known| *known == rule)?;
    let pairs = || {
        trials
            .iter()
            .filter_map(|trial| trial.outcome(model)?.against_rules.get(rule))
    };
    let n = trials.len() as f64;
    let difference = pairs().map(|pair| pair.0).sum::<f64>() / n;
    let variance = pairs().map(|pair| pair.1).sum::<f64>() * if n > 1.0 { origins.overlap() } else { 1.0 };
    let half = HALF_WIDTH * variance.sqrt() / n;
    Some((difference, difference - half, difference + half))
}

fn evaluation(trials: &[Trial], origins: &Origins, choice: &Choice, today: i32) -> Option<Evaluation> {
    let latest = trials.first()?;
    let (difference, low, high) = difference(trials, origins, choice.best_model, choice.best_rule)?;
    let shown =
        |scorer: &Scorer| !matches!(scorer, Scorer::Rule(..)) || scorer.candidate() == choice.best_model.candidate();
    let scorers = latest.outcomes.iter().map(|outcome| outcome.scorer).filter(shown);
    Some(Evaluation {
        id: format!("{}/{}d/{}", iso_date(today), origins.horizon, trials.len()),
        horizon_days: origins.horizon,
        origins: trials.iter().filter_map(|trial| origin(trial, choice.scorer)).collect(),
        results: scorers.map(|scorer| scorer_result(trials, scorer)).collect(),
        comparison: Some(Comparison {
            model: choice.best_model.to_string(),
            rule: choice.best_rule.to_string(),
            difference,
            low,
            high,
            model_is_better: low > 0.0,
        }),
        tenths: latest.outcome(choice.scorer)?.calibration.tenths.to_vec(),
        lift: lift(latest, choice),
        orders: orders(trials),
        values: value_errors(trials)
            .into_iter()
            .map(|(method, mae)| ValueResult {
                name: method.name().to_owned(),
                mae,
            })
            .collect(),
        spend: spend(trials, choice),
        bands: bands(trials, origins, choice),
        drift: None,
    })
}

fn origin(trial: &Trial, served: Scorer) -> Option<Origin> {
    let outcome = trial.outcome(served)?;
    Some(Origin {
        day: iso_date(trial.day),
        customers: trial.customers,
        buyers: trial.buyers,
        auc: outcome.auc,
        expected_buyers: outcome.calibration.predicted,
    })
}

fn scorer_result(trials: &[Trial], scorer: Scorer) -> ScorerResult {
    let mean = |value: &dyn Fn(&Trial, &Outcome) -> f64| {
        mean(trials, |trial| {
            trial.outcome(scorer).map_or(0.0, |outcome| value(trial, outcome))
        })
    };
    ScorerResult {
        name: scorer.to_string(),
        auc: mean(&|_, outcome| outcome.auc),
        lift_of_best_tenth: mean(&|_, outcome| outcome.gains.lift_of_best_tenth()),
        log_loss: mean(&|_, outcome| outcome.calibration.log_loss),
        brier: mean(&|_, outcome| outcome.calibration.brier),
        calibration_error: mean(&|_, outcome| outcome.calibration.calibration_error),
        buyers_error: mean(&|trial, outcome| outcome.calibration.predicted / trial.buyers as f64 - 1.0),
    }
}

/// What is served, the best model and plain recency; each once.
fn lift(latest: &Trial, choice: &Choice) -> Vec<LiftCurve> {
    let recency = Scorer::Rule(Rule::Recency, choice.best_model.candidate());
    let mut scorers = vec![choice.scorer, choice.best_model, recency];
    scorers.dedup();
    if choice.scorer == recency {
        scorers.pop();
    }
    let curve = |scorer: Scorer| {
        Some(LiftCurve {
            name: scorer.to_string(),
            shares: latest.outcome(scorer)?.gains.shares.clone(),
        })
    };
    scorers.into_iter().filter_map(curve).collect()
}

fn orders(trials: &[Trial]) -> Vec<OrdersResult> {
    let counters = trials.first().map_or(0, |trial| trial.orders.len());
    (0..counters)
        .map(|i| OrdersResult {
            name: trials[0].orders[i].counter.name().to_owned(),
            mae: mean(trials, |trial| trial.orders[i].mae),
            rmse: mean(trials, |trial| trial.orders[i].rmse),
            total_error: mean(trials, |trial| {
                trial.orders[i].expected / trial.orders[i].actual.max(1.0) - 1.0
            }),
        })
        .collect()
}

fn spend(trials: &[Trial], choice: &Choice) -> Option<SpendResult> {
    let outcomes: Option<Vec<&SpendOutcome>> = trials.iter().map(|trial| choice.spend(trial)).collect();
    let outcomes = outcomes?;
    let mean = |of: &dyn Fn(&SpendOutcome) -> f64| outcomes.iter().map(|o| of(o)).sum::<f64>() / outcomes.len() as f64;
    Some(SpendResult {
        mae: mean(&|o| o.mae),
        total_error: mean(&|o| o.expected / o.actual.max(f64::MIN_POSITIVE) - 1.0),
        gini: mean(&|o| o.gini),
        share_of_best_tenth: mean(&|o| o.best_tenth),
    })
}

fn bands(trials: &[Trial], origins: &Origins, choice: &Choice) -> Bands {
    let band = |sums: &dyn Fn(&Trial) -> Option<(f64, f64)>| {
        let sums: Option<Vec<(f64, f64)>> = trials.iter().map(sums).collect();
        Band::new(&sums?, origins.overlap())
    };
    let orders = |trial: &Trial| {
        let served = trial.orders.iter().find(|o| o.counter == Counter::Model(choice.orders));
        served.map(|o| (o.expected, o.actual))
    };
    Bands {
        buyers: band(&|trial| Some((trial.outcome(choice.scorer)?.calibration.predicted, trial.buyers as f64))),
        orders: band(&orders),
        value: band(&|trial| choice.spend(trial).map(|o| (o.expected, o.actual))),
    }
}

impl Drift {
    /// Compares today's probabilities, where they are comparable, with the tenths of the same scorer at the latest origin, and the area
    /// under its curve there with those at earlier origins; nothing without a back-test.
    pub fn new(areas: &[f64], tenths: &[Tenth], today: Option<&[f64]>) -> Option<Self> {
        let (latest, earlier) = areas.split_first()?;
        let before = earlier.iter().sum::<f64>() / earlier.len() as f64;
        Some(Self {
            stability: today.map(|today| stability(tenths, today)),
            auc_change: if earlier.is_empty() { 0.0 } else { latest - before },
        })
    }
}

/// Σ (now − then) ln(now / then) over the tenths of then; a share of nothing counts as half a customer.
fn stability(tenths: &[Tenth], p_buy: &[f64]) -> f64 {
    let then: Vec<&Tenth> = tenths.iter().filter(|tenth| tenth.customers > 0).collect();
    let mut now = vec![0u64; then.len()];
    for p in p_buy {
        now[then.partition_point(|tenth| tenth.from <= *p).saturating_sub(1)] += 1;
    }
    let (all_then, all_now) = (then.iter().map(|t| t.customers).sum::<u64>(), p_buy.len() as u64);
    let share = |part: u64, all: u64| (part as f64).max(0.5) / (all as f64).max(1.0);
    let shares = then
        .iter()
        .zip(&now)
        .map(|(then, &now)| (share(then.customers, all_then), share(now, all_now)));
    shares.map(|(then, now)| (now - then) * (now / then).ln()).sum()
}

fn mean(trials: &[Trial], value: impl Fn(&Trial) -> f64) -> f64 {
    trials.iter().map(value).sum::<f64>() / trials.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenths() -> Vec<Tenth> {
        let tenth = |i: u32| Tenth {
            customers: 10,
            from: f64::from(i) / 10.0,
            ..Tenth::default()
        };
        (0..10).map(tenth).collect()
    }

    #[test]
    fn the_same_customers_are_stable_and_others_are_not() {
        let same: Vec<f64> = (0..100).map(|i| f64::from(i) / 100.0).collect();
        assert!(stability(&tenths(), &same).abs() < 1e-12);
        assert!(stability(&tenths(), &[0.05; 100]) > 0.25);
    }
}
