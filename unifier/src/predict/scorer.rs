//! The ways to say who will buy: a model, a simple rule, or both together. It names them and turns a model's probabilities into
//! theirs; it fits and judges nothing.

use std::fmt;

use serde::{Serialize, Serializer};

use super::blend::{in_order_of, mean_with};
use super::candidate::Candidate;
use super::rules::Rule;
use super::summary::Summary;

/// A way to give everyone a probability of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scorer {
    /// The model as it is.
    Model(Candidate),
    /// The mean of the model and of [`Self::Rule`] with the sum of recency and frequency ranks.
    Blend(Candidate),
    /// The rule's order with the probabilities of the model given.
    Rule(Rule, Candidate),
}

impl Scorer {
    /// The model whose probabilities are used.
    pub fn candidate(self) -> Candidate {
        match self {
            Self::Model(candidate) | Self::Blend(candidate) | Self::Rule(_, candidate) => candidate,
        }
    }

    /// Turns the model's probabilities for these customers into the scorer's.
    pub fn probabilities(self, customers: &[Summary], of_model: Vec<f64>) -> Vec<f64> {
        match self {
            Self::Model(_) => of_model,
            Self::Blend(_) => mean_with(&Rule::RecencyFrequency.scores(customers), &of_model),
            Self::Rule(rule, _) => in_order_of(&rule.scores(customers), &of_model),
        }
    }
}

impl fmt::Display for Scorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(candidate) => f.write_str(candidate.name()),
            Self::Blend(candidate) => write!(f, "{}+{}", candidate.name(), Rule::RecencyFrequency.name()),
            Self::Rule(rule, _) => f.write_str(rule.name()),
        }
    }
}

impl Serialize for Scorer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
