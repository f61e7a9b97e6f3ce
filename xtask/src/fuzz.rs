//! `cargo xtask fuzz`: builds the targets of `fuzz/` with libFuzzer, runs each over its corpus, and keeps what reaches new code.
//!
//! The stable toolchain does it: instrumentation is a flag of the code generator, which `fuzz/instrument.sh` sets for the crates of
//! this workspace.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{self, Workspace, say};

/// Seconds after which one input is taken to hang.
const HANG_SECONDS: u32 = 20;

/// What became of a target's runs.
struct Outcome {
    target: String,
    runs: u64,
    runs_per_second: u64,
    corpus: usize,
    crashes: Vec<String>,
}

/// Runs one target or all of them, each for so many inputs or seconds.
pub fn run(workspace: &Workspace, target: Option<&str>, runs: u64, seconds: Option<u64>) -> Result<()> {
    let all = names_in(&workspace.root.join("fuzz/corpus"))?;
    let targets: Vec<String> = match target {
        Some(name) if all.iter().any(|known| known == name) => vec![name.to_owned()],
        Some(name) => bail!("there is no target {name}: there are {}", all.join(", ")),
        None => all,
    };
    build(workspace, targets.iter().all(|name| name.starts_with("edge-")))?;
    let mut outcomes = Vec::new();
    for target in targets {
        say(&format!("fuzz: {target}"));
        let places = Places::of(workspace, &target)?;
        let crashes = fuzz(workspace, &target, &places, runs, seconds)?;
        minimise(workspace, &target, &places)?;
        outcomes.push(outcome(target, &places, crashes)?);
    }
    print(&outcomes);
    match outcomes.iter().map(|outcome| outcome.crashes.len()).sum() {
        0 => Ok(()),
        crashes => bail!("{crashes} inputs break what must hold: see above"),
    }
}

fn build(workspace: &Workspace, edge_only: bool) -> Result<()> {
    let mut build = workspace.cargo(&["build", "--release", "--package", "fuzz", "--features", "libfuzzer"]);
    build.env("RUSTC_WORKSPACE_WRAPPER", workspace.root.join("fuzz/instrument.sh"));
    if edge_only {
        build.arg("--no-default-features");
    }
    workspace::run(&mut build)
}

/// Where a target's inputs are.
struct Places {
    /// Those that are kept, in the repository.
    corpus: PathBuf,
    /// Those that were made up so far on this machine.
    found: PathBuf,
    /// Those that break the invariant.
    crashes: PathBuf,
    /// What libFuzzer says.
    log: PathBuf,
}

impl Places {
    fn of(workspace: &Workspace, target: &str) -> Result<Self> {
        let own = workspace.target.join("fuzz").join(target);
        let places = Self {
            corpus: workspace.root.join("fuzz/corpus").join(target),
            found: own.join("found"),
            crashes: workspace.root.join("fuzz/crashes").join(target),
            log: own.join("log"),
        };
        for folder in [&places.found, &places.crashes] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(places)
    }
}

fn program(workspace: &Workspace, target: &str) -> Command {
    let mut program = workspace.command(&workspace.target.join("release/fuzz").to_string_lossy());
    program.env("FUZZ_TARGET", target);
    program
}

/// Makes up inputs, and gives the names of those that break the invariant: libFuzzer stops at the first.
fn fuzz(workspace: &Workspace, target: &str, places: &Places, runs: u64, seconds: Option<u64>) -> Result<Vec<String>> {
    let before = names_in(&places.crashes)?;
    let log = File::create(&places.log).with_context(|| format!("cannot write {}", places.log.display()))?;
    let mut fuzz = program(workspace, target);
    fuzz.args([&places.found, &places.corpus])
        .arg(format!("-runs={runs}"))
        .arg(format!("-max_total_time={}", seconds.unwrap_or(0)))
        .arg(format!("-timeout={HANG_SECONDS}"))
        .arg(format!("-dict={}", workspace.root.join("fuzz/words.dict").display()))
        .arg(format!("-artifact_prefix={}/", places.crashes.display()))
        .arg("-print_final_stats=1")
        .stderr(log);
    let status = fuzz.status().context("cannot start the fuzzer")?;
    let mut crashes = names_in(&places.crashes)?;
    crashes.retain(|name| !before.contains(name));
    if !status.success() && crashes.is_empty() {
        bail!("the fuzzer failed with {status}: see {}", places.log.display());
    }
    Ok(crashes)
}

/// Puts the fewest inputs that reach all code reached into the repository's corpus.
fn minimise(workspace: &Workspace, target: &str, places: &Places) -> Result<()> {
    let fewest = places.found.with_file_name("fewest");
    let _ = fs::remove_dir_all(&fewest);
    fs::create_dir_all(&fewest).with_context(|| format!("cannot make {}", fewest.display()))?;
    let log = File::create(places.log.with_extension("merge")).context("cannot write the log of the merge")?;
    let mut merge = program(workspace, target);
    merge
        .arg("-set_cover_merge=1")
        .args([&fewest, &places.corpus, &places.found])
        .stderr(log);
    workspace::run(&mut merge)?;
    let kept = names_in(&fewest)?;
    for name in names_in(&places.corpus)? {
        fs::remove_file(places.corpus.join(name)).context("cannot clear the corpus")?;
    }
    for name in kept {
        fs::copy(fewest.join(&name), places.corpus.join(&name)).context("cannot write the corpus")?;
    }
    Ok(())
}

fn outcome(target: String, places: &Places, crashes: Vec<String>) -> Result<Outcome> {
    let log = fs::read_to_string(&places.log).with_context(|| format!("cannot read {}", places.log.display()))?;
    let stat = |name: &str| {
        let found = log
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        found.unwrap_or(0)
    };
    Ok(Outcome {
        target,
        runs: stat("stat::number_of_executed_units:"),
        runs_per_second: stat("stat::average_exec_per_sec:"),
        corpus: names_in(&places.corpus)?.len(),
        crashes,
    })
}

fn print(outcomes: &[Outcome]) {
    println!(
        "{:<22} {:>12} {:>8} {:>7} {:>8}",
        "target", "runs", "runs/s", "corpus", "crashes"
    );
    for outcome in outcomes {
        let Outcome {
            target,
            runs,
            runs_per_second,
            corpus,
            crashes,
        } = outcome;
        println!(
            "{target:<22} {runs:>12} {runs_per_second:>8} {corpus:>7} {:>8}",
            crashes.len()
        );
        for name in crashes {
            println!("  fuzz/crashes/{target}/{name}");
        }
    }
}

/// The names in a folder, in order.
fn names_in(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
