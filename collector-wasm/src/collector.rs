//! The collector, from a call to a request: read it, clean it, ask the gate, choose the lane, queue it.

use alloc::string::String;
use alloc::vec::Vec;

use event_schema::{MessageId, limits};

use crate::call::Call;
use crate::draft::{Draft, Happened, NoDraft, Scene};
use crate::gate::{Gate, Verdict};
use crate::lane::{self, AudienceHit, Identity};
use crate::outbox::{Frame, Outbox};
use crate::url::{self, Cleaned};
use crate::views::Views;
use crate::visitor::{self, Visitor};
use crate::wire;
use crate::{Counters, Settings, Surroundings};

/// Drafts held in memory while nobody has answered; the newest give way, because the first page tells where a visitor
/// came from.
const HELD: usize = 500;
/// The name under which a change of the answers is sent, as Segment's consent tools name it.
const CONSENT_UPDATED: &str = "Segment Consent Preference Updated";

/// A page's collector.
pub struct Collector<S> {
    settings: Settings,
    surroundings: S,
    gate: Gate,
    visitor: Option<Visitor>,
    views: Views,
    /// What waits for the visitor's answer. In memory only.
    held: Vec<Draft>,
    /// Audience hits that wait for company. In memory only.
    hits: Vec<String>,
    outbox: Outbox,
    counters: Counters,
}

impl<S: Surroundings> Collector<S> {
    /// A collector for one page. It takes up the consent that an earlier page stored, unless the browser objects: then
    /// what is stored goes.
    pub fn new(settings: Settings, surroundings: S) -> Self {
        let visitor = Visitor::stored(&surroundings);
        let answers = visitor
            .as_ref()
            .map(|visitor| visitor.consent.clone())
            .unwrap_or_default();
        let mut collector = Self {
            gate: Gate::new(settings.objects, answers),
            visitor,
            settings,
            surroundings,
            views: Views::default(),
            held: Vec::new(),
            hits: Vec::new(),
            outbox: Outbox::default(),
            counters: Counters::default(),
        };
        match collector.gate.verdict() {
            Verdict::Granted => collector.outbox.take_over(&mut collector.surroundings),
            Verdict::Refused => collector.forget(),
            Verdict::Pending => {}
        }
        collector
    }

    /// Takes one call that was made `at` so many milliseconds since the epoch. `text` is what the loader stamped, in lines:
    /// the page's address, referrer and title; verb; name or id; other id; the text of a JSON object. What is missing is empty.
    ///
    /// The verbs are Segment's `page`, `track`, `identify`, `group`, `alias`, `reset`; `consent`; and the loader's own
    /// `visit` (the address may have changed), `return` (the page is back from the browser's cache) and `elsewhere` (another
    /// tab changed what is stored).
    pub fn call(&mut self, at: i64, text: &str) {
        let call = Call::new(at, text);
        match call.verb {
            "consent" => self.consent(&call),
            "elsewhere" => self.follow_other_tab(),
            "return" => {
                self.views.forget();
                self.outbox.doubt(&mut self.surroundings);
            }
            _ => self.draft(&call),
        }
    }

    /// The page goes out of sight, or is `leaving` for good: sends what waits.
    pub fn hide(&mut self, leaving: bool) {
        if self.gate.verdict() == Verdict::Pending && self.settings.audience {
            self.release_held();
        }
        self.send_hits();
        self.outbox.flush(
            leaving,
            &Frame {
                write_key: &self.settings.write_key,
            },
            &mut self.surroundings,
        );
    }

    /// The time asked for by [`Surroundings::wake`] is over, or the network is back.
    pub fn tick(&mut self) {
        self.send_hits();
        self.outbox.send(
            &Frame {
                write_key: &self.settings.write_key,
            },
            &mut self.surroundings,
        );
    }

    /// The answer to the request `flight`: its HTTP status, or 0 when there was no answer from the edge.
    pub fn settled(&mut self, flight: u32, status: u16) {
        let frame = Frame {
            write_key: &self.settings.write_key,
        };
        self.outbox
            .settled(flight, status, &frame, &mut self.surroundings, &mut self.counters);
    }

    /// How many events went where.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// How many events wait: for the visitor's answer, and for the edge's acknowledgement.
    pub fn waiting(&self) -> (usize, u32) {
        (self.held.len(), self.outbox.len())
    }

    fn draft(&mut self, call: &Call<'_>) {
        let cleaned = url::clean(call.url, &self.settings.query);
        if !self.counts(call.verb, &cleaned) {
            return;
        }
        let user = self.visitor.as_ref().and_then(|visitor| visitor.user_id.as_ref());
        match Happened::new(call, user) {
            Ok(happened) => {
                let scene = Scene::new(call, cleaned, self.referrer(call));
                self.admit(Draft { happened, scene });
            }
            Err(NoDraft::JunkId) => self.counters.junk_ids += 1,
            Err(NoDraft::Malformed) => self.counters.malformed += 1,
        }
    }

    /// Where the visitor came from: an earlier route of this document, or what the document says.
    fn referrer(&self, call: &Call<'_>) -> String {
        match self.views.came_from() {
            Some(page) => String::from(page),
            None => url::clean(call.referrer, &self.settings.query).url,
        }
    }

    /// Whether a call that may be a page view is one. Other calls count always.
    fn counts(&mut self, verb: &str, cleaned: &Cleaned) -> bool {
        match verb {
            "visit" if self.settings.manual_pages => false,
            "visit" => self.views.is_new(&cleaned.page),
            "page" => {
                let new = self.views.is_new(&cleaned.page);
                self.counters.repeated += u32::from(!new);
                new
            }
            _ => true,
        }
    }

