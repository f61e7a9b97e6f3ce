//! A small HTTP client for tests: every status is an answer, not an error.

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

/// Sends requests to one origin.
pub struct Client {
    agent: Agent,
    origin: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    /// A client of `http://host:port`.
    pub fn new(origin: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .accept_encoding("identity");
        let agent = config
            .timeout_global(Some(std::time::Duration::from_secs(30)))
            .build()
            .into();
        Self {
            agent,
            origin: origin.to_owned(),
        }
    }

    /// Asks for a path with some headers.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let request = self.agent.get(format!("{}{path}", self.origin));
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        answer(request.call().with_context(|| format!("GET {path}"))?)
    }

    /// Posts a body to a path with some headers.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let request = self.agent.post(format!("{}{path}", self.origin));
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        answer(request.send(body).with_context(|| format!("POST {path}"))?)
    }

    /// Sends a request with any other method, without a body.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.send_body(method, path, headers, ())
    }

    /// Sends a request with any method and a body.
    pub fn send_body(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl ureq::AsSendBody,
    ) -> Result<Answer> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin));
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        answer(
            self.agent
                .run(request.body(body)?)
                .with_context(|| format!("{method} {path}"))?,
        )
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

fn answer(response: Response<ureq::Body>) -> Result<Answer> {
    let (parts, mut body) = response.into_parts();
    let body = body.with_config().limit(64 * 1024 * 1024).read_to_vec()?;
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body,
    })
}
