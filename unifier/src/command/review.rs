//! `review`, `split` and `merge`: what people decide about records.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Context, bail};
use event_schema::Timestamp;
use serde::Serialize;

use super::people::view;
use super::progress::Stages;
use super::{Place, UsageError, progress};
use crate::activate::Activation;
use crate::cli::{self, Author, Consequence};
use crate::identity::decision::settle;
use crate::identity::{Decision, KnownRecord, Ruling, known_record, records_of};
use crate::ingest;
use crate::people::PersonView;
use crate::report::{Report, grouped, table};
use crate::review::effects::Effects;
use crate::review::ledger::{self, Entry, Ledger};
use crate::review::queue::{self, Open};
use crate::review::sample;
use crate::review::table::state;
use crate::run;
use crate::store::{AtomicFile, Night, Store};

/// Does what the command says.
pub(super) fn review(place: &Place, command: &cli::Review) -> anyhow::Result<()> {
    match command {
        cli::Review::Next => next(place),
        cli::Review::Same { a, b, author } => decide(place, Ruling::Same, a, b, author),
        cli::Review::Different { a, b, author } => decide(place, Ruling::Different, a, b, author),
        cli::Review::List => list(place),
        cli::Review::Undo { decision, author } => undo(place, decision, author),
        cli::Review::Sample { to, size } => draw(place, to, *size),
        cli::Review::Label { file, author } => label(place, file, author),
    }
}

fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

/// Who decides: as told, or who is logged in.
fn author(author: &Author) -> String {
    let logged_in = || {
        ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
    };
    author
        .by
        .clone()
        .or_else(logged_in)
        .unwrap_or_else(|| "operator".to_owned())
}

fn known(night: &Night, text: &str) -> anyhow::Result<KnownRecord> {
    // The text is not repeated, because a key may hold personal data.
    let unknown = || {
        UsageError(
            "no record of the last night is so called: give a record id, a person id, or `source:key`".to_owned(),
        )
    };
    Ok(known_record(night, text)?.ok_or_else(unknown)?)
}

fn next(place: &Place) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    let ledger = Ledger::read(place.store()?.log())?;
    let mut open = queue::open(&night, &ledger)?.into_iter();
    let set_aside = set_aside(&ledger.in_force());
    let question = open.next();
    let sides = match &question {
        Some(question) => Some((
            view(&night, &question.left_record)?,
            view(&night, &question.right_record)?,
        )),
        None => None,
    };
    place.print(&Next {
        more: open.len(),
        question,
        sides,
        set_aside,
    })
}

/// The ids of the decisions that newer ones contradict.
fn set_aside(decisions: &[Decision]) -> Vec<String> {
    let settled = settle(decisions);
    settled
        .set_aside
        .into_iter()
        .map(|at| decisions[at].id.clone())
        .collect()
}

/// The older decisions that a new one sets aside.
fn contradicted(ledger: &Ledger, decision: &Decision) -> Vec<String> {
    let mut decisions = ledger.in_force();
    let before = set_aside(&decisions);
    decisions.push(decision.clone());
    let after = set_aside(&decisions).into_iter();
    after.filter(|id| !before.contains(id)).collect()
}

/// A question that is open.
#[derive(Serialize)]
struct Next {
    question: Option<Open>,
    sides: Option<(PersonView, PersonView)>,
    more: usize,
    set_aside: Vec<String>,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for decision in &self.set_aside {
            writeln!(f, "newer decisions contradict {decision}: undo it, or them")?;
        }
        let (Some(question), Some((left, right))) = (&self.question, &self.sides) else {
            return write!(f, "there is nothing to review");
        };
        let reason = question
            .reason
            .map_or("they were not joined", |reason| reason.in_words());
        writeln!(f, "both carry {} {}, but {reason}", question.kind, question.value)?;
        writeln!(f, "{}", side_by_side(left, right))?;
        writeln!(
            f,
            "are they one person? there are {} more such pairs",
            grouped(self.more as u64)
        )?;
        writeln!(
            f,
            "  unifier review same {} {}",
            question.left_record, question.right_record
        )?;
        write!(
            f,
            "  unifier review different {} {}",
            question.left_record, question.right_record
        )
    }
}

