//! `cargo xtask`: set-up and developer commands, one file each. Nothing here is shipped.

mod bench;
mod build;
mod chaos;
mod edge;
mod example;
mod fuzz;
mod lint;
mod setup;
mod shop;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use workspace::Workspace;

/// Set-up and developer commands of Firsthand.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what builds and tests need and is not there yet.
    Setup {
        /// What to set up for.
        #[arg(long, value_enum, default_value_t = setup::Scope::Tests)]
        scope: setup::Scope,
    },
    /// Builds one of the two wasm programs.
    Build {
        #[arg(value_enum)]
        program: build::Program,
    },
    /// Serves the example shop with the worker in the local Workers runtime.
    Edge {
        /// The port of 127.0.0.1 to listen on.
        #[arg(long, default_value_t = 8787)]
        port: u16,
    },
    /// Kills the worker and what it stands on under load, and checks that what it acknowledged is kept once.
    Chaos {
        /// Batches to send under kills.
        #[arg(long, default_value_t = 100_000)]
        batches: usize,
        /// How often to kill meanwhile.
        #[arg(long, default_value_t = 50)]
        kills: usize,
    },
    /// Makes up inputs for everything that reads bytes from outside, and keeps those that reach new code.
    Fuzz {
        /// One target; all of them when left out.
        #[arg(long)]
        target: Option<String>,
        /// Inputs for each target.
        #[arg(long, default_value_t = 10_000_000)]
        runs: u64,
        /// Seconds for each target, should they end before the inputs do.
        #[arg(long)]
        seconds: Option<u64>,
    },
    /// Writes the data of the example shop afresh.
    Example,
    /// Checks formatting and lints, as continuous integration does.
    Lint,
    /// Sets up, lints, builds and runs every test.
    Test,
    /// Builds the unifier in release mode and runs a night over the example shop.
    Shop,
    /// Runs benchmarks and prints their figures.
    Bench {
        /// Which; all of them when left out.
        #[arg(value_enum)]
        name: Option<bench::Bench>,
        /// Of the collector: events to make for each way out of a page.
        #[arg(long, default_value_t = 100)]
        events: u32,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            workspace::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match command {
        Command::Setup { scope } => setup::run(&workspace, scope),
        Command::Build { program } => build::run(&workspace, program),
        Command::Edge { port } => edge::run(&workspace, port),
        Command::Chaos { batches, kills } => chaos::run(&workspace, batches, kills),
        Command::Fuzz { target, runs, seconds } => fuzz::run(&workspace, target.as_deref(), runs, seconds),
        Command::Example => example::run(&workspace),
        Command::Lint => lint::run(&workspace),
        Command::Test => test::run(&workspace),
        Command::Shop => shop::run(&workspace),
        Command::Bench { name, events } => bench::run(&workspace, name, events),
    }
}
