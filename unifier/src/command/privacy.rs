//! `privacy`: consent given here, access, erasure.

use std::fmt;
use std::path::Path;

use anyhow::Context;
use event_schema::Timestamp;
use serde::Serialize;

use super::people::view;
use super::progress::Stages;
use super::{Place, night};
use crate::activate::Activation;
use crate::cli;
use crate::config::Config;
use crate::identity::Confidence;
use crate::ingest;
use crate::people::PersonView;
use crate::privacy::access::Access;
use crate::privacy::consent;
use crate::privacy::erase::{self, Erased, Traces};
use crate::report::{Report, grouped};
use crate::review::Ledger;
use crate::store::{Night, Store, write_atomically};

/// Does what the command says.
pub(super) fn privacy(place: &Place, command: &cli::Privacy) -> anyhow::Result<()> {
    match command {
        cli::Privacy::Consent {
            person,
            purpose,
            grant,
            evidence,
            at,
            ..
        } => record_consent(place, person, purpose, *grant, at.unwrap_or_else(now), evidence),
        cli::Privacy::Access { person, to } => access(place, person, to),
        cli::Privacy::Erase { person, yes } => erase(place, person, *yes),
    }
}

fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

fn record_consent(
    place: &Place,
    person: &str,
    purpose: &str,
    granted: bool,
    at: Timestamp,
    evidence: &str,
) -> anyhow::Result<()> {
    let person = view(&place.tables()?.current()?, person)?.person.person_id;
    let change = consent::record(&place.config()?, person.parse()?, purpose, granted, at, evidence)?;
    place.store()?.state().apply(&[change])?;
    place.print(&Recorded {
        person,
        purpose: purpose.to_owned(),
        granted,
        at,
    })
}

/// An answer that was recorded.
#[derive(Serialize)]
struct Recorded {
    person: String,
    purpose: String,
    granted: bool,
    at: Timestamp,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.granted { "granted" } else { "refused" };
        write!(
            f,
            "{} {answer} by {} as of {}; it counts from the next night on, and a refusal on lists at once",
            self.purpose, self.person, self.at
        )
    }
}

fn access(place: &Place, person: &str, to: &Path) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    let profile = view(&night, person)?;
    let (config, store) = (place.config()?, place.store()?);
    let traces = traces(&night, &store, &config, profile.clone())?;
    let document = Access::gather(&store, &traces, &config.company.name, profile, now())?;
    let json = serde_json::to_vec_pretty(&document)?;
    write_atomically(to, &json).with_context(|| format!("cannot write {}", to.display()))?;
    let rows = document
        .log
        .values()
        .flat_map(|parts| parts.values())
        .map(Vec::len)
        .sum();
    place.print(&Accessed {
        file: to.display().to_string(),
        rows,
        answers: document.answers.len(),
        rejected: document.rejected.len(),
    })
}

/// Everything by which the person is known, in the log too.
fn traces(night: &Night, store: &Store, config: &Config, view: PersonView) -> anyhow::Result<Traces> {
    let records = ingest::read(store.log(), config)?.records;
    let decisions = Ledger::read(store.log())?.in_force();
    Ok(Traces::find(view, night, &records, &config.identity, &decisions)?)
}

/// A document that was written.
#[derive(Serialize)]
struct Accessed {
    file: String,
    rows: usize,
    answers: usize,
    rejected: usize,
}

impl fmt::Display for Accessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} holds the profile, {} rows of the log, {} answers given here and {} rejected rows",
            self.file,
            grouped(self.rows as u64),
            self.answers,
            self.rejected
        )
    }
}

fn erase(place: &Place, person: &str, yes: bool) -> anyhow::Result<()> {
    let current = place.tables()?.current()?;
    let last = Report::read(&current)?;
    let (config, mut store) = (place.config()?, place.store()?);
    let view = view(&current, person)?;
    let likely = view
        .identities
        .iter()
        .filter(|record| record.confidence == Confidence::Likely.as_str())
        .map(|record| format!("{}:{}", record.source, record.record_key))
        .collect();
    let traces = traces(&current, &store, &config, view)?;
    if !yes {
        return place.print(&Planned { traces, likely });
    }
    let erased = erase::erase(&mut store, &traces, now())?;
    let told = Activation::destinations(&store)?;
    let stages = Stages::default();
    // What is left after an erasure must come into force, however much it changed.
    night::run_to_the_end(store, &config, last.now, true, &stages)?;
    place.print(&Done { erased, exports: told })
}

/// What an erasure would remove.
#[derive(Serialize)]
struct Planned {
    traces: Traces,
    /// The records that are only likely the person's, as `source:key`.
    likely: Vec<String>,
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "these records would be erased from log, state, tables and rejects:")?;
        self.traces
            .records
            .iter()
            .try_for_each(|(source, key)| writeln!(f, "  {source}:{key}"))?;
        if !self.likely.is_empty() {
            writeln!(
                f,
                "of these it is only likely that they are this person's; take out with `unifier split` what is not:"
            )?;
            self.likely.iter().try_for_each(|record| writeln!(f, "  {record}"))?;
        }
        writeln!(
            f,
            "these identifiers would be suppressed, so that no import brings them back:"
        )?;
        self.traces
            .identifiers
            .iter()
            .try_for_each(|(kind, value)| writeln!(f, "  {kind} {value}"))?;
        if !self.traces.shared.is_empty() {
            writeln!(
                f,
                "these are shared with others or join nobody; they go with the records and are not suppressed:"
            )?;
            self.traces
                .shared
                .iter()
                .try_for_each(|(kind, value)| writeln!(f, "  {kind} {value}"))?;
        }
        write!(f, "nothing has changed; give --yes to do it")
    }
}

/// What an erasure removed.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    erased: Erased,
    exports: Vec<String>,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self
            .erased
            .rows
            .iter()
            .map(|(lane, rows)| format!("{lane} {}", grouped(*rows)));
        writeln!(
            f,
            "erased from the log (rows): {}",
            rows.collect::<Vec<_>>().join(" · ")
        )?;
        let Erased {
            rejects,
            consents,
            suppressed,
            ..
        } = self.erased;
        writeln!(
            f,
            "rejected rows {rejects} · answers to consent {consents} · suppressed {suppressed}"
        )?;
        writeln!(
            f,
            "the last night was run again without the person, and older nights are gone"
        )?;
        if !self.exports.is_empty() {
            writeln!(
                f,
                "files exported from this store, which may hold the person: {}",
                self.exports.join(", ")
            )?;
        }
        write!(f, "not reached: backups, exported files, and the sources themselves")
    }
}
