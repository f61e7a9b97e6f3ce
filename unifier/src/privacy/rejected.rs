//! The person's rows among those that imports refused: found by what names the person, since a refused row became no record.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::PrivacyError;
use super::erase::Traces;
use crate::ingest::{IMPORT, ImportEntry};
use crate::normalise::{email, key};
use crate::record::WEB;
use crate::store::{Store, write_atomically};

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
pub(super) fn remove(store: &Store, traces: &Traces) -> Result<u64, PrivacyError> {
    let needles = Needles::of_all(traces);
    let mut removed = 0;
    for path in files(&store.rejects())? {
        let refused = |source| refused(&path, source);
        let source = source(store, &path)?;
        let parted = Parted::read(&path, source.as_deref(), &needles).map_err(refused)?;
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
pub(super) fn find(store: &Store, traces: &Traces) -> Result<Vec<RejectedRow>, PrivacyError> {
    let needles = Needles::of_their_own(traces);
    let mut found = Vec::new();
    for path in files(&store.rejects())? {
        let source = source(store, &path)?;
        let parted = Parted::read(&path, source.as_deref(), &needles).map_err(|source| refused(&path, source))?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let row = |fields| RejectedRow {
            file: file.clone(),
            fields,
        };
        found.extend(parted.theirs.into_iter().map(row));
    }
    Ok(found)
}

/// Which source the rows of a rejects file came from; nothing where the state does not know its import.
fn source(store: &Store, path: &Path) -> Result<Option<String>, PrivacyError> {
    let id = path.file_stem().unwrap_or_default().to_string_lossy();
    if id.starts_with("web-") {
        return Ok(Some(WEB.to_owned()));
    }
    let entry: Option<ImportEntry> = store.state().get(IMPORT, &id)?;
    Ok(entry.map(|entry| entry.source))
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
    fn read(path: &Path, source: Option<&str>, needles: &Needles) -> io::Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(path)?;
        let mut rest = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut theirs = Vec::new();
        for row in reader.byte_records() {
            let row = row?;
            let fields: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
            // The row itself stands last; the fields before it tell nothing of anybody.
            if fields.last().is_some_and(|row| needles.are_in(row, source)) {
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
    /// Identifiers by type, normalised; telephone numbers apart.
    identifiers: BTreeSet<(String, String)>,
    /// Record keys with their sources.
    keys: BTreeSet<(String, String)>,
    /// The digits of telephone numbers, with their country's prefix.
    phones: BTreeSet<String>,
}

impl Needles {
    /// Values too short to name anybody are left out: they would take other people's rows along.
    const SHORTEST: usize = 5;
    /// A country's prefix is at most this long; a raw row may leave it out.
    const PREFIX: usize = 3;

    fn of_all(traces: &Traces) -> Self {
        Self::new(traces, traces.identifiers.iter().chain(&traces.shared))
    }

    fn of_their_own(traces: &Traces) -> Self {
        Self::new(traces, traces.identifiers.iter())
    }

    fn new<'t>(traces: &'t Traces, identifiers: impl Iterator<Item = &'t (String, String)>) -> Self {
        let is_long_enough = |value: &str| value.chars().count() >= Self::SHORTEST;
        let (phones, others): (Vec<_>, Vec<_>) = identifiers.cloned().partition(|(kind, _)| kind == "phone");
        let digits = phones.iter().filter_map(|(_, value)| value.strip_prefix('+'));
        Self {
            identifiers: others.into_iter().filter(|(_, value)| is_long_enough(value)).collect(),
            keys: traces
                .records
                .iter()
                .filter(|(_, key)| is_long_enough(key))
                .cloned()
                .collect(),
            phones: digits
                .filter(|digits| is_long_enough(digits))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Whether a raw row of `source` names the person. A key is one in its own source alone; where the source is not known any more,
    /// in all.
    fn are_in(&self, row: &str, source: Option<&str>) -> bool {
        let folded = row.to_lowercase();
        let is_theirs = |of: &str| source.is_none_or(|source| source == of);
        self.keys
            .iter()
            .any(|(of, key)| is_theirs(of) && stands_in(key, &folded))
            || self.identifiers.iter().any(|(_, value)| stands_in(value, &folded))
            || pieces(row).any(|piece| self.is_identifier(piece))
            || self.phones.iter().any(|digits| is_dialled(digits, row))
    }

    /// Whether a piece of a row is one of the identifiers, once it is normalised.
    fn is_identifier(&self, piece: &str) -> bool {
        let mailbox = email::normalise(piece).and_then(|email| email.mailbox);
        self.identifiers.iter().any(|(kind, value)| match kind.as_str() {
            "email" => mailbox.as_ref() == Some(value),
            kind => key::normalise(kind, piece).as_ref() == Some(value),
        })
    }
}

/// Whether a value stands in a text as a word of its own, and not within a longer key or address.
fn stands_in(value: &str, folded: &str) -> bool {
    let value = value.to_lowercase();
    let goes_on = |c: char| c.is_alphanumeric() || "@-_+.".contains(c);
    folded.match_indices(&value).any(|(at, _)| {
        let before = folded[..at].chars().next_back();
        // A full stop may end a sentence.
        let after = folded[at + value.len()..].trim_start_matches('.').chars().next();
        !before.is_some_and(goes_on) && !after.is_some_and(goes_on)
    })
}

/// The cells of a raw row, and the words in them.
fn pieces(row: &str) -> impl Iterator<Item = &str> {
    let cells = || row.split([',', ';', '\t', '|', '"']);
    cells().chain(cells().flat_map(str::split_whitespace))
}

/// Whether a row holds a telephone number, in any of the usual forms and however its digits are grouped.
fn is_dialled(number: &str, row: &str) -> bool {
    let is_number = |dialled: &str| {
        let dialled = dialled.trim_start_matches('0');
        number.ends_with(dialled) && dialled.len() + Needles::PREFIX >= number.len()
    };
    let is_between = |c: char| " -./()+".contains(c);
    let row = row.replace("(0)", "");
    row.split(|c: char| !c.is_ascii_digit() && !is_between(c))
        .any(|digits| {
            let groups: Vec<&str> = digits.split(is_between).filter(|group| !group.is_empty()).collect();
            (0..groups.len()).any(|first| {
                let mut dialled = String::new();
                groups[first..].iter().any(|group| {
                    dialled.push_str(group);
                    is_number(&dialled)
                })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces() -> Traces {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        Traces {
            records: [pair("crm", "10017")].into(),
            identifiers: [
                pair("email", "annabel@gmail.com"),
                pair("national_id", "7561234567897"),
                pair("user_id", "peter"),
                pair("phone", "+41790000017"),
            ]
            .into(),
            ..Traces::default()
        }
    }

    #[test]
    fn a_row_names_the_person_by_whole_words_in_any_spelling() {
        let needles = Needles::of_their_own(&traces());
        let rows = [
            r#"{"email":"Ann.Abel+shop@GoogleMail.com"}"#,
            "Ann;annabel@gmail.com.",
            "x,756.1234.5678.97,y",
            "x,756 1234 5678 97,y",
            "a,Peter,b",
            "a,079 000 00 17,b",
            "a,0041 79 000 00 17,b",
            "+41(0)79 000 00 17",
            "on 2026-11-18 079/000.00.17",
        ];
        for row in rows {
            assert!(needles.are_in(row, Some("till")), "{row}");
        }
        let others = [
            "peter@example.org",
            "x,st-peter,y",
            "joannabel@gmail.com",
            "annabel@gmail.com.au",
            "a,1079000001799,b",
            "a,4779 000 00 17 55,b",
            r#"{"at":1790000017123}"#,
        ];
        for row in others {
            assert!(!needles.are_in(row, Some("till")), "{row}");
        }
    }

    #[test]
    fn a_key_names_the_person_in_the_rows_of_its_own_source_alone() {
        let needles = Needles::of_all(&traces());
        assert!(needles.are_in("10017,Ann", Some("crm")));
        assert!(!needles.are_in("10017,Ann", Some("till")));
        assert!(needles.are_in("10017,Ann", None), "nobody knows whose the row is");
        assert!(!needles.are_in("100171,Ann", Some("crm")));
    }
}
