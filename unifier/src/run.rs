//! The night, top to bottom: reads the log, works out who is who, builds the profiles, predicts, finds the segments, and
//! publishes all of it or nothing.
//!
//! The same log, configuration and moment give the same bytes. A night can be drafted and looked at without coming into force.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use event_schema::Timestamp;
use rayon::prelude::*;

use crate::config::Config;
use crate::identity::{self, Decision, KeptModel, Lineage, Membership, Quality, Resolution, history, quality};
use crate::ingest::{self, Facts};
use crate::predict::propensity::{self, timeline::Timelines};
use crate::predict::{self, History, report::PredictionReport};
use crate::privacy::suppression::Suppression;
use crate::privacy::{PrivacyError, consent};
use crate::profile::consent::Suppressions;
use crate::profile::{self, Profiles};
use crate::record::{PersonId, Record};
use crate::report::{Fit, IdentityCounts, Report, SegmentSize};
use crate::review::ledger::LedgerError;
use crate::review::{self, Ledger};
use crate::segment::{self, Count, Segments, TableSet};
use crate::store::{Draft, Night, SegmentError, Store, TablesError};

/// Why a night could not be run. Nothing of it is visible then.
#[derive(Debug, thiserror::Error)]
pub enum NightError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] SegmentError),
    /// The state cannot be read.
    #[error(transparent)]
    Privacy(#[from] PrivacyError),
    /// A segment's rule makes no sense.
    #[error("the segments cannot be used:\n{0}")]
    Segments(String),
    /// A segment cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] segment::EvaluationError),
    /// The tables cannot be written.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// The decisions cannot be read.
    #[error(transparent)]
    Decisions(#[from] LedgerError),
    /// The night is not what the configuration allows.
    #[error(
        "the night crosses limits of [quality] in unifier.toml, and the one before stays in force:\n{0}\n`run --dry-run` shows who \
         would change; `run --accept` publishes it all the same"
    )]
    Crossed(String),
    /// A table is too large for one column.
    #[error("a table cannot be built: {0}")]
    Arrow(#[from] ArrowError),
}

/// Runs a night over all that is in the log, as of `now`. `begin` is told each stage as it begins. With `accept` the night comes
/// into force whatever limits of the configuration it crosses.
///
/// # Errors
/// [`NightError`]; the night before stays in force then.
pub fn night(
    store: &Store,
    config: &Config,
    now: Timestamp,
    accept: bool,
    begin: &dyn Fn(&'static str),
) -> Result<(Night, Report), NightError> {
    let drafted = draft(store, config, now, &[], begin)?;
    let crossed = quality::crossed(&drafted.report.quality, &drafted.lineage.changes, &config.quality);
    if !accept && !crossed.is_empty() {
        drafted.draft.discard()?;
        return Err(NightError::Crossed(crossed.join("\n")));
    }
    begin("publish");
    let night = drafted.draft.publish()?;
    consent::weighed(store.state())?;
    store.tables().prune(config.retention.nights)?;
    Ok((night, drafted.report))
}

/// A night that is written and not in force.
#[derive(Debug)]
pub struct Drafted {
    draft: Draft,
    /// What it says.
    pub report: Report,
    /// What would become of people.
    pub lineage: Lineage,
}

impl Drafted {
    /// The night's tables.
    pub fn tables(&self) -> Night {
        self.draft.so_far()
    }

    /// Takes the night away again.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn discard(self) -> Result<(), TablesError> {
        self.draft.discard()
    }
}

