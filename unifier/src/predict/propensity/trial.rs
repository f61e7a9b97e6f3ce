//! One past day: every candidate fitted to the window before it and judged by the window after it. Also who of them wins over several
//! such days. It keeps figures and no people.

use rayon::prelude::*;

use super::super::PredictConfig;
use super::super::calibration::Calibration;
use super::super::discrimination::Placements;
use super::super::evaluation::ScorerResult;
use super::super::gains::Gains;
use super::features::Features;
use super::matrix::Examples;
use super::model::{Candidate, Fitted, Rule};
use super::timeline::Timelines;
use super::windows::{Refused, Windows};
/// People that models are fitted to at most; more would tell them nothing new.
const MOST: usize = 60_000;
/// Half the width of a 95 % interval, in standard errors.
const HALF_WIDTH: f64 = 1.959_963_984_540_054;

/// All candidates at one past day.
pub struct Trial {
    /// The day, in days since 1970-01-01.
    pub day: i32,
    /// People known by then.
    pub people: usize,
    /// Those who did it within the window that followed.
    pub did: usize,
    /// In the order of [`Candidate::ALL`].
    pub outcomes: Vec<Outcome>,
}

/// How one candidate fared at one past day.
pub struct Outcome {
    /// Who said it.
    pub candidate: Candidate,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Where those who did it were found.
    pub gains: Gains,
    /// How good the chances were.
    pub calibration: Calibration,
    /// For each of [`Rule::ALL`] the area minus the rule's, and the variance of this difference.
    against_rules: [(f64, f64); 3],
}

/// What wins over all trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The model with the lowest log-loss.
    pub model: Candidate,
    /// The rule with the largest area under the curve.
    pub rule: Rule,
    /// The model's area minus the rule's, with its 95 % interval.
    pub difference: [f64; 3],
}

/// What was learnt on a day: the columns, and everything fitted to the window that ends with it.
pub struct Learnt {
    /// The columns.
    pub features: Features,
    /// The candidates.
    pub fitted: Fitted,
    /// The day before the window.
    pub from: i32,
}

impl Learnt {
    /// Learns `event` from what was known one horizon before `day`, and what happened up to it.
    ///
    /// # Errors
    /// [`Refused::FewOutcomes`] when too few people did it, or did not.
    pub fn new(
        timelines: &Timelines,
        event: &str,
        day: i32,
        windows: &Windows,
        config: &PredictConfig,
    ) -> Result<Self, Refused> {
        let from = day.saturating_sub_unsigned(windows.horizon);
        let features = Features::learn(timelines, event, from, windows.horizon);
        let examples = features.examples(timelines, from);
        windows.enough(from, examples.outcomes(), config)?;
        Ok(Self {
            fitted: Fitted::new(&examples.drawn(MOST)),
            features,
            from,
        })
    }
}

impl Trial {
    /// Tries every candidate from `day`.
    ///
    /// # Errors
    /// [`Refused::FewOutcomes`] when there were too few people to learn from, or to judge by.
    pub fn new(
        timelines: &Timelines,
        event: &str,
        day: i32,
        windows: &Windows,
        config: &PredictConfig,
    ) -> Result<Self, Refused> {
        let learnt = Learnt::new(timelines, event, day, windows, config)?;
        let examples = learnt.features.examples(timelines, day);
        windows.enough(day, examples.outcomes(), config)?;
        Ok(Self {
            day,
            people: examples.did.len(),
            did: examples.outcomes().0,
            outcomes: outcomes(&learnt.fitted, &examples),
        })
    }

    /// How a candidate fared.
    pub fn outcome(&self, candidate: Candidate) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.candidate == candidate)
    }
}

