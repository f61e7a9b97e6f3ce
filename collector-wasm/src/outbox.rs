//! Events with consent that the edge has not acknowledged yet. Each is kept in the site's own storage under a key of its
//! own until then, so that keeping one costs the same however many wait, and any later page can send what is left.

use alloc::string::String;
use alloc::vec::Vec;

use event_schema::wire::Writer;

use crate::{Counters, Surroundings, lane, text};

/// What every key of a waiting event starts with. After it: the milliseconds at which it was queued, session and number.
pub(crate) const PREFIX: &str = "firsthand.event.";
/// So many events are sent without waiting for more.
const BATCH_EVENTS: usize = 10;
/// How long an event waits for company, in milliseconds.
const BATCH_DELAY: u32 = 2_000;
/// Bytes of records in one request. Browsers let 64 KiB of requests outlive a page, and a body is smaller than its records.
const BATCH_BYTES: usize = 60_000;
/// Events that wait at most; further ones are dropped and counted.
const CAPACITY: usize = 1_000;
/// The first pause after a failure, in milliseconds. It doubles up to [`MAX_PAUSE`].
const PAUSE: u32 = 1_000;
/// The longest pause after a failure, in milliseconds.
const MAX_PAUSE: u32 = 300_000;

/// The queue.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Vec<Waiting>,
    flights: u32,
    failures: u32,
    /// Whether a timer runs: for company, or after a failure.
    timer: bool,
}

#[derive(Debug)]
struct Waiting {
    /// Empty for what is not stored.
    key: String,
    record: String,
    sent: Sent,
}

/// How an event was sent: by the request of this number, whose answer will come, or as the constants say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sent(u32);

impl Sent {
    const NO: Sent = Sent(0);
    /// By a beacon, which has no answer, or by a page that is gone: once more by a request, but by no further beacon.
    const DOUBTFUL: Sent = Sent(u32::MAX);

    fn in_the_air(self) -> bool {
        self != Self::NO && self != Self::DOUBTFUL
    }
}

/// What a request needs beside the events.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub write_key: &'a str,
    pub now: i64,
}

impl Outbox {
    /// Takes over what an earlier page or another tab left. It goes with this page's first batch.
    pub fn adopt(&mut self, key: &str, record: &str, surroundings: &mut impl Surroundings) {
        let known = self.waiting.iter().any(|waiting| waiting.key == key);
        if !known && !self.is_full() {
            self.waiting.push(Waiting {
                key: String::from(key),
                record: String::from(record),
                sent: Sent::DOUBTFUL,
            });
            self.await_company(surroundings);
        }
    }

