//! Events arrive: from the request to the log and back to the answer.

use event_schema::{Batch, DeviceClass, Timestamp};
use futures_util::StreamExt;
use worker::{Context, Date, Env, Request, Response, Result, console_error};

use super::faults::{self, Fault};
use super::salt::DAY_MS;
use super::{respond, salt, shard_client};
use crate::agent::Agent;
use crate::answer::Answer;
use crate::body::{Body, Encoding};
use crate::keys::{KeyKind, KeySettings};
use crate::lane::Circumstances;
use crate::quarantine;
use crate::receive::{self, Reception};
use crate::refusal::Refusal;
use crate::rejected;
use crate::settings::Settings;
use crate::{cors, credentials, rate, visitor};

/// What a batch is sent for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be kept. A path may name the kind of its events.
    Log(Option<&'static str>),
    /// To hear what would become of it.
    Validate,
}

/// Tells a browser whether a page may post.
pub fn preflight(request: &Request, settings: &Settings) -> Result<Response> {
    let origin = request.headers().get("origin")?.unwrap_or_default();
    if !settings.keys.any_allows(&origin) {
        return respond::refused(&Refusal::OriginNotAllowed);
    }
    respond::with_headers(Response::empty()?.with_status(204), &cors::preflight_headers(&origin))
}

/// Takes a batch and answers once it is safe.
pub async fn answer(
    purpose: Purpose,
    request: Request,
    settings: &Settings,
    env: &Env,
    context: &Context,
) -> Result<Response> {
    let sender = Sender::of(&request)?;
    let mut ingest = Ingest {
        sender,
        settings,
        env,
        context,
        purpose,
        admitted: false,
    };
    let response = match ingest.take(request).await {
        Ok(answer) => respond::json(200, &answer)?,
        Err(refusal) => respond::refused(&refusal)?,
    };
    // Only a page that the key admits may read the answer.
    match &ingest.sender.origin {
        Some(origin) if ingest.admitted => respond::with_headers(response, &cors::answer_headers(origin)),
        _ => Ok(response),
    }
}

/// What the request's headers say about who sent it.
struct Sender {
    origin: Option<String>,
    write_key: Option<String>,
    /// As Cloudflare saw it. No other header is ever read for it: clients write those as they like.
    address: Option<String>,
    agent: String,
    country: String,
    global_opt_out: bool,
}

struct Ingest<'a> {
    sender: Sender,
    settings: &'a Settings,
    env: &'a Env,
    context: &'a Context,
    purpose: Purpose,
    /// Whether the write key was found and takes events from this sender.
    admitted: bool,
}

impl Sender {
    fn of(request: &Request) -> Result<Self> {
        let header = |name: &str| request.headers().get(name);
        let write_key = credentials::write_key(header("x-write-key")?.as_deref(), header("authorization")?.as_deref());
        let country = request.cf().and_then(worker::Cf::country).unwrap_or_default();
        Ok(Self {
            origin: header("origin")?,
            write_key,
            address: header("cf-connecting-ip")?,
            agent: header("user-agent")?.unwrap_or_default(),
            country: if is_country(&country) { country } else { String::new() },
            global_opt_out: header("sec-gpc")?.is_some_and(|value| value.trim() == "1"),
        })
    }
}

impl<'a> Ingest<'a> {
    async fn take(&mut self, request: Request) -> Result<Answer, Refusal> {
        let received_at = now();
        let in_header = self.sender.write_key.clone();
        // A key in a header is checked before anything of the body is read.
        let early = match &in_header {
            Some(key) => Some(self.admit(key).await?),
            None => None,
        };
        let body = read_body(request).await?;
        let kind = match self.purpose {
            Purpose::Log(kind) => kind,
            Purpose::Validate => None,
        };
        let batch = receive::read(&body, kind, received_at)?;
        let name = in_header
            .or_else(|| batch.write_key.clone())
            .ok_or(Refusal::MissingKey)?;
        let key = match early {
            Some(key) => key,
            None => self.admit(&name).await?,
        };
        let circumstances = self.circumstances(&batch, key, received_at);
        let reception = Reception::under(self.settings.schemas_of(key), batch, key, &circumstances);
        match self.purpose {
            Purpose::Validate => Ok(Answer::of(&reception, false)),
            Purpose::Log(_) => self.log(&body, reception, &name, key, received_at).await,
        }
    }

