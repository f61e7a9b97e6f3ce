//! The worker under load: batches of ten events into its durable log, in the bare Workers runtime on this machine.
//!
//! `wrangler dev` puts two more programs into the way of each request, so the runtime is started by itself. Its state is in memory where
//! there is a file system for that: this machine's disk says nothing about Cloudflare's. It has no bucket: what is measured ends
//! where the sender gets its answer, and a segment that fills waits.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::cost;
use super::load::{self, Measured};
use crate::build::edge::PROGRAM;
use crate::edge::{LOCAL_EXPORT_TOKEN, write_keys};
use crate::workspace::{Workspace, output_of, say};

const EVENTS: usize = 10;
const TIME: Duration = Duration::from_secs(8);

/// Prints requests and events a second, latencies, and the runtime's own CPU time for each request.
pub fn run(workspace: &Workspace) -> Result<()> {
    let built = workspace.root.join("dist/edge");
    anyhow::ensure!(
        built.join("index.js").is_file(),
        "the worker is not built: run `cargo xtask build edge` first"
    );
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        memory
    } else {
        workspace.target.as_path()
    }
    .join("firsthand-bench-edge");
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    prepare(&directory, &built, port)?;
    let runtime = Runtime::start(workspace, &directory, port)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let run_id = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    say(&format!(
        "edge: the bundle has {} bytes, compressed with gzip",
        compressed(&built)?
    ));
    say(&format!("edge: state in {}", directory.display()));
    say("edge: requests/s, events/s, p50 and p99 latency, CPU of the runtime for each request");
    let health = |_, _| "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned();
    runtime.measure("health check, 32 connections", 0, || {
        load::run(address, 32, TIME, health)
    })?;
    let validate = |connection, number| post("/v1/validate", &batch(&format!("{run_id}-v-{connection}-{number}")));
    let name = format!("validate a batch of {EVENTS}, 32 connections");
    runtime.measure(&name, EVENTS, || load::run(address, 32, TIME, validate))?;
    let (mut batches, mut cpu) = (0, 0.0);
    for connections in [1, 32] {
        let batch = |connection, number| {
            post(
                "/v1/batch",
                &batch(&format!("{run_id}-{connections}-{connection}-{number}")),
            )
        };
        let name = format!("durable batch of {EVENTS}, {connections} connection(s)");
        let requests;
        (requests, cpu) = runtime.measure(&name, EVENTS, || load::run(address, connections, TIME, batch))?;
        batches += requests;
    }
    cost::report(&cost::Counted::read(address, batches, cpu / 1e3)?, EVENTS);
    drop(runtime);
    fs::remove_dir_all(&directory).with_context(|| format!("cannot remove {}", directory.display()))
}

/// What a deployment uploads, in bytes.
fn compressed(built: &Path) -> Result<usize> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    for file in PROGRAM {
        packer.write_all(&fs::read(built.join(file)).with_context(|| format!("cannot read {file}"))?)?;
    }
    Ok(packer.finish()?.len())
}

struct Runtime(Child);

impl Runtime {
    fn start(workspace: &Workspace, directory: &Path, port: u16) -> Result<Self> {
        // The program itself, not the script in front of it, whose CPU time would be none.
        let script = "process.stdout.write(require('workerd').default)";
        let workerd = output_of(workspace.command("node").args(["--eval", script]))?;
        let log = fs::File::create(directory.join("log"))?;
        let child = workspace
            .command(workerd.trim())
            .current_dir(directory)
            .args(["serve", "config.capnp"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start the Workers runtime: run `cargo xtask setup` first")?;
        let mut runtime = Self(child);
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if runtime.0.try_wait()?.is_some() || begun.elapsed() > Duration::from_secs(30) {
                bail!(
                    "the Workers runtime did not come up:\n{}",
                    fs::read_to_string(directory.join("log"))?
                );
            }
            sleep(Duration::from_millis(20));
        }
        Ok(runtime)
    }

    /// Prints what a load measured; gives the requests, and the microseconds of CPU of each.
    fn measure(&self, name: &str, events: usize, load: impl FnOnce() -> Result<Measured>) -> Result<(usize, f64)> {
        let before = self.cpu()?;
        let measured = load()?;
        let cpu = self.cpu()?.saturating_sub(before);
        let count = u32::try_from(measured.requests.max(1))?;
        let rate = f64::from(count) / measured.elapsed.as_secs_f64();
        let [p50, p99] = [0.5, 0.99].map(|share| measured.quantile(share).as_secs_f64() * 1e3);
        let events = rate * f64::from(u32::try_from(events)?);
        let cpu = cpu.as_secs_f64() * 1e6 / f64::from(count);
        say(&format!(
            "{name:<36} {rate:>8.0}/s {events:>8.0}/s  {p50:>7.2} ms {p99:>7.2} ms  {cpu:>6.0} µs"
        ));
        Ok((measured.requests, cpu))
    }

    /// CPU time the runtime has used, from Linux' accounts in ticks of 10 ms; nothing elsewhere.
    fn cpu(&self) -> Result<Duration> {
        let Ok(stat) = fs::read_to_string(format!("/proc/{}/stat", self.0.id())) else {
            return Ok(Duration::ZERO);
        };
        // Fields 14 and 15, counted from behind the program's name, which may hold spaces.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: Vec<u64> = fields.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // It has ended by itself when this fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn prepare(directory: &PathBuf, built: &Path, port: u16) -> Result<()> {
    let _ = fs::remove_dir_all(directory);
    fs::create_dir_all(directory.join("state")).with_context(|| format!("cannot create {}", directory.display()))?;
    for file in [&PROGRAM[..], &["schemas.json"]].concat() {
        fs::copy(built.join(file), directory.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    let quoted = |text: &str| format!("{text:?}");
    let config = CONFIG
        .replace("@port", &port.to_string())
        .replace("@token", &quoted(LOCAL_EXPORT_TOKEN))
        .replace("@keys", &quoted(&write_keys(port).replace('\n', " ")));
    fs::write(directory.join("config.capnp"), config).context("cannot write the runtime's configuration")
}

const CONFIG: &str = r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "edge", worker = .edge), (name = "state", disk = (path = "state", writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:@port", http = (), service = "edge") ],
);
const edge :Workerd.Worker = (
  modules = [ (name = "index.js", esModule = embed "index.js"), (name = "./index_bg.wasm", wasm = embed "index_bg.wasm"),
    (name = "./schemas.json", json = embed "schemas.json") ],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "EXPORT_TOKEN", text = @token), (name = "WRITE_KEYS", text = @keys),
    (name = "SHARDS", durableObjectNamespace = "ShardLog"), (name = "SALT", durableObjectNamespace = "SaltKeeper"),
  ],
  durableObjectNamespaces = [
    (className = "ShardLog", uniqueKey = "shards", enableSql = true),
    (className = "SaltKeeper", uniqueKey = "salt", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
"#;

/// A batch as a shop's server sends it.
fn batch(id: &str) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = event_schema::Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or_default());
    let event = |n| {
        format!(
            r#"{{"type":"track","event":"Product Viewed","messageId":"{id}-{n}","userId":"u-{n}","timestamp":"{now}","properties":{{"product_id":"p{n}","price":19.9,"currency":"EUR"}},"context":{{"page":{{"path":"/p/{n}","url":"https://shop.example/p/{n}"}}}}}}"#
        )
    };
    let events: Vec<String> = (0..EVENTS).map(event).collect();
    format!(r#"{{"sentAt":"{now}","batch":[{}]}}"#, events.join(","))
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nx-write-key: shop-server-key\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
