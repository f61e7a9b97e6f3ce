//! What the pages show, as JSON for programs on this machine. Reads only, under the same guard as the pages.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::pages::report;
use super::{PageError, Shared, blocking};
use crate::people::{PersonRow, Shown, find, show};
use crate::report::{Report, SegmentSize};

/// Where every address of the API begins.
pub(super) const PREFIX: &str = "/api/";
/// People given when no other limit is asked for, and the most that can be.
const LIMITS: (usize, usize) = (100, 1000);

/// `GET /api/report`: the report of the night in force.
pub(super) async fn night(State(app): State<Shared>) -> Result<Json<Report>, PageError> {
    Ok(Json(blocking(move || report(&app)).await?))
}

/// The segments, as the night found them.
#[derive(Serialize)]
pub(super) struct Segments {
    segments: Vec<SegmentSize>,
}

/// `GET /api/segments`
pub(super) async fn segments(State(app): State<Shared>) -> Result<Json<Segments>, PageError> {
    let segments = blocking(move || report(&app)).await?.segments;
    Ok(Json(Segments { segments }))
}

/// What is looked for. It is posted, so that it never stands in a URL.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    text: String,
    limit: Option<usize>,
}

/// The people who were found, the best match first.
#[derive(Serialize)]
pub(super) struct Found {
    people: Vec<PersonRow>,
}

/// `POST /api/people`
pub(super) async fn people(State(app): State<Shared>, Json(asked): Json<Search>) -> Result<Json<Found>, PageError> {
    let limit = asked.limit.unwrap_or(LIMITS.0).min(LIMITS.1);
    let people = blocking(move || Ok(find(&app.night()?, &asked.text, limit)?)).await?;
    Ok(Json(Found { people }))
}

/// `GET /api/people/{id}`: the person; 300 with the candidates where several ids begin so.
pub(super) async fn person(State(app): State<Shared>, Path(id): Path<String>) -> Result<Response, PageError> {
    match blocking(move || Ok(show(&app.night()?, &id)?)).await? {
        Shown::Nobody => Err(PageError::NotFound),
        Shown::Person(view) => Ok(Json(view).into_response()),
        several @ Shown::Several { .. } => Ok((StatusCode::MULTIPLE_CHOICES, Json(several)).into_response()),
    }
}
