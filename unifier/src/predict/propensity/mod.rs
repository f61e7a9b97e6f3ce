//! How likely everybody is to do something within some days: an order, or anything the web tells of.
//!
//! Two models and three rules of thumb are fitted to what was known one horizon ago and what happened since. Which of them is served is
//! decided on past days, each fitted to what came before and judged by what came after. A pure function of (timelines, configuration,
//! today), with the same bytes for any number of threads and any order of people.

pub mod bins;
pub mod boosting;
pub mod features;
pub mod isotonic;
pub mod matrix;
pub mod model;
pub mod reasons;
pub mod regression;
pub mod report;
pub mod settings;
pub mod table;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod tree;
pub mod trial;
pub mod windows;

use rayon::prelude::*;

use super::{PredictConfig, scoring};
use matrix::Examples;
use reasons::{Reasons, Typical};
use settings::Target;
use timeline::Timelines;
use trial::{Learnt, Trial, Verdict};
use windows::{Refused, Windows};

/// One person's chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// From 0 to 1.
    pub probability: f64,
    /// Percentage of all scored people who rank lower, 0 to below 100.
    pub percentile: f64,
    /// Why it is high or low, the strongest reason first.
    pub reasons: Reasons,
}

/// Everybody's chances of one event.
pub struct Propensity {
    /// The configured name.
    pub name: String,
    /// The event, and how far ahead.
    pub target: Target,
    /// The night's day, in days since 1970-01-01.
    pub trained_on: i32,
    /// The chances, or why there are none.
    pub given: Result<Given, Refused>,
}

/// Chances, and how they came about.
pub struct Given {
    /// One for each timeline; none for who had done nothing by today.
    pub chances: Vec<Option<Chance>>,
    /// What was tried, the latest day first; at least one.
    pub trials: Vec<Trial>,
    /// What won.
    pub verdict: Verdict,
    /// The day before the window that was learnt from, in days since 1970-01-01.
    pub learnt_from: i32,
}

/// The chances of every configured event, by their names.
pub fn propensities(timelines: &Timelines, today: i32, config: &PredictConfig) -> Vec<Propensity> {
    let of = |(name, target): (&String, &Target)| Propensity {
        name: name.clone(),
        target: target.clone(),
        trained_on: today,
        given: Given::new(timelines, target, today, config),
    };
    config.propensity.iter().map(of).collect()
}

impl Propensity {
    /// Names the back-test in the scores: the night's day, the horizon, the number of days tried.
    pub fn backtest(&self) -> String {
        let trials = self.given.as_ref().map_or(0, |given| given.trials.len());
        let day = super::note::iso_date(self.trained_on);
        format!("{day}/{}d/{trials}", self.target.horizon_days)
    }
}

impl Given {
    fn new(timelines: &Timelines, target: &Target, today: i32, config: &PredictConfig) -> Result<Self, Refused> {
        let windows = Windows::new(timelines, target, today, config)?;
        let event = target.event.as_str();
        let learnt = Learnt::new(timelines, event, today, &windows, config)?;
        let mut trials = Vec::new();
        for &day in &windows.days {
            match Trial::new(timelines, event, day, &windows, config) {
                Ok(trial) => trials.push(trial),
                Err(refused) if trials.is_empty() => return Err(refused),
                Err(_) => break,
            }
        }
        let verdict = Verdict::new(&trials, &windows).ok_or(Refused::NotAsked)?;
        Ok(Self {
            chances: chances(timelines, &learnt, verdict, today),
            trials,
            verdict,
            learnt_from: learnt.from,
        })
    }
}

fn chances(timelines: &Timelines, learnt: &Learnt, verdict: Verdict, today: i32) -> Vec<Option<Chance>> {
    let (served, fitted) = (verdict.served(), &learnt.fitted);
    let Examples { known, .. } = learnt.features.examples(timelines, today);
    let typical = Typical::new(&learnt.features, &known);
    let ranks: Vec<f64> = known.par_rows().map(|row| fitted.rank(served, row)).collect();
    let percentiles = scoring::percentiles(&ranks);
    let chance = |(row, percentile): (&[f32], f64)| Chance {
        probability: fitted.chance(served, row),
        percentile,
        reasons: typical.explain(row, |row| fitted.log_odds(served, row)),
    };
    let scored: Vec<Chance> = known.par_rows().zip(percentiles).map(chance).collect();
    let mut scored = scored.into_iter();
    let people = timelines.people.iter();
    people
        .map(|timeline| (!timeline.until(today).is_empty()).then(|| scored.next()).flatten())
        .collect()
}