fn side_by_side(left: &PersonView, right: &PersonView) -> comfy_table::Table {
    let mut table = table(&["", &left.person.person_id, &right.person.person_id]);
    let records = |view: &PersonView| {
        let keys = view
            .identities
            .iter()
            .map(|identity| format!("{}:{}", identity.source, identity.record_key));
        keys.collect::<Vec<_>>().join("\n")
    };
    table.add_row(["records".to_owned(), records(left), records(right)]);
    let value = |view: &PersonView, name: &str| {
        let found = view.traits.iter().find(|known| known.name == name);
        found.map_or_else(String::new, |known| known.won.value.clone())
    };
    let names: std::collections::BTreeSet<&str> = left
        .traits
        .iter()
        .chain(&right.traits)
        .map(|known| known.name.as_str())
        .collect();
    for name in names {
        table.add_row([name.to_owned(), value(left, name), value(right, name)]);
    }
    table.add_row([
        "orders".to_owned(),
        left.person.orders.to_string(),
        right.person.orders.to_string(),
    ]);
    table
}

fn decide(place: &Place, ruling: Ruling, a: &str, b: &str, by: &Author) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    let (left, right) = (known(&night, a)?, known(&night, b)?);
    if left.record_id == right.record_id {
        bail!("both are one record");
    }
    let mut store = place.store()?;
    let decision = Decision {
        why: by.why.clone(),
        were_joined: left.person_id == right.person_id,
        ..Decision::new(
            ruling,
            vec![left.record_id.parse()?],
            vec![right.record_id.parse()?],
            now(),
            &author(by),
        )
    };
    record(place, &mut store, decision)
}

fn record(place: &Place, store: &mut Store, decision: Decision) -> anyhow::Result<()> {
    let contradicts = contradicted(&Ledger::read(store.log())?, &decision);
    ledger::record(store, &decision)?;
    place.print(&Recorded { decision, contradicts })
}

/// A decision that was recorded.
#[derive(Serialize)]
struct Recorded {
    decision: Decision,
    contradicts: Vec<String>,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for contradicted in &self.contradicts {
            writeln!(f, "it contradicts the decision {contradicted}, which is set aside")?;
        }
        let Decision { id, ruling, by, .. } = &self.decision;
        write!(
            f,
            "decision {id}: {ruling}, by {by}; it counts from the next night on, and `review undo {id}` takes it back"
        )
    }
}

fn list(place: &Place) -> anyhow::Result<()> {
    place.config()?;
    let ledger = Ledger::read(place.store()?.log())?;
    let set_aside = set_aside(&ledger.in_force());
    place.print(&Listed {
        decisions: ledger.entries,
        set_aside,
    })
}

/// Every decision.
#[derive(Serialize)]
struct Listed {
    decisions: Vec<Entry>,
    set_aside: Vec<String>,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decisions.is_empty() {
            return write!(f, "nothing was decided yet");
        }
        let set_aside = self.set_aside.iter().map(String::as_str).collect();
        let mut table = table(&["decision", "state", "ruling", "records", "when", "who", "why"]);
        let side = |records: &[crate::record::RecordId]| match records {
            [one] => one.to_string(),
            several => format!("{} records", several.len()),
        };
        for entry in &self.decisions {
            let decision = &entry.decision;
            table.add_row([
                decision.id.clone(),
                state(entry, &set_aside).replace('_', " "),
                decision.ruling.to_string(),
                format!("{}\n{}", side(&decision.left), side(&decision.right)),
                decision.at.to_string(),
                decision.by.clone(),
                decision.why.clone(),
            ]);
        }
        write!(f, "{table}")
    }
}

fn undo(place: &Place, id: &str, by: &Author) -> anyhow::Result<()> {
    place.config()?;
    let decision = ledger::undo(&mut place.store()?, id, now(), &author(by))?;
    place.print(&Undone { decision })
}

/// A decision that was taken back.
#[derive(Serialize)]
struct Undone {
    decision: Decision,
}

impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "decision {} is undone; the next night goes without it",
            self.decision.id
        )
    }
}

/// Takes records out of their person.
pub(super) fn split(place: &Place, records: &[String], consequence: &Consequence) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    let out = records
        .iter()
        .map(|text| known(&night, text))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let person = &out[0].person_id;
    if out.iter().any(|record| record.person_id != *person) {
        bail!(UsageError(
            "the records are of several people: split one person at a time".to_owned()
        ));
    }
    let left: Vec<&str> = out.iter().map(|record| record.record_id.as_str()).collect();
    let whole = records_of(&night, person)?;
    let right: Vec<&str> = whole
        .iter()
        .map(|record| record.record_id.as_str())
        .filter(|record| !left.contains(record))
        .collect();
    if right.is_empty() {
        bail!(UsageError(
            "these are all the records of the person: name those that go, and leave those that stay".to_owned()
        ));
    }
    propose(place, &night, Ruling::Different, (&left, &right), "split", consequence)
}

