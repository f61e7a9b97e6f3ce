//! `cargo xtask bench`: figures for `docs/benchmarks.md`. Prints; never judges.

mod collector;
mod cost;
mod edge;
mod identity;
mod load;
mod predict;
mod spent;

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::{self, Workspace};

/// The benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    /// The page's script against its bars, and Plausible's and Segment's beside it, in Chromium.
    Collector,
    /// Batches of ten events into the worker in the local Workers runtime.
    Edge,
    /// Who is who on labelled sets, and Splink beside it.
    Identity,
    /// Importing a million rows of a CRM, new and known.
    Import,
    /// Importing, pulling, and a night, stage by stage: a million events and 100,000 rows.
    Night,
    /// Predictions of the CDNOW sample, and fitting and scoring a million customers, beside the Python package lifetimes.
    Predict,
    /// Counting segments over a million people.
    Segment,
}

impl Bench {
    const ALL: [Bench; 7] = [
        Bench::Collector,
        Bench::Edge,
        Bench::Identity,
        Bench::Import,
        Bench::Night,
        Bench::Predict,
        Bench::Segment,
    ];

    fn run(self, workspace: &Workspace, events: u32) -> Result<()> {
        let of_unifier = |name| workspace::run(&mut workspace.cargo(&["bench", "-p", "unifier", "--bench", name]));
        match self {
            Bench::Collector => collector::run(workspace, events),
            Bench::Edge => edge::run(workspace),
            Bench::Identity => identity::run(workspace),
            Bench::Import => of_unifier("import"),
            Bench::Night => of_unifier("night"),
            Bench::Predict => predict::run(workspace),
            Bench::Segment => of_unifier("segment"),
        }
    }
}

/// Runs one benchmark, or all. The collector's makes so many `events` for each way out of a page.
pub fn run(workspace: &Workspace, name: Option<Bench>, events: u32) -> Result<()> {
    match name {
        Some(bench) => bench.run(workspace, events),
        None => Bench::ALL
            .into_iter()
            .try_for_each(|bench| bench.run(workspace, events)),
    }
}
