//! The only part that knows the Workers runtime: it turns requests into values for the pure part, and its verdicts into writes and
//! answers.

mod bucket;
mod export;
mod faults;
mod ingest;
mod replay;
mod respond;
mod salt;
mod shard;
mod shard_client;
mod shard_store;

use std::cell::RefCell;
use std::panic;
use std::rc::Rc;
use std::sync::Once;

use wasm_bindgen::prelude::*;
use worker::{Context, Env, Method, Request, Response, ScheduleContext, ScheduledEvent, console_error, event};

use self::ingest::Purpose;
use crate::collector_files;
use crate::refusal::Refusal;
use crate::route::Route;
use crate::settings::Settings;

/// What a panic says may quote what a client sent, so only where it was is logged. Whatever begins calls this: the `worker` crate sets a hook
/// of its own at the very start, which logs all.
fn log_panics_by_place() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        panic::set_hook(Box::new(|panicked| match panicked.location() {
            Some(place) => console_error!("a panic at {place}"),
            None => console_error!("a panic"),
        }));
    });
}

/// A request to the worker.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    log_panics_by_place();
    #[cfg(feature = "faults")]
    if let Some(answer) = faults::answer(&request) {
        return answer;
    }
    let route = match Route::find(request.method().as_ref(), &request.path()) {
        Ok(route) => route,
        Err(refusal) => return respond::refused(&refusal),
    };
    // The collector's files need no configuration: a page must not break because a secret is missing.
    if let Route::CollectorFile(name) = &route {
        return collector_file(name, &request);
    }
    let settings = match settings(&env) {
        Ok(settings) => settings,
        Err(refusal) => {
            console_error!("{refusal}");
            return respond::refused(&refusal);
        }
    };
    match route {
        Route::Preflight => ingest::preflight(&request, &settings),
        Route::Ingest(kind) => ingest::answer(Purpose::Log(kind), request, &settings, &env, &context).await,
        Route::Validate => ingest::answer(Purpose::Validate, request, &settings, &env, &context).await,
        Route::Export(route) => export::answer(route, &request, &settings, &env).await,
        Route::Health | Route::CollectorFile(_) => respond::json(200, &serde_json::json!({"status": "ok"})),
    }
}

/// The clock strikes, every five minutes: an alarm that was lost must not hold back a shard's batches.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    log_panics_by_place();
    if let Err(error) = shard_client::flush_late(&env).await {
        console_error!("the shards could not be looked after: {error}");
    }
}

fn collector_file(name: &str, request: &Request) -> worker::Result<Response> {
    let Some(file) = collector_files::find(name) else {
        return respond::refused(&Refusal::NotFound);
    };
    let known = file.is_known_by(request.headers().get("if-none-match")?.as_deref());
    let body = if known || request.method() == Method::Head {
        Vec::new()
    } else {
        file.bytes.to_vec()
    };
    let response = Response::from_bytes(body)?.with_status(if known { 304 } else { 200 });
    respond::with_headers(response, &file.headers())
}

/// The settings, read and checked once for each isolate: a change of a variable or secret starts new ones.
fn settings(env: &Env) -> Result<Rc<Settings>, Refusal> {
    thread_local! {
        static SETTINGS: RefCell<Option<Rc<Settings>>> = const { RefCell::new(None) };
    }
    SETTINGS.with_borrow_mut(|kept| {
        if let Some(settings) = kept {
            return Ok(Rc::clone(settings));
        }
        let settings = Rc::new(Settings::read(|name| match name {
            "SCHEMAS" => schemas(),
            _ => env.var(name).ok().map(|value| value.to_string()),
        })?);
        *kept = Some(Rc::clone(&settings));
        Ok(settings)
    })
}

/// What stands in `schemas.json`.
fn schemas() -> Option<String> {
    #[wasm_bindgen(raw_module = "./schemas.json")]
    extern "C" {
        #[wasm_bindgen(thread_local_v2, js_name = default)]
        static SCHEMAS: JsValue;
    }
    let text = SCHEMAS.with(worker::js_sys::JSON::stringify).ok()?;
    text.as_string()
}

/// The query of a request's address. The runtime gives addresses in their normal form, so there is no need to parse them again, which
/// would bring in the tables of international domain names.
fn query_of(url: &str) -> &str {
    let url = url.split('#').next().unwrap_or_default();
    url.split_once('?').map_or("", |(_, query)| query)
}
