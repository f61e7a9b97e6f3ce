//! Small records for tests, and the people of a resolution by the keys of their records.

use std::collections::BTreeSet;
use std::sync::Arc;

use event_schema::Timestamp;

use super::{ConflictReason, Resolution, resolve};
use crate::config::{self, IdentifierRule};
use crate::record::{Identifier, Observation, Origin, Record, RecordId, Telling};

/// A record with this key that was first seen on this day.
pub(crate) fn record(key: &str, day: i64) -> Record {
    Record {
        id: RecordId::new("crm", key),
        source: "crm".into(),
        key: key.into(),
        first_seen: Some(Timestamp::from_millis(day * 86_400_000)),
        identifiers: Vec::new(),
        observations: Vec::new(),
        enrichment: false,
    }
}

/// A record can be told more.
pub(crate) trait With: Sized {
    /// Carrying an identifier.
    fn with(self, kind: &str, value: &str) -> Self;
    /// Saying something of the person.
    fn says(self, name: &str, value: &str) -> Self;
    /// Named, as `Anna Meier`.
    fn named(self, name: &str) -> Self {
        let (given, family) = name.split_once(' ').unwrap_or((name, ""));
        self.says("given_name", given).says("family_name", family)
    }
}

impl With for Record {
    fn with(mut self, kind: &str, value: &str) -> Self {
        self.identifiers.push(Identifier {
            kind: kind.into(),
            value: value.into(),
        });
        self.identifiers.sort();
        self.identifiers.dedup();
        self
    }

    fn says(mut self, name: &str, value: &str) -> Self {
        self.observations.push(Observation {
            name: name.into(),
            value: value.into(),
            told: Arc::new(Telling {
                at: Timestamp::from_millis(0),
                origin: Origin {
                    file: "sample.csv".into(),
                    line: 1,
                },
            }),
        });
        self
    }
}

/// The configuration with these types, ranked in this order.
pub(super) fn rules(types: &[(&str, usize)]) -> config::Identity {
    let rule = |(&(kind, limit), rank): (&(&str, usize), u32)| IdentifierRule {
        rank,
        limit,
        ..IdentifierRule::other(kind)
    };
    config::Identity {
        identifiers: types.iter().zip(1..).map(rule).collect(),
        ..config::Identity::default()
    }
}

/// The people as sets of keys, as `a b | c`.
pub(super) fn people(records: &[Record], resolution: &Resolution) -> String {
    let keys =
        |members: &[usize]| -> BTreeSet<String> { members.iter().map(|&at| records[at].key.to_string()).collect() };
    let people: BTreeSet<Vec<String>> = resolution
        .people
        .iter()
        .map(|person| keys(&person.records).into_iter().collect())
        .collect();
    people.iter().map(|keys| keys.join(" ")).collect::<Vec<_>>().join(" | ")
}

/// Resolves with the default configuration: the people, and the conflicts as (value, reason, number of people).
pub(super) fn resolved(records: &[Record]) -> (String, Vec<(String, ConflictReason, usize)>) {
    resolved_by(records, &config::Identity::default())
}

/// The same with another configuration.
pub(super) fn resolved_by(
    records: &[Record],
    config: &config::Identity,
) -> (String, Vec<(String, ConflictReason, usize)>) {
    let resolution = resolve(records, config, &[]);
    let conflicts = resolution
        .conflicts
        .iter()
        .map(|conflict| {
            (
                conflict.identifier.value.to_string(),
                conflict.reason,
                conflict.people.len(),
            )
        })
        .collect();
    (people(records, &resolution), conflicts)
}
