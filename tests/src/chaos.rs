//! Chaos: a load of batches while the worker is killed and what it stands on goes away, and the books afterwards. What was acknowledged must
//! be in the unifier's log, once. The faults are named F1 to F16 in `docs/edge.md`, which also says where those are tested that this
//! does not bring about.

mod load;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use unifier::store::Lane;

use crate::{EXPORT_TOKEN, Edge, Site, Unifier};
use load::{EVENTS, Load, is_event};

/// How much is sent and broken.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Batches sent under kills (F1, F2, F6, F7).
    pub batches: usize,
    /// Kills of the worker and all it has started, spread over the batches; before every second one a flush is under way.
    pub kills: usize,
    /// Connections that send at once.
    pub connections: usize,
    /// Batches sent while the shards are away, and again once they are back (F5, F12 from 1,001 on, F16).
    pub spilled: usize,
    /// Batches sent while the bucket is away (F3, F4).
    pub without_bucket: usize,
    /// Batches sent while the worker fails at chosen points (F3, F4, F5, F8, F9, F15), a share for each of [`FAULTS`].
    pub armed: usize,
    /// Pulls that are killed before the one that counts (F10).
    pub killed_pulls: usize,
}

/// What the worker is made to fail at, and how often.
const FAULTS: [(&str, u32); 10] = [
    ("append-refused", 10),
    ("append-lost", 10),
    ("shard-full", 10),
    ("shard-panics", 4),
    ("flush-fails", 8),
    ("after-intent", 2),
    ("after-put", 2),
    ("put-fails", 4),
    ("put-slow", 2),
    ("tomorrow", 10),
];

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Batches acknowledged at least once.
    pub acknowledged: usize,
    /// Requests that got no answer, or one that said to send again.
    pub unanswered: usize,
    /// Deliveries of batches that had been acknowledged.
    pub repeated: usize,
    /// Requests whose sender left before the answer.
    pub abandoned: usize,
    /// Requests that panicked.
    pub panicked: usize,
    /// Kills of the worker.
    pub kills: usize,
    /// Objects in the bucket.
    pub objects: u64,
    /// Acknowledged events that are not in the unifier's log.
    pub lost: u64,
    /// Events that the unifier took beyond those acknowledged.
    pub surplus: u64,
    /// Events that were in the bucket more than once, and that the unifier dropped.
    pub dropped: u64,
    /// What the pulls reported as missing, overlapping or damaged.
    pub stopped: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in [
            ("batches acknowledged", self.acknowledged as u64),
            ("kills of the worker", self.kills as u64),
            ("requests without an answer, sent again", self.unanswered as u64),
            ("deliveries of acknowledged batches", self.repeated as u64),
            ("senders that left before the answer", self.abandoned as u64),
            ("requests that panicked", self.panicked as u64),
            ("objects in the bucket", self.objects),
            ("events twice in the bucket, dropped by the pull", self.dropped),
            ("acknowledged events lost", self.lost),
            ("events too many", self.surplus),
            ("gaps, overlaps and damaged objects", self.stopped.len() as u64),
        ] {
            writeln!(f, "{what:<50} {count:>9}")?;
        }
        Ok(())
    }
}

impl Outcome {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.surplus == 0 && self.stopped.is_empty()
    }
}

/// Runs a plan with the worker's state and the unifier's store under `directory`; `say` hears how it goes.
///
/// # Errors
/// When the worker refuses a batch or does not come up again, or the unifier fails.
pub fn run(plan: Plan, directory: &Path, say: &dyn Fn(&str)) -> Result<Outcome> {
    let load = Load::default();
    let mut edge = Edge::start(&directory.join("state"), site(&[]))?;
    say(&format!("{} batches under {} kills", plan.batches, plan.kills));
    under_kills(&mut edge, &load, plan)?;
    say(&format!("{} batches without the shards", plan.spilled));
    without(&mut edge, &load, plan, &["SHARDS"], plan.spilled)?;
    let spilled = plan.batches..plan.batches + plan.spilled;
    load.send_again(&edge.origin(), spilled)?;
    say(&format!("{} batches without the bucket", plan.without_bucket));
    without(&mut edge, &load, plan, &["LOG"], plan.without_bucket)?;
    say(&format!("{} batches under faults", plan.armed));
    under_faults(&edge, &load, plan)?;
    say("the books");
    reconcile(&edge, &load, plan, directory)
}

/// Sends, and meanwhile kills.
fn under_kills(edge: &mut Edge, load: &Load, plan: Plan) -> Result<()> {
    let origin = edge.origin();
    let done = AtomicBool::new(false);
    scope(|scope| {
        let sender = scope.spawn(|| {
            let sent = load.send_until(&origin, plan.connections, plan.batches);
            done.store(true, Ordering::Relaxed);
            sent
        });
        for kill in 0..plan.kills {
            let due = (kill + 1) * plan.batches / (plan.kills + 1);
            while load.begun() < due && !done.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(5));
            }
            if kill % 2 == 1 {
                let origin = &origin;
                scope.spawn(move || flush(origin));
                // Somewhere between the first shard's intent and the last one's end.
                sleep(Duration::from_millis(kill as u64 * 7 % 60));
            }
            edge.kill()?;
            edge.resume()?;
        }
        match sender.join() {
            Ok(sent) => sent,
            Err(_) => bail!("the sender panicked"),
        }
    })
}

