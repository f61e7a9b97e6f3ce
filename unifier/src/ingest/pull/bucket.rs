//! The worker's bucket over S3, as R2 speaks it. What the shards have not written yet is not there and comes with a later pull.
//!
//! `object_store` knows the protocol; its requests are sent by the HTTP client that the rest of the program uses.

use std::env;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::{Builder, Runtime};
use ureq::Agent;

use crate::config::Edge;

use super::{Ends, Origin, PullError};

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of the largest object that is taken.
const OBJECT_BYTES: u64 = 64 * 1024 * 1024;
/// Keys that are asked for at once: a page of S3's.
const PAGE: usize = 1000;
/// Where the shards' objects are.
const SHARDS: &str = "seg/v1";

/// A bucket.
pub struct Bucket {
    name: String,
    store: AmazonS3,
    runtime: Runtime,
}

impl Bucket {
    /// Takes the bucket `name` as `edge` describes it, with the keys of the environment. Reads nothing yet.
    ///
    /// # Errors
    /// [`PullError::NoBucketKey`]; [`PullError::Bucket`] for an endpoint that is no address.
    pub fn open(name: &str, edge: &Edge) -> Result<Self, PullError> {
        let key = |variable| env::var(variable).map_err(|_| PullError::NoBucketKey(variable));
        Self::with_keys(name, edge, &key("AWS_ACCESS_KEY_ID")?, &key("AWS_SECRET_ACCESS_KEY")?)
    }

    /// Takes the bucket with these keys.
    ///
    /// # Errors
    /// [`PullError::Bucket`] for an endpoint that is no address.
    pub fn with_keys(name: &str, edge: &Edge, key: &str, secret: &str) -> Result<Self, PullError> {
        let failed = |message: String| PullError::Bucket {
            bucket: name.to_owned(),
            message,
        };
        let endpoint = edge.endpoint.clone().unwrap_or_default();
        let store = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_allow_http(endpoint.starts_with("http://"))
            .with_endpoint(endpoint)
            .with_region(&edge.region)
            .with_access_key_id(key)
            .with_secret_access_key(secret)
            .with_http_connector(Connector)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let runtime = Builder::new_current_thread().enable_time().build();
        Ok(Self {
            name: name.to_owned(),
            store,
            runtime: runtime.map_err(|error| failed(error.to_string()))?,
        })
    }

    fn wait<T>(&self, work: impl Future<Output = object_store::Result<T>>) -> Result<T, PullError> {
        self.runtime.block_on(work).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &object_store::Error) -> PullError {
        PullError::Bucket {
            bucket: self.name.clone(),
            message: error.to_string(),
        }
    }

    fn path(&self, key: &str) -> Result<Path, PullError> {
        Path::parse(key).map_err(|error| self.failed(&error.into()))
    }
}

impl Origin for Bucket {
    fn flush(&self) -> Result<Ends, PullError> {
        Ok(Ends::new())
    }

    fn prefixes(&self) -> Result<Vec<String>, PullError> {
        let listing = self.wait(self.store.list_with_delimiter(Some(&self.path(SHARDS)?)))?;
        let shards = listing.common_prefixes.iter().map(|prefix| format!("{prefix}/"));
        let mut prefixes: Vec<_> = shards.chain(["spill/v1/".to_owned()]).collect();
        prefixes.sort_unstable();
        Ok(prefixes)
    }

    fn keys(&self, prefix: &str, after: &str) -> Result<Vec<String>, PullError> {
        let after = if after.is_empty() { prefix } else { after };
        let (prefix, after) = (self.path(prefix)?, self.path(after)?);
        let page = self.store.list_with_offset(Some(&prefix), &after).take(PAGE);
        self.wait(page.map_ok(|object| object.location.to_string()).try_collect())
    }

    fn object(&self, key: &str) -> Result<Vec<u8>, PullError> {
        let path = self.path(key)?;
        let bytes = self.wait(async { self.store.get(&path).await?.bytes().await })?;
        Ok(bytes.to_vec())
    }
}

#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT));
        Ok(HttpClient::new(Client(config.build().into())))
    }
}

#[derive(Debug)]
struct Client(Agent);

#[async_trait]
impl HttpService for Client {
    /// Blocks: nothing else runs meanwhile.
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.as_bytes().map(|bytes| bytes.to_vec()).unwrap_or_default();
        let answer = self
            .0
            .run(ureq::http::Request::from_parts(parts, body))
            .map_err(failure)?;
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(OBJECT_BYTES).read_to_vec().map_err(failure)?;
        Ok(HttpResponse::from_parts(parts, bytes.into()))
    }
}

fn failure(error: ureq::Error) -> HttpError {
    let kind = match &error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::Io(_) => HttpErrorKind::Interrupted,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
