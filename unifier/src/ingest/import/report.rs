//! What became of an import, and what the state keeps of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ingest::Kind;
use crate::ingest::file::Encoding;
use crate::ingest::reject::RowReject;

use super::Difference;

/// The share of refused rows above which an import is said to have too many.
pub const REJECTED_SHARE: f64 = 0.2;

/// What became of an import: read = accepted + duplicate + rejected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportReport {
    /// The import's id: 16 hexadecimal digits.
    pub id: String,
    /// The file's name, without its folder.
    pub file: String,
    /// SHA-256 over the file.
    pub sha256: String,
    /// The preset, or `mapping`.
    pub layout: String,
    /// The source the rows belong to.
    pub source: String,
    /// What the rows are.
    pub kind: Kind,
    /// Whether they are orders without numbers, each known by what its row says.
    pub unnumbered: bool,
    /// How the file's text is encoded.
    pub encoding: Encoding,
    /// The day the file tells of.
    pub as_of: Date,
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// How many rows would change something, where a dry run was asked to show that.
    pub difference: Option<Difference>,
    /// What the state keeps of the same file's first import: then this one changed nothing and counts nothing.
    pub already_imported: Option<ImportEntry>,
    /// Rows read; a row over several lines is one.
    pub read: u64,
    /// Rows kept.
    pub accepted: u64,
    /// Rows that say what the log has already.
    pub duplicate: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Lines that continue the row above, and count as no row.
    pub continuations: u64,
    /// Answers to consent in the rows kept.
    pub consents: u64,
    /// How many rows were refused, by reason.
    pub reasons: BTreeMap<RowReject, u64>,
    /// The first line that was refused, by reason.
    pub first_lines: BTreeMap<RowReject, u64>,
    /// How many values of rows that were kept were left out, by reason.
    pub left_out: BTreeMap<RowReject, u64>,
    /// Where refused rows are kept.
    pub rejects: Option<PathBuf>,
}

impl ImportReport {
    /// Counts a refused row.
    pub(super) fn refuse(&mut self, line: u64, reason: RowReject) {
        self.rejected += 1;
        *self.reasons.entry(reason).or_default() += 1;
        self.first_lines.entry(reason).or_insert(line);
    }

    /// Whether so many rows were refused that the file, or its mapping, is likely the wrong one.
    pub fn has_too_many_rejects(&self) -> bool {
        let expected: u64 = self
            .reasons
            .iter()
            .filter(|(reason, _)| reason.is_expected())
            .map(|(_, count)| count)
            .sum();
        let good = self.accepted + self.duplicate + expected;
        let bad = self.rejected - expected;
        bad > 0 && (good == 0 || bad as f64 > REJECTED_SHARE * self.read as f64)
    }
}

/// What the state keeps of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportEntry {
    /// The number of its commit, so that the order of imports is known; 0 for one that has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub number: u64,
    /// The file's name.
    pub file: String,
    /// SHA-256 over the file.
    pub sha256: String,
    /// The source.
    pub source: String,
    /// The preset, or `mapping`.
    pub layout: String,
    /// What the rows are.
    pub kind: String,
    /// The day the file tells of.
    pub as_of: String,
    /// Rows read.
    pub read: u64,
    /// Rows kept.
    pub accepted: u64,
    /// Rows that the log had already.
    pub duplicate: u64,
    /// Rows refused.
    pub rejected: u64,
    /// How many rows were refused, by reason.
    pub reasons: BTreeMap<RowReject, u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl ImportEntry {
    /// What is kept of a report.
    pub fn of(report: &ImportReport) -> Self {
        Self {
            number: 0,
            file: report.file.clone(),
            sha256: report.sha256.clone(),
            source: report.source.clone(),
            layout: report.layout.clone(),
            kind: report.kind.as_str().to_owned(),
            as_of: report.as_of.to_string(),
            read: report.read,
            accepted: report.accepted,
            duplicate: report.duplicate,
            rejected: report.rejected,
            reasons: report.reasons.clone(),
        }
    }
}
