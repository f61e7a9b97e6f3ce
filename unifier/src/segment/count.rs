//! How many people a rule matches, how many of them may be contacted, and a few of them to look at.

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};
use event_schema::Timestamp;
use rayon::prelude::*;
use serde::Serialize;

use super::compile::{Segments, members_of};
use super::error::EvaluationError;
use super::evaluate::is_yes;
use super::rule::Rule;
use super::tables::{Partition, TableSet, column, consent_column, unusable};
use super::unseen::remarks;
use crate::store::Night;

/// How many people are shown.
const SAMPLE: usize = 10;

/// The answer to "how many".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// All people of the night.
    pub people: usize,
    /// Those the rule matches.
    pub matched: usize,
    /// Those among the matched whom nobody may contact, whatever they agreed to.
    pub suppressed: usize,
    /// How many of the matched may be contacted, purpose by purpose.
    pub reach: Vec<Reach>,
    /// The ids of the first of the matched. Ids are hashes, so the first by id are as good as any drawn by lot, and the
    /// same each time.
    pub sample: Vec<String>,
    /// What the rule names and nobody has: traits, propensities, events and sources, with the nearest name there is.
    pub remarks: Vec<String>,
}

/// How many people agreed to a purpose, are not suppressed, and have an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// The purpose.
    pub purpose: String,
    /// Who agreed.
    pub agreed: usize,
    /// Who agreed and has an e-mail address.
    pub by_email: usize,
    /// Who agreed and has a phone number.
    pub by_phone: usize,
}

impl Segments {
    /// Counts the people of a published night that a rule matches at `now`. Reads only the columns it needs.
    ///
    /// # Errors
    /// [`EvaluationError`] when a table is missing or damaged.
    pub fn count(&self, night: &Night, rule: &Rule, now: Timestamp) -> Result<Count, EvaluationError> {
        let mut needs = self.needs(rule);
        let purposes = &self.vocabulary().purposes;
        needs
            .people
            .extend(purposes.iter().map(|purpose| consent_column(purpose)));
        needs.people.extend(["email", "phone", "suppressed"].map(str::to_owned));
        self.count_in(&TableSet::read_needed(night, &needs)?, rule, now)
    }

    /// Counts the people of `tables` that a rule matches at `now`.
    ///
    /// # Errors
    /// [`EvaluationError`] when a column is missing or holds something else than `docs/tables.md` says.
    pub fn count_in(&self, tables: &TableSet, rule: &Rule, now: Timestamp) -> Result<Count, EvaluationError> {
        let purposes = &self.vocabulary().purposes;
        let parts: Vec<Count> = tables
            .partitions()?
            .par_iter()
            .map(|partition| tally(partition, &self.mask(rule, partition, now)?, purposes))
            .collect::<Result<_, _>>()?;
        let start = Count {
            people: 0,
            matched: 0,
            suppressed: 0,
            reach: purposes.iter().map(|purpose| Reach::none(purpose)).collect(),
            sample: Vec::new(),
            remarks: remarks(rule, tables)?,
        };
        Ok(parts.into_iter().fold(start, Count::and))
    }
}

impl Count {
    /// Both together.
    fn and(mut self, other: Count) -> Count {
        self.people += other.people;
        self.matched += other.matched;
        self.suppressed += other.suppressed;
        for (reach, more) in self.reach.iter_mut().zip(other.reach) {
            reach.agreed += more.agreed;
            reach.by_email += more.by_email;
            reach.by_phone += more.by_phone;
        }
        self.sample.extend(other.sample);
        self.sample.truncate(SAMPLE);
        self
    }
}

impl Reach {
    fn none(purpose: &str) -> Self {
        Self {
            purpose: purpose.to_owned(),
            agreed: 0,
            by_email: 0,
            by_phone: 0,
        }
    }
}

fn tally(partition: &Partition, mask: &BooleanArray, purposes: &[String]) -> Result<Count, EvaluationError> {
    let people = &partition.people;
    let (email, phone) = (column("people", people, "email")?, column("people", people, "phone")?);
    let suppressed = answers(people, "suppressed")?.ok_or_else(|| unusable("people", "suppressed"))?;
    let matched: Vec<usize> = (0..mask.len()).filter(|row| is_yes(mask, *row)).collect();
    let free: Vec<usize> = matched
        .iter()
        .copied()
        .filter(|row| !is_yes(suppressed, *row))
        .collect();
    let mut reach = Vec::new();
    for purpose in purposes {
        let granted = answers(people, &consent_column(purpose))?;
        let agreed: Vec<usize> = free
            .iter()
            .copied()
            .filter(|row| granted.is_some_and(|granted| is_yes(granted, *row)))
            .collect();
        reach.push(Reach {
            purpose: purpose.clone(),
            agreed: agreed.len(),
            by_email: agreed.iter().filter(|row| email.is_valid(**row)).count(),
            by_phone: agreed.iter().filter(|row| phone.is_valid(**row)).count(),
        });
    }
    let ids: StringArray = members_of(&partition.ids, mask)?;
    Ok(Count {
        people: people.num_rows(),
        matched: matched.len(),
        suppressed: matched.len() - free.len(),
        reach,
        sample: ids.iter().flatten().take(SAMPLE).map(str::to_owned).collect(),
        remarks: Vec::new(),
    })
}

/// A column of yes and no; nothing when the night has none of that name.
fn answers<'a>(people: &'a RecordBatch, name: &str) -> Result<Option<&'a BooleanArray>, EvaluationError> {
    let Some(column) = people.column_by_name(name) else {
        return Ok(None);
    };
    column
        .as_boolean_opt()
        .map(Some)
        .ok_or_else(|| unusable("people", name))
}
