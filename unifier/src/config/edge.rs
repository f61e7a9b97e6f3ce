//! `[edge]`: where web events are pulled from.

use std::path::PathBuf;

use serde::Deserialize;

/// Where web events are pulled from: the worker's address, its bucket, or a folder with the same objects.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The worker's address, as `https://collect.example.org`.
    #[serde(default)]
    pub url: Option<String>,
    /// The environment variable that holds the export token.
    #[serde(default = "Edge::default_token_env")]
    pub token_env: String,
    /// The bucket that the worker writes to, read over S3 with the keys in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The address of the bucket's S3 service, as `https://<account>.r2.cloudflarestorage.com`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The bucket's region; R2 knows one, `auto`.
    #[serde(default = "Edge::default_region")]
    pub region: String,
    /// A folder with the edge's objects, relative to the configuration.
    #[serde(default)]
    pub folder: Option<PathBuf>,
}

impl Edge {
    fn default_token_env() -> String {
        "FIRSTHAND_EXPORT_TOKEN".to_owned()
    }

    fn default_region() -> String {
        "auto".to_owned()
    }

    pub(super) fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        let given = [self.url.is_some(), self.bucket.is_some(), self.folder.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            defects.push("edge: give one of url, bucket and folder".to_owned());
        }
        if self.bucket.is_some() != self.endpoint.is_some() {
            defects.push("edge: a bucket needs its endpoint, and an endpoint its bucket".to_owned());
        }
        defects
    }
}
