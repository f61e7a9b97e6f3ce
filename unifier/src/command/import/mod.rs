//! `import`: files, messages and databases into the log, each import for itself.

mod changes;
mod folder;
mod ledger;
mod messages;
mod outcome;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Place, UsageError, progress};
use crate::cli::{self, Format, ImportAction};
use crate::config::Config;
use crate::ingest::database::{self, DatabaseError};
use crate::ingest::messages::{Protocol, Spool};
use crate::ingest::propose::propose_file;
use crate::ingest::{self, ImportReport, ImportRequest, RowChange};
use crate::privacy::suppression::Suppression;
use crate::store::Store;

use outcome::Imported;

/// Imports what is asked for.
pub(super) fn import(place: &Place, import: &cli::Import) -> anyhow::Result<u8> {
    if let Some(action) = &import.action {
        match action {
            ImportAction::List => ledger::list(place)?,
            ImportAction::Undo { id } => ledger::undo(place, id)?,
            ImportAction::State { name } => messages::print_state(place, name)?,
        }
        return Ok(cli::DONE);
    }
    if import.propose {
        return propose(place, &import.files).map(|()| cli::DONE);
    }
    let mut desk = Desk::open(place, import)?;
    if import.singer {
        return messages::receive(&mut desk, Protocol::Singer);
    }
    if import.airbyte {
        return messages::receive(&mut desk, Protocol::Airbyte);
    }
    let imported = match &import.database {
        Some(source) => desk.database(place, source)?,
        None => desk.files(&import.files),
    };
    if !imported.files.is_empty() {
        place.print(&imported)?;
    }
    Ok(imported.exit_code())
}

/// Prints a mapping for one file.
fn propose(place: &Place, files: &[PathBuf]) -> anyhow::Result<()> {
    let [file] = files else {
        return Err(UsageError("a mapping is proposed for one file at a time".to_owned()).into());
    };
    place.print(&propose_file(file, &place.config()?.company.country)?)
}

/// Where imports are made.
struct Desk<'a> {
    import: &'a cli::Import,
    format: Format,
    config: Config,
    store: Store,
    suppression: Suppression,
}

/// What is to be imported, and how it is read.
#[derive(Clone, Copy, Default)]
struct Reading<'a> {
    source: Option<&'a str>,
    preset: Option<&'a str>,
    mapping: Option<&'a Path>,
    /// The rows, where they are in no file, and the columns they have at least.
    spooled: Option<(&'a File, &'a [String])>,
}

impl<'a> Desk<'a> {
    fn open(place: &Place, import: &'a cli::Import) -> anyhow::Result<Self> {
        let config = place.config()?;
        let store = place.store()?;
        let suppression = Suppression::open(store.state())?;
        Ok(Self {
            import,
            format: place.format,
            config,
            store,
            suppression,
        })
    }

    /// Imports every file; one that cannot be read does not keep the others out.
    fn files(&mut self, files: &[PathBuf]) -> Imported {
        let mut imported = Imported::default();
        for file in files {
            match folder::files(file, &self.import.skip) {
                Ok(found) => found
                    .iter()
                    .for_each(|(path, table)| imported.add(self.file(path, table.as_deref()))),
                Err(error) => imported.add(Err(error)),
            }
        }
        imported
    }

    fn file(&mut self, path: &Path, table: Option<&str>) -> anyhow::Result<ImportReport> {
        let mapping = self.mapping(table);
        self.take(
            path,
            &Reading {
                mapping: mapping.as_deref(),
                ..self.asked()
            },
        )
    }

    /// Imports the rows of a source's query.
    fn database(&mut self, place: &Place, source: &str) -> anyhow::Result<Imported> {
        let configured = self.config.sources.get(source);
        let query = configured.and_then(|source| source.database.clone());
        let query = query.ok_or_else(|| UsageError(DatabaseError::NotConfigured(source.to_owned()).to_string()))?;
        let (rows, columns) = database::rows(&query, self.store.root())?.finish()?;
        let mapping = query.map.as_ref().map(|map| place.directory.join(map));
        let reading = Reading {
            source: Some(source),
            preset: query.preset.as_deref(),
            mapping: mapping.as_deref(),
            spooled: Some((&rows, &columns)),
        };
        let mut imported = Imported::default();
        imported.add(self.take(Path::new(&format!("database {source}")), &reading));
        Ok(imported)
    }

    /// Imports the rows of a stream of messages.
    fn stream(&mut self, protocol: Protocol, stream: &str, spool: Spool) -> anyhow::Result<ImportReport> {
        let (rows, columns) = spool.finish()?;
        let mapping = self.mapping(Some(stream));
        let reading = Reading {
            mapping: mapping.as_deref(),
            spooled: Some((&rows, &columns)),
            ..self.asked()
        };
        self.take(Path::new(&format!("{} {stream}", protocol.as_str())), &reading)
            .with_context(|| format!("the stream {stream}: give --map {stream}=MAP.toml, or --skip {stream}"))
    }

    /// What the command line says for every import.
    fn asked(&self) -> Reading<'a> {
        Reading {
            source: self.import.source.as_deref(),
            preset: self.import.preset.as_deref(),
            ..Reading::default()
        }
    }

    /// The mapping of a stream: its own, or else the one for all.
    fn mapping(&self, stream: Option<&str>) -> Option<PathBuf> {
        let mut named = self.import.map.iter().filter_map(|map| map.split_once('='));
        let own = named.find(|(name, _)| Some(*name) == stream).map(|(_, path)| path);
        let general = self
            .import
            .map
            .iter()
            .map(String::as_str)
            .find(|map| !map.contains('='));
        own.or(general).map(PathBuf::from)
    }

    fn take(&mut self, path: &Path, reading: &Reading<'_>) -> anyhow::Result<ImportReport> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bar = progress::bytes(&name);
        let suppressed = |kind: &str, value: &str| self.suppression.contains(kind, value);
        let today = || jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
        let show = |change: &RowChange| bar.suspend(|| changes::show(self.format, &name, change));
        let request = ImportRequest {
            file: path,
            spooled: reading.spooled.map(|(rows, _)| rows),
            declared: reading.spooled.map_or(&[], |(_, columns)| columns),
            preset: reading.preset,
            mapping: reading.mapping,
            source: reading.source,
            as_of: self.import.as_of.unwrap_or_else(today),
            dry_run: self.import.dry_run,
            show: self.import.diff.then_some(&show),
            suppressed: (!self.suppression.is_empty()).then_some(&suppressed),
            progress: &|read, total| {
                bar.set_length(total);
                bar.set_position(read);
            },
        };
        let report = ingest::import(&mut self.store, &self.config, &request);
        bar.finish_and_clear();
        Ok(report?)
    }
}
