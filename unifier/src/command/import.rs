//! `import`: files into the log, one after the other, each for itself.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::{Place, UsageError, complain, progress};
use crate::cli;
use crate::config::Config;
use crate::ingest::propose::propose_file;
use crate::ingest::reject::RowReject;
use crate::ingest::{self, ImportEntry, ImportReport, ImportRequest};
use crate::privacy::suppression::Suppression;
use crate::report::{grouped, table};
use crate::store::Store;

/// Imports every file; one that cannot be read does not keep the others out.
pub(super) fn import(place: &Place, import: &cli::Import) -> anyhow::Result<u8> {
    let config = place.config()?;
    if import.propose {
        return propose(place, &config, &import.files).map(|()| cli::DONE);
    }
    let mut store = place.store()?;
    let suppression = Suppression::open(store.state())?;
    let (mut imported, mut failed) = (Imported { files: Vec::new() }, 0);
    for file in &import.files {
        match one(&mut store, &config, &suppression, import, file) {
            Ok(report) => imported.files.push(report),
            Err(error) => {
                failed += 1;
                complain(&error);
            }
        }
    }
    if !imported.files.is_empty() {
        place.print(&imported)?;
    }
    let too_many = imported.files.iter().any(ImportReport::has_too_many_rejects);
    Ok(match (failed, too_many) {
        (0, false) => cli::DONE,
        (0, true) => cli::TOO_MANY_REJECTS,
        _ => cli::FAILED,
    })
}

/// Prints a mapping for one file.
fn propose(place: &Place, config: &Config, files: &[PathBuf]) -> anyhow::Result<()> {
    let [file] = files else {
        return Err(UsageError("a mapping is proposed for one file at a time".to_owned()).into());
    };
    place.print(&propose_file(file, &config.company.country)?)
}

fn one(
    store: &mut Store,
    config: &Config,
    suppression: &Suppression,
    import: &cli::Import,
    file: &Path,
) -> anyhow::Result<ImportReport> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let bar = progress::bytes(&name);
    let request = ImportRequest {
        file,
        preset: import.preset.as_deref(),
        mapping: import.map.as_deref(),
        source: import.source.as_deref(),
        as_of: import
            .as_of
            .unwrap_or_else(|| jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()),
        dry_run: import.dry_run,
        suppressed: &|kind, value| suppression.contains(kind, value),
        progress: &|read, total| {
            bar.set_length(total);
            bar.set_position(read);
        },
    };
    let report = ingest::import(store, config, &request);
    bar.finish_and_clear();
    Ok(report?)
}

/// What became of the files.
struct Imported {
    files: Vec<ImportReport>,
}

impl Serialize for Imported {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let files = self.files.iter().map(|file| FileOutcome {
            counts: ImportEntry::of(file),
            dry_run: file.dry_run,
            already_imported: file.already_imported.is_some(),
            left_out: &file.left_out,
            rejects: file.rejects.as_deref(),
        });
        serializer.collect_seq(files)
    }
}

/// What became of one file, for programs.
#[derive(Serialize)]
struct FileOutcome<'a> {
    #[serde(flatten)]
    counts: ImportEntry,
    dry_run: bool,
    already_imported: bool,
    left_out: &'a BTreeMap<RowReject, u64>,
    rejects: Option<&'a Path>,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts = table(&["file", "source", "read as", "read", "accepted", "duplicate", "rejected"]);
        for file in &self.files {
            let numbers = [file.read, file.accepted, file.duplicate, file.rejected].map(grouped);
            let [read, accepted, duplicate, rejected] = numbers;
            let (name, layout) = (file.file.clone(), file.layout.clone());
            counts.add_row([name, file.source.clone(), layout, read, accepted, duplicate, rejected]);
        }
        write!(f, "{counts}")?;
        self.files.iter().try_for_each(|file| remarks(f, file))
    }
}

fn remarks(f: &mut fmt::Formatter<'_>, file: &ImportReport) -> fmt::Result {
    if file.dry_run {
        write!(f, "\n{}: a dry run, nothing was changed", file.file)?;
    }
    if let Some(first) = &file.already_imported {
        write!(
            f,
            "\n{}: imported before as {}, nothing has changed",
            file.file, first.file
        )?;
    }
    for (reason, count) in &file.reasons {
        let line = file.first_lines.get(reason).copied().unwrap_or_default();
        write!(f, "\n{}:{line}: {reason} ({} rejected)", file.file, grouped(*count))?;
    }
    for (reason, count) in &file.left_out {
        write!(
            f,
            "\n{}: {reason} ({} values left out of rows that were kept)",
            file.file,
            grouped(*count)
        )?;
    }
    if let Some(rejects) = &file.rejects {
        write!(f, "\nthe rejected rows are in {}", rejects.display())?;
    }
    Ok(())
}
