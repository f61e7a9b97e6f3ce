//! What a night's report says of one propensity, for programs (JSON) and pages; and the same in words.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use super::super::calibration::Tenth;
use super::super::evaluation::{Comparison, Drift, LiftCurve, ScorerResult};
use super::super::exact;
use super::super::note::iso_date;
use super::super::words::tenths;
use super::model::{Candidate, Rule};
use super::trial::{Trial, result};
use super::windows::Refused;
use super::{Given, Propensity};
use crate::report::{grouped, table};

/// How likely people are to do something, by what, and how far to trust it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PropensityReport {
    /// The configured name.
    pub name: String,
    /// `order`, or the web event.
    pub event: String,
    /// Days looked ahead.
    pub horizon_days: u32,
    /// The day of the night, as 2026-11-24: nothing after it is known.
    pub trained_at: String,
    /// Why there are no chances, in words; nothing when there are some.
    pub refused: Option<String>,
    /// The same for programs.
    #[serde(default)]
    pub refusal: Option<Refused>,
    /// What is served; nothing when there are no chances.
    pub served: Option<PropensityServed>,
}

/// Chances that are served, and how they did on past days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropensityServed {
    /// What says them.
    pub model: String,
    /// Names the back-test in the scores.
    pub backtest: String,
    /// The day before the window that was learnt from; it ends with the night.
    pub learnt_from: String,
    /// People with a chance.
    pub people: u64,
    /// How many of them are expected to do it.
    pub expected: f64,
    /// The days chances were tried from, the latest first.
    pub origins: Vec<PropensityOrigin>,
    /// The models, then the rules. Means over those days.
    pub results: Vec<ScorerResult>,
    /// The best model against the best rule.
    pub comparison: Comparison,
    /// What is served, on the latest day: predicted against what happened, the least likely tenth first. Here `bought` are those
    /// who did it.
    pub tenths: Vec<Tenth>,
    /// Whether the present is still like the past.
    #[serde(default)]
    pub drift: Option<Drift>,
    /// On the latest day: the share of those who did it among the best 0, 5, … 100 % of people.
    pub lift: Vec<LiftCurve>,
}

/// A past day from which chances were tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropensityOrigin {
    /// As 2026-11-24.
    pub day: String,
    /// People known by then.
    pub people: usize,
    /// Those who did it within the horizon.
    pub did: usize,
    /// Those who were expected to, by what is served.
    pub expected: f64,
    /// Area under the curve of what is served.
    pub auc: f64,
}

impl PropensityReport {
    /// The report of one propensity.
    pub fn new(propensity: &Propensity) -> Self {
        let given = propensity.given.as_ref();
        Self {
            name: propensity.name.clone(),
            event: propensity.target.event.clone(),
            horizon_days: propensity.target.horizon_days,
            trained_at: iso_date(propensity.trained_on),
            refused: given.err().map(ToString::to_string),
            refusal: given.err().cloned(),
            served: given.ok().and_then(|given| served(given, propensity.backtest())),
        }
    }
}

fn served(given: &Given, backtest: String) -> Option<PropensityServed> {
    let latest = given.trials.first()?;
    let (served, verdict) = (given.verdict.served(), given.verdict);
    let chances = given.chances.iter().flatten().map(|chance| chance.probability);
    let chances: Vec<f64> = chances.collect();
    let [difference, low, high] = verdict.difference;
    let tenths = latest.outcome(served)?.calibration.tenths.to_vec();
    let origins: Vec<PropensityOrigin> = given.trials.iter().filter_map(|trial| origin(trial, served)).collect();
    let areas: Vec<f64> = origins.iter().map(|origin| origin.auc).collect();
    Some(PropensityServed {
        model: served.name().to_owned(),
        backtest,
        learnt_from: iso_date(given.learnt_from),
        people: chances.len() as u64,
        expected: exact::sum(&chances),
        origins,
        results: Candidate::ALL.map(|candidate| result(&given.trials, candidate)).into(),
        comparison: Comparison {
            model: verdict.model.name().to_owned(),
            rule: Candidate::Rule(verdict.rule).name().to_owned(),
            difference,
            low,
            high,
            model_is_better: verdict.model_is_better(),
        },
        drift: Drift::new(&areas, &tenths, Some(&chances)),
        tenths,
        lift: lift(latest, served),
    })
}

fn origin(trial: &Trial, served: Candidate) -> Option<PropensityOrigin> {
    let outcome = trial.outcome(served)?;
    Some(PropensityOrigin {
        day: iso_date(trial.day),
        people: trial.people,
        did: trial.did,
        expected: outcome.calibration.predicted,
        auc: outcome.auc,
    })
}

/// What is served and plain recency; each once.
fn lift(latest: &Trial, served: Candidate) -> Vec<LiftCurve> {
    let mut candidates = vec![served, Candidate::Rule(Rule::Recency)];
    candidates.dedup();
    let curve = |candidate: Candidate| {
        Some(LiftCurve {
            name: candidate.name().to_owned(),
            shares: latest.outcome(candidate)?.gains.shares.clone(),
        })
    };
    candidates.into_iter().filter_map(curve).collect()
}

impl Display for PropensityReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, event, days) = (&self.name, &self.event, self.horizon_days);
        writeln!(f, "Who does {event:?} within {days} days (propensity {name:?})")?;
        if let Some(refused) = &self.refused {
            writeln!(f, "  no chances: {refused}\n")?;
        }
        self.served.as_ref().map_or(Ok(()), |served| served.words(f))
    }
}

impl PropensityServed {
    fn words(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (people, expected) = (grouped(self.people), grouped(self.expected.round().max(0.0) as u64));
        writeln!(f, "  {expected} of {people} people are expected to, by {}", self.model)?;
        let best = self.tenths.iter().rev().find(|tenth| tenth.customers > 0);
        if let (Some(best), Some(origin)) = (best, self.origins.first()) {
            writeln!(
                f,
                "  of the {} people who scored best on {}, {} of 100 did it; of all people, {} of 100 did",
                grouped(best.customers),
                origin.day,
                of_hundred(best.bought, best.customers),
                of_hundred(origin.did as u64, origin.people as u64)
            )?;
        }
        let c = &self.comparison;
        let verdict = if c.model_is_better {
            "ranks better than"
        } else {
            "ranks no better than a simple rule, which is served:"
        };
        writeln!(
            f,
            "  {} {verdict} {} (area under the curve {:+.3}, between {:+.3} and {:+.3})",
            c.model, c.rule, c.difference, c.low, c.high
        )?;
        let days: Vec<&str> = self.origins.iter().map(|origin| origin.day.as_str()).collect();
        writeln!(f, "  tried from {}; means ({})", days.join(", "), self.backtest)?;
        let mut results = table(&[
            "who does it",
            "AUC",
            "log-loss",
            "Brier",
            "calibration",
            "lift",
            "people off",
        ]);
        for r in &self.results {
            results.add_row(r.row());
        }
        writeln!(f, "{results}")?;
        if let Some(drift) = self.drift {
            writeln!(f, "  drift: {}", drift.words())?;
            if drift.is_alarming() {
                writeln!(
                    f,
                    "  people were ranked worse in the window just ended than before: expect worse figures than these"
                )?;
            }
        }
        let day = self.origins.first().map_or("", |origin| &origin.day);
        tenths(f, day, &self.tenths, ["people", "expected to", "did"])
    }
}

fn of_hundred(part: u64, all: u64) -> String {
    format!("{:.1}", 100.0 * part as f64 / all.max(1) as f64)
}
