//! What a reader sees when a page cannot be made, in their language; and a program, as JSON.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::api;
use super::language::Language;
use super::layout::{Section, page};
use crate::report::ReportError;
use crate::segment::EvaluationError;
use crate::store::TablesError;

/// The server's own refusals are a line; of a longer one nothing is told.
const LONGEST_REFUSAL: usize = 4_096;

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nothing is known under that name or id.
    #[error("nothing is known under this address")]
    NotFound,
    /// The tables cannot be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// The night's report cannot be read.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A rule cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A stage refused.
    #[error("{0}")]
    Refused(String),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
}

impl PageError {
    /// Whether it is that no night has run yet.
    fn is_before_the_first_night(&self) -> bool {
        matches!(
            self,
            PageError::Tables(TablesError::NoNight(_))
                | PageError::Report(ReportError::Tables(TablesError::NoNight(_)))
                | PageError::Evaluation(EvaluationError::Tables(TablesError::NoNight(_)))
        )
    }

    fn status(&self) -> StatusCode {
        match self {
            PageError::NotFound => StatusCode::NOT_FOUND,
            error if error.is_before_the_first_night() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self, language: Language) -> &'static str {
        match self {
            PageError::NotFound => language.say("Not found", "Introuvable"),
            error if error.is_before_the_first_night() => {
                language.say("No night has run yet", "Aucune nuit n'a encore tourné")
            }
            _ => language.say("This page cannot be shown", "Cette page ne peut pas être affichée"),
        }
    }

    fn words(&self, language: Language) -> Markup {
        let lead = match self {
            PageError::NotFound => language.say(
                "Nothing is known under this address.",
                "Rien n'est connu sous cette adresse.",
            ),
            error if error.is_before_the_first_night() => language.say(
                "There is nothing to show before the first night: import your exports, then run one.",
                "Il n'y a rien à montrer avant la première nuit : importez vos fichiers, puis lancez-la.",
            ),
            _ => language.say("The program says:", "Le programme indique :"),
        };
        html! {
            p { (lead) }
            @if !matches!(self, PageError::NotFound) { p .notice lang="en" { (self) } }
            p { a href="/" { (language.say("Overview", "Aperçu")) } }
        }
    }
}

impl IntoResponse for PageError {
    /// The bare status; [`in_words`], which knows who reads it, adds the words.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Tells an error to whoever asked.
pub(super) async fn in_words(language: Language, request: Request, next: Next) -> Response {
    let program = is_program(&request);
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Arc<PageError>>() {
        None if program && response.status().is_client_error() => as_json(response).await,
        None => response,
        Some(error) if program => (error.status(), in_json(&error.to_string())).into_response(),
        Some(error) => {
            let shown = page(language, Section::Home, error.title(language), &error.words(language));
            (error.status(), shown).into_response()
        }
    }
}

/// Whether a program asks, which reads no page.
pub(super) fn is_program(request: &Request) -> bool {
    request.uri().path().starts_with(api::PREFIX)
}

/// An error for a program.
pub(super) fn in_json(message: &str) -> Json<Value> {
    Json(json!({ "error": message }))
}

/// The server's own refusal of a request, such as of a body that is no JSON, in the form of all other errors.
async fn as_json(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let text = to_bytes(body, LONGEST_REFUSAL).await.unwrap_or_default();
    let message = match String::from_utf8_lossy(&text) {
        silent if silent.trim().is_empty() => head.status.canonical_reason().unwrap_or("refused").to_lowercase(),
        told => told.into_owned(),
    };
    for of_the_text in [CONTENT_TYPE, CONTENT_LENGTH] {
        head.headers.remove(of_the_text);
    }
    (head.status, head.headers, in_json(&message)).into_response()
}

/// The answer for every other address.
pub(super) async fn not_found() -> PageError {
    PageError::NotFound
}
