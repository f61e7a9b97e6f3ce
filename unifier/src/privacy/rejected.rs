//! The person's rows among those that imports refused: found by what names the person, since a refused row became no record.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::PrivacyError;
use super::erase::Traces;
use crate::store::write_atomically;

/// A refused row that names the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    /// The rejects file.
    pub file: String,
    /// The fields of its line: line, column, value class, reason, and the row as it stood in the import.
    pub fields: Vec<String>,
}

/// Removes the rows that name the person in any way, whether or not they would have become a record; says how many.
///
/// # Errors
/// [`PrivacyError::Rejects`] when a file cannot be read or written.
pub(super) fn remove(folder: &Path, traces: &Traces) -> Result<u64, PrivacyError> {
    let needles = Needles::of_all(traces);
    let mut removed = 0;
    for path in files(folder)? {
        let refused = |source| refused(&path, source);
        let parted = Parted::read(&path, &needles).map_err(refused)?;
        if !parted.theirs.is_empty() {
            write_atomically(&path, &parted.rest).map_err(refused)?;
            removed += parted.theirs.len() as u64;
        }
    }
    Ok(removed)
}

/// The rows that name the person by what is theirs alone: what others share could show the others' rows.
///
/// # Errors
/// [`PrivacyError::Rejects`] when a file cannot be read.
pub(super) fn find(folder: &Path, traces: &Traces) -> Result<Vec<RejectedRow>, PrivacyError> {
    let needles = Needles::of_their_own(traces);
    let mut found = Vec::new();
    for path in files(folder)? {
        let parted = Parted::read(&path, &needles).map_err(|source| refused(&path, source))?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let row = |fields| RejectedRow {
            file: file.clone(),
            fields,
        };
        found.extend(parted.theirs.into_iter().map(row));
    }
    Ok(found)
}

/// The rejects files, in the order of their names; none when nothing was ever refused.
fn files(folder: &Path) -> Result<Vec<PathBuf>, PrivacyError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| refused(folder, source))?,
    };
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(|source| refused(folder, source))?;
    files.sort();
    Ok(files)
}

fn refused(path: &Path, source: io::Error) -> PrivacyError {
    let path = path.to_owned();
    PrivacyError::Rejects { path, source }
}

/// A rejects file in two parts.
struct Parted {
    /// The fields of the rows that name the person.
    theirs: Vec<Vec<String>>,
    /// The file without them.
    rest: Vec<u8>,
}

impl Parted {
    fn read(path: &Path, needles: &Needles) -> io::Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(path)?;
        let mut rest = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut theirs = Vec::new();
        for row in reader.byte_records() {
            let row = row?;
            let fields: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
            if fields.iter().any(|field| needles.are_in(field)) {
                theirs.push(fields.into_iter().map(String::from).collect());
            } else {
                rest.write_byte_record(&row)?;
            }
        }
        let rest = rest.into_inner().map_err(|error| error.into_error())?;
        Ok(Self { theirs, rest })
    }
}

/// What names the person in a raw row.
struct Needles {
    /// Addresses, ids and keys, in lower case.
    texts: Vec<String>,
    /// Telephone numbers without their country's prefix, since a raw row may have them in any of the usual forms.
    digits: Vec<String>,
}

impl Needles {
    /// Values too short to name anybody are left out: they would take other people's rows along.
    const SHORTEST: usize = 5;
    /// A country's prefix and the plus sign before it are at most this long.
    const PREFIX: usize = 4;

    fn of_all(traces: &Traces) -> Self {
        Self::new(traces, traces.identifiers.iter().chain(&traces.shared))
    }

    fn of_their_own(traces: &Traces) -> Self {
        Self::new(traces, traces.identifiers.iter())
    }

    fn new<'t>(traces: &'t Traces, identifiers: impl Iterator<Item = &'t (String, String)> + Clone) -> Self {
        let keys = traces.records.iter().map(|(_, key)| key);
        let values = identifiers.clone().map(|(_, value)| value);
        let texts = values.chain(keys).map(|value| value.to_lowercase());
        let phones = identifiers.filter(|(kind, _)| kind == "phone");
        let digits = phones
            .filter_map(|(_, value)| value.get(Self::PREFIX..))
            .map(str::to_owned);
        let long_enough = |value: &String| value.chars().count() >= Self::SHORTEST;
        Self {
            texts: texts.filter(long_enough).collect(),
            digits: digits.filter(long_enough).collect(),
        }
    }

    fn are_in(&self, field: &str) -> bool {
        let folded = field.to_lowercase();
        let digits: String = field.chars().filter(char::is_ascii_digit).collect();
        self.texts.iter().any(|needle| folded.contains(needle))
            || self.digits.iter().any(|needle| digits.contains(needle))
    }
}
