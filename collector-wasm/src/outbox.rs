//! Events with consent that the edge has not acknowledged yet. Each is kept in the site's own storage under a key of its
//! own until then, so that keeping one costs the same however many wait, and any later page can send what is left.

use alloc::string::String;
use alloc::vec::Vec;

use event_schema::Timestamp;

use crate::json;
use crate::wire::Object;
use crate::{Counters, Surroundings};

/// What every key of a waiting event starts with. After it: the milliseconds at which it was queued, and its message id.
const PREFIX: &str = "firsthand.event.";
/// So many events are sent without waiting for more.
const BATCH_EVENTS: usize = 10;
/// How long an event waits for company, in milliseconds.
const BATCH_DELAY: u32 = 2_000;
/// Bytes of events in one request. Browsers let 64 KiB of requests outlive a page; the rest is for the frame around them.
const BATCH_BYTES: usize = 60_000;
/// Events that wait at most; the oldest give way.
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
    key: String,
    json: String,
    sent: Sent,
}

impl Waiting {
    fn in_the_air(&self) -> bool {
        !self.sent.may_be_asked()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    No,
    /// By a request whose answer will come.
    Flight(u32),
    /// By a beacon, which has no answer, or by a page that is gone: once more by a request, but by no further beacon.
    Doubtful,
}

impl Sent {
    fn not_at_all(self) -> bool {
        self == Sent::No
    }

    /// Whether a request, whose answer will come, may carry it.
    fn may_be_asked(self) -> bool {
        !matches!(self, Sent::Flight(_))
    }
}

impl Outbox {
    /// Takes over what earlier pages left. It goes with this page's first batch.
    pub fn take_over(&mut self, surroundings: &mut impl Surroundings) {
        self.adopt(surroundings);
        if !self.waiting.is_empty() {
            self.await_company(surroundings);
        }
    }

    /// Reads what is in storage and not known here, oldest first.
    fn adopt(&mut self, surroundings: &impl Surroundings) {
        for key in surroundings.stored_keys(PREFIX) {
            // Keys are in the order of time, and few wait: sorting would cost the page a kilobyte of code.
            let place = self.waiting.partition_point(|waiting| waiting.key < key);
            let known = self.waiting.get(place).is_some_and(|waiting| waiting.key == key);
            if let (false, Some(json)) = (known, surroundings.stored(&key)) {
                let sent = Sent::Doubtful;
                self.waiting.insert(place, Waiting { key, json, sent });
            }
        }
    }

    /// Queues one event, and sends when there is company enough.
    pub fn push(
        &mut self,
        message_id: &str,
        json: String,
        frame: &Frame<'_>,
        surroundings: &mut impl Surroundings,
        counters: &mut Counters,
    ) {
        let mut key = String::from(PREFIX);
        json::push_number(&mut key, surroundings.now().unsigned_abs());
        key.push('-');
        key.push_str(message_id);
        // Storage that is blocked or full leaves the event in memory, where it lasts as long as the page.
        surroundings.store(&key, &json);
        if self.waiting.len() >= CAPACITY {
            surroundings.forget(&self.waiting.remove(0).key);
            counters.overflowed += 1;
        }
        self.waiting.push(Waiting {
            key,
            json,
            sent: Sent::No,
        });
        let pausing = self.timer && self.failures > 0;
        if !self.in_the_air() && !pausing {
            self.send_or_await(frame, surroundings);
        }
    }

    fn send_or_await(&mut self, frame: &Frame<'_>, surroundings: &mut impl Surroundings) {
        match self.unsent() {
            0 => {}
            BATCH_EVENTS.. => self.send(frame, surroundings),
            _ => self.await_company(surroundings),
        }
    }

    fn await_company(&mut self, surroundings: &mut impl Surroundings) {
        if !self.timer {
            self.timer = true;
            surroundings.wake(BATCH_DELAY);
        }
    }

    /// Sends what waits: the time for company, or the pause after a failure, is over.
    pub fn send(&mut self, frame: &Frame<'_>, surroundings: &mut impl Surroundings) {
        self.timer = false;
        if self.in_the_air() {
            return;
        }
        let flight = self.flights + 1;
        if let Some(body) = self.take(Sent::Flight(flight), Sent::may_be_asked, frame, surroundings.now()) {
            self.flights = flight;
            surroundings.post(&body, flight);
        }
    }

