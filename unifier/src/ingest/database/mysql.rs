//! MySQL and MariaDB, by the text protocol: rows come one by one, as the text that the database itself makes of them.

use std::path::Path;

use mysql::prelude::Queryable;
use mysql::{Conn, Opts, Value};

use super::{Failure, said};
use crate::ingest::messages::Spool;

/// Spools the rows of a query.
pub(super) fn rows(address: &str, query: &str, scratch: &Path) -> Result<Spool, Failure> {
    let options = Opts::from_url(address).map_err(|error| Failure::Connect(error.to_string()))?;
    let mut connection = Conn::new(options).map_err(|error| Failure::Connect(told(&error)))?;
    let failed = |error: mysql::Error| Failure::Query(told(&error));
    for setting in ["SET SESSION TRANSACTION READ ONLY", "SET time_zone = '+00:00'"] {
        connection.query_drop(setting).map_err(failed)?;
    }
    let result = connection.query_iter(query).map_err(failed)?;
    let columns = result.columns();
    let names = columns
        .as_ref()
        .iter()
        .map(|column| column.name_str().into_owned())
        .collect();
    let mut spool = Spool::new(scratch, names)?;
    for row in result {
        spool.add_values(row.map_err(failed)?.unwrap().into_iter().map(text))?;
    }
    Ok(spool)
}

/// A value as text; nothing for null, and for bytes that are no text.
fn text(value: Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => String::from_utf8(bytes).ok(),
        other => Some(other.as_sql(true).trim_matches('\'').to_owned()),
    }
}

fn told(error: &mysql::Error) -> String {
    match error {
        mysql::Error::MySqlError(error) => said(&error.state, &error.message),
        other => other.to_string(),
    }
}
