//! Why a row or a value was refused, and the file in which refused rows are kept.
//!
//! The raw row stands in the rejects file and nowhere else: reports and logs carry the reason, the column, and what kind
//! of value it was.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file::Defect;
use crate::store::rejects::StagedRejects;

/// Why a row was refused, or a value of a row left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RowReject {
    /// The row has another number of fields than the header.
    #[error("the row has another number of fields than the header")]
    WrongFieldCount,
    /// The row is no text in the file's encoding.
    #[error("the row is no text in the file's encoding")]
    WrongEncoding,
    /// The line is no JSON object.
    #[error("the line is no JSON object")]
    InvalidJson,
    /// The record's key is missing; in a file without a column for it, the e-mail address and telephone number too.
    #[error("the row has no key to know the person by")]
    MissingKey,
    /// An order without its number.
    #[error("the order has no number")]
    MissingOrderId,
    /// An order or event without its time.
    #[error("the time is missing")]
    MissingTime,
    /// An order without an amount.
    #[error("the amount is missing")]
    MissingAmount,
    /// A date nobody can read.
    #[error("the date cannot be read: say how dates are written with date_format in a mapping")]
    UnreadableDate,
    /// An amount nobody can read.
    #[error("the amount cannot be read: say which sign is the decimal one with decimal in a mapping")]
    UnreadableAmount,
    /// A currency that is no three-letter code.
    #[error("the currency is no three-letter code")]
    UnreadableCurrency,
    /// An e-mail address that is none.
    #[error("the e-mail address is none")]
    UnreadableEmail,
    /// An answer that is neither yes nor no.
    #[error("the answer is neither yes nor no")]
    UnreadableAnswer,
    /// A purpose that is not configured.
    #[error("the purpose is not among the configured ones")]
    UnknownPurpose,
    /// A row that the source counts for nothing.
    #[error("the source says that the row does not count: it was deleted, or is a test")]
    VoidAtSource,
    /// An order that was never placed: a draft, a deal that is not won.
    #[error("the order was never placed: it is a draft, or a deal that is not won")]
    NeverPlaced,
    /// A person who was erased.
    #[error("the person was erased and stays so")]
    ErasedPerson,
    /// An event that fails its checks.
    #[error("the event fails the checks of its schema")]
    InvalidEvent,
    /// An event without an agreement to analytics.
    #[error("the event does not say that its visitor agreed to analytics: what is not known counts as no")]
    MissingConsent,
}

impl From<Defect> for RowReject {
    fn from(defect: Defect) -> Self {
        match defect {
            Defect::Width => RowReject::WrongFieldCount,
            Defect::Encoding => RowReject::WrongEncoding,
            Defect::Json => RowReject::InvalidJson,
        }
    }
}

impl RowReject {
    /// Whether a sound file may be full of such rows.
    pub fn is_expected(self) -> bool {
        matches!(
            self,
            RowReject::VoidAtSource | RowReject::NeverPlaced | RowReject::ErasedPerson
        )
    }

    /// The reason's code in reports: its name in `snake_case`.
    pub fn code(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(code)) => code,
            _ => String::new(),
        }
    }
}

/// A refusal: of a whole row, or of one value of a row that is otherwise kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: RowReject,
    /// The column, where one is to blame.
    pub column: Option<usize>,
    /// What kind of value it was.
    pub value_class: &'static str,
}

impl Refusal {
    /// A refusal that no single column is to blame for.
    pub fn row(reason: RowReject) -> Self {
        Self {
            reason,
            column: None,
            value_class: "row",
        }
    }

    /// A refusal of a value.
    pub fn value(reason: RowReject, column: usize, value: &str) -> Self {
        Self {
            reason,
            column: Some(column),
            value_class: value_class(value),
        }
    }
}

/// What kind of value it is, without telling the value.
pub fn value_class(value: &str) -> &'static str {
    let any = |test: fn(char) -> bool| value.chars().any(test);
    match () {
        () if value.trim().is_empty() => "empty",
        () if value.contains('@') => "address",
        () if !any(|c| c.is_alphabetic()) && any(|c| c.is_ascii_digit()) && value.len() <= 40 => "digits",
        () if any(|c| c.is_alphabetic()) && any(|c| c.is_ascii_digit()) => "letters and digits",
        () if any(|c| c.is_alphabetic()) => "letters",
        () => "signs",
    }
}

/// The file of refused rows. It is made with the first of them, and gets its name when it is whole.
pub struct RejectsFile {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
}

impl RejectsFile {
    /// Prepares `FOLDER/ID.csv`.
    pub fn new(folder: &Path, id: &str) -> Self {
        Self {
            path: folder.join(format!("{id}.csv")),
            writer: None,
        }
    }

    /// Adds a refusal. `row` is the row as it stands in the file, and empty for one that must not be kept.
    ///
    /// # Errors
    /// What the file system says.
    pub fn add(&mut self, line: u64, column: &str, refusal: &Refusal, row: &[u8]) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(start(&StagedRejects::unfinished(&self.path))?),
        };
        let (line, reason) = (line.to_string(), refusal.reason.code());
        writer.write_record([
            line.as_bytes(),
            column.as_bytes(),
            refusal.value_class.as_bytes(),
            reason.as_bytes(),
            row.trim_ascii_end(),
        ])?;
        Ok(())
    }

    /// Ends the file, which gets its name after the commit; nothing when there is none to keep.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(self) -> io::Result<Option<StagedRejects>> {
        let Some(mut writer) = self.writer else {
            return Ok(None);
        };
        writer.flush()?;
        writer.get_ref().sync_all()?;
        Ok(Some(StagedRejects::new(self.path)))
    }
}

fn start(path: &Path) -> io::Result<csv::Writer<File>> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let mut writer = csv::Writer::from_path(path).map_err(io::Error::from)?;
    writer.write_record(["line", "column", "value_class", "reason", "row"])?;
    Ok(writer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_tell_the_kind_and_not_the_value() {
        let classes = ["", "ann@example.org", "31.02.2024", "abc1", "soon", "--"].map(value_class);
        assert_eq!(
            classes,
            ["empty", "address", "digits", "letters and digits", "letters", "signs"]
        );
    }

    #[test]
    fn refused_rows_are_kept_whole_and_a_file_without_any_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        assert!(RejectsFile::new(folder.path(), "a").finish().unwrap().is_none());
        let mut file = RejectsFile::new(&folder.path().join("rejects"), "b");
        file.add(
            7,
            "born",
            &Refusal::value(RowReject::UnreadableDate, 1, "soon"),
            b"1,\"soon\"\n",
        )
        .unwrap();
        let text = fs::read_to_string(file.finish().unwrap().unwrap().publish().unwrap()).unwrap();
        assert_eq!(
            text,
            "line,column,value_class,reason,row\n7,born,letters,unreadable_date,\"1,\"\"soon\"\"\"\n"
        );
    }
}