/// Makes one person of two.
pub(super) fn merge(place: &Place, a: &str, b: &str, consequence: &Consequence) -> anyhow::Result<()> {
    let night = place.tables()?.current()?;
    let (left, right) = (known(&night, a)?, known(&night, b)?);
    if left.person_id == right.person_id {
        bail!(UsageError(format!("they are one person already: {}", left.person_id)));
    }
    let sides = (&[left.record_id.as_str()][..], &[right.record_id.as_str()][..]);
    propose(place, &night, Ruling::Same, sides, "merge", consequence)
}

/// Shows what a decision would do, and records it if that is wanted.
fn propose(
    place: &Place,
    night: &Night,
    ruling: Ruling,
    (left, right): (&[&str], &[&str]),
    occasion: &str,
    consequence: &Consequence,
) -> anyhow::Result<()> {
    let ids = |side: &[&str]| side.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>();
    let decision = Decision {
        why: consequence.author.why.clone(),
        occasion: occasion.to_owned(),
        were_joined: ruling == Ruling::Different,
        ..Decision::new(ruling, ids(left)?, ids(right)?, now(), &author(&consequence.author))
    };
    if !consequence.yes {
        // The store is closed again before the question: whoever thinks about it keeps no night waiting.
        let effects = effects(&place.store()?, &place.config()?, night, &decision)?;
        place.print(&effects)?;
        if consequence.dry_run || !agreed()? {
            progress::say("nothing has changed; give --yes to do it");
            return Ok(());
        }
        if place.tables()?.current()?.number() != night.number() {
            bail!("another night came into force meanwhile: give the command again, and look at what it would do now");
        }
    }
    record(place, &mut place.store()?, decision)
}

fn effects(
    store: &Store,
    config: &crate::config::Config,
    night: &Night,
    decision: &Decision,
) -> anyhow::Result<Effects> {
    let contradicts = contradicted(&Ledger::read(store.log())?, decision);
    let (stages, now) = (Stages::default(), Report::read(night)?.now);
    let drafted = run::draft(store, config, now, std::slice::from_ref(decision), &|stage| {
        stages.begin(stage)
    });
    stages.end();
    let drafted = drafted?;
    let exports = Activation::all(store)?;
    let effects = Effects::between(night, &drafted.tables(), decision.clone(), contradicts, &exports);
    drafted.discard()?;
    Ok(effects?)
}

/// Asks on a terminal; nobody else agrees.
fn agreed() -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    progress::say("do it? [y/N]");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn draw(place: &Place, to: &Path, size: usize) -> anyhow::Result<()> {
    let (config, night, store) = (place.config()?, place.tables()?.current()?, place.store()?);
    let pairs = sample::draw(&night, &Ledger::read(store.log())?, size)?;
    let records = ingest::read(store.log(), &config)?.records;
    let failed = || format!("cannot write {}", to.display());
    let mut file = AtomicFile::create(to).with_context(failed)?;
    sample::to_csv(&pairs, &records, &mut file).with_context(failed)?;
    file.finish().with_context(failed)?;
    place.print(&Drawn {
        file: to.display().to_string(),
        pairs: pairs.len(),
    })
}

/// A sample that was written.
#[derive(Serialize)]
struct Drawn {
    file: String,
    pairs: usize,
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pairs } = self;
        write!(
            f,
            "{file} holds {} pairs: write same or different into the column label, and give it back with `review label {file}`",
            grouped(*pairs as u64)
        )
    }
}

fn label(place: &Place, file: &Path, by: &Author) -> anyhow::Result<()> {
    place.config()?;
    let (author, at) = (author(by), now());
    let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let decisions = sample::labels(open, |ruling, left, right| Decision {
        why: by.why.clone(),
        ..Decision::new(ruling, vec![left], vec![right], at, &author)
    })
    .with_context(|| format!("cannot read {}", file.display()))?;
    ledger::record_all(&mut place.store()?, &decisions)?;
    place.print(&Labelled {
        labels: decisions.len(),
    })
}

/// Labels that were recorded.
#[derive(Serialize)]
struct Labelled {
    labels: usize,
}

impl fmt::Display for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} labels are recorded; the next night heeds them, and tells precision and recall by them",
            grouped(self.labels as u64)
        )
    }
}
