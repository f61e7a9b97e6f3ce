//! The collector, from a call to a request: read it, clean it, ask the gate, choose the lane, queue it.

use alloc::vec::Vec;

use event_schema::limits;
use event_schema::wire::{AUDIENCE, Writer};

use crate::call::{Call, verb};
use crate::draft::{self, Draft, NoDraft};
use crate::frame::Frame;
use crate::gate::{Gate, Verdict};
use crate::lane::{AudienceHit, KEY_PREFIX, Record};
use crate::outbox::Outbox;
use crate::redact::{self, Meaning};
use crate::session::Session;
use crate::text::{self, ENTRY, FIELD, LINE};
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
    frame: Frame<S>,
    gate: Gate,
    visitor: Option<Visitor>,
    session: Option<Session>,
    views: Views,
    /// What waits for the visitor's answer. In memory only.
    held: Vec<Draft>,
    /// Audience hits that wait for company. In memory only.
    hits: Vec<AudienceHit>,
    outbox: Outbox,
}

impl<S: Surroundings> Collector<S> {
    /// A collector for one page. It takes up the consent that an earlier page stored, unless the browser objects: then
    /// what is stored goes. `stored` are the keys and values of what is in storage, one after the other.
    pub fn new(settings: Settings, stored: &[u8], surroundings: S) -> Self {
        let mut collector = Self {
            gate: Gate::new(settings.objects),
            frame: Frame {
                settings,
                surroundings,
                counters: Counters::default(),
                now: 0,
            },
            visitor: None,
            session: None,
            views: Views::default(),
            held: Vec::new(),
            hits: Vec::new(),
            outbox: Outbox::default(),
        };
        collector.take_up(stored, true);
        if collector.gate.verdict() == Verdict::Refused {
            collector.frame.surroundings.clear();
        }
        collector
    }

    /// Takes one call that was made `at` so many milliseconds since the epoch; it is `now`. `text` is what the loader
    /// stamped: the page's address, referrer and title; verb; name or id; other id; [`fields`]. What is missing is empty.
    ///
    /// A verb is a digit: `page`, `track`, `identify`, `alias`, `group`, then the loader's own `visit` (the address may have
    /// changed), `consent`, `reset`, `return` (the page is back from the browser's cache) and `elsewhere` (another tab changed
    /// what is stored, which follows).
    pub fn call(&mut self, now: i64, at: i64, text: &[u8]) {
        self.frame.now = now;
        let call = Call::new(at, text);
        match call.verb {
            verb::CONSENT => self.consent(&call),
            verb::ELSEWHERE => self.follow_other_tab(call.fields),
            verb::RESET => self.reset(),
            verb::RETURN => {
                self.views.forget();
                self.outbox.doubt(&mut self.frame);
            }
            _ => self.draft(&call),
        }
    }

    /// The page goes out of sight, or is `leaving` for good: sends what waits.
    pub fn hide(&mut self, now: i64, leaving: bool) {
        self.frame.now = now;
        if self.gate.verdict() == Verdict::Pending && self.frame.settings.audience {
            self.release_held();
        }
        self.send_hits();
        self.outbox.flush(leaving, &mut self.frame);
    }

    /// The time asked for by [`Surroundings::wake`] is over, or the network is back.
    pub fn tick(&mut self, now: i64) {
        self.frame.now = now;
        self.send_hits();
        self.outbox.send(&mut self.frame);
    }

    /// The answer to the request `flight`: its HTTP status, or 0 when there was no answer from the edge; and how many of its
    /// events the edge `refused` one by one.
    pub fn settled(&mut self, now: i64, flight: u32, status: u32, refused: u32) {
        self.frame.now = now;
        self.outbox.settled(flight, status, refused, &mut self.frame);
    }

    /// How many events went where.
    pub fn counters(&self) -> &Counters {
        &self.frame.counters
    }

