//! What a reader sees when a page cannot be made.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::language::Language;
use super::layout::{Section, page};
use crate::store::TablesError;

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nothing is known under that name or id.
    #[error("nothing is known under this address")]
    NotFound,
    /// The tables cannot be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// A stage refused.
    #[error("{0}")]
    Refused(String),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title) = match &self {
            PageError::NotFound => (StatusCode::NOT_FOUND, "Not found"),
            PageError::Tables(TablesError::NoNight(_)) => (StatusCode::SERVICE_UNAVAILABLE, "No night has run yet"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown"),
        };
        let body = html! {
            p { (self) }
            p { a href="/" { "Home" } }
        };
        // The language of the request is not known here; an error is rare enough to be in English.
        (status, page(Language::English, Section::Home, title, &body)).into_response()
    }
}

/// The page for every other address.
pub(super) async fn not_found() -> PageError {
    PageError::NotFound
}
