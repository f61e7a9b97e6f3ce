//! Activation: what leaves the unifier as files, and to whom it may go.
//!
//! Two kinds of files are made. The tables people, identities and scores are internal: everything the night knows. The list
//! of a segment is for marketing: it needs a purpose, holds only people whose consent to it is granted and who are not
//! suppressed, and counts the others by reason. Unknown means no. Every file is whole or absent.

mod cell;
mod entry;
mod error;
mod file;
mod formula;
mod recipients;
mod report;
mod sure;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use event_schema::Timestamp;

pub use entry::Activation;
pub use error::ExportError;
pub(crate) use formula::neutralised;
pub use report::{Addressed, ExportReport, Withheld};

use crate::config::Config;
use crate::identity::Confidence;
use crate::store::{Night, Store};

/// What is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The table people, whole.
    People,
    /// Which person each record belongs to: source, record_key and person_id.
    Identities,
    /// The table scores, whole.
    Scores,
    /// The table propensities, whole.
    Propensities,
    /// The table groups, whole.
    Groups,
    /// The table group_members, whole.
    GroupMembers,
    /// The people of a segment who may be contacted for a purpose.
    Segment(String),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::People => f.write_str("people"),
            What::Identities => f.write_str("identities"),
            What::Scores => f.write_str("scores"),
            What::Propensities => f.write_str("propensities"),
            What::Groups => f.write_str("groups"),
            What::GroupMembers => f.write_str("group_members"),
            What::Segment(name) => write!(f, "segment:{name}"),
        }
    }
}

/// The text names nothing that can be exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be exported: say people, identities, scores, propensities, groups, group_members or segment:NAME"
)]
pub struct NoExport(String);

impl FromStr for What {
    type Err = NoExport;

    fn from_str(text: &str) -> Result<Self, NoExport> {
        match (text, text.strip_prefix("segment:")) {
            ("people", _) => Ok(What::People),
            ("identities", _) => Ok(What::Identities),
            ("scores", _) => Ok(What::Scores),
            ("propensities", _) => Ok(What::Propensities),
            ("groups", _) => Ok(What::Groups),
            ("group_members", _) => Ok(What::GroupMembers),
            (_, Some(name)) if !name.is_empty() => Ok(What::Segment(name.to_owned())),
            _ => Err(NoExport(text.to_owned())),
        }
    }
}

/// How an export is done.
#[derive(Clone, Copy, Debug)]
pub struct ExportOptions<'a> {
    /// The segments and the purposes.
    pub config: &'a Config,
    /// The purpose of a segment's list; the segment's own when absent. Nothing else has one.
    pub purpose: Option<&'a str>,
    /// How sure it must be that the records are one person's. When absent, `strong` for a segment's list, and whatever it is for a
    /// whole table.
    pub confidence: Option<Confidence>,
    /// Where it is noted who received what, and when that is. The same store tells who refused since the night.
    pub note: Option<(&'a Store, Timestamp)>,
}

/// Who would be on the list of a segment for each of `purposes`, and who not, by what `night` knows; nothing is written.
///
/// [`export`] knows more: it also leaves out who refused since the night, which only the store's state tells.
///
/// # Errors
/// [`ExportError`] when the segment or a purpose is none, or a table cannot be read.
pub fn preview(
    night: &Night,
    segment: &str,
    purposes: &[String],
    config: &Config,
) -> Result<Vec<Addressed>, ExportError> {
    recipients::counted(night, segment, purposes, config)
}

/// Writes a file of what `night` published, as CSV, JSON lines or Parquet by the ending of `to`.
///
/// The note in the store, if there is to be one, is made before the file appears: no list is ever out without its note.
///
/// # Errors
/// [`ExportError`] when the ending, the segment or the purpose is none, when a table cannot be read, or the disk refuses;
/// then a file that stood under the name before still stands there.
pub fn export(night: &Night, what: &What, to: &Path, options: &ExportOptions<'_>) -> Result<ExportReport, ExportError> {
    let format = file::Format::of(to)?;
    if options.purpose.is_some() && !matches!(what, What::Segment(_)) {
        return Err(ExportError::NoList(what.to_string()));
    }
    let (batches, addressed) = match what {
        What::People => {
            let people = night.read("people", None)?;
            (sure::only_sure("people", people, options.confidence)?, None)
        }
        What::Scores | What::Propensities | What::Groups | What::GroupMembers => {
            if options.confidence.is_some() {
                return Err(ExportError::NoConfidence);
            }
            (night.read(&what.to_string(), None)?, None)
        }
        What::Identities => (identities(night, options.confidence)?, None),
        What::Segment(name) => {
            let (batches, addressed) = recipients::of_segment(night, name, options)?;
            (batches, Some(addressed))
        }
    };
    let schema = batches
        .first()
        .map_or_else(|| SchemaRef::new(Schema::empty()), RecordBatch::schema);
    let (written, formulas) = file::write(to, format, schema.clone(), &batches)?;
    let report = ExportReport {
        what: what.to_string(),
        night: night.number(),
        file: to.to_owned(),
        columns: schema.fields().iter().map(|field| field.name().clone()).collect(),
        rows: batches.iter().map(RecordBatch::num_rows).sum(),
        formulas,
        addressed,
    };
    if let Some((store, at)) = options.note {
        Activation::of(&report, at).append(store)?;
    }
    written.finish().map_err(|source| ExportError::io(to, source))?;
    Ok(report)
}

/// Which person each record belongs to, where that is sure enough.
fn identities(night: &Night, least: Option<Confidence>) -> Result<Vec<RecordBatch>, ExportError> {
    const COLUMNS: [&str; 3] = ["source", "record_key", "person_id"];
    if least.is_none() {
        return Ok(night.read("identities", Some(&COLUMNS))?);
    }
    let read: Vec<&str> = COLUMNS.into_iter().chain([sure::COLUMN]).collect();
    let sure = sure::only_sure("identities", night.read("identities", Some(&read))?, least)?;
    sure.iter().map(|batch| recipients::only(batch, &COLUMNS)).collect()
}

#[cfg(test)]
mod tests;