    /// One of the counts, by its place among the [`Counters`]; at 10 and 11 those of [`Collector::waiting`], for the debug mode; else 0.
    pub fn count(&self, place: usize) -> u32 {
        match place {
            10 => self.waiting().0,
            11 => self.waiting().1,
            place => self.frame.counters.all().get(place).copied().unwrap_or_default(),
        }
    }

    /// How many events wait: for the visitor's answer, and for the edge's acknowledgement.
    pub fn waiting(&self) -> (u32, u32) {
        (self.held.len() as u32, self.outbox.len())
    }

    /// Takes up what is in storage: the visitor, and, if the events that wait for the edge are to be taken `over`, those.
    fn take_up(&mut self, stored: &[u8], over: bool) {
        let mut parts = text::parts(stored, ENTRY);
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            if key == visitor::KEY {
                self.visitor = Visitor::stored(value, &mut self.gate);
            } else if over && key.starts_with(KEY_PREFIX) && !self.frame.settings.objects {
                self.outbox.adopt(key, value, &mut self.frame);
            }
        }
        if self.visitor.is_none() {
            self.frame.counters.refused += self.outbox.discard();
        }
    }

    fn draft(&mut self, call: &Call<'_>) {
        let mut scene = Vec::new();
        if !self.see(call, &mut scene) {
            return;
        }
        let user = self.visitor.as_ref().map_or(&b""[..], |visitor| &visitor.user);
        match Draft::new(call, &scene, user, &self.frame.settings.query) {
            Ok(draft) => self.admit(draft),
            Err(NoDraft::JunkId) => self.frame.counters.junk_ids += 1,
            Err(NoDraft::Malformed) => self.frame.counters.malformed += 1,
        }
    }

    /// Appends the scene of a call: the page, where the visitor came from to it (an earlier route of this document, or what
    /// the document says), and the title. `false` where the call may be a page view and is none.
    fn see(&mut self, call: &Call<'_>, scene: &mut Vec<u8>) -> bool {
        if call.verb == verb::VISIT && self.frame.settings.manual_pages {
            return false;
        }
        url::put(
            call.url,
            &self.frame.settings.query,
            self.frame.settings.hash_pages,
            scene,
        );
        let view = call.verb == verb::VISIT || call.verb == verb::PAGE;
        if view && !self.views.is_new(url::page(scene)) {
            self.frame.counters.repeated += u32::from(call.verb == verb::PAGE);
            return false;
        }
        text::push(scene, FIELD);
        match self.views.came_from() {
            b"" => url::put(call.referrer, &self.frame.settings.query, false, scene),
            page => text::put(scene, page),
        }
        text::push(scene, FIELD);
        redact::put(call.title, Meaning::Text, false, scene);
        true
    }

    fn admit(&mut self, draft: Draft) {
        match self.gate.verdict() {
            Verdict::Granted => self.send(&draft),
            Verdict::Refused => self.measure(&draft),
            Verdict::Pending if self.held.len() < HELD => self.held.push(draft),
            Verdict::Pending => self.frame.counters.overflowed += 1,
        }
    }

    /// Sends a draft in the consented lane.
    fn send(&mut self, draft: &Draft) {
        let user = text::before(&draft.text, FIELD);
        if let Some(visitor) = &mut self.visitor
            && !user.is_empty()
            && visitor.user != user
        {
            visitor.user = text::copy(user);
            visitor.store(&self.gate, &mut self.frame.surroundings);
        }
        // What is given up has no number, and leaves no gap in the numbers.
        if self.outbox.is_full() {
            self.frame.counters.overflowed += 1;
        } else if draft.text.len() > limits::EVENT_BYTES {
            self.frame.counters.malformed += 1;
        } else if let Some(record) = self.record(draft) {
            self.queue(record, true);
        } else {
            self.frame.counters.unsendable += 1;
        }
    }

    fn queue(&mut self, record: Record, kept: bool) {
        self.outbox.push(record, kept, &mut self.frame);
    }

    /// A draft as a record: the next event of the session.
    fn record(&mut self, draft: &Draft) -> Option<Record> {
        let visitor = self.visitor.as_ref()?;
        let dropped = self.frame.counters.dropped();
        if !self.session.as_mut().is_some_and(|session| session.goes_on(draft.at)) {
            self.session = Session::new(draft.at, dropped, &mut self.frame.surroundings);
        }
        let session = self.session.as_mut()?;
        let mut who = text::copy(&visitor.anonymous);
        text::put_hexadecimal(&mut who, session.id);
        text::put(&mut who, &visitor.user);
        text::put_after(&mut who, LINE, &self.frame.settings.locale);
        for number in [dropped - session.dropped_before, visitor.receipts] {
            text::push(&mut who, LINE);
            text::put_number(&mut who, number.into());
        }
        text::put(&mut who, self.gate.answers());
        let (_user, told) = text::halves(&draft.text, FIELD);
        let record = Record::new(who, session.sequence, draft.at, told);
        session.sequence += 1;
        Some(record)
    }

    /// Counts a draft without any id where the site and the visitor let us, and discards it otherwise.
    fn measure(&mut self, draft: &Draft) {
        let hit = if self.frame.settings.audience && self.gate.measures() {
            AudienceHit::new(draft, &mut self.frame.surroundings)
        } else {
            None
        };
        let Some(hit) = hit else {
            self.frame.counters.refused += 1;
            return;
        };
        if self.hits.is_empty() {
            self.frame.surroundings.wake(HITS_DELAY);
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
        let mut writer = Writer::new(AUDIENCE, &self.frame.settings.write_key, self.frame.now);
        for hit in &self.hits {
            hit.write(self.frame.now, &mut writer);
        }
        if self.frame.surroundings.send(&writer.finish(), 0) {
            self.frame.counters.measured += count;
        } else {
            self.frame.counters.unsendable += count;
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
                    let mut scene = Vec::new();
                    self.see(call, &mut scene);
                    let receipt = self.receipt(call, &scene);
                    self.send_receipt(receipt, true);
                }
            }
        }
    }

    /// Makes or updates the stored visitor.
    fn recognise(&mut self) {
        if self.visitor.is_none() {
            self.visitor = Visitor::new(&mut self.frame.surroundings);
        }
        if let Some(visitor) = &self.visitor {
            visitor.store(&self.gate, &mut self.frame.surroundings);
        }
    }

    /// A draft that tells of changed answers.
    fn receipt(&self, call: &Call<'_>, scene: &[u8]) -> Option<Draft> {
        Draft::new(call, scene, b"", &self.frame.settings.query).ok()
    }

    /// Gives the visitor their next receipt, and sends it: to be kept until it is acknowledged, or for as long as the page lives.
    fn send_receipt(&mut self, receipt: Option<Draft>, kept: bool) {
        let (Some(draft), Some(visitor)) = (receipt, &mut self.visitor) else {
            return;
        };
        visitor.receipts += 1;
        if kept {
            visitor.store(&self.gate, &mut self.frame.surroundings);
            return self.send(&draft);
        }
        if let Some(record) = self.record(&draft) {
            self.queue(record, false);
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
        self.frame.surroundings.clear();
        self.frame.counters.refused += self.outbox.discard();
        let receipt = self.receipt(call, draft::NOWHERE);
        self.send_receipt(receipt, false);
        self.visitor = None;
        self.session = None;
        self.release_held();
    }

    /// Another tab stored or removed the visitor: its answer holds here too, and that tab has told the edge.
    fn follow_other_tab(&mut self, stored: &[u8]) {
        let known = self.visitor.take().is_some();
        self.take_up(stored, false);
        match (known, &self.visitor) {
            (true, None) => {
                self.gate.answer(event_schema::Purpose::ANALYTICS.as_bytes(), false);
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
        self.hide(self.frame.now, false);
        self.gate.replace(b"");
        self.visitor = None;
        self.session = None;
        self.frame.surroundings.keep(visitor::KEY, b"");
        self.release_held();
    }
}

/// The mark between the fields that [`Collector::call`] takes.
pub const FIELD_MARK: char = FIELD as char;