    /// Sends everything at once, because the page goes out of sight. Where it is `leaving`, nobody will hear the answer,
    /// so a beacon does; what it carried stays in storage for a later page to send again under the same message ids.
    pub fn flush(&mut self, leaving: bool, frame: &Frame<'_>, surroundings: &mut impl Surroundings) {
        loop {
            let flight = self.flights + 1;
            let sent = if leaving { Sent::Doubtful } else { Sent::Flight(flight) };
            let Some(body) = self.take(sent, Sent::not_at_all, frame, surroundings.now()) else {
                return;
            };
            if !leaving {
                self.flights = flight;
                surroundings.post(&body, flight);
            } else if !surroundings.beacon(&body) {
                // The browser's quota is used up: what is left waits in storage.
                return;
            }
        }
    }

    /// Takes the answer to a request. `status` is 0 when there was none.
    pub fn settled(
        &mut self,
        flight: u32,
        status: u16,
        frame: &Frame<'_>,
        surroundings: &mut impl Surroundings,
        counters: &mut Counters,
    ) {
        match status {
            200..=299 => counters.delivered += self.remove(flight, surroundings),
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

    /// Discards everything, also what earlier pages and other tabs left, and returns how many events that were.
    pub fn discard(&mut self, surroundings: &mut impl Surroundings) -> u32 {
        self.adopt(surroundings);
        let discarded = count(self.waiting.len());
        self.waiting
            .drain(..)
            .for_each(|waiting| surroundings.forget(&waiting.key));
        discarded
    }

    /// How many events wait for the edge's acknowledgement.
    pub fn len(&self) -> u32 {
        count(self.waiting.len())
    }

    fn unsent(&self) -> usize {
        self.waiting.iter().filter(|waiting| !waiting.in_the_air()).count()
    }

    fn in_the_air(&self) -> bool {
        self.waiting
            .iter()
            .any(|waiting| matches!(waiting.sent, Sent::Flight(_)))
    }

    /// The body of a request with the oldest events that `may_go`, which count as `sent` from now on.
    fn take(&mut self, sent: Sent, may_go: fn(Sent) -> bool, frame: &Frame<'_>, now: i64) -> Option<String> {
        let mut events: Vec<&str> = Vec::new();
        let mut bytes = 0;
        for waiting in self.waiting.iter_mut().filter(|waiting| may_go(waiting.sent)) {
            bytes += waiting.json.len() + 1;
            if bytes > BATCH_BYTES && !events.is_empty() {
                break;
            }
            waiting.sent = sent;
            events.push(&waiting.json);
        }
        (!events.is_empty()).then(|| frame.around(&events, now))
    }

    fn remove(&mut self, flight: u32, surroundings: &mut impl Surroundings) -> u32 {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| {
            let settled = waiting.sent == Sent::Flight(flight);
            if settled {
                surroundings.forget(&waiting.key);
            }
            !settled
        });
        count(before - self.waiting.len())
    }

    /// Waits before the next try: a second, doubled with each failure, and by up to half of that shorter, so that the
    /// pages which saw the same failure do not come back at the same moment.
    fn pause(&mut self, flight: u32, surroundings: &mut impl Surroundings) {
        for waiting in self
            .waiting
            .iter_mut()
            .filter(|waiting| waiting.sent == Sent::Flight(flight))
        {
            waiting.sent = Sent::No;
        }
        let longest = PAUSE.saturating_mul(1 << self.failures.min(10)).min(MAX_PAUSE);
        let [random, ..] = surroundings.random().unwrap_or_default();
        self.failures += 1;
        self.timer = true;
        surroundings.wake(longest - longest / 512 * u32::from(random));
    }
}

/// What stands around the events in a request.
pub(crate) struct Frame<'a> {
    pub write_key: &'a str,
}

impl Frame<'_> {
    /// `{"writeKey": …, "sentAt": …, "batch": […]}`.
    pub fn around(&self, events: &[&str], now: i64) -> String {
        let mut batch = String::from("[");
        for (index, event) in events.iter().enumerate() {
            batch.push_str(if index == 0 { "" } else { "," });
            batch.push_str(event);
        }
        batch.push(']');
        let mut body = String::new();
        Object::write(&mut body, |fields| {
            fields.text("writeKey", self.write_key);
            fields.text("sentAt", &Timestamp::from_millis(now).to_text());
            fields.json("batch", &batch);
        });
        body
    }
}

/// A count of what fits a page's memory.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
