//! The golden record of one person: every trait that any of the person's records tells, decided.

use super::block::BLOCKS;
use super::survivorship::{Candidates, Evidence, Survivor};
use crate::config::{Config, Source};
use crate::record::Record;

/// The traits of one person that won, in the order of their names.
#[derive(Debug, Default)]
pub struct GoldenRecord<'a> {
    survivors: Vec<Survivor<'a>>,
}

impl<'a> GoldenRecord<'a> {
    /// Decides every trait of a person as of a day. The order of the records does not matter; third-party data whose licence has ended
    /// tell nothing.
    pub fn of(records: impl Iterator<Item = &'a Record>, config: &Config, today: i32) -> Self {
        let licensed = |record: &&Record| {
            let source = config.sources.get(record.source.as_str()).filter(|_| record.enrichment);
            source.and_then(Source::last_day).is_none_or(|last| today <= last)
        };
        let mut traits = observed(records.filter(licensed), config);
        let mut survivors = Vec::with_capacity(traits.len());
        for block in &BLOCKS {
            let together: Vec<&str> = block.fields_together(&config.profile).collect();
            let fields: Vec<_> = traits
                .extract_if(.., |candidates| together.contains(&candidates.name))
                .collect();
            survivors.extend(block.decide(&fields, &config.profile));
        }
        for candidates in &traits {
            survivors.extend(Survivor::decide(candidates, config.profile.rules(candidates.name)));
        }
        survivors.sort_unstable_by_key(|survivor| survivor.name);
        Self { survivors }
    }

    /// The decisions, in the order of the traits' names.
    pub fn survivors(&self) -> &[Survivor<'a>] {
        &self.survivors
    }

    /// The value that won a trait.
    pub fn value(&self, name: &str) -> Option<&str> {
        let place = self
            .survivors
            .binary_search_by(|survivor| survivor.name.cmp(name))
            .ok()?;
        Some(self.survivors[place].value())
    }

    /// The name to call the person by: as observed, or its halves that won.
    pub fn full_name(&self) -> Option<String> {
        if let Some(observed) = self.value("full_name") {
            return Some(observed.to_owned());
        }
        let halves: Vec<&str> = ["given_name", "family_name"]
            .iter()
            .filter_map(|half| self.value(half))
            .collect();
        (!halves.is_empty()).then(|| halves.join(" "))
    }
}

/// What the records say, by trait.
fn observed<'a>(records: impl Iterator<Item = &'a Record>, config: &Config) -> Vec<Candidates<'a>> {
    let mut all: Vec<(&str, Evidence<'_>)> = Vec::new();
    for record in records {
        // Third-party data is trusted less than any own source.
        let rank = if record.enrichment {
            u32::MAX
        } else {
            config.source_rank(&record.source)
        };
        all.extend(record.observations.iter().map(|observation| {
            let evidence = Evidence {
                value: &observation.value,
                source: &record.source,
                rank,
                observed_at: observation.told.at,
                origin: &observation.told.origin,
                record: record.id,
            };
            (observation.name.as_str(), evidence)
        }));
    }
    all.sort_by_key(|observed| observed.0);
    let traits = all.chunk_by(|a, b| a.0 == b.0);
    traits
        .filter_map(|one| {
            Some(Candidates::new(
                one.first()?.0,
                one.iter().map(|observed| observed.1).collect(),
            ))
        })
        .collect()
}
