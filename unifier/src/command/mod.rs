//! What each command does: opens what it needs, calls the stages, prints what came of it.
//!
//! No decision about data is taken here. Results go to stdout, everything else to stderr.

mod export;
mod import;
mod init;
mod night;
mod people;
mod privacy;
mod progress;
mod review;
mod segment;

pub(crate) use progress::say;

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use crate::cli::{self, Cli, Command, Format};
use crate::config::{Config, ConfigError};
use crate::serve;
use crate::store::{self, CONFIG_FILE, Store, Tables};

/// Does what the command line says, and gives the exit code.
///
/// # Errors
/// Whatever kept the work from being done; [`complain`] prints it.
pub fn run(cli: &Cli) -> anyhow::Result<u8> {
    let place = Place {
        directory: &cli.directory,
        format: cli.format,
    };
    match &cli.command {
        Command::Init { directory } => init::init(directory).and_then(|made| place.print(&made)),
        Command::Import(import) => return import::import(&place, import),
        Command::Pull { accept_gaps } => return night::pull(&place, *accept_gaps),
        Command::Run {
            now,
            accept,
            refit,
            dry_run,
            config,
        } => match dry_run {
            true => night::preview(&place, *now, *refit, config.as_deref()),
            false => night::run(&place, *now, *refit, *accept),
        },
        Command::Report => night::report(&place),
        Command::Predict(cli::Predict::Report) => night::predictions(&place),
        Command::People(people) => people::people(&place, people),
        Command::Explain { a, b } => people::explain(&place, a, b.as_deref()),
        Command::Review(review) => review::review(&place, review),
        Command::Split { records, consequence } => review::split(&place, records, consequence),
        Command::Merge { a, b, consequence } => review::merge(&place, a, b, consequence),
        Command::Export(export) => export::export(&place, &export.what, &export.to, &export.who),
        Command::Segment(segment) => segment::segment(&place, segment),
        Command::Privacy(privacy) => privacy::privacy(&place, privacy),
        Command::Serve { listen } => {
            serve::serve(place.config()?, place.directory, *listen).context("the web UI stopped")
        }
    }
    .map(|()| cli::DONE)
}

/// Prints an error with its causes on stderr, and gives the exit code.
pub fn complain(error: &anyhow::Error) -> u8 {
    progress::say(&format!("unifier: {}", in_words(error)));
    if error.chain().any(store::is_full_disk) {
        progress::say(
            "unifier: nothing half-done counts and what stood before still does; make room on the disk, or write to another, and \
             run the command again",
        );
    }
    if error.is::<ConfigError>() || error.is::<UsageError>() {
        cli::USAGE
    } else {
        cli::FAILED
    }
}

/// An error and its causes in one line; a cause that its effect already tells is not told twice.
fn in_words(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |told, cause| match told.as_str() {
            "" => cause,
            _ if told.contains(&cause) => told,
            _ => format!("{told}: {cause}"),
        })
}

/// What was asked for does not exist or makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Where a command works, and how it prints.
struct Place<'a> {
    directory: &'a Path,
    format: Format,
}

impl Place<'_> {
    /// The checked configuration.
    fn config(&self) -> anyhow::Result<Config> {
        let path = self.directory.join(CONFIG_FILE);
        if !path.is_file() {
            let directory = self.directory.display();
            return Err(UsageError(format!(
                "{directory} holds no store: make one with `unifier init {directory}`"
            ))
            .into());
        }
        Ok(Config::read(&path)?)
    }

    /// The store, for writing.
    fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open(self.directory)?)
    }

    /// The published nights, for reading.
    fn tables(&self) -> anyhow::Result<Tables> {
        self.config()?;
        Ok(Tables::new(self.directory))
    }

    /// Prints a result: its words, or its JSON.
    fn print<T: Serialize + std::fmt::Display>(&self, result: &T) -> anyhow::Result<()> {
        let text = match self.format {
            Format::Text => result.to_string(),
            Format::Json => serde_json::to_string_pretty(result)?,
        };
        match writeln!(io::stdout().lock(), "{text}") {
            // The reader of a pipe may have had enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow!("no such file")
            .context("x.csv: no such file: check the path")
            .context("cannot import");
        assert_eq!(in_words(&error), "cannot import: x.csv: no such file: check the path");
    }
}
