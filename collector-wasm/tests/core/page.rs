//! A page made of memory, for the collector to live in.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use collector_wasm::{Collector, Counters, Settings, Surroundings};
use event_schema::{Batch, Event, Timestamp};
use serde_json::Value;

/// What happened to the page so far.
#[derive(Default)]
pub struct Memory {
    pub storage: BTreeMap<String, String>,
    pub storage_full: bool,
    /// Everything ever written, also what was removed since.
    pub writes: Vec<String>,
    pub posts: Vec<(u32, Vec<u8>)>,
    pub beacons: Vec<Vec<u8>>,
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
    fn random(&mut self) -> Option<u32> {
        let mut memory = self.0.borrow_mut();
        memory.random += 1;
        Some((memory.random.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32)
    }

    fn keep(&mut self, key: &[u8], value: &[u8]) -> bool {
        let mut memory = self.0.borrow_mut();
        let [key, value] = [key, value].map(|text| str::from_utf8(text).unwrap());
        if value.is_empty() {
            return memory.storage.remove(key).is_some();
        }
        memory.writes.push(key.to_owned());
        if memory.storage_full {
            return false;
        }
        memory.storage.insert(key.to_owned(), value.to_owned());
        true
    }

    fn clear(&mut self) {
        self.0.borrow_mut().storage.clear();
    }

    fn send(&mut self, body: &[u8], flight: u32) -> bool {
        let mut memory = self.0.borrow_mut();
        if flight > 0 {
            memory.posts.push((flight, body.to_owned()));
        } else if memory.beacons_refused {
            return false;
        } else {
            memory.beacons.push(body.to_owned());
        }
        true
    }

    fn wake(&mut self, delay: u32) {
        self.0.borrow_mut().wakes.push(delay);
    }
}

impl Page {
    /// Opens the page, with the same storage as before.
    pub fn open(&self, settings: Settings) -> Open {
        Open(
            Collector::new(settings, self.kept().as_bytes(), self.clone()),
            self.clone(),
        )
    }

    /// What is in storage, as the loader hands it over.
    pub fn kept(&self) -> String {
        let memory = self.0.borrow();
        let entries: Vec<_> = memory
            .storage
            .iter()
            .map(|(key, value)| format!("{key}\u{1e}{value}"))
            .collect();
        entries.join("\u{1e}")
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

    /// Every body that left, by request or beacon.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        let memory = self.0.borrow();
        let posts = memory.posts.iter().map(|(_, body)| body);
        posts.chain(&memory.beacons).cloned().collect()
    }

    /// Every body that left, as the edge reads it.
    pub fn read(&self) -> String {
        let read = |body: &Vec<u8>| event_schema::wire::to_segment(body).unwrap().to_string();
        self.bodies().iter().map(read).collect()
    }

    /// Every event that left, checked as the edge checks it.
    pub fn sent(&self) -> Vec<Event> {
        let received_at = Timestamp::from_millis(NOON + self.0.borrow().now);
        let events = |body: &Vec<u8>| Batch::from_body(body, received_at).unwrap().events;
        self.bodies().iter().flat_map(events).map(Result::unwrap).collect()
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

/// A collector on its page, whose clock it is told at every call.
pub struct Open(Collector<Page>, Page);

impl Open {
    fn now(&self) -> i64 {
        NOON + self.1.0.borrow().now
    }

    pub fn say(&mut self, call: &Call) {
        self.0.call(self.now(), call.at, call.text.as_bytes());
    }

    /// Another tab changed what is stored.
    pub fn elsewhere(&mut self) {
        let text = format!(
            "https://shop.example/\u{1f}\u{1f}\u{1f}9\u{1f}\u{1f}\u{1f}{}",
            self.1.kept()
        );
        self.0.call(self.now(), 0, text.as_bytes());
    }

    pub fn tick(&mut self) {
        self.0.tick(self.now());
    }

    pub fn hide(&mut self, leaving: bool) {
        self.0.hide(self.now(), leaving);
    }

    pub fn settled(&mut self, flight: u32, status: u32) {
        self.0.settled(self.now(), flight, status, 0);
    }

    /// The edge answers for a request, and has `refused` some of its events.
    pub fn taken_but(&mut self, flight: u32, refused: u32) {
        self.0.settled(self.now(), flight, 200, refused);
    }

    pub fn counters(&self) -> &Counters {
        self.0.counters()
    }

    pub fn waiting(&self) -> (u32, u32) {
        self.0.waiting()
    }
}

/// The steps through an object, as the loader lays them out.
pub fn steps(object: &Value) -> Vec<String> {
    fn step(value: &Value, steps: &mut Vec<String>) {
        match value {
            Value::Null => steps.push("~".into()),
            Value::Bool(true) => steps.push("+".into()),
            Value::Bool(false) => steps.push("-".into()),
            Value::Number(number) => steps.push(format!("#{number}")),
            Value::String(text) => steps.push(format!("'{text}")),
            Value::Array(items) => {
                steps.push("[".into());
                items.iter().for_each(|item| step(item, steps));
                steps.push("}".into());
            }
            Value::Object(_) => {
                steps.push("{".into());
                steps.extend(self::steps(value));
                steps.push("}".into());
            }
        }
    }
    let mut written = Vec::new();
    for (name, value) in object.as_object().unwrap() {
        written.push(format!(":{name}"));
        step(value, &mut written);
    }
    written
}

/// Settings with a write key, the query parameters that stay, and the words for what is on.
pub fn settings(query: &str, on: &str) -> Settings {
    let is = |word: &str| on.split(' ').any(|on| on == word);
    let audience = if is("audience") { "on" } else { "" };
    let pages = ["manual", "hash"].into_iter().find(|word| is(word)).unwrap_or_default();
    let given = [
        "shop-web-key",
        query,
        "fr-CH",
        audience,
        pages,
        if is("objects") { "true" } else { "false" },
    ];
    Settings::from_fields(given.join("\u{1f}").as_bytes())
}

/// What the loader says for a verb: its digit, or nothing for what is none.
pub fn digit(verb: &str) -> String {
    let verbs = "page track identify alias group visit consent reset return elsewhere";
    let place = verbs.split(' ').position(|known| known == verb);
    place.map(|place| place.to_string()).unwrap_or_default()
}

/// A call on a page of the shop, `at` milliseconds after [`NOON`]: `[verb, name, other name, object]` with what is missing
/// left out, taken apart as the loader does.
pub fn call_at(at: i64, path: &str, call: Value) -> Call {
    let mut given = call.as_array().unwrap().iter().peekable();
    let mut named = || match given.peek() {
        Some(Value::Object(_)) | None => String::new(),
        Some(Value::String(_)) => given.next().unwrap().as_str().unwrap().trim().to_owned(),
        Some(Value::Null) => given.next().map(|_| String::new()).unwrap(),
        Some(_) => given.next().unwrap().to_string(),
    };
    let verb = digit(&named());
    let name = named();
    let other = if verb == "3" { named() } else { String::new() };
    let fields = given.next().map(steps).unwrap_or_default().join("\u{1f}");
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
    .join("\u{1f}");
    Call { at: NOON + at, text }
}

/// A call on the shop's first page.
pub fn call(call: Value) -> Call {
    call_at(0, "/", call)
}
