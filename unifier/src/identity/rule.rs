//! The identifier types of a night in the order of trust, each with its rule.
//!
//! Owns the order in which types are processed. Never decides about a link.

use rustc_hash::FxHashMap;

use crate::config::{self, IdentifierRule};
use crate::record::Record;

/// The rules of every type that occurs, most trusted first: by rank, then by name.
#[derive(Debug)]
pub(super) struct Rules {
    rules: Vec<IdentifierRule>,
    ordinals: FxHashMap<String, u16>,
}

impl Rules {
    /// The rules for the types that `records` carry; what the configuration does not name gets [`IdentifierRule::other`].
    pub(super) fn for_records(records: &[Record], config: &config::Identity) -> Self {
        let mut rules: FxHashMap<&str, IdentifierRule> = FxHashMap::default();
        for rule in &config.identifiers {
            rules.insert(&rule.kind, rule.clone());
        }
        for identifier in records.iter().flat_map(|record| &record.identifiers) {
            if !rules.contains_key(identifier.kind.as_str()) {
                rules.insert(&identifier.kind, IdentifierRule::other(&identifier.kind));
            }
        }
        let mut rules: Vec<IdentifierRule> = rules.into_values().collect();
        rules.sort_by(|a, b| (a.rank, &a.kind).cmp(&(b.rank, &b.kind)));
        let ordinals = rules
            .iter()
            .zip(0..)
            .map(|(rule, ordinal)| (rule.kind.clone(), ordinal))
            .collect();
        Self { rules, ordinals }
    }

    /// The place of a type in the order of trust.
    pub(super) fn ordinal(&self, kind: &str) -> u16 {
        // Every type that occurs was given a rule above.
        self.ordinals.get(kind).copied().unwrap_or(u16::MAX)
    }

    /// The rule at a place in the order of trust.
    pub(super) fn get(&self, ordinal: u16) -> &IdentifierRule {
        &self.rules[usize::from(ordinal)]
    }

    /// The places in the order of trust, most trusted first.
    pub(super) fn ordinals(&self) -> std::ops::Range<u16> {
        0..self.rules.len() as u16
    }

    /// How many distinct values of the type one person may have.
    pub(super) fn limit(&self, ordinal: u16) -> usize {
        self.rules[usize::from(ordinal)].limit
    }
}
