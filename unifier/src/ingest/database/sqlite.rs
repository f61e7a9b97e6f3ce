//! SQLite files, opened for reading only.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::Failure;
use crate::ingest::messages::Spool;

/// Spools the rows of a query.
pub(super) fn rows(file: &Path, query: &str, scratch: &Path) -> Result<Spool, Failure> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let connection = connection.map_err(|error| Failure::Connect(error.to_string()))?;
    let failed = |error: rusqlite::Error| Failure::Query(error.to_string());
    let mut statement = connection.prepare(query).map_err(failed)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let width = columns.len();
    let mut spool = Spool::new(scratch, columns)?;
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let values: Result<Vec<_>, _> = (0..width).map(|column| row.get_ref(column).map(text)).collect();
        spool.add_values(values.map_err(failed)?)?;
    }
    Ok(spool)
}

/// A value as text; nothing for null, and for bytes that are no text.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}
