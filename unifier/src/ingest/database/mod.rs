//! The rows of a query against PostgreSQL, MySQL or SQLite, spooled to be imported like a file.
//!
//! Nothing is ever written to a database. The address may hold a password, so no message repeats it.

mod mysql;
mod postgres;
mod sqlite;

use std::env;
use std::io;
use std::path::Path;

use super::messages::Spool;
use crate::config::Database;

/// Why a query's rows could not be had.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The configuration has no such database.
    #[error("the configuration has no [sources.{0}.database]: say there url_env and query")]
    NotConfigured(String),
    /// The address is not in the environment.
    #[error(
        "the environment variable {0} is not set: it holds the database's address, as postgres://user:password@host/name"
    )]
    NoAddress(String),
    /// The address is of no database that is read.
    #[error("{0} holds no address that begins with postgres://, mysql:// or sqlite://")]
    UnknownAddress(String),
    /// The database cannot be reached, or refuses.
    #[error("the database of {variable} cannot be reached: {message}: check the address and the network")]
    Unreachable {
        /// The environment variable of its address.
        variable: String,
        /// What the client said.
        message: String,
    },
    /// The query failed.
    #[error("the query against the database of {variable} failed: {message}")]
    Query {
        /// The environment variable of its address.
        variable: String,
        /// What the database said.
        message: String,
    },
    /// The rows cannot be put aside.
    #[error("the rows cannot be put aside: {0}")]
    Io(#[from] io::Error),
}

/// What a client says went wrong.
enum Failure {
    Connect(String),
    Query(String),
    Io(io::Error),
}

/// What a database said of a query, given by SQLSTATE. Of a value that does not fit (classes 22 and 23) it says the value, which may be
/// personal: then only the state is told.
fn said(state: &str, message: &str) -> String {
    if state.starts_with("22") || state.starts_with("23") {
        format!(
            "a value does not fit what the query makes of it (SQLSTATE {state}); the value is not told, look at the casts"
        )
    } else {
        message.to_owned()
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

/// Runs the query of a source, and spools its rows under `scratch`.
///
/// # Errors
/// [`DatabaseError`]
pub fn rows(database: &Database, scratch: &Path) -> Result<Spool, DatabaseError> {
    let variable = || database.url_env.clone();
    let address = env::var(&database.url_env).map_err(|_| DatabaseError::NoAddress(variable()))?;
    let spooled = match address.split_once("://") {
        Some(("postgres" | "postgresql", _)) => postgres::rows(&address, &database.query, scratch),
        Some(("mysql", _)) => mysql::rows(&address, &database.query, scratch),
        Some(("sqlite", path)) => sqlite::rows(Path::new(path), &database.query, scratch),
        _ => return Err(DatabaseError::UnknownAddress(variable())),
    };
    spooled.map_err(|failure| match failure {
        Failure::Connect(message) => DatabaseError::Unreachable {
            variable: variable(),
            message,
        },
        Failure::Query(message) => DatabaseError::Query {
            variable: variable(),
            message,
        },
        Failure::Io(error) => DatabaseError::Io(error),
    })
}

#[cfg(test)]
mod tests;