    async fn admit(&mut self, key: &str) -> Result<&'a KeySettings, Refusal> {
        let settings = self.settings.keys.find(key)?;
        settings.admit(self.sender.origin.as_deref())?;
        self.admitted = true;
        self.check_rate(key, settings.kind).await?;
        Ok(settings)
    }

    /// Counts the request. Where nothing counts, all are let in: a limiter that is away must not lose events.
    async fn check_rate(&self, key: &str, kind: KeyKind) -> Result<(), Refusal> {
        let Ok(limiter) = self.env.rate_limiter(rate::binding(kind)) else {
            return Ok(());
        };
        let name = rate::counted_as(key, kind, self.sender.address.as_deref());
        match limiter.limit(name).await {
            Ok(outcome) if !outcome.success => Err(Refusal::TooManyRequests),
            Ok(_) => Ok(()),
            Err(error) => {
                console_error!("a request could not be counted: {error}");
                Ok(())
            }
        }
    }

    async fn log(
        &self,
        body: &[u8],
        mut reception: Reception,
        name: &str,
        key: &KeySettings,
        received_at: Timestamp,
    ) -> Result<Answer, Refusal> {
        if !reception.rejected.is_empty() {
            self.keep_shapes(body, key, &reception);
        }
        if !reception.departed.is_empty() {
            self.quarantine(name, &reception).await;
        }
        if reception.envelopes.is_empty() {
            return Ok(Answer::of(&reception, false));
        }
        if reception.has_audience() {
            self.anonymise(&mut reception, key, received_at).await?;
        }
        faults::panic_for(&self.sender.agent);
        let lines = reception.lines().map_err(|_| Refusal::Unavailable)?;
        let was_there = shard_client::append(self.env, reception.batch_id, lines, received_at).await?;
        Ok(Answer::of(&reception, was_there))
    }

    /// What the edge knows of the visitor; of a server's events it knows nothing, as the request is the server's own.
    fn circumstances(&self, batch: &Batch, key: &KeySettings, received_at: Timestamp) -> Circumstances {
        let from_page = key.kind == KeyKind::Browser;
        let unknown = Agent {
            device: DeviceClass::Unknown,
            bot: false,
        };
        Circumstances {
            received_at,
            clock_skew_ms: batch
                .sent_at
                .map_or(0, |sent_at| received_at.as_millis() - sent_at.as_millis()),
            country: if from_page {
                self.sender.country.clone()
            } else {
                String::new()
            },
            agent: if from_page {
                Agent::of(&self.sender.agent)
            } else {
                unknown
            },
            global_opt_out: from_page && self.sender.global_opt_out,
        }
    }

    async fn anonymise(
        &self,
        reception: &mut Reception,
        key: &KeySettings,
        received_at: Timestamp,
    ) -> Result<(), Refusal> {
        let (salt, of_day) = match salt::of_day(self.env, received_at.utc_day()).await {
            Ok(salt) => (salt, true),
            Err(error) => {
                // Hits still count, as those of an unknown visitor, under ids that nobody can make again.
                console_error!("no salt: {error}");
                (salt::random().map_err(|_| Refusal::Unavailable)?, false)
            }
        };
        let visitor = if of_day && key.kind == KeyKind::Browser {
            visitor::hash(&salt, &key.site, self.sender.address.as_deref(), &self.sender.agent)
        } else {
            None
        };
        reception.anonymise(&salt, visitor.as_ref());
        Ok(())
    }

    /// Keeps what only departs from its schema, to be judged again. Where it cannot be kept, the sender is told no more than that it was
    /// rejected, which it was.
    async fn quarantine(&self, key: &str, reception: &Reception) {
        let kept = match quarantine::kept(key, &reception.departed) {
            Ok(Some((batch, lines))) => {
                shard_client::quarantine(self.env, &quarantine::key_mark(key), batch, &lines).await
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = kept {
            console_error!("rejected events were not kept: {error}");
        }
    }

    /// Keeps the shapes of refused events, after the answer: they help to find a fault and hold nothing up.
    fn keep_shapes(&self, body: &[u8], key: &KeySettings, reception: &Reception) {
        let shapes = rejected::shapes(body, &key.site, &reception.rejected);
        let env = self.env.clone();
        self.context.wait_until(async move {
            if let Err(error) = shard_client::keep_rejected(&env, &shapes).await {
                console_error!("shapes of refused events were not kept: {error}");
            }
        });
    }
}

fn now() -> Timestamp {
    let ahead = if faults::strikes(Fault::Tomorrow) { DAY_MS } else { 0 };
    Timestamp::from_millis(i64::try_from(Date::now().as_millis() + ahead).unwrap_or(i64::MAX))
}

async fn read_body(mut request: Request) -> Result<Vec<u8>, Refusal> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let encoding = Encoding::from_header(header("content-encoding").as_deref())?;
    let length = header("content-length");
    let mut body = Body::begin(length.as_deref())?;
    if length.is_some() {
        // No more than the header says can arrive, so the runtime may gather it: a stream would call back for every piece.
        body.push(&request.bytes().await.map_err(|_| Refusal::Unavailable)?)?;
        return body.unpack(encoding);
    }
    // A request without a body has no stream; what is then missing is reported as such.
    if let Ok(mut stream) = request.stream() {
        while let Some(chunk) = stream.next().await {
            body.push(&chunk.map_err(|_| Refusal::Unavailable)?)?;
        }
    }
    body.unpack(encoding)
}

/// ISO 3166-1 alpha-2, not `XX` (unknown) nor `T1` (Tor).
fn is_country(text: &str) -> bool {
    text.len() == 2 && text != "XX" && text.bytes().all(|b| b.is_ascii_uppercase())
}
