//! A store of the unifier for one test, worked on through the command line as an operator does.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use unifier::ingest::rows::Columns;
use unifier::store::{Lane, Store};

use crate::repository::built;
use crate::{EXPORT_TOKEN, repository};

/// A store in a directory of its own.
#[derive(Debug)]
pub struct Unifier {
    store: PathBuf,
}

impl Unifier {
    /// Makes a store in `store` that pulls web events from the worker at `origin`; the rest of the configuration is the
    /// example shop's.
    pub fn init(store: &Path, origin: &str) -> Result<Self> {
        Self::init_with(store, &format!("url = \"{origin}\""))
    }

    /// As [`Unifier::init`], but it pulls from a bucket of the S3 service at `endpoint`.
    pub fn init_from_bucket(store: &Path, endpoint: &str, bucket: &str) -> Result<Self> {
        Self::init_with(store, &format!("bucket = \"{bucket}\"\nendpoint = \"{endpoint}\""))
    }

    fn init_with(store: &Path, edge: &str) -> Result<Self> {
        let unifier = Self {
            store: store.to_owned(),
        };
        unifier.run(&["init", &store.to_string_lossy()])?;
        let example = fs::read_to_string(repository().join("examples/shop/unifier.toml"))?;
        let config = example.replace("folder = \"web\"", edge);
        ensure!(
            config != example,
            "the example's configuration has no edge.folder any more"
        );
        fs::write(store.join("unifier.toml"), config)?;
        Ok(unifier)
    }

    /// The store's directory.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// Runs a command that must succeed, and gives its JSON.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.run(&[&["--format", "json"], arguments].concat())?;
        serde_json::from_slice(&output.stdout).with_context(|| format!("{arguments:?} printed no JSON"))
    }

    /// Runs a command that must succeed.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        let output = self.output(arguments)?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{arguments:?}: {}: {complaint}", output.status);
        Ok(output)
    }

    /// Runs a command that may fail.
    pub fn output(&self, arguments: &[&str]) -> Result<Output> {
        self.command(arguments).output().context("cannot start the unifier")
    }

    /// Serves the web UI on a free port.
    pub fn serve(&self) -> Result<Ui> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the unifier")?;
        let output = child.stderr.take().context("the unifier says nothing")?;
        // Held from here on, so that it is stopped whatever it says.
        let mut ui = Ui {
            child,
            origin: String::new(),
        };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.split_whitespace().find(|word| word.starts_with("http://"));
        ui.origin = address.with_context(|| format!("no address in {line:?}"))?.to_owned();
        Ok(ui)
    }

    /// The message ids in a lane of the log, as often as each stands there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn message_ids(&self, lane: Lane) -> Result<Vec<String>> {
        let store = Store::open(&self.store)?;
        let mut ids = Vec::new();
        for segment in store.log().segments(lane) {
            for batch in segment.read(Some(&["message_id"]))? {
                let batch = batch?;
                let column = Columns(&batch).texts("message_id");
                ids.extend(
                    (0..batch.num_rows())
                        .filter_map(|row| column.get(row))
                        .map(str::to_owned),
                );
            }
        }
        Ok(ids)
    }

    /// A command that is not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .arg("-C")
            .arg(&self.store)
            .args(arguments)
            .env("FIRSTHAND_EXPORT_TOKEN", EXPORT_TOKEN)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test-secret");
        command
    }
}

/// A served web UI; it is stopped when this is dropped.
#[derive(Debug)]
pub struct Ui {
    child: Child,
    origin: String,
}

impl Ui {
    /// Where it is, as `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Ui {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nothing to do about it then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The unifier that cargo built beside the running test or program.
fn program() -> PathBuf {
    built().join("unifier")
}
