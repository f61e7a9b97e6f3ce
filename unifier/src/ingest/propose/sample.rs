//! The first rows of a file, for a look at its values.

use std::path::Path;

use crate::ingest::file::{Content, Encoding, FileError, Opening, Reader};

use super::{Proposal, propose};

/// Rows looked at: enough for a rare value to show, and read in no time.
const ROWS: usize = 1_000;

/// Proposes a mapping for a file. `country` is the company's (ISO 3166-1 alpha-2), for telephone numbers.
///
/// # Errors
/// [`FileError`] when the file is empty or cannot be read.
pub fn propose_file(path: &Path, country: &str) -> Result<Proposal, FileError> {
    let scratch = std::env::temp_dir();
    let opening = Opening {
        delimiter: None,
        declared: &[],
        scratch: &scratch,
    };
    let reader = Reader::open(Content::file(path), &opening)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    // Windows-1252 can decode any bytes, and what the values are is the same in both.
    let mut source = reader.rows(Encoding::Windows1252)?;
    while rows.len() < ROWS
        && let Some(row) = source.next_row().map_err(|error| reader.unreadable(error))?
    {
        rows.extend(row.ok().map(|row| row.fields().map(str::to_owned).collect()));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(propose(&name, reader.columns(), &rows, country))
}
