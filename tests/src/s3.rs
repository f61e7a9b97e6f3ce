//! A server that speaks S3, for tests of the pull from a bucket: moto, as `cargo xtask setup` installs it.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::Client;
use crate::port::free_port;
use crate::repository::tools;

/// How long the server may take to answer.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// What the server wants to see before it takes a request; it checks no signature.
const SIGNED: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
);

/// A running server with one bucket; it is stopped when this is dropped.
pub struct S3 {
    child: Child,
    endpoint: String,
}

impl S3 {
    /// The bucket's name.
    pub const BUCKET: &str = "firsthand-log";

    /// Starts a server with an empty bucket.
    pub fn start() -> Result<Self> {
        let program = tools().join("moto/bin/moto_server");
        ensure!(
            program.is_file(),
            "{} is missing: run `cargo xtask setup`",
            program.display()
        );
        let port = free_port()?;
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            child,
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        let begun = Instant::now();
        while server.send("PUT", "", b"").is_err() {
            if begun.elapsed() > READY_WITHIN {
                bail!("the S3 server did not come up");
            }
            sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// Its address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Puts an object.
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<()> {
        self.send("PUT", &format!("/{key}"), bytes)
    }

    /// Deletes an object.
    pub fn delete(&self, key: &str) -> Result<()> {
        self.send("DELETE", &format!("/{key}"), b"")
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> Result<()> {
        let path = format!("/{}{path}", Self::BUCKET);
        let answer = Client::new(&self.endpoint).send_body(method, &path, &[SIGNED], body)?;
        ensure!(answer.status < 300, "{method} {path}: {}", answer.status);
        Ok(())
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nothing to do about it then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
