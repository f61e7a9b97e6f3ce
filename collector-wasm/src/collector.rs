//! The collector, from a call to a request: read it, clean it, ask the gate, choose the lane, queue it.

use alloc::string::String;
use alloc::vec::Vec;

use event_schema::limits;
use event_schema::wire::Writer;

use crate::call::Call;
use crate::draft::{self, Draft, NoDraft};
use crate::gate::{Gate, Verdict};
use crate::lane::{self, AudienceHit};
use crate::outbox::{self, Frame, Outbox};
use crate::redact::{self, Meaning};
use crate::session::Session;
use crate::text::{self, FIELD};
use crate::url;
use crate::views::Views;
use crate::visitor::{self, Visitor};
use crate::{Counters, Settings, Surroundings, fields};

/// Drafts held in memory while nobody has answered; the newest give way, because the first page tells where a visitor
/// came from.
const HELD: usize = 500;
/// Hits that are sent without waiting for more.
const HITS: usize = 10;
/// How long a hit waits for company, in milliseconds.
const HITS_DELAY: u32 = 2_000;

/// A page's collector.
pub struct Collector<S> {
    settings: Settings,
    surroundings: S,
    gate: Gate,
    visitor: Option<Visitor>,
    session: Option<Session>,
    views: Views,
    /// What waits for the visitor's answer. In memory only.
    held: Vec<Draft>,
    /// Audience hits that wait for company. In memory only.
    hits: Vec<AudienceHit>,
    outbox: Outbox,
    counters: Counters,
    now: i64,
}

impl<S: Surroundings> Collector<S> {
    /// A collector for one page. It takes up the consent that an earlier page stored, unless the browser objects: then
    /// what is stored goes. `stored` are the keys and values of what is in storage, one after the other.
    pub fn new(settings: Settings, stored: &str, surroundings: S) -> Self {
        let mut collector = Self {
            gate: Gate::new(settings.objects),
            settings,
            surroundings,
            visitor: None,
            session: None,
            views: Views::default(),
            held: Vec::new(),
            hits: Vec::new(),
            outbox: Outbox::default(),
            counters: Counters::default(),
            now: 0,
        };
        collector.take_up(stored, true);
        if collector.gate.verdict() == Verdict::Refused {
            collector.surroundings.clear();
        }
        collector
    }

    /// Takes one call that was made `at` so many milliseconds since the epoch; it is `now`. `text` is what the loader
    /// stamped: the page's address, referrer and title; verb; name or id; other id; [`fields`]. What is missing is empty.
    ///
    /// The verbs are Segment's `page`, `track`, `identify`, `group`, `alias`, `reset`; `consent`; and the loader's own
    /// `visit` (the address may have changed), `return` (the page is back from the browser's cache) and `elsewhere` (another
    /// tab changed what is stored, which follows).
    pub fn call(&mut self, now: i64, at: i64, text: &str) {
        self.now = now;
        let call = Call::new(at, text);
        match call.verb {
            "consent" => self.consent(&call),
            "elsewhere" => self.follow_other_tab(call.fields),
            "reset" => self.reset(),
            "return" => {
                self.views.forget();
                self.outbox.doubt(&mut self.surroundings);
            }
            _ => self.draft(&call),
        }
    }

    /// The page goes out of sight, or is `leaving` for good: sends what waits.
    pub fn hide(&mut self, now: i64, leaving: bool) {
        self.now = now;
        if self.gate.verdict() == Verdict::Pending && self.settings.audience {
            self.release_held();
        }
        self.send_hits();
        let frame = Frame {
            write_key: &self.settings.write_key,
            now,
        };
        self.outbox.flush(leaving, frame, &mut self.surroundings);
    }

    /// The time asked for by [`Surroundings::wake`] is over, or the network is back.
    pub fn tick(&mut self, now: i64) {
        self.now = now;
        self.send_hits();
        let frame = Frame {
            write_key: &self.settings.write_key,
            now,
        };
        self.outbox.send(frame, &mut self.surroundings);
    }

    /// The answer to the request `flight`: its HTTP status, or 0 when there was no answer from the edge; and how many of its
    /// events the edge `refused` one by one.
    pub fn settled(&mut self, now: i64, flight: u32, status: u16, refused: u32) {
        let frame = Frame {
            write_key: &self.settings.write_key,
            now,
        };
        let verdict = (status, refused);
        self.outbox
            .settled(flight, verdict, frame, &mut self.surroundings, &mut self.counters);
    }

    /// How many events went where.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// How many events wait: for the visitor's answer, and for the edge's acknowledgement.
    pub fn waiting(&self) -> (u32, u32) {
        (self.held.len() as u32, self.outbox.len())
    }

