//! `export`: a table or a segment to a file.

use std::path::Path;

use super::{Place, UsageError};
use crate::activate::{self, ExportOptions, What};
use crate::cli;

/// Writes the file, and notes in the store who received what.
pub(super) fn export(place: &Place, what: &str, to: &Path, who: &cli::Addressees) -> anyhow::Result<()> {
    let what: What = what
        .parse()
        .map_err(|error: activate::NoExport| UsageError(error.to_string()))?;
    let config = place.config()?;
    let night = place.tables()?.current()?;
    let store = place.store()?;
    let note = Some((&store, jiff::Timestamp::now().into()));
    place.print(&activate::export(
        &night,
        &what,
        to,
        &ExportOptions {
            config: &config,
            purpose: who.purpose.as_deref(),
            confidence: who.confidence,
            note,
        },
    )?)
}