fn outcomes(fitted: &Fitted, examples: &Examples) -> Vec<Outcome> {
    let told = |candidate: Candidate, of: fn(&Fitted, Candidate, &[f32]) -> f64| -> Vec<f64> {
        examples
            .known
            .par_rows()
            .map(|row| of(fitted, candidate, row))
            .collect()
    };
    let ranks = Candidate::ALL.map(|candidate| told(candidate, Fitted::rank));
    let placements = ranks.each_ref().map(|ranks| Placements::new(ranks, &examples.did));
    let did: Vec<f64> = examples.did.iter().map(|did| f64::from(*did)).collect();
    let rules = &placements[Candidate::ALL.len() - Rule::ALL.len()..];
    let outcome = |(at, candidate): (usize, Candidate)| {
        let own = &placements[at];
        let against = |rule: usize| {
            let rule = &rules[rule];
            (own.auc() - rule.auc(), own.variance_of_difference(rule, &examples.did))
        };
        Outcome {
            candidate,
            auc: own.auc(),
            gains: Gains::new(&ranks[at], &did),
            calibration: Calibration::new(&told(candidate, Fitted::chance), &examples.did),
            against_rules: [0, 1, 2].map(against),
        }
    };
    Candidate::ALL.into_iter().enumerate().map(outcome).collect()
}

impl Verdict {
    /// Judges the trials; nothing when there are none.
    pub fn new(trials: &[Trial], windows: &Windows) -> Option<Self> {
        trials.first()?;
        let least = |among: &[Candidate], loss: fn(&Outcome) -> f64| {
            let of = |candidate: &Candidate| mean(trials, *candidate, loss);
            among.iter().copied().reduce(|a, b| if of(&b) < of(&a) { b } else { a })
        };
        let model = least(&Candidate::MODELS, |outcome| outcome.calibration.log_loss)?;
        let Candidate::Rule(rule) = least(&Rule::ALL.map(Candidate::Rule), |outcome| -outcome.auc)? else {
            return None;
        };
        let at = Rule::ALL.iter().position(|known| *known == rule)?;
        let pairs = || {
            trials
                .iter()
                .filter_map(|trial| Some(trial.outcome(model)?.against_rules[at]))
        };
        let n = trials.len() as f64;
        let difference = pairs().map(|pair| pair.0).sum::<f64>() / n;
        // Trials are independent as far as their windows do not overlap.
        let overlap = if trials.len() > 1 { windows.overlap() } else { 1.0 };
        let half = HALF_WIDTH * (overlap * pairs().map(|pair| pair.1).sum::<f64>()).sqrt() / n;
        Some(Self {
            model,
            rule,
            difference: [difference, difference - half, difference + half],
        })
    }

    /// Whether the model ranks better than the rule beyond chance.
    pub fn model_is_better(&self) -> bool {
        self.difference[1] > 0.0
    }

    /// The model where it is better, else the rule.
    pub fn served(&self) -> Candidate {
        if self.model_is_better() {
            self.model
        } else {
            Candidate::Rule(self.rule)
        }
    }
}

/// How a candidate fared on average.
pub fn result(trials: &[Trial], candidate: Candidate) -> ScorerResult {
    let people_off = |trial: &Trial| {
        let predicted = trial
            .outcome(candidate)
            .map_or(0.0, |outcome| outcome.calibration.predicted);
        predicted / trial.did.max(1) as f64 - 1.0
    };
    ScorerResult {
        name: candidate.name().to_owned(),
        auc: mean(trials, candidate, |outcome| outcome.auc),
        lift_of_best_tenth: mean(trials, candidate, |outcome| outcome.gains.lift_of_best_tenth()),
        log_loss: mean(trials, candidate, |outcome| outcome.calibration.log_loss),
        brier: mean(trials, candidate, |outcome| outcome.calibration.brier),
        calibration_error: mean(trials, candidate, |outcome| outcome.calibration.calibration_error),
        buyers_error: trials.iter().map(people_off).sum::<f64>() / trials.len().max(1) as f64,
    }
}

fn mean(trials: &[Trial], candidate: Candidate, of: fn(&Outcome) -> f64) -> f64 {
    let outcomes = trials.iter().filter_map(|trial| trial.outcome(candidate));
    outcomes.map(of).sum::<f64>() / trials.len().max(1) as f64
}
