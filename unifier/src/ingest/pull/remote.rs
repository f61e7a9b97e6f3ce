//! The worker's export API.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::Response;

use super::{Ends, Origin, PullError};

/// How long one answer may take. A flush makes every shard write to storage.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of the largest answer that is taken.
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// The worker at an address.
pub struct Remote {
    agent: Agent,
    url: String,
    variable: String,
    authorization: String,
}

#[derive(Deserialize)]
struct Flushed {
    ends: Ends,
}

#[derive(Deserialize)]
struct Prefixes {
    prefixes: Vec<String>,
}

#[derive(Deserialize)]
struct Listing {
    objects: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    key: String,
}

impl Remote {
    /// Takes the address and the token. `variable` is where the token came from, for messages.
    pub fn new(url: &str, variable: &str, token: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .build()
            .into();
        Self {
            agent,
            url: url.trim_end_matches('/').to_owned(),
            variable: variable.to_owned(),
            authorization: format!("Bearer {}", token.trim()),
        }
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
        let request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("authorization", &self.authorization);
        let request = query
            .iter()
            .fold(request, |request, (name, value)| request.query(name, value));
        self.read(request.call())
    }

    fn read(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, PullError> {
        let unreachable = |error: ureq::Error| PullError::Unreachable {
            url: self.url.clone(),
            message: error.to_string(),
        };
        let mut answer = answer.map_err(unreachable)?;
        match answer.status().as_u16() {
            200 => answer
                .body_mut()
                .with_config()
                .limit(ANSWER_BYTES)
                .read_to_vec()
                .map_err(unreachable),
            401 | 403 => Err(PullError::WrongToken {
                url: self.url.clone(),
                variable: self.variable.clone(),
            }),
            status => Err(self.unexpected(&format!("with status {status}"))),
        }
    }

    fn json<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, PullError> {
        serde_json::from_slice(bytes).map_err(|_| self.unexpected("something that is not its JSON"))
    }

    fn unexpected(&self, message: &str) -> PullError {
        PullError::Unexpected {
            url: self.url.clone(),
            message: message.to_owned(),
        }
    }
}

impl Origin for Remote {
    fn flush(&self) -> Result<Ends, PullError> {
        let request = self.agent.post(format!("{}/v1/export/flush", self.url));
        let answer = self.read(request.header("authorization", &self.authorization).send_empty())?;
        let flushed: Flushed = self.json(&answer)?;
        Ok(flushed.ends)
    }

    fn prefixes(&self) -> Result<Vec<String>, PullError> {
        let answer: Prefixes = self.json(&self.get("/v1/export/prefixes", &[])?)?;
        Ok(answer.prefixes)
    }

    fn keys(&self, prefix: &str, after: &str) -> Result<Vec<String>, PullError> {
        let listing: Listing = self.json(&self.get("/v1/export/objects", &[("prefix", prefix), ("after", after)])?)?;
        Ok(listing.objects.into_iter().map(|object| object.key).collect())
    }

    fn object(&self, key: &str) -> Result<Vec<u8>, PullError> {
        self.get("/v1/export/object", &[("key", key)])
    }
}
