//! The marketer's web UI: search people, see one whole, see the segments and what is expected. Reads the published tables
//! and changes nothing.
//!
//! Plain HTML from this program, one style sheet, no script, no request to any other host. Works with the keyboard alone
//! and in English and French.

mod api;
mod chart;
mod date;
mod error;
mod language;
mod layout;
mod pages;
mod plot;
mod security;
#[cfg(test)]
mod tests;
mod words;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::Router;
use axum::http::header;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use maud::Markup;

use crate::config::Config;
use crate::store::{Night, Tables};
pub(crate) use error::PageError;
pub(crate) use language::Language;

/// What every page can read.
#[derive(Debug)]
struct App {
    config: Config,
    tables: Tables,
    /// The store's directory, as commands name it.
    store: PathBuf,
}

type Shared = Arc<App>;
type Page = Result<Markup, PageError>;

impl App {
    /// The night in force. A night that is published while a page is made shows from the next page on.
    fn night(&self) -> Result<Night, PageError> {
        Ok(self.tables.current()?)
    }
}

/// Serves the web UI of the store in `store` until the program is told to stop.
///
/// # Errors
/// When the address is not on this machine, or cannot be listened on.
pub fn serve(config: Config, store: &Path, listen: SocketAddr) -> anyhow::Result<()> {
    if !listen.ip().is_loopback() {
        bail!(
            "{listen} can be reached from other machines, and these pages show personal data without a login: \
             listen on 127.0.0.1 and put a proxy with a login before it"
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let app = router(Arc::new(App {
        config,
        tables: Tables::new(store),
        store: store.to_owned(),
    }));
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {listen}: choose another with --listen"))?;
        crate::command::say(&format!(
            "open http://{} in a browser; stop with Ctrl-C",
            listener.local_addr()?
        ));
        let stop = async { drop(tokio::signal::ctrl_c().await) };
        Ok(axum::serve(listener, app).with_graceful_shutdown(stop).await?)
    })
}

fn router(app: Shared) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/people", get(pages::people).post(pages::found))
        .route("/people/{id}", get(pages::person))
        .route("/segments", get(pages::segments))
        .route("/segments/try", post(pages::try_rule))
        .route("/segments/{name}", get(pages::segment))
        .route("/predictions", get(pages::predictions))
        .route("/language/{code}", post(language::choose))
        .route(
            "/style.css",
            get(|| file("text/css; charset=utf-8", include_str!("style.css"))),
        )
        .route("/icon.svg", get(|| file("image/svg+xml", include_str!("icon.svg"))))
        .route("/api/report", get(api::night))
        .route("/api/segments", get(api::segments))
        .route("/api/people", post(api::people))
        .route("/api/people/{id}", get(api::person))
        .fallback(error::not_found)
        .layer(middleware::from_fn(error::in_words))
        .layer(middleware::from_fn(security::guard))
        .with_state(app)
}

/// A file of the program's own, which holds nothing personal.
async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")],
        text,
    )
}

/// Does blocking work, such as reading a table, beside the one thread that answers.
async fn blocking<T, F>(work: F) -> Result<T, PageError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, PageError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| PageError::Stopped)?
}
