//! What a decision would do to the people it is about: traits, scores, segments, and lists that went out with them.
//!
//! Compares the night in force with one that was drafted as if the decision were taken. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::activate::Activation;
use crate::identity::Decision;
use crate::people::{PersonView, Shown, show};
use crate::store::{Night, TablesError};

/// What would become of the people a decision is about.
#[derive(Debug, PartialEq, Serialize)]
pub struct Effects {
    /// The decision.
    pub decision: Decision,
    /// The ids of older decisions that it contradicts; they would be set aside.
    pub contradicts: Vec<String>,
    /// The people as they are.
    pub before: Vec<Profile>,
    /// The people as they would be.
    pub after: Vec<Profile>,
    /// Lists that were exported of segments these people are in, lists of earlier nights, and whole tables, as `file (what, when)`.
    pub exports: Vec<String>,
}

/// One person in few words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// The id.
    pub person_id: String,
    /// The records, as `source:key`.
    pub records: Vec<String>,
    /// The values that won, by trait.
    pub traits: BTreeMap<String, String>,
    /// Purchases.
    pub orders: i64,
    /// What they add up to, in the company's currency.
    pub revenue: f64,
    /// The columns of the scores table.
    pub scores: Map<String, Value>,
    /// The segments.
    pub segments: Vec<String>,
}

impl Effects {
    /// Compares the people of the decided records in the night in force and in the drafted one.
    ///
    /// # Errors
    /// [`TablesError`] when a table cannot be read.
    pub fn between(
        before: &Night,
        after: &Night,
        decision: Decision,
        contradicts: Vec<String>,
        activations: &[Activation],
    ) -> Result<Self, TablesError> {
        let decided: BTreeSet<String> = decision
            .left
            .iter()
            .chain(&decision.right)
            .map(ToString::to_string)
            .collect();
        let (views, number) = (people(before, &decided)?, before.number());
        // Also those whom the decision leaves behind: every record of the people it touches.
        let touched: BTreeSet<String> = views
            .values()
            .flat_map(|view| view.identities.iter().map(|identity| identity.record_id.clone()))
            .chain(decided)
            .collect();
        let before: Vec<Profile> = views.into_values().map(Profile::from).collect();
        let after: Vec<Profile> = people(after, &touched)?.into_values().map(Profile::from).collect();
        Ok(Self {
            exports: exports(&before, number, activations),
            decision,
            contradicts,
            before,
            after,
        })
    }
}

/// The people of these records, by id.
fn people(night: &Night, records: &BTreeSet<String>) -> Result<BTreeMap<String, PersonView>, TablesError> {
    let mut found: BTreeMap<String, PersonView> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for record in records {
        if seen.contains(record) {
            continue;
        }
        if let Shown::Person(view) = show(night, record)? {
            seen.extend(view.identities.iter().map(|identity| identity.record_id.clone()));
            found.insert(view.person.person_id.clone(), *view);
        }
    }
    Ok(found)
}

/// The exports that may hold `people`, who are in their segments as of `night`. Who was in a segment in an earlier night is not looked
/// up: a list of then may hold them.
fn exports(people: &[Profile], night: u32, activations: &[Activation]) -> Vec<String> {
    let segments: BTreeSet<&str> = people
        .iter()
        .flat_map(|person| &person.segments)
        .map(String::as_str)
        .collect();
    let held = |activation: &&Activation| match activation.what.strip_prefix("segment:") {
        Some(segment) => activation.night != night || segments.contains(segment),
        None => true,
    };
    let told = |activation: &Activation| format!("{} ({}, {})", activation.destination, activation.what, activation.at);
    activations.iter().filter(held).map(told).collect()
}

impl From<PersonView> for Profile {
    fn from(view: PersonView) -> Self {
        let traits = view.traits.into_iter().map(|known| (known.name, known.won.value));
        Self {
            person_id: view.person.person_id,
            records: view
                .identities
                .into_iter()
                .map(|identity| format!("{}:{}", identity.source, identity.record_key))
                .collect(),
            traits: traits.collect(),
            orders: view.person.orders,
            revenue: view.person.revenue,
            scores: view.scores,
            segments: view.segments.into_iter().map(|member| member.segment).collect(),
        }
    }
}

impl fmt::Display for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "now")?;
        self.before.iter().try_for_each(|person| write!(f, "{person}"))?;
        writeln!(f, "afterwards")?;
        self.after.iter().try_for_each(|person| write!(f, "{person}"))?;
        for contradicted in &self.contradicts {
            writeln!(
                f,
                "it contradicts the decision {contradicted}, which would be set aside"
            )?;
        }
        if self.exports.is_empty() {
            return write!(f, "no list that may hold them was exported");
        }
        write!(f, "lists that may hold them went to {}", self.exports.join(", "))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}", self.person_id)?;
        writeln!(f, "    records   {}", self.records.join(", "))?;
        let traits: Vec<String> = self
            .traits
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        writeln!(f, "    traits    {}", listed(&traits))?;
        writeln!(f, "    orders    {}, worth {:.2}", self.orders, self.revenue)?;
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let scores = self
            .scores
            .iter()
            .filter(|(name, value)| !value.is_null() && *name != "reasons");
        let scores: Vec<String> = scores.map(|(name, value)| format!("{name} {}", shown(value))).collect();
        writeln!(f, "    scores    {}", listed(&scores))?;
        writeln!(f, "    segments  {}", listed(&self.segments))
    }
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::*;

    #[test]
    fn a_list_of_an_earlier_night_may_hold_who_left_the_segment_since() {
        let person = Profile {
            person_id: "p".to_owned(),
            records: Vec::new(),
            traits: BTreeMap::new(),
            orders: 0,
            revenue: 0.0,
            scores: Map::new(),
            segments: vec!["buyers".to_owned()],
        };
        let sent = |what: &str, night: u32| Activation {
            at: Timestamp::from_millis(0),
            what: what.to_owned(),
            night,
            destination: format!("{what}-{night}"),
            columns: Vec::new(),
            rows: 1,
            addressed: None,
        };
        let sent = [
            sent("segment:buyers", 2),
            sent("segment:others", 2),
            sent("segment:others", 1),
            sent("people", 2),
        ];
        let told = exports(&[person], 2, &sent);
        let names: Vec<&str> = told
            .iter()
            .map(|told| told.split(' ').next().unwrap_or_default())
            .collect();
        assert_eq!(names, ["segment:buyers-2", "segment:others-1", "people-2"]);
    }
}