    fn admit(&mut self, draft: Draft) {
        match self.gate.verdict() {
            Verdict::Granted => self.send(draft),
            Verdict::Refused => self.measure(draft),
            Verdict::Pending if self.held.len() < HELD => self.held.push(draft),
            Verdict::Pending => self.counters.overflowed += 1,
        }
    }

    /// Sends a draft in the consented lane.
    fn send(&mut self, draft: Draft) {
        let Draft {
            happened: Happened::Event(kind, user),
            scene,
        } = draft
        else {
            return self.reset();
        };
        let message_id = self.message_id();
        let (Some(visitor), Some(message_id)) = (self.visitor.as_mut(), message_id) else {
            self.counters.unsendable += 1;
            return;
        };
        if user.is_some() && visitor.user_id != user {
            visitor.user_id = user;
            visitor.store(&mut self.surroundings);
        }
        let identity = Identity {
            anonymous_id: &visitor.anonymous_id,
            user_id: visitor.user_id.as_ref(),
            gate: &self.gate,
            locale: &self.settings.locale,
        };
        let event = lane::consented(kind, scene, message_id, &identity);
        let json = wire::event(&event);
        if json.len() > limits::EVENT_BYTES {
            self.counters.malformed += 1;
            return;
        }
        let frame = Frame {
            write_key: &self.settings.write_key,
        };
        let id = event.message_id.as_str();
        self.outbox
            .push(id, json, &frame, &mut self.surroundings, &mut self.counters);
    }

    /// Counts a draft without any id where the site and the visitor let us, and discards it otherwise.
    fn measure(&mut self, draft: Draft) {
        let hit = if self.settings.audience && self.gate.measures() {
            self.message_id()
                .and_then(|message_id| AudienceHit::new(draft, message_id))
        } else {
            None
        };
        let Some(hit) = hit else {
            self.counters.refused += 1;
            return;
        };
        if self.hits.is_empty() {
            self.surroundings.wake(2_000);
        }
        self.hits.push(hit.to_json());
        if self.hits.len() >= 10 {
            self.send_hits();
        }
    }

    fn send_hits(&mut self) {
        let hits: Vec<&str> = self.hits.iter().map(String::as_str).collect();
        if hits.is_empty() {
            return;
        }
        let body = Frame {
            write_key: &self.settings.write_key,
        }
        .around(&hits, self.surroundings.now());
        let count = u32::try_from(hits.len()).unwrap_or(u32::MAX);
        if self.surroundings.beacon(&body) {
            self.counters.measured += count;
        } else {
            self.counters.unsendable += count;
        }
        self.hits.clear();
    }

    /// Takes the visitor's answers, which hold for everything from the next event on, and for what was held.
    fn consent(&mut self, call: &Call<'_>) {
        let before = self.gate.answers().clone();
        call.answers(|purpose, granted| self.gate.answer(purpose, granted));
        let changed = before != *self.gate.answers();
        match self.gate.verdict() {
            Verdict::Pending => {}
            Verdict::Refused => self.forget(),
            Verdict::Granted => {
                self.recognise();
                self.release_held();
                if changed {
                    self.tell_consent(call);
                }
            }
        }
    }

    /// Makes or updates the stored visitor.
    fn recognise(&mut self) {
        let consent = self.gate.answers().clone();
        self.visitor = match self.visitor.take() {
            Some(visitor) => Some(Visitor { consent, ..visitor }),
            None => Visitor::new(consent, &mut self.surroundings),
        };
        if let Some(visitor) = &self.visitor {
            visitor.store(&mut self.surroundings);
        }
    }

    /// Tells the edge of changed answers, so that what the other purposes allow is known.
    fn tell_consent(&mut self, call: &Call<'_>) {
        let cleaned = url::clean(call.url, &self.settings.query);
        let scene = Scene::new(call, cleaned, self.referrer(call));
        self.send(Draft {
            happened: Happened::track(CONSENT_UPDATED),
            scene,
        });
    }

    fn release_held(&mut self) {
        for draft in core::mem::take(&mut self.held) {
            match self.gate.verdict() {
                Verdict::Granted => self.send(draft),
                _ => self.measure(draft),
            }
        }
    }

    /// Deletes every id and every event that waits, here and in storage, before anything else happens.
    fn forget(&mut self) {
        self.visitor = None;
        Visitor::forget(&mut self.surroundings);
        self.counters.refused += self.outbox.discard(&mut self.surroundings);
        self.release_held();
    }

    /// Another tab stored or removed the visitor: its answer holds here too.
    fn follow_other_tab(&mut self) {
        let stored = Visitor::stored(&self.surroundings);
        match (&self.visitor, stored) {
            (Some(_), None) => {
                self.gate.withdraw();
                self.forget();
            }
            (_, Some(stored)) if !self.settings.objects => {
                self.gate = Gate::new(false, stored.consent.clone());
                self.visitor = Some(stored);
                self.release_held();
            }
            _ => {}
        }
    }

    /// The next event belongs to a new visitor without a name.
    fn reset(&mut self) {
        self.visitor = None;
        self.recognise();
    }

    fn message_id(&mut self) -> Option<MessageId> {
        MessageId::new(&visitor::random_id(&mut self.surroundings)?).ok()
    }
}