    /// Takes up what is in storage: the visitor, and, if the events that wait for the edge are to be taken `over`, those.
    fn take_up(&mut self, stored: &str, over: bool) {
        let mut parts = text::parts(stored, b'\x1e');
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            if key == visitor::KEY {
                self.gate.forget();
                self.visitor = Visitor::stored(value, &mut self.gate);
                if self.visitor.is_none() {
                    self.gate.forget();
                }
            } else if over && key.starts_with(outbox::PREFIX) && !self.settings.objects {
                self.outbox.adopt(key, value, &mut self.surroundings);
            }
        }
        if self.visitor.is_none() {
            self.counters.refused += self.outbox.discard();
        }
    }

    fn draft(&mut self, call: &Call<'_>) {
        let Some(scene) = self.seen(call) else {
            return;
        };
        let user = self.visitor.as_ref().map_or("", |visitor| &visitor.user);
        match Draft::new(call, &scene, user, &self.settings.query) {
            Ok(draft) => self.admit(draft),
            Err(NoDraft::JunkId) => self.counters.junk_ids += 1,
            Err(NoDraft::Malformed) => self.counters.malformed += 1,
        }
    }

    /// The scene of a call, a line each: the page, where the visitor came from to it (an earlier route of this document, or what
    /// the document says), the title, and the campaign's parameters. `None` where the call may be a page view and is none.
    fn seen(&mut self, call: &Call<'_>) -> Option<String> {
        let mut cleaned = url::clean(call.url, &self.settings.query, self.settings.hash_pages);
        let view = call.verb == "visit" || call.verb == "page";
        if view {
            if call.verb == "visit" && self.settings.manual_pages {
                return None;
            }
            if !self.views.is_new(core::mem::take(&mut cleaned.page)) {
                self.counters.repeated += u32::from(call.verb == "page");
                return None;
            }
        }
        let mut scene = cleaned.url;
        scene.push('\n');
        match self.views.came_from() {
            "" => scene.push_str(&url::clean(call.referrer, &self.settings.query, false).url),
            page => scene.push_str(page),
        }
        scene.push('\n');
        let title = redact::text(call.title, Meaning::Text);
        scene.push_str(text::shorten(title.as_deref().unwrap_or(call.title), limits::URL_CHARS));
        scene.push_str(&cleaned.campaign);
        Some(scene)
    }

    fn admit(&mut self, draft: Draft) {
        match self.gate.verdict() {
            Verdict::Granted => self.send(&draft),
            Verdict::Refused => self.measure(&draft),
            Verdict::Pending if self.held.len() < HELD => self.held.push(draft),
            Verdict::Pending => self.counters.overflowed += 1,
        }
    }

    /// Sends a draft in the consented lane.
    fn send(&mut self, draft: &Draft) {
        if let Some(visitor) = &mut self.visitor
            && !draft.user.is_empty()
            && visitor.user != draft.user
        {
            visitor.user.clone_from(&draft.user);
            visitor.store(&self.gate, &mut self.surroundings);
        }
        if self.outbox.is_full() {
            self.counters.overflowed += 1;
            return;
        }
        match self.record(draft) {
            None => self.counters.unsendable += 1,
            Some((_, record)) if record.len() > limits::EVENT_BYTES => {
                self.counters.malformed += 1;
                // What is counted as given up leaves no gap in the numbers as well.
                if let Some(session) = &mut self.session {
                    session.sequence -= 1;
                }
            }
            Some((key, record)) => {
                let frame = Frame {
                    write_key: &self.settings.write_key,
                    now: self.now,
                };
                self.outbox.push(key, record, frame, &mut self.surroundings);
            }
        }
    }

    /// A draft as a record with its storage key: the next event of the session.
    fn record(&mut self, draft: &Draft) -> Option<(String, String)> {
        let visitor = self.visitor.as_ref()?;
        let dropped = self.counters.dropped();
        if !self.session.as_mut().is_some_and(|session| session.goes_on(draft.at)) {
            self.session = Session::new(draft.at, dropped, &mut self.surroundings);
        }
        let session = self.session.as_mut()?;
        let mut who = visitor.anonymous.clone();
        for line in [&visitor.user, &self.settings.locale] {
            who.push('\n');
            who.push_str(line);
        }
        who.push('\n');
        text::push_hexadecimal(&mut who, &session.id);
        for number in [
            session.began,
            i64::from(dropped - session.dropped_before),
            visitor.receipts.into(),
        ] {
            who.push('\n');
            text::push_number(&mut who, number);
        }
        who.push_str(self.gate.answers());
        let sequence = session.sequence;
        session.sequence += 1;
        Some((
            outbox::key(self.now, &session.id, sequence),
            lane::record(&who, sequence, draft),
        ))
    }

    /// Counts a draft without any id where the site and the visitor let us, and discards it otherwise.
    fn measure(&mut self, draft: &Draft) {
        let counts = self.settings.audience && self.gate.measures();
        let id = if counts { self.surroundings.random() } else { None };
        let Some(hit) = id.and_then(|id| AudienceHit::new(draft, id)) else {
            self.counters.refused += 1;
            return;
        };
        if self.hits.is_empty() {
            self.surroundings.wake(HITS_DELAY);
        }
        self.hits.push(hit);
        if self.hits.len() >= HITS {
            self.send_hits();
        }
    }

    fn send_hits(&mut self) {
        let count = self.hits.len() as u32;
        if count == 0 {
            return;
        }
        let mut writer = Writer::new(&self.settings.write_key, self.now, 1, self.hits.len());
        for hit in &self.hits {
            hit.write(self.now, &mut writer);
        }
        if self.surroundings.send(&writer.finish(), 0) {
            self.counters.measured += count;
        } else {
            self.counters.unsendable += count;
        }
        self.hits.clear();
    }

    /// Takes the visitor's answers, which hold for everything from the next event on, and for what was held.
    fn consent(&mut self, call: &Call<'_>) {
        let mut changed = false;
        fields::flags(call.fields, |purpose, granted| {
            changed |= self.gate.answer(purpose, granted)
        });
        match self.gate.verdict() {
            Verdict::Pending => {}
            Verdict::Refused => self.withdraw(call),
            Verdict::Granted => {
                self.recognise();
                self.release_held();
                if changed {
                    let scene = self.seen(call).unwrap_or_default();
                    let receipt = self.receipt(call, &scene);
                    self.send_receipt(receipt, true);
                }
            }
        }
    }

    /// Makes or updates the stored visitor.
    fn recognise(&mut self) {
        if self.visitor.is_none() {
            self.visitor = Visitor::new(&mut self.surroundings);
        }
        if let Some(visitor) = &self.visitor {
            visitor.store(&self.gate, &mut self.surroundings);
        }
    }

    /// A draft that tells of changed answers.
    fn receipt(&self, call: &Call<'_>, scene: &str) -> Option<Draft> {
        Draft::new(call, scene, "", &self.settings.query).ok()
    }

    /// Gives the visitor their next receipt, and sends it: to be kept until it is acknowledged, or for as long as the page lives.
    fn send_receipt(&mut self, receipt: Option<Draft>, kept: bool) {
        let (Some(draft), Some(visitor)) = (receipt, &mut self.visitor) else {
            return;
        };
        visitor.receipts += 1;
        if kept {
            visitor.store(&self.gate, &mut self.surroundings);
            return self.send(&draft);
        }
        if let Some((_, record)) = self.record(&draft) {
            self.visitor = None;
            self.session = None;
            let frame = Frame {
                write_key: &self.settings.write_key,
                now: self.now,
            };
            self.outbox.push(String::new(), record, frame, &mut self.surroundings);
        }
    }

    fn release_held(&mut self) {
        for draft in &core::mem::take(&mut self.held) {
            match self.gate.verdict() {
                Verdict::Granted => self.send(draft),
                _ => self.measure(draft),
            }
        }
    }

    /// Deletes every id and every event that waits, here and in storage, before anything else happens. Of a visitor who was
    /// known, one last event tells the edge; it is not stored, and says nothing of where it was said and what led there.
    fn withdraw(&mut self, call: &Call<'_>) {
        self.surroundings.clear();
        self.counters.refused += self.outbox.discard();
        let receipt = self.receipt(call, draft::NOWHERE);
        self.send_receipt(receipt, false);
        self.visitor = None;
        self.session = None;
        self.release_held();
    }

    /// Another tab stored or removed the visitor: its answer holds here too, and that tab has told the edge.
    fn follow_other_tab(&mut self, stored: &str) {
        let known = self.visitor.take().is_some();
        self.take_up(stored, false);
        match (known, &self.visitor) {
            (true, None) => {
                self.gate.answer(event_schema::Purpose::ANALYTICS, false);
                self.session = None;
                self.release_held();
            }
            (_, Some(_)) => self.release_held(),
            _ => {}
        }
    }

    /// What follows belongs to somebody else, who has not answered yet. What the person before agreed to goes at once; what
    /// was held for their answer gets none.
    fn reset(&mut self) {
        self.hide(self.now, false);
        self.gate.forget();
        self.visitor = None;
        self.session = None;
        self.surroundings.keep(visitor::KEY, "");
        self.release_held();
    }
}

/// The mark between the fields that [`Collector::call`] takes.
pub const FIELD_MARK: char = FIELD as char;
