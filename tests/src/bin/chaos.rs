//! `cargo xtask chaos` runs this: a chaos run of the size that is asked for.

#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a program for developers")]

use std::env;
use std::process::ExitCode;

use anyhow::{Context, Result};
use whole_way::chaos::{Plan, run};

fn main() -> ExitCode {
    match chaos() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Takes the number of batches and of kills; says whether every promise was kept.
fn chaos() -> Result<bool> {
    let number = |place: usize, name| -> Result<usize> {
        let text = env::args()
            .nth(place)
            .with_context(|| format!("give the number of {name}"))?;
        text.parse()
            .with_context(|| format!("the number of {name} is no number"))
    };
    let plan = Plan {
        batches: number(1, "batches")?,
        kills: number(2, "kills")?,
        connections: 8,
        spilled: 1_100,
        without_bucket: 500,
        armed: 2_000,
        killed_pulls: 5,
    };
    let directory = tempfile::tempdir()?;
    let outcome = run(plan, directory.path(), &|line| eprintln!("chaos: {line}"))?;
    print!("{outcome}");
    for stop in &outcome.stopped {
        println!("{stop}");
    }
    Ok(outcome.is_clean())
}
