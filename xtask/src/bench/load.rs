//! A load of HTTP requests over loopback: a few connections, each sending as soon as it has its answer, for a fixed time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a load measured.
pub struct Measured {
    /// Requests answered with 200.
    pub requests: usize,
    /// Wall time.
    pub elapsed: Duration,
    latencies: Vec<Duration>,
}

impl Measured {
    /// The latency that `share` of the requests did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank among thousands"
        )]
        let rank = (last as f64 * share).round() as usize;
        self.latencies.get(rank).copied().unwrap_or_default()
    }
}

/// Sends the requests that `request` makes (connection, number) over `connections` connections for `time`.
pub fn run(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    request: impl Fn(usize, usize) -> String + Sync,
) -> Result<Measured> {
    let begun = Instant::now();
    let one = |connection| drive(address, begun + time, |number| request(connection, number));
    let one = &one;
    let results: Vec<Result<Vec<Duration>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|connection| scope.spawn(move || one(connection)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| bail!("a sender panicked")))
            .collect()
    });
    let elapsed = begun.elapsed();
    let mut latencies = Vec::new();
    for result in results {
        latencies.extend(result?);
    }
    latencies.sort_unstable();
    Ok(Measured {
        requests: latencies.len(),
        elapsed,
        latencies,
    })
}

fn drive(address: SocketAddr, until: Instant, request: impl Fn(usize) -> String) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).context("cannot connect to the worker")?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let request = request(latencies.len());
        let sent = Instant::now();
        stream.write_all(request.as_bytes())?;
        read_answer(&mut reader)?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

/// Reads one answer, which must be 200 and say how long it is.
fn read_answer(reader: &mut BufReader<TcpStream>) -> Result<()> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.trim().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if !status.contains(" 200") {
        bail!("the worker answered `{status}`: {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}
