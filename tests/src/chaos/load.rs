//! Batches on their way to a worker that is killed again and again: sent until they are acknowledged, some several times, some
//! by senders that leave before the answer.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use event_schema::Timestamp;
use serde_json::json;

use crate::{Client, WEB_KEY};

/// How long one batch may take to be acknowledged, restarts of the worker included.
const PATIENCE: Duration = Duration::from_secs(180);
/// Events in a batch: one of each lane.
pub const EVENTS: usize = 2;

/// What was sent and acknowledged so far.
#[derive(Debug, Default)]
pub struct Load {
    next: AtomicUsize,
    acknowledged: Mutex<BTreeSet<String>>,
    /// Requests that got no answer, or one that says to send again.
    pub unanswered: AtomicUsize,
    /// Deliveries of a batch that had been acknowledged before.
    pub repeated: AtomicUsize,
    /// Requests whose sender left before the answer.
    pub abandoned: AtomicUsize,
    /// Requests that panicked, each before its batch was sent for good.
    pub panicked: AtomicUsize,
}

impl Load {
    /// How many batches were begun.
    pub fn begun(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }

    /// The ids of all acknowledged events.
    ///
    /// # Errors
    /// When a sender has panicked.
    pub fn acknowledged(&self) -> Result<BTreeSet<String>> {
        match self.acknowledged.lock() {
            Ok(ids) => Ok(ids.clone()),
            Err(_) => bail!("a sender panicked"),
        }
    }

    /// Sends batches over some connections until `total` were begun, and all of them are acknowledged.
    ///
    /// # Errors
    /// When a batch is refused or is not acknowledged in time.
    pub fn send_until(&self, origin: &str, connections: usize, total: usize) -> Result<()> {
        scope(|scope| {
            let sender = || {
                let client = Client::new(origin);
                while let Some(number) = self.take(total) {
                    self.send(&client, origin, number)?;
                }
                anyhow::Ok(())
            };
            let senders: Vec<_> = (0..connections).map(|_| scope.spawn(sender)).collect();
            senders.into_iter().try_for_each(|sender| match sender.join() {
                Ok(result) => result,
                Err(_) => bail!("a sender panicked"),
            })
        })
    }

    /// Sends batches again that were acknowledged before, in the other order.
    ///
    /// # Errors
    /// As for [`Load::send_until`].
    pub fn send_again(&self, origin: &str, numbers: impl DoubleEndedIterator<Item = usize>) -> Result<()> {
        let client = Client::new(origin);
        numbers.rev().try_for_each(|number| {
            self.repeated.fetch_add(1, Ordering::Relaxed);
            self.deliver(&client, origin, &body(number))
        })
    }

    fn take(&self, total: usize) -> Option<usize> {
        let next = |next| (next < total).then_some(next + 1);
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).ok()
    }

    fn send(&self, client: &Client, origin: &str, number: usize) -> Result<()> {
        let body = body(number);
        if number.is_multiple_of(11) {
            // Whoever leaves without the answer does not know what became of the batch.
            self.abandoned.fetch_add(1, Ordering::Relaxed);
            let _ = leave_early(origin, &body);
        }
        if number.is_multiple_of(40) {
            let headers = [("origin", origin), ("user-agent", "panic/1.0")];
            let told = client.post("/v1/batch", &headers, body.as_bytes());
            let panicked = told.is_ok_and(|answer| answer.status == 500);
            self.panicked.fetch_add(panicked.into(), Ordering::Relaxed);
        }
        self.deliver(client, origin, &body)?;
        match self.acknowledged.lock() {
            Ok(mut ids) => ids.extend((0..EVENTS).map(|event| id(number, event))),
            Err(_) => bail!("a sender panicked"),
        }
        let repetitions = match number {
            number if number.is_multiple_of(50) => 2,
            number if number.is_multiple_of(5) => 1,
            _ => 0,
        };
        for _ in 0..repetitions {
            self.repeated.fetch_add(1, Ordering::Relaxed);
            self.deliver(client, origin, &body)?;
        }
        Ok(())
    }

    fn deliver(&self, client: &Client, origin: &str, body: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            match client.post("/v1/batch", &[("origin", origin)], body.as_bytes()) {
                Ok(answer) if answer.status == 200 => {
                    let json = answer.json()?;
                    let count = |name: &str| json[name].as_u64().context("a count is missing");
                    let rejected = json["rejected"].as_array().map_or(0, Vec::len);
                    let taken = count("accepted")? + count("duplicate")?;
                    ensure!(taken == EVENTS as u64 && rejected == 0, "strange verdicts: {json}");
                    return Ok(());
                }
                Ok(answer) if answer.status < 500 => bail!("refused with {}: {:?}", answer.status, answer.json()),
                _ if begun.elapsed() > PATIENCE => bail!("a batch was not acknowledged within {PATIENCE:?}"),
                _ => {
                    self.unanswered.fetch_add(1, Ordering::Relaxed);
                    sleep(Duration::from_millis(50));
                }
            }
        }
    }
}

/// The id of an event of a batch.
fn id(number: usize, event: usize) -> String {
    format!("chaos-{number}-{event}")
}

/// Whether an acknowledged id is that of an event with consent.
pub fn is_event(id: &str) -> bool {
    id.ends_with("-0")
}

/// A batch as a page sends it: always the same bytes for the same number, but for the time.
fn body(number: usize) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let sent_at = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or_default());
    // The same each time, as a page keeps an event's time when it sends it again: a second apart, within the last week.
    let at = i64::try_from(since.as_secs() / 86_400 * 86_400 - number as u64 % 500_000).unwrap_or_default();
    let at = Timestamp::from_millis(at * 1000);
    let page = |event: usize| {
        json!({"type": "page", "messageId": id(number, event), "anonymousId": format!("visitor-{}", number % 1000), "timestamp": at,
            "context": {"page": {"path": "/shoes"}, "consent": {"categoryPreferences": {"analytics": event == 0}}}})
    };
    let events: Vec<_> = (0..EVENTS).map(page).collect();
    json!({"writeKey": WEB_KEY, "sentAt": sent_at, "batch": events}).to_string()
}

/// Sends a whole request and goes.
fn leave_early(origin: &str, body: &str) -> Result<()> {
    let address = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    write!(
        stream,
        "POST /v1/batch HTTP/1.1\r\nhost: {address}\r\norigin: {origin}\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    Ok(())
}