    /// Whether there is no room for another event.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= CAPACITY
    }

    /// Queues one event, and sends when there is company enough. Without a `key` it is not stored, and goes at once.
    pub fn push(&mut self, key: String, record: String, frame: Frame<'_>, surroundings: &mut impl Surroundings) {
        if !key.is_empty() {
            // Storage that is blocked or full leaves the event in memory, where it lasts as long as the page.
            surroundings.keep(&key, &record);
        }
        self.waiting.push(Waiting {
            key,
            record,
            sent: Sent::NO,
        });
        let pausing = self.timer && self.failures > 0;
        if !self.in_the_air() && !pausing {
            self.send_or_await(frame, surroundings);
        }
    }

    fn send_or_await(&mut self, frame: Frame<'_>, surroundings: &mut impl Surroundings) {
        let notice = self.waiting.iter().any(|waiting| waiting.key.is_empty());
        if notice || self.waiting.len() >= BATCH_EVENTS {
            self.send(frame, surroundings);
        } else if !self.waiting.is_empty() {
            self.await_company(surroundings);
        }
    }

    fn await_company(&mut self, surroundings: &mut impl Surroundings) {
        if !self.timer {
            self.timer = true;
            surroundings.wake(BATCH_DELAY);
        }
    }

    /// Sends what waits: the time for company, or the pause after a failure, is over.
    pub fn send(&mut self, frame: Frame<'_>, surroundings: &mut impl Surroundings) {
        self.timer = false;
        if self.in_the_air() {
            return;
        }
        let flight = self.flights + 1;
        if let Some(body) = self.take(Sent(flight), false, frame) {
            self.flights = flight;
            surroundings.send(&body, flight);
        }
    }

    /// Sends everything at once, because the page goes out of sight. Where it is `leaving`, nobody will hear the answer,
    /// so a beacon does; what it carried stays in storage for a later page to send again under the same message ids.
    pub fn flush(&mut self, leaving: bool, frame: Frame<'_>, surroundings: &mut impl Surroundings) {
        loop {
            let flight = self.flights + 1;
            let sent = if leaving { Sent::DOUBTFUL } else { Sent(flight) };
            let Some(body) = self.take(sent, true, frame) else {
                return;
            };
            if !leaving {
                self.flights = flight;
                surroundings.send(&body, flight);
            } else if !surroundings.send(&body, 0) {
                // The browser's quota is used up: what is left waits in storage.
                return;
            }
        }
    }

    /// Takes the answer to a request: its status, 0 when there was none, and how many events it refused one by one.
    pub fn settled(
        &mut self,
        flight: u32,
        (status, refused): (u16, u32),
        frame: Frame<'_>,
        surroundings: &mut impl Surroundings,
        counters: &mut Counters,
    ) {
        match status {
            200..=299 => {
                let settled = self.remove(flight, surroundings);
                let refused = refused.min(settled);
                counters.delivered += settled - refused;
                counters.rejected += refused;
            }
            400 | 401 | 403 | 413 | 422 => counters.rejected += self.remove(flight, surroundings),
            _ => return self.pause(flight, surroundings),
        }
        self.failures = 0;
        self.send_or_await(frame, surroundings);
    }

    /// The page is in sight again: what only a beacon carried is sent once more, for an answer.
    pub fn doubt(&mut self, surroundings: &mut impl Surroundings) {
        if !self.waiting.is_empty() {
            self.await_company(surroundings);
        }
    }

    /// Discards everything here, and returns how many events that were.
    pub fn discard(&mut self) -> u32 {
        let discarded = self.len();
        self.waiting.clear();
        discarded
    }

    /// How many events wait for the edge's acknowledgement.
    pub fn len(&self) -> u32 {
        self.waiting.len() as u32
    }

    fn in_the_air(&self) -> bool {
        self.waiting.iter().any(|waiting| waiting.sent.in_the_air())
    }

    /// The body of a request with the oldest events that may go, which count as `sent` from now on: of those that are not
    /// in the air all, or only the `fresh` that nothing carried yet.
    fn take(&mut self, sent: Sent, fresh: bool, frame: Frame<'_>) -> Option<Vec<u8>> {
        let mut records: Vec<&str> = Vec::new();
        let mut bytes = 0;
        for waiting in &mut self.waiting {
            if waiting.sent.in_the_air() || (fresh && waiting.sent != Sent::NO) {
                continue;
            }
            bytes += waiting.record.len();
            if bytes > BATCH_BYTES && !records.is_empty() {
                break;
            }
            waiting.sent = sent;
            records.push(&waiting.record);
        }
        if records.is_empty() {
            return None;
        }
        let mut writer = Writer::new(frame.write_key, frame.now, 0, records.len());
        let mut before = "";
        for record in records {
            lane::write(record, before, &mut writer);
            before = record;
        }
        Some(writer.finish())
    }

    fn remove(&mut self, flight: u32, surroundings: &mut impl Surroundings) -> u32 {
        let before = self.len();
        self.waiting.retain(|waiting| {
            let settled = waiting.sent == Sent(flight);
            if settled && !waiting.key.is_empty() {
                surroundings.keep(&waiting.key, "");
            }
            !settled
        });
        before - self.len()
    }

    /// Waits before the next try: a second, doubled with each failure, and by up to half of that shorter, so that the
    /// pages which saw the same failure do not come back at the same moment.
    fn pause(&mut self, flight: u32, surroundings: &mut impl Surroundings) {
        for waiting in &mut self.waiting {
            if waiting.sent == Sent(flight) {
                waiting.sent = Sent::NO;
            }
        }
        let longest = MAX_PAUSE.min(PAUSE << self.failures.min(10));
        let [random, ..] = surroundings.random().unwrap_or_default();
        self.failures += 1;
        self.timer = true;
        surroundings.wake(longest - longest / 512 * u32::from(random));
    }
}

/// The storage key of an event: in the order of time, and another for each event.
pub(crate) fn key(now: i64, session: &[u8], sequence: u32) -> String {
    let mut key = String::from(PREFIX);
    text::push_number(&mut key, now);
    key.push('-');
    text::push_hexadecimal(&mut key, session);
    text::push_number(&mut key, sequence.into());
    key
}
