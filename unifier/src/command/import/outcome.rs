//! What became of imports, in words and for programs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Serialize, Serializer};

use crate::cli;
use crate::command::complain;
use crate::ingest::reject::RowReject;
use crate::ingest::{Difference, ImportEntry, ImportReport};
use crate::report::{grouped, table};

/// What became of the files.
#[derive(Default)]
pub(super) struct Imported {
    /// Those that were imported.
    pub files: Vec<ImportReport>,
    failed: usize,
}

impl Imported {
    /// Adds what became of a file; an error is told at once.
    pub fn add(&mut self, report: anyhow::Result<ImportReport>) {
        match report {
            Ok(report) => self.files.push(report),
            Err(error) => {
                self.failed += 1;
                complain(&error);
            }
        }
    }

    /// How the command ends.
    pub fn exit_code(&self) -> u8 {
        let too_many = self.files.iter().any(ImportReport::has_too_many_rejects);
        match (self.failed, too_many) {
            (0, false) => cli::DONE,
            (0, true) => cli::TOO_MANY_REJECTS,
            _ => cli::FAILED,
        }
    }
}

impl Serialize for Imported {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let files = self.files.iter().map(|file| FileOutcome {
            id: &file.id,
            counts: ImportEntry::of(file),
            dry_run: file.dry_run,
            difference: file.difference,
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
    id: &'a str,
    #[serde(flatten)]
    counts: ImportEntry,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
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
    if let Some(difference) = file.difference {
        let [new, changed, unchanged] = [difference.new, difference.changed, file.duplicate].map(grouped);
        write!(
            f,
            "\n{}: {new} rows new, {changed} changed, {unchanged} unchanged",
            file.file
        )?;
    }
    if let Some(first) = &file.already_imported {
        write!(
            f,
            "\n{}: imported before as {}, nothing has changed",
            file.file, first.file
        )?;
    }
    if file.unnumbered {
        write!(
            f,
            "\n{}: the mapping names no column with the order's number, so each order is known by what its row says",
            file.file
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
