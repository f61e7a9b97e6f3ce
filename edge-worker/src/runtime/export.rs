//! The unifier fetches the log.

use serde_json::json;
use worker::{Env, Request, Response, Result, console_error};

use super::{bucket, query_of, replay, respond, shard_client};
use crate::export::{PAGE, key_of, listing_of, replay_after};
use crate::refusal::Refusal;
use crate::route::ExportRoute;
use crate::settings::Settings;
use crate::{credentials, segment};

/// Answers whoever has the export token.
pub async fn answer(route: ExportRoute, request: &Request, settings: &Settings, env: &Env) -> Result<Response> {
    let authorization = request.headers().get("authorization")?;
    if let Err(refusal) = credentials::check_export_token(authorization.as_deref(), &settings.export_token) {
        return respond::refused(&refusal);
    }
    match export(route, request, settings, env).await {
        Ok(response) => Ok(response),
        Err(Failure::Refused(refusal)) => respond::refused(&refusal),
        Err(Failure::Runtime(error)) => {
            console_error!("the export failed: {error}");
            respond::refused(&Refusal::Unavailable)
        }
    }
}

enum Failure {
    Refused(Refusal),
    Runtime(worker::Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Failure::Runtime(error)
    }
}

async fn export(route: ExportRoute, request: &Request, settings: &Settings, env: &Env) -> Result<Response, Failure> {
    let url = request.inner().url();
    let query = query_of(&url);
    let response = match route {
        ExportRoute::Flush => respond::json(200, &shard_client::flush(env).await?),
        ExportRoute::Prefixes => respond::json(200, &json!({"prefixes": segment::prefixes()})),
        ExportRoute::Status => respond::json(200, &json!({"shards": shard_client::status(env).await?})),
        ExportRoute::Replay => respond::json(200, &replay::run(env, settings, replay_after(query)).await?),
        ExportRoute::Objects => {
            let (prefix, after) = listing_of(query)?;
            respond::json(200, &bucket::list(env, prefix, after, PAGE).await?)
        }
        ExportRoute::Object => {
            let body = bucket::get(env, key_of(query)?).await?.ok_or(Refusal::NotFound)?;
            let headers = [
                ("content-type", "application/gzip".to_owned()),
                ("cache-control", "no-store, no-transform".to_owned()),
            ];
            respond::with_headers(Response::from_body(body)?, &headers)
        }
    };
    Ok(response?)
}
