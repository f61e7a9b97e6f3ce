//! Who is who on labelled data: the unifier through its command line, and Splink 5 beside it in the same run.
//!
//! The unifier is told which column is what and nothing else; no set has settings of its own. It does the whole night, profiles
//! and tables included; Splink ends with its clusters. Both start from the raw file and have two threads.

mod ours;
mod peer;
mod score;
mod sets;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use self::peer::Peer;
use self::score::Scores;
use self::sets::Set;
use super::spent::Spent;
use crate::workspace::{self, Workspace, say};

/// Threads that either may use.
const THREADS: usize = 2;

/// Prints the quality and the cost of every set, ours and the peer's.
pub fn run(workspace: &Workspace) -> Result<()> {
    let sets = sets::chosen()?;
    let data = sets::folder()?;
    let folder = workspace.target.join("bench-identity");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    workspace::run(&mut workspace.cargo(&["build", "--release", "--package", "unifier"]))?;
    let peer = Peer::install(workspace)
        .inspect_err(|error| say(&format!("identity: there is nothing to compare with: {error:#}")))
        .ok();
    let bench = Bench {
        program: workspace.target.join("release/unifier"),
        peer,
        folder,
    };
    say(HEADER);
    for described in sets {
        bench.run(&sets::find(described, workspace, &data, &bench.folder)?)?;
    }
    Ok(())
}

struct Bench<'w> {
    program: PathBuf,
    peer: Option<Peer<'w>>,
    folder: PathBuf,
}

impl Bench<'_> {
    fn run(&self, set: &Set) -> Result<()> {
        let (name, truth) = (set.described.name, score::read_truth(&set.truth)?);
        let folder: &Path = &self.folder;
        let run = ours::run(&self.program, set, folder)?;
        let ours = run.all();
        say(&line(name, "unifier", &score::score(&truth, &run.identities)?, ours));
        let part = |what: &str, spent: Spent| format!("{what} {:.1} CPU s, {:.0} MiB", spent.cpu, spent.peak);
        let parts =
            [("import", run.import), ("run", run.night), ("export", run.export)].map(|(what, spent)| part(what, spent));
        say(&format!("{:<15} of which {}", "", parts.join("; ")));
        let Some(peer) = &self.peer else { return Ok(()) };
        match peer.run(set, &truth, folder) {
            Ok(best) => {
                let who = format!("Splink @{}", best.threshold);
                say(&line("", &who, &best.scores, best.spent));
                let ratio = |of: fn(&Spent) -> f64| of(&ours) / of(&best.spent).max(f64::MIN_POSITIVE);
                let (cpu, wall, peak) = (ratio(|s| s.cpu), ratio(|s| s.wall), ratio(|s| s.peak));
                say(&format!(
                    "{:<15} ours are {cpu:.2} of its CPU, {wall:.2} of its wall time, {peak:.2} of its memory",
                    ""
                ));
            }
            Err(error) => say(&format!("{:<15} Splink failed: {error:#}", "")),
        }
        Ok(())
    }
}

const HEADER: &str =
    "set             who               pairs: P      R      F1     B³ F1  people   CPU s   wall s     MiB";

fn line(set: &str, who: &str, scores: &Scores, spent: Spent) -> String {
    let Scores {
        pairs,
        bcubed,
        most_people,
    } = scores;
    format!(
        "{set:<15} {who:<16} {:>9.4} {:>6.4}  {:>6.4}  {:>6.4} {most_people:>6} {:>8.1} {:>8.1} {:>7.0}",
        pairs.precision,
        pairs.recall,
        pairs.f1(),
        bcubed.f1(),
        spent.cpu,
        spent.wall,
        spent.peak
    )
}
