//! PostgreSQL, by its simple protocol: rows come one by one, as the text that the database itself makes of them.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Failure, said};
use crate::ingest::messages::Spool;

/// Spools the rows of a query.
pub(super) fn rows(address: &str, query: &str, scratch: &Path) -> Result<Spool, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(spool(address, query, scratch))
}

async fn spool(address: &str, query: &str, scratch: &Path) -> Result<Spool, Failure> {
    let connected = tokio_postgres::connect(address, tls()?).await;
    let (client, connection) = connected.map_err(|error| Failure::Connect(told(&error)))?;
    // The connection ends with its client, and what goes wrong with it the client says.
    tokio::spawn(async { drop(connection.await) });
    let failed = |error: tokio_postgres::Error| Failure::Query(told(&error));
    client
        .simple_query("SET default_transaction_read_only = on; SET datestyle = 'ISO'; SET timezone = 'UTC'")
        .await
        .map_err(failed)?;
    let mut messages = pin!(client.simple_query_raw(query).await.map_err(failed)?);
    let mut spool = None;
    while let Some(message) = messages.next().await {
        match message.map_err(failed)? {
            SimpleQueryMessage::RowDescription(columns) => {
                let names = columns.iter().map(|column| column.name().to_owned()).collect();
                spool = Some(Spool::new(scratch, names)?);
            }
            SimpleQueryMessage::Row(row) => {
                if let Some(spool) = &mut spool {
                    spool.add_values((0..row.len()).map(|column| row.get(column)))?;
                }
            }
            _ => {}
        }
    }
    spool.ok_or_else(|| Failure::Query("it gives no rows: a query begins with select".to_owned()))
}

/// TLS where the address asks for it (`sslmode=require`), with the certificates that browsers trust.
fn tls() -> Result<MakeRustlsConnect, Failure> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Failure::Connect(error.to_string()))?;
    Ok(MakeRustlsConnect::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ))
}

/// What went wrong: what the database said, without values.
fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => said(error.code().code(), error.message()),
        None => error.to_string(),
    }
}
