//! Events with consent that the edge has not acknowledged yet. Each is kept in the site's own storage under a key of its
//! own until then, so that keeping one costs the same however many wait, and any later page can send what is left.

use alloc::vec::Vec;

use event_schema::wire::{CONSENTED, Writer};

use crate::frame::Frame;
use crate::lane::Record;
use crate::{Surroundings, text};

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
    record: Record,
    /// Whether it is in storage too, as far as that takes it. What is not goes at once.
    kept: bool,
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

impl Outbox {
    /// Takes over what an earlier page or another tab left. It goes with this page's first batch. What is no record of ours
    /// is removed: nobody could send it.
    pub fn adopt(&mut self, key: &[u8], record: &[u8], frame: &mut Frame<impl Surroundings>) {
        let record = Record(text::copy(record));
        if record.key() != key {
            frame.surroundings.keep(key, b"");
        } else if !self.is_full() && !self.waiting.iter().any(|waiting| waiting.record == record) {
            self.waiting.push(Waiting {
                record,
                kept: true,
                sent: Sent::DOUBTFUL,
            });
            self.await_company(frame);
        }
    }

    /// Whether there is no room for another event.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= CAPACITY
    }

    /// Queues one event, and sends when there is company enough. What is not `kept` in storage goes at once.
    pub fn push(&mut self, record: Record, kept: bool, frame: &mut Frame<impl Surroundings>) {
        if kept {
            // Storage that is blocked or full leaves the event in memory, where it lasts as long as the page.
            frame.surroundings.keep(&record.key(), &record.0);
        }
        self.waiting.push(Waiting {
            record,
            kept,
            sent: Sent::NO,
        });
        let pausing = self.timer && self.failures > 0;
        if !self.in_the_air() && !pausing {
            self.send_or_await(frame);
        }
    }

    fn send_or_await(&mut self, frame: &mut Frame<impl Surroundings>) {
        let notice = self.waiting.iter().any(|waiting| !waiting.kept);
        if notice || self.waiting.len() >= BATCH_EVENTS {
            self.send(frame);
        } else if !self.waiting.is_empty() {
            self.await_company(frame);
        }
    }

    fn await_company(&mut self, frame: &mut Frame<impl Surroundings>) {
        if !self.timer {
            self.timer = true;
            frame.surroundings.wake(BATCH_DELAY);
        }
    }

    /// Sends what waits: the time for company, or the pause after a failure, is over.
    pub fn send(&mut self, frame: &mut Frame<impl Surroundings>) {
        self.timer = false;
        if self.in_the_air() {
            return;
        }
        let flight = self.flights + 1;
        if let Some(body) = self.take(Sent(flight), false, frame) {
            self.flights = flight;
            frame.surroundings.send(&body, flight);
        }
    }

    /// Sends everything at once, because the page goes out of sight. Where it is `leaving`, nobody will hear the answer,
    /// so a beacon does; what it carried stays in storage for a later page to send again under the same message ids.
    pub fn flush(&mut self, leaving: bool, frame: &mut Frame<impl Surroundings>) {
        loop {
            let flight = self.flights + 1;
            let sent = if leaving { Sent::DOUBTFUL } else { Sent(flight) };
            let Some(body) = self.take(sent, true, frame) else {
                return;
            };
            if !leaving {
                self.flights = flight;
                frame.surroundings.send(&body, flight);
            } else if !frame.surroundings.send(&body, 0) {
                // The browser's quota is used up: what is left waits in storage.
                return;
            }
        }
    }

    /// Takes the answer to a request: its status, 0 when there was none, and how many events it refused one by one.
    pub fn settled(&mut self, flight: u32, status: u32, refused: u32, frame: &mut Frame<impl Surroundings>) {
        match status {
            200..=299 => {
                let settled = self.remove(flight, frame);
                let refused = refused.min(settled);
                frame.counters.delivered += settled - refused;
                frame.counters.rejected += refused;
            }
            400 | 401 | 403 | 413 | 422 => frame.counters.rejected += self.remove(flight, frame),
            _ => return self.pause(flight, frame),
        }
        self.failures = 0;
        self.send_or_await(frame);
    }

    /// The page is in sight again: what only a beacon carried is sent once more, for an answer.
    pub fn doubt(&mut self, frame: &mut Frame<impl Surroundings>) {
        if !self.waiting.is_empty() {
            self.await_company(frame);
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
    fn take(&mut self, sent: Sent, fresh: bool, frame: &Frame<impl Surroundings>) -> Option<Vec<u8>> {
        let mut writer = Writer::new(CONSENTED, &frame.settings.write_key, frame.now);
        let (mut before, mut bytes): (&[u8], _) = (b"", 0);
        for waiting in &mut self.waiting {
            if waiting.sent.in_the_air() || (fresh && waiting.sent != Sent::NO) {
                continue;
            }
            bytes += waiting.record.0.len();
            if bytes > BATCH_BYTES && !before.is_empty() {
                break;
            }
            waiting.sent = sent;
            let record: &Record = &waiting.record;
            record.write(before, frame.now, &mut writer);
            before = &record.0;
        }
        (bytes > 0).then(|| writer.finish())
    }

    fn remove(&mut self, flight: u32, frame: &mut Frame<impl Surroundings>) -> u32 {
        let before = self.len();
        self.waiting.retain(|waiting| {
            let settled = waiting.sent == Sent(flight);
            if settled && waiting.kept {
                frame.surroundings.keep(&waiting.record.key(), b"");
            }
            !settled
        });
        before - self.len()
    }

    /// Waits before the next try: a second, doubled with each failure, and by up to half of that shorter, so that the
    /// pages which saw the same failure do not come back at the same moment.
    fn pause(&mut self, flight: u32, frame: &mut Frame<impl Surroundings>) {
        for waiting in &mut self.waiting {
            if waiting.sent == Sent(flight) {
                waiting.sent = Sent::NO;
            }
        }
        let longest = MAX_PAUSE.min(PAUSE << self.failures.min(10));
        let random = frame.surroundings.random().unwrap_or_default() & 0xff;
        self.failures += 1;
        self.timer = true;
        frame.surroundings.wake(longest - longest / 512 * random);
    }
}