/// Sends while some bindings are missing, then brings them back.
fn without(edge: &mut Edge, load: &Load, plan: Plan, bindings: &'static [&'static str], batches: usize) -> Result<()> {
    restart(edge, bindings)?;
    load.send_until(&edge.origin(), plan.connections, load.begun() + batches)?;
    if bindings.contains(&"LOG") {
        ensure!(
            flush(&edge.origin())? >= 500,
            "a flush without the bucket reports success"
        );
    }
    restart(edge, &[])
}

/// Sends while the worker fails at one point after the other, and its flushes with it.
fn under_faults(edge: &Edge, load: &Load, plan: Plan) -> Result<()> {
    for (fault, times) in FAULTS {
        edge.arm(fault, times)?;
        let until = load.begun() + plan.armed / FAULTS.len();
        load.send_until(&edge.origin(), plan.connections, until)?;
        flush(&edge.origin())?;
        edge.arm(fault, 0)?;
    }
    Ok(())
}

/// The worker that can be made to fail, without some bindings.
fn site(without_bindings: &'static [&'static str]) -> Site {
    Site {
        faults: true,
        without_bindings,
        ..Site::default()
    }
}

fn restart(edge: &mut Edge, without_bindings: &'static [&'static str]) -> Result<()> {
    edge.kill()?;
    edge.set_site(site(without_bindings));
    edge.resume()
}

/// Asks for a flush, and gives the answer's status.
fn flush(origin: &str) -> Result<u16> {
    let token = format!("Bearer {EXPORT_TOKEN}");
    let answer = crate::Client::new(origin).post("/v1/export/flush", &[("authorization", &token)], b"")?;
    Ok(answer.status)
}

/// What was acknowledged and what is in the log, event by event.
struct Books {
    lost: u64,
    surplus: u64,
}

impl Books {
    /// Compares by the ids of the events. A hit has another id in the log than it was sent under, and every one its own.
    fn of(unifier: &Unifier, acknowledged: &BTreeSet<String>) -> Result<Self> {
        let logged = unifier.message_ids(Lane::Events)?;
        let (events, hits): (BTreeSet<&String>, BTreeSet<&String>) = acknowledged.iter().partition(|id| is_event(id));
        let known: BTreeSet<&String> = logged.iter().collect();
        let logged_hits = unifier.message_ids(Lane::Audience)?;
        let known_hits: BTreeSet<&String> = logged_hits.iter().collect();
        let repeated = logged.len() - known.len() + logged_hits.len() - known_hits.len();
        Ok(Self {
            lost: (events.difference(&known).count() + hits.len().saturating_sub(known_hits.len())) as u64,
            surplus: (known.difference(&events).count() + known_hits.len().saturating_sub(hits.len()) + repeated)
                as u64,
        })
    }
}

/// Pulls everything, some pulls killed half-way, and compares.
fn reconcile(edge: &Edge, load: &Load, plan: Plan, directory: &Path) -> Result<Outcome> {
    let acknowledged = load.acknowledged()?;
    let unifier = Unifier::init(&directory.join("store"), &edge.origin())?;
    for kill in 0..plan.killed_pulls {
        let mut pull = unifier.command(&["pull"]).spawn().context("cannot start the unifier")?;
        sleep(Duration::from_millis(40 + 150 * kill as u64));
        pull.kill()?;
        pull.wait()?;
    }
    let begun = Instant::now();
    let output = unifier.output(&["--format", "json", "pull"])?;
    let last: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("the pull failed: {}", String::from_utf8_lossy(&output.stderr)))?;
    ensure!(begun.elapsed() < Duration::from_secs(600), "the pull took too long");
    let report = unifier.json(&["run"])?;
    let web = &report["sources"]["web"];
    let count = |name: &str| {
        web[name]
            .as_u64()
            .with_context(|| format!("the report has no {name}: {web}"))
    };
    let texts = |value: &Value| Some(value.as_array()?.iter().map(|text| text.to_string()).collect());
    ensure!(
        acknowledged.len() == load.begun() * EVENTS,
        "not every batch was acknowledged"
    );
    fs::write(directory.join("report.json"), report.to_string())?;
    let books = Books::of(&unifier, &acknowledged)?;
    Ok(Outcome {
        acknowledged: load.begun(),
        unanswered: load.unanswered.load(Ordering::Relaxed),
        repeated: load.repeated.load(Ordering::Relaxed),
        abandoned: load.abandoned.load(Ordering::Relaxed),
        panicked: load.panicked.load(Ordering::Relaxed),
        kills: plan.kills + 4,
        objects: count("files")?,
        lost: books.lost,
        surplus: books.surplus,
        dropped: count("duplicate")?,
        stopped: texts(&last["stopped"]).unwrap_or_default(),
    })
}
