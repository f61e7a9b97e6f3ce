//! `pull`, `run` and `report`: the night and what comes before and after it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use event_schema::Timestamp;
use serde::Serialize;

use super::progress::Stages;
use super::{Place, progress};
use crate::cli;
use crate::config::Config;
use crate::identity::quality;
use crate::ingest::{self, PullReport, PullRequest};
use crate::privacy::erase;
use crate::privacy::suppression::Suppression;
use crate::report::{Report, grouped};
use crate::review::preview::Preview;
use crate::run;
use crate::store::{Night, Store};

/// Fetches new web events.
pub(super) fn pull(place: &Place, accept_gaps: bool) -> anyhow::Result<u8> {
    let config = place.config()?;
    let mut store = place.store()?;
    let suppression = Suppression::open(store.state())?;
    let spinner = progress::counter("objects");
    let request = PullRequest {
        suppressed: &|kind, value| suppression.contains(kind, value),
        accept_gaps,
        progress: &|objects| spinner.set_position(objects),
    };
    let pulled = ingest::pull(&mut store, &config, &request);
    spinner.finish_and_clear();
    let report = pulled?;
    place.print(&Pulled::of(&report))?;
    Ok(if report.stopped.is_empty() {
        cli::DONE
    } else {
        cli::FAILED
    })
}

/// What became of a pull.
#[derive(Serialize)]
struct Pulled {
    objects: u64,
    read: u64,
    accepted: u64,
    with_consent: u64,
    duplicate: u64,
    rejected: BTreeMap<String, u64>,
    rejects: Vec<PathBuf>,
    stopped: Vec<String>,
}

impl Pulled {
    fn of(report: &PullReport) -> Self {
        Self {
            objects: report.objects,
            read: report.read,
            accepted: report.accepted,
            with_consent: report.events,
            duplicate: report.duplicate,
            rejected: report
                .reasons
                .iter()
                .map(|(reason, count)| (reason.code(), *count))
                .collect(),
            rejects: report.rejects.clone(),
            stopped: report.stopped.iter().map(ToString::to_string).collect(),
        }
    }
}

impl fmt::Display for Pulled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [objects, read, accepted] = [self.objects, self.read, self.accepted].map(grouped);
        let [consented, duplicate] = [self.with_consent, self.duplicate].map(grouped);
        write!(
            f,
            "{objects} objects, {read} events: {accepted} new ({consented} with consent), {duplicate} duplicate, "
        )?;
        write!(f, "{} rejected", grouped(self.rejected.values().sum()))?;
        self.rejected
            .iter()
            .try_for_each(|(reason, count)| write!(f, "\n  {reason} {}", grouped(*count)))?;
        self.rejects
            .iter()
            .try_for_each(|path| write!(f, "\nthe rejected events are in {}", path.display()))?;
        self.stopped.iter().try_for_each(|stop| write!(f, "\nstopped: {stop}"))
    }
}

/// Runs the night and prints its report.
pub(super) fn run(place: &Place, now: Option<Timestamp>, refit: bool, accept: bool) -> anyhow::Result<()> {
    let (config, stages) = (fitting(place.config()?, refit), Stages::default());
    let now = now.unwrap_or_else(|| jiff::Timestamp::now().into());
    let (night, report) = run_to_the_end(place.store()?, &config, now, accept, &stages)?;
    place.print(&report)?;
    let directory = place.directory.display();
    progress::say(&format!("the tables are in {}", night.folder().display()));
    progress::say(&format!("look at it in a browser: unifier -C {directory} serve"));
    Ok(())
}

/// The configuration, by which the night fits its own model of likeness when it shall.
fn fitting(mut config: Config, refit: bool) -> Config {
    if refit {
        config.identity.refit_days = 0;
    }
    config
}

/// Shows who would change if the night ran now, perhaps with another configuration. Publishes nothing.
pub(super) fn preview(place: &Place, now: Option<Timestamp>, refit: bool, other: Option<&Path>) -> anyhow::Result<()> {
    let configured = place.config()?;
    let config = fitting(other.map(Config::read).transpose()?.unwrap_or(configured), refit);
    let (store, stages) = (place.store()?, Stages::default());
    let now = now.unwrap_or_else(|| jiff::Timestamp::now().into());
    let drafted = run::draft(&store, &config, now, &[], &|stage| stages.begin(stage));
    stages.end();
    let drafted = drafted?;
    let crossed = quality::crossed(&drafted.report.quality, &drafted.lineage.changes, &config.quality);
    let before = store.tables().current().ok();
    let people = drafted.report.identity.people;
    let preview = Preview::of(before.as_ref(), &drafted.tables(), &drafted.lineage, people, crossed);
    drafted.discard()?;
    place.print(&preview?)
}

/// Runs the night, and ends an erasure that waited for it: such a night comes into force whatever limits it crosses, since the one
/// before still holds the erased person.
pub(super) fn run_to_the_end(
    store: Store,
    config: &Config,
    now: Timestamp,
    accept: bool,
    stages: &Stages,
) -> anyhow::Result<(Night, Report)> {
    let ends_erasure = erase::is_pending(&store)?;
    if ends_erasure && !accept {
        progress::say(
            "an erasure waits for this night, so it comes into force whatever limits of [quality] it crosses",
        );
    }
    let ran = run::night(&store, config, now, accept || ends_erasure, &|stage| {
        stages.begin(stage)
    });
    stages.end();
    let published = ran?;
    if ends_erasure {
        erase::finish(store)?;
    }
    Ok(published)
}

/// Prints the report of the night in force.
pub(super) fn report(place: &Place) -> anyhow::Result<()> {
    place.print(&Report::read(&place.tables()?.current()?)?)
}

/// Prints what the night in force expects, and how far to trust it.
pub(super) fn predictions(place: &Place) -> anyhow::Result<()> {
    place.print(&Report::read(&place.tables()?.current()?)?.predictions)
}