/// Writes a night without bringing it into force; `proposed` decisions count as if they were taken.
///
/// # Errors
/// [`NightError`].
pub fn draft(
    store: &Store,
    config: &Config,
    now: Timestamp,
    proposed: &[Decision],
    begin: &dyn Fn(&'static str),
) -> Result<Drafted, NightError> {
    let segments = compile(config)?;
    begin("ingest");
    let mut facts = ingest::read(store.log(), config)?;
    facts.consents.extend(consent::given_here(store.state())?);
    // A yes that is dated after the night was not given yet: it must not outrank the refusals that were.
    facts.consents.retain(|fact| !fact.granted || fact.earliest <= now);
    let ledger = Ledger::read(store.log())?;
    let decisions: Vec<Decision> = ledger.in_force().into_iter().chain(proposed.iter().cloned()).collect();
    begin("identity");
    let before = current(store)?;
    let known = before.as_ref().map(KeptModel::of).transpose()?.flatten();
    let serves = |known: &&KeptModel| known.serves(now, facts.records.len(), config.identity.refit_days);
    let kept = known.as_ref().filter(serves);
    let by = kept.map(|kept| &kept.model);
    let who = identity::resolve_by(&facts.records, &config.identity, &decisions, by);
    let people: Vec<(PersonId, Vec<usize>)> = who.people.iter().map(|p| (p.id, p.records.clone())).collect();
    let changed = Changed::since(before.as_ref(), &facts.records, &who)?;
    let changes = &changed.lineage.changes;
    let quality = Quality::of(&facts.records, &who, &config.identity, &decisions, changes);
    begin("profile");
    let suppressions = suppressions(store, &facts.records)?;
    let occurrences = ingest::occurrences(store.log(), &config.traits)?;
    let input = profile::Input {
        occurrences: &occurrences,
        ..input(&facts, &people, &suppressions)
    };
    let profiles = profile::build(input, config, now);
    begin("predict");
    let (histories, today) = (profiles.histories(), now.utc_day());
    let predictions = predict::score(&histories, today, &config.predict);
    let timelines = timelines(&profiles, histories, config);
    let propensities = propensity::propensities(&timelines, today, &config.predict);
    begin("tables");
    let mut tables = Written::begin(store)?;
    tables.identity(&facts.records, &who)?;
    let fits = known.as_ref().map_or(0, |known| known.version);
    let model = KeptModel::used(kept, &who, fits, now, facts.records.len());
    model.iter().try_for_each(|model| model.write(&tables.draft))?;
    let questions = identity::questions(&facts.records, &who, &config.identity, &decisions);
    tables.add_all("review", identity::tables::review(&facts.records, &who, &questions))?;
    tables.add_all("quality", identity::tables::quality(&quality))?;
    let lineage = history::lineage(
        before.as_ref(),
        tables.draft.number(),
        &changed.lineage,
        &changed.membership,
    )?;
    tables.add("lineage", [lineage])?;
    let set_aside = who.set_aside.iter().map(|&at| decisions[at].id.as_str()).collect();
    tables.add("decisions", [review::table::decisions(&ledger, &set_aside)])?;
    tables.profiles(&profiles, &who)?;
    let groups = profiles.groups();
    tables.add("groups", [profile::groups::table(&groups)])?;
    tables.add("group_members", [profile::groups::members(&groups, &people)])?;
    tables.add("audience_daily", profile::audience_daily(&facts.audience))?;
    let ids = people.iter().map(|(id, _)| *id);
    tables.add("scores", predict::table::scores(ids.clone(), &predictions))?;
    let chances = propensity::table::propensities(ids, &propensities, &timelines.kinds);
    tables.add("propensities", chances)?;
    begin("segment");
    let counts = tables.segments(&segments, before.as_ref(), now)?;
    let report = Report {
        night: tables.draft.number(),
        now,
        company: config.company.name.clone(),
        currency: config.company.currency.clone(),
        sources: ingest::intake(store.state()).map_err(PrivacyError::from)?,
        identity: identity_counts(&facts, &who, model.as_ref()),
        questions: questions.len() as u64,
        quality,
        orders: profiles.order_counts().into(),
        predictions: PredictionReport::new(&predictions, &config.predict, today, &config.company.currency)
            .with_propensities(&propensities),
        segments: counts
            .iter()
            .map(|(name, count)| segment_size(name, count, config))
            .collect(),
        tables: tables.rows,
    };
    tables.draft.write_report(&report.to_json())?;
    Ok(Drafted {
        draft: tables.draft,
        report,
        lineage: changed.lineage,
    })
}

/// What everybody did, day by day; nobody's days where no propensity asks for them.
fn timelines(profiles: &Profiles<'_>, histories: Vec<History>, config: &Config) -> Timelines {
    if config.predict.propensity.is_empty() {
        Timelines::default()
    } else {
        profiles.timelines(histories)
    }
}

/// The night in force, if there is one.
fn current(store: &Store) -> Result<Option<Night>, TablesError> {
    match store.tables().current() {
        Ok(night) => Ok(Some(night)),
        Err(TablesError::NoNight(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who belongs to whom, and what changed in that since the night before.
struct Changed {
    membership: Membership,
    lineage: Lineage,
}

impl Changed {
    fn since(before: Option<&Night>, records: &[Record], who: &Resolution) -> Result<Self, TablesError> {
        let membership = history::membership(records, who);
        let lineage = match before {
            Some(night) => Lineage::between(&history::published(night)?, &membership),
            None => Lineage::between(&Membership::default(), &membership),
        };
        Ok(Self { membership, lineage })
    }
}

/// The segments of the configuration, with everything that is wrong with them told at once.
///
/// # Errors
/// [`NightError::Segments`].
pub fn compile(config: &Config) -> Result<Segments, NightError> {
    segment::compile(&config.segments, &config.purposes).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        NightError::Segments(errors.join("\n"))
    })
}

/// The identifiers of records that are on the suppression list, and since when.
fn suppressions(store: &Store, records: &[Record]) -> Result<Suppressions, PrivacyError> {
    let list = Suppression::open(store.state())?;
    if list.is_empty() {
        return Ok(Suppressions::new());
    }
    let identifiers = records.iter().flat_map(|record| &record.identifiers);
    let since = |id: &crate::record::Identifier| list.since(&id.kind, &id.value);
    Ok(identifiers.filter_map(|id| Some((id.clone(), since(id)?))).collect())
}

fn input<'a>(
    facts: &'a Facts,
    people: &'a [(PersonId, Vec<usize>)],
    suppressions: &'a Suppressions,
) -> profile::Input<'a> {
    profile::Input {
        records: &facts.records,
        people,
        orders: &facts.orders,
        consents: &facts.consents,
        suppressions,
        activity: &facts.activity,
        occurrences: &[],
    }
}

/// The tables of the night as far as they are written, and how many rows each has.
struct Written {
    draft: Draft,
    rows: BTreeMap<String, u64>,
}

impl Written {
    fn begin(store: &Store) -> Result<Self, NightError> {
        Ok(Self {
            draft: store.tables().draft()?,
            rows: BTreeMap::new(),
        })
    }

    fn add<B>(&mut self, table: &str, batches: B) -> Result<(), NightError>
    where
        B: IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    {
        let rows = self.write(table, batches)?;
        self.rows.insert(table.to_owned(), rows);
        Ok(())
    }

    /// Writes a table; gives how many rows it has.
    fn write<B>(&self, table: &str, batches: B) -> Result<u64, NightError>
    where
        B: IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    {
        let mut rows = 0;
        let counted = batches
            .into_iter()
            .inspect(|batch| rows += batch.as_ref().map_or(0, RecordBatch::num_rows));
        self.draft.write(table, counted)?;
        Ok(rows as u64)
    }

    fn add_all(&mut self, table: &str, batches: Result<Vec<RecordBatch>, ArrowError>) -> Result<(), NightError> {
        self.add(table, batches?.into_iter().map(Ok))
    }

    fn identity(&mut self, records: &[Record], who: &Resolution) -> Result<(), NightError> {
        type Made<'a> = (
            &'static str,
            &'a (dyn Fn() -> Result<Vec<RecordBatch>, ArrowError> + Sync),
        );
        let made: [Made<'_>; 4] = [
            ("identities", &|| identity::tables::identities(records, who)),
            ("identifiers", &|| identity::tables::identifiers(who)),
            ("links", &|| identity::tables::links(records, who)),
            ("conflicts", &|| identity::tables::conflicts(who)),
        ];
        let write =
            |(table, batches): &Made<'_>| Ok(((*table).to_owned(), self.write(table, batches()?.into_iter().map(Ok))?));
        let written: Vec<(String, u64)> = made.par_iter().map(write).collect::<Result<_, NightError>>()?;
        self.rows.extend(written);
        Ok(())
    }

    fn profiles(&mut self, profiles: &Profiles, who: &Resolution) -> Result<(), NightError> {
        let (mut people, mut traits) = (self.draft.begin("people"), self.draft.begin("traits"));
        let (mut people_rows, mut traits_rows) = (0, 0);
        for (person, told) in profiles.people_and_traits() {
            let person = person.and_then(|batch| identity::tables::with_confidence(&batch, people_rows, who));
            people_rows += person.as_ref().map_or(0, RecordBatch::num_rows);
            traits_rows += told.as_ref().map_or(0, RecordBatch::num_rows);
            let (person, told) = rayon::join(|| people.write(person), || traits.write(told));
            person.and(told)?;
        }
        people.finish()?;
        traits.finish()?;
        self.rows.insert("people".to_owned(), people_rows as u64);
        self.rows.insert("traits".to_owned(), traits_rows as u64);
        self.add("orders", profiles.orders())?;
        self.add("consents", profiles.consents())?;
        self.add("events_daily", profiles.events_daily())
    }

    /// Evaluates the segments over the tables written so far, and counts who of each may be contacted.
    fn segments<'s>(
        &mut self,
        segments: &'s Segments,
        before: Option<&Night>,
        now: Timestamp,
    ) -> Result<Vec<(&'s str, Count)>, NightError> {
        let tables = TableSet::read(&self.draft.so_far())?;
        let before = before
            .map(|night| night.read("segments", None))
            .transpose()?
            .unwrap_or_default();
        let members = segments.evaluate(&tables, now)?;
        let batches = members.to_batches(self.draft.number(), &before)?;
        self.add("segments", batches.into_iter().map(Ok))?;
        let count = |(name, rule)| Ok((name, segments.count_in(&tables, rule, now)?));
        segments.iter().map(count).collect()
    }
}

