//! A fitted model as a night keeps it for those after it: what was learnt, and of which fields.

use serde::{Deserialize, Serialize};

use super::block::{self, Rule};
use super::compare::FURTHER;
use super::fields::Fields;
use super::train::Model;

/// What the levels of agreement and the fields mean: a model that was fitted when they meant something else is of no use.
const FORM: u32 = 1;

/// What a night learnt of how records of one person agree. It holds names of fields and probabilities, never a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkModel {
    form: u32,
    /// The identifier types that take part besides e-mail and telephone.
    pub(super) identifiers: Vec<String>,
    /// The traits that take part besides the known fields.
    pub(super) traits: Vec<String>,
    /// The names of the blocking rules that are worth their pairs.
    rules: Vec<String>,
    pub(super) learnt: Model,
}

impl LinkModel {
    /// What was learnt of these fields.
    pub(super) fn new(fields: &Fields, rules: Vec<String>, learnt: Model) -> Self {
        let names = |further: &[(String, _)]| further.iter().map(|(name, _)| name.clone()).collect();
        Self {
            form: FORM,
            identifiers: names(&fields.identifiers),
            traits: names(&fields.traits),
            rules,
            learnt,
        }
    }

    /// The blocking rules by which pairs are found.
    pub(super) fn rules<'f>(&self, fields: &'f Fields) -> Vec<Rule<'f>> {
        let mut rules = block::rules(fields);
        rules.retain(|rule| self.rules.contains(&rule.name));
        rules
    }

    /// Whether it can be worked with: it is of today's form, and each field has its probabilities.
    pub(super) fn is_usable(&self) -> bool {
        let fields = FURTHER + self.identifiers.len() + self.traits.len();
        self.form == FORM && self.learnt.is_whole(fields)
    }
}
