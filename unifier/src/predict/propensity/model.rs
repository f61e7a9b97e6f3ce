//! The ways to say how likely somebody is to do something: two models, the mean of both, and three simple rules. Each turns what is
//! known of one person into a chance; none of them judges itself.

use super::super::logistic::{ln_odds, logistic};
use super::boosting::Boosting;
use super::features::Features;
use super::isotonic::Isotonic;
use super::matrix::{Examples, Matrix};
use super::regression::Regression;

/// More than the logarithm of any number of days.
const LONGEST: f64 = 23.0;

/// A way to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate {
    /// A weighted sum.
    Logistic,
    /// Boosted trees.
    Boosting,
    /// The mean chance of both.
    Both,
    /// A simple rule.
    Rule(Rule),
}

/// A rule of thumb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Whoever did anything last.
    Recency,
    /// Whoever did it last.
    EventRecency,
    /// The sum of the ranks by having done anything lately and by having done it often.
    RecencyFrequency,
}

impl Rule {
    /// In the order in which ties are resolved.
    pub const ALL: [Self; 3] = [Self::Recency, Self::EventRecency, Self::RecencyFrequency];
}

impl Candidate {
    /// Those that are fitted to more than a rank.
    pub const MODELS: [Self; 3] = [Self::Logistic, Self::Boosting, Self::Both];
    /// The models, then the rules; of equals the first wins.
    pub const ALL: [Self; 6] = [
        Self::Logistic,
        Self::Boosting,
        Self::Both,
        Self::Rule(Rule::Recency),
        Self::Rule(Rule::EventRecency),
        Self::Rule(Rule::RecencyFrequency),
    ];

    /// The name in scores and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Boosting => "boosting",
            Self::Both => "logistic+boosting",
            Self::Rule(Rule::Recency) => "recency",
            Self::Rule(Rule::EventRecency) => "event_recency",
            Self::Rule(Rule::RecencyFrequency) => "recency_frequency",
        }
    }
}

/// Everything fitted to the same examples.
pub struct Fitted {
    logistic: Regression,
    boosting: Boosting,
    rules: [FittedRule; 3],
}

struct FittedRule {
    rule: Rule,
    ranks: Ranks,
    chances: Isotonic,
}

impl Fitted {
    /// Fits all candidates.
    pub fn new(examples: &Examples) -> Self {
        Self {
            logistic: Regression::fit(examples),
            boosting: Boosting::fit(examples),
            rules: Rule::ALL.map(|rule| FittedRule::new(rule, examples)),
        }
    }

    /// The chance of somebody of whom `row` is known, from 0 to 1.
    pub fn chance(&self, candidate: Candidate, row: &[f32]) -> f64 {
        let of_sum = || logistic(self.logistic.log_odds(row)).0;
        let of_trees = || logistic(self.boosting.log_odds(row)).0;
        match candidate {
            Candidate::Logistic => of_sum(),
            Candidate::Boosting => of_trees(),
            Candidate::Both => 0.5 * (of_sum() + of_trees()),
            Candidate::Rule(rule) => self
                .rule(rule)
                .map_or(0.5, |fitted| fitted.chances.chance(fitted.score(row))),
        }
    }

    /// The same as log-odds.
    pub fn log_odds(&self, candidate: Candidate, row: &[f32]) -> f64 {
        ln_odds(self.chance(candidate, row))
    }

    /// What a candidate ranks people by, never negative: a rule's own score, and a model's chance.
    pub fn rank(&self, candidate: Candidate, row: &[f32]) -> f64 {
        match candidate {
            Candidate::Rule(rule) => self.rule(rule).map_or(0.5, |fitted| fitted.score(row)),
            _ => self.chance(candidate, row),
        }
    }

    fn rule(&self, rule: Rule) -> Option<&FittedRule> {
        self.rules.iter().find(|fitted| fitted.rule == rule)
    }
}

impl FittedRule {
    fn new(rule: Rule, examples: &Examples) -> Self {
        let mut fitted = Self {
            rule,
            ranks: Ranks::new(&examples.known),
            chances: Isotonic::default(),
        };
        let scores: Vec<f64> = (0..examples.did.len())
            .map(|at| fitted.score(examples.known.row(at)))
            .collect();
        fitted.chances = Isotonic::fit(&scores, &examples.did);
        fitted
    }

    /// Higher for those who should be likelier, and never negative.
    fn score(&self, row: &[f32]) -> f64 {
        let value = |at: usize| row.get(at).copied().unwrap_or(0.0);
        match self.rule {
            Rule::Recency => LONGEST - f64::from(value(Features::SILENCE)),
            Rule::EventRecency => {
                // Who never did it comes after all who did.
                let ever = if value(Features::EVENTS) > 0.0 { LONGEST } else { 0.0 };
                ever + LONGEST - f64::from(value(Features::EVENT_SILENCE))
            }
            Rule::RecencyFrequency => {
                let recency = 1.0 - share_below(&self.ranks.silence, value(Features::SILENCE));
                recency + share_below(&self.ranks.events, value(Features::EVENTS))
            }
        }
    }
}

/// Where a value stands among those a rule was fitted to.
struct Ranks {
    silence: Vec<f32>,
    events: Vec<f32>,
}

impl Ranks {
    fn new(known: &Matrix) -> Self {
        let sorted = |at: usize| {
            let mut values: Vec<f32> = known.column(at).collect();
            values.sort_unstable_by(f32::total_cmp);
            values
        };
        Self {
            silence: sorted(Features::SILENCE),
            events: sorted(Features::EVENTS),
        }
    }
}

/// The share of values below, with equals counting half.
fn share_below(sorted: &[f32], value: f32) -> f64 {
    let below = sorted.partition_point(|known| *known < value);
    let not_above = sorted.partition_point(|known| *known <= value);
    (below + not_above) as f64 / (2 * sorted.len().max(1)) as f64
}