fn identity_counts(facts: &Facts, who: &Resolution, model: Option<&KeptModel>) -> IdentityCounts {
    let sources = |person: &identity::Person| {
        let mut sources: Vec<&str> = person
            .records
            .iter()
            .map(|r| facts.records[*r].source.as_str())
            .collect();
        sources.sort_unstable();
        sources.dedup();
        sources.len()
    };
    let mut counts = IdentityCounts {
        records: facts.records.len() as u64,
        people: who.people.len() as u64,
        across_sources: who.people.iter().filter(|person| sources(person) > 1).count() as u64,
        largest: who.people.iter().map(|person| person.records.len()).max().unwrap_or(0) as u64,
        bots: facts.bot_events,
        model: model.map(Fit::from),
        ..IdentityCounts::default()
    };
    for link in &who.links {
        *counts.links.entry(link.because.kind().to_owned()).or_default() += 1;
    }
    for conflict in &who.conflicts {
        *counts.conflicts.entry(conflict.reason.as_str().to_owned()).or_default() += 1;
    }
    counts
}

fn segment_size(name: &str, count: &Count, config: &Config) -> SegmentSize {
    let by = |purpose: &str| count.reach.iter().find(|reach| reach.purpose == purpose);
    SegmentSize {
        name: name.to_owned(),
        title: config
            .segments
            .get(name)
            .and_then(|segment| segment.title.clone())
            .unwrap_or_else(|| name.to_owned()),
        people: count.matched as u64,
        by_email: by(event_schema::Purpose::EMAIL_MARKETING).map_or(0, |reach| reach.by_email as u64),
        by_sms: by(event_schema::Purpose::SMS_MARKETING).map_or(0, |reach| reach.by_phone as u64),
    }
}
