//! A page made of memory, for the collector to live in.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use collector_wasm::{Collector, Settings, Surroundings};
use event_schema::{Batch, Event, Timestamp};
use serde_json::Value;

/// What happened to the page so far.
#[derive(Default)]
pub struct Memory {
    pub storage: BTreeMap<String, String>,
    pub storage_full: bool,
    /// Everything ever written, also what was removed since.
    pub writes: Vec<String>,
    pub posts: Vec<(u32, String)>,
    pub beacons: Vec<String>,
    pub beacons_refused: bool,
    pub wakes: Vec<u32>,
    pub now: i64,
    random: u64,
}

/// A handle on a page; clones are the same page.
#[derive(Clone, Default)]
pub struct Page(pub Rc<RefCell<Memory>>);

/// 2026-11-24T08:00:00Z.
pub const NOON: i64 = 1_795_507_200_000;

impl Surroundings for Page {
    fn now(&self) -> i64 {
        NOON + self.0.borrow().now
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        let mut memory = self.0.borrow_mut();
        memory.random += 1;
        let spread = memory.random.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&spread.to_be_bytes());
        bytes[8..].copy_from_slice(&memory.random.to_be_bytes());
        Some(bytes)
    }

    fn stored(&self, key: &str) -> Option<String> {
        self.0.borrow().storage.get(key).cloned()
    }

    fn stored_keys(&self, prefix: &str) -> Vec<String> {
        // In no helpful order, as browsers do.
        self.0
            .borrow()
            .storage
            .keys()
            .rev()
            .filter(|key| key.starts_with(prefix))
            .cloned()
            .collect()
    }

    fn store(&mut self, key: &str, value: &str) -> bool {
        let mut memory = self.0.borrow_mut();
        memory.writes.push(key.to_owned());
        if memory.storage_full {
            return false;
        }
        memory.storage.insert(key.to_owned(), value.to_owned());
        true
    }

    fn forget(&mut self, key: &str) {
        self.0.borrow_mut().storage.remove(key);
    }

    fn post(&mut self, body: &str, flight: u32) {
        self.0.borrow_mut().posts.push((flight, body.to_owned()));
    }

    fn beacon(&mut self, body: &str) -> bool {
        let mut memory = self.0.borrow_mut();
        if memory.beacons_refused {
            return false;
        }
        memory.beacons.push(body.to_owned());
        true
    }

    fn wake(&mut self, delay: u32) {
        self.0.borrow_mut().wakes.push(delay);
    }
}

impl Page {
    /// Opens the page, with the same storage as before.
    pub fn open(&self, settings: Settings) -> Collector<Page> {
        Collector::new(settings, self.clone())
    }

    /// Lets time pass.
    pub fn wait(&self, milliseconds: i64) {
        self.0.borrow_mut().now += milliseconds;
    }

    /// The page as another document sees it after this one is gone: the same storage, nothing sent yet.
    pub fn next(&self) -> Page {
        let memory = self.0.borrow();
        let fresh = Memory {
            storage: memory.storage.clone(),
            now: memory.now + 1,
            random: memory.random + 1_000,
            ..Memory::default()
        };
        Page(Rc::new(RefCell::new(fresh)))
    }

    /// Every event that left, by request or beacon, checked as the edge checks it. And what the page wrote by hand must be what
    /// the schema writes.
    pub fn sent(&self) -> Vec<Event> {
        let memory = self.0.borrow();
        let bodies = memory.posts.iter().map(|(_, body)| body).chain(&memory.beacons);
        let received_at = Timestamp::from_millis(NOON + memory.now);
        let mut sent = Vec::new();
        for body in bodies {
            let written: Value = serde_json::from_str(body).unwrap();
            let events = Batch::from_json(body.as_bytes(), received_at).unwrap().events;
            for (event, written) in events.into_iter().zip(written["batch"].as_array().unwrap()) {
                let event = event.unwrap();
                if event.anonymous_id.is_some() {
                    assert_eq!(serde_json::to_value(&event).unwrap(), *written);
                }
                sent.push(event);
            }
        }
        sent
    }

    /// The names of the events that left.
    pub fn names(&self) -> Vec<String> {
        self.sent().iter().map(|event| event.name().to_owned()).collect()
    }

    /// The flight of the newest request.
    pub fn flight(&self) -> u32 {
        self.0.borrow().posts.last().unwrap().0
    }
}

/// A call as the loader hands it over.
#[derive(Clone, Debug)]
pub struct Call {
    pub at: i64,
    pub text: String,
}

/// Lets a collector take calls as the loader stamps them.
pub trait Say {
    fn say(&mut self, call: &Call);
}

impl Say for Collector<Page> {
    fn say(&mut self, call: &Call) {
        self.call(call.at, &call.text);
    }
}

/// Settings with a write key, the query parameters that stay, and the words for what is on.
pub fn settings(query: &str, on: &str) -> Settings {
    Settings::from_lines(&["shop-web-key", query, "fr-CH", on].join("\n"))
}

/// A call on a page of the shop, `at` milliseconds after [`NOON`]: `[verb, name, other name, object]` with what is missing
/// left out, taken apart as the loader does.
pub fn call_at(at: i64, path: &str, call: Value) -> Call {
    let mut given = call.as_array().unwrap().iter().peekable();
    let mut named = || match given.peek() {
        Some(Value::Object(_)) | None => String::new(),
        Some(Value::String(_)) => given.next().unwrap().as_str().unwrap().to_owned(),
        Some(Value::Null) => given.next().map(|_| String::new()).unwrap(),
        Some(_) => given.next().unwrap().to_string(),
    };
    let verb = named();
    let name = named();
    let other = if verb == "alias" { named() } else { String::new() };
    let fields = given.next().map(Value::to_string).unwrap_or_default();
    let url = format!("https://shop.example{path}");
    let text = [
        &url,
        "https://search.example/?q=linen",
        "Shop",
        &verb,
        &name,
        &other,
        &fields,
    ]
    .join("\n");
    Call { at: NOON + at, text }
}

/// A call on the shop's first page.
pub fn call(call: Value) -> Call {
    call_at(0, "/", call)
}
