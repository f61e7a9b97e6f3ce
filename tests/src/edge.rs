//! The worker in the local Workers runtime: `wrangler dev` on a free port, with its state in a directory that outlives it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;

use crate::port::free_port;
use crate::repository::built;
use crate::{Client, node, repository};

/// The export token of the local worker.
pub const EXPORT_TOKEN: &str = "local-export-token-0123456789abcdef";
/// A browser key of the site `shop` for pages of the worker's own origin; takes audience hits.
pub const WEB_KEY: &str = "shop-web-key";
/// A browser key of another site, `blog`, for pages of `https://blog.example`; takes no audience hits.
pub const OTHER_SITE_KEY: &str = "blog-web-key";
/// A server key of the site `shop`, with consent to analytics on file.
pub const SERVER_KEY: &str = "shop-server-key";

/// How long the runtime may take to answer: it starts in two seconds where nothing else runs.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// What the worker serves and with which configuration.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// A directory of pages to serve beside the worker, on the same origin.
    pub pages: Option<PathBuf>,
    /// Leaves the secrets out, as in a deployment where they were forgotten.
    pub without_secrets: bool,
    /// Limits the rate of requests as the worker's configuration says; tests send more than any page.
    pub rate_limited: bool,
    /// The worker that can be made to fail, by `cargo xtask build edge-faults`, instead of the one that is deployed.
    pub faults: bool,
    /// What stands in `schemas.json`; the server key of the site `shop` is held to the set `shop`.
    pub schemas: Option<&'static str>,
    /// Bindings to leave out, as if the service behind them were away: `SHARDS`, `LOG`.
    pub without_bindings: &'static [&'static str],
}

impl Site {
    /// Where the worker is built.
    fn worker(&self) -> PathBuf {
        if self.faults {
            built().join("../edge-faults")
        } else {
            repository().join("dist/edge")
        }
    }
}

/// A running worker; it is stopped when this is dropped.
pub struct Edge {
    child: Option<Child>,
    site: Site,
    state: PathBuf,
    port: u16,
}

impl Edge {
    /// Starts the worker with its state under `state`.
    pub fn start(state: &Path, site: Site) -> Result<Self> {
        let built = site.worker().join("index.js");
        ensure!(
            built.is_file(),
            "{} is missing: run `cargo xtask test`, or `cargo xtask build edge` and `edge-faults` before it",
            built.display()
        );
        fs::create_dir_all(state).with_context(|| format!("cannot create {}", state.display()))?;
        // Free now, and not handed out again for a while.
        let port = free_port()?;
        let mut edge = Self {
            child: None,
            site,
            state: state.to_owned(),
            port,
        };
        edge.resume()?;
        Ok(edge)
    }

    /// The origin of the worker and the pages beside it.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A client of the worker.
    pub fn client(&self) -> Client {
        Client::new(&self.origin())
    }

    /// Where the runtime keeps its state, and its log in `wrangler.log`.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// Makes a worker with faults fail at a point, so many times.
    pub fn arm(&self, fault: &str, times: u32) -> Result<()> {
        let answer = self.client().post(&format!("/v1/faults?{fault}={times}"), &[], b"")?;
        ensure!(answer.status == 200, "the worker knows no fault {fault}");
        Ok(())
    }

    /// What the runtime and the worker have logged.
    pub fn logged(&self) -> Result<String> {
        fs::read_to_string(self.log()).context("cannot read the runtime's log")
    }

    /// What the worker serves and with which configuration, from its next start on.
    pub fn set_site(&mut self, site: Site) {
        self.site = site;
    }

    /// Kills the worker and all it has started, without a moment to tidy up.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            let group = Pid::from_child(&child);
            kill_process_group(group, Signal::KILL).context("cannot kill the runtime")?;
            child.wait().context("cannot wait for the runtime's end")?;
        }
        Ok(())
    }

    /// Starts the worker again on the same port and state.
    pub fn resume(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut wrangler = node();
        wrangler
            .current_dir(&self.state)
            .arg(
                repository()
                    .canonicalize()?
                    .join("node_modules/wrangler/bin/wrangler.js"),
            )
            .arg("--config")
            .arg(self.configuration()?)
            .args(["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0", "--port"])
            .arg(self.port.to_string())
            .arg("--persist-to")
            .arg(&self.state)
            .env("WRANGLER_LOG_PATH", self.state.join("wrangler-logs"))
            // The runtime would ask the network for a sample of a request's geography.
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
        if !self.site.without_secrets {
            wrangler.args([
                "--var",
                &format!("EXPORT_TOKEN:{EXPORT_TOKEN}"),
                "--var",
                &format!("WRITE_KEYS:{}", self.write_keys()),
            ]);
        }
        if let Some(pages) = &self.site.pages {
            wrangler.arg("--assets").arg(pages);
        }
        wrangler
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        self.child = Some(
            wrangler
                .spawn()
                .context("cannot start wrangler: run `cargo xtask setup`")?,
        );
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let client = self.client();
        let begun = Instant::now();
        while client.get("/healthz", &[]).is_err() {
            let ended = self.child.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() || begun.elapsed() > READY_WITHIN {
                let log = fs::read_to_string(self.log()).unwrap_or_default();
                bail!("the Workers runtime did not come up; its log:\n{log}");
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A copy of the worker's own configuration in which the paragraphs of some bindings are missing.
    fn configuration(&self) -> Result<PathBuf> {
        let directory = self.program()?;
        let own = directory.join("wrangler.toml");
        let limits: &[&str] = if self.site.rate_limited {
            &[]
        } else {
            &["RATE_PAGES", "RATE_SERVERS"]
        };
        let without: Vec<String> = [self.site.without_bindings, limits]
            .concat()
            .iter()
            .map(|name| format!("= \"{name}\""))
            .collect();
        let text = fs::read_to_string(own)?;
        let is_kept = |paragraph: &&str| !without.iter().any(|binding| paragraph.contains(binding));
        let kept: Vec<_> = text.split("\n\n").filter(is_kept).collect();
        let main = format!("main = {:?}", directory.join("index.js"));
        let copy = self.state.join("wrangler.toml");
        fs::write(&copy, kept.join("\n\n").replace("main = \"index.js\"", &main))?;
        Ok(copy)
    }

    /// Where the worker's files are: where they were built, or beside other schemas.
    fn program(&self) -> Result<PathBuf> {
        let built = self.site.worker().canonicalize()?;
        let Some(schemas) = self.site.schemas else {
            return Ok(built);
        };
        let copy = self.state.join("worker");
        fs::create_dir_all(&copy)?;
        for file in ["index.js", "index_bg.wasm", "wrangler.toml"] {
            fs::copy(built.join(file), copy.join(file)).with_context(|| format!("cannot copy {file}"))?;
        }
        fs::write(copy.join("schemas.json"), schemas)?;
        Ok(copy)
    }

    fn write_keys(&self) -> String {
        let schemas = self.site.schemas.map(|_| "shop");
        let keys = json!({
            WEB_KEY: {"site": "shop", "kind": "browser", "origins": [self.origin()], "audience": true},
            OTHER_SITE_KEY: {"site": "blog", "kind": "browser", "origins": ["https://blog.example"]},
            SERVER_KEY: {"site": "shop", "kind": "server", "purposes": ["analytics"], "schemas": schemas},
        });
        keys.to_string()
    }

    fn log(&self) -> PathBuf {
        self.state.join("wrangler.log")
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        // Nothing can be done about a runtime that cannot be killed, and a test that fails must say why it failed, not this.
        let _ = self.kill();
    }
}
