//! The page itself: the one file that touches `web-sys`. Every call into the browser that may throw is caught here.
//!
//! What calls back (listeners, timers, the answer to a request) is the loader's; it hands over two functions, and calls
//! [`PageCollector`] when something happens.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Date, Function};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{Storage, Window};

use crate::{Collector, Settings, Surroundings};

/// The collector as the loader sees it. No method throws.
#[wasm_bindgen(js_name = Collector)]
pub struct PageCollector(Collector<Browser>);

#[wasm_bindgen(js_class = Collector)]
impl PageCollector {
    /// A collector that sends to `endpoint`. `settings` are the loader's lines; `post(body, flight)` must answer through
    /// [`settled`](Self::settled), `wake(delay)` through [`tick`](Self::tick).
    #[wasm_bindgen(constructor)]
    pub fn new(settings: &str, endpoint: String, post: Function, wake: Function) -> Self {
        Self(Collector::new(
            Settings::from_lines(settings),
            Browser::new(endpoint, post, wake),
        ))
    }

    /// [`Collector::call`].
    pub fn call(&mut self, at: f64, text: &str) {
        // A clock beyond 2^53 milliseconds is none; `as` saturates.
        self.0.call(at as i64, text);
    }

    /// [`Collector::hide`].
    pub fn hide(&mut self, leaving: bool) {
        self.0.hide(leaving);
    }

    /// [`Collector::tick`].
    pub fn tick(&mut self) {
        self.0.tick();
    }

    /// [`Collector::settled`].
    pub fn settled(&mut self, flight: u32, status: u16) {
        self.0.settled(flight, status);
    }

    /// [`Collector::counters`] as JSON.
    pub fn counters(&self) -> String {
        self.0.counters().to_json()
    }
}

/// A page in a browser.
struct Browser {
    window: Option<Window>,
    storage: Option<Storage>,
    endpoint: String,
    post: Function,
    wake: Function,
}

impl Browser {
    fn new(endpoint: String, post: Function, wake: Function) -> Self {
        let window = web_sys::window();
        let storage = window.as_ref().and_then(|window| window.local_storage().ok().flatten());
        Self {
            window,
            storage,
            endpoint,
            post,
            wake,
        }
    }
}

impl Surroundings for Browser {
    fn now(&self) -> i64 {
        Date::now() as i64
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        self.window
            .as_ref()?
            .crypto()
            .ok()?
            .get_random_values_with_u8_array(&mut bytes)
            .ok()?;
        Some(bytes)
    }

    fn stored(&self, key: &str) -> Option<String> {
        self.storage.as_ref()?.get_item(key).ok()?
    }

    fn stored_keys(&self, prefix: &str) -> Vec<String> {
        let Some(storage) = &self.storage else {
            return Vec::new();
        };
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?);
        keys.filter(|key| key.starts_with(prefix)).collect()
    }

    fn store(&mut self, key: &str, value: &str) -> bool {
        self.storage
            .as_ref()
            .is_some_and(|storage| storage.set_item(key, value).is_ok())
    }

    fn forget(&mut self, key: &str) {
        if let Some(storage) = &self.storage {
            // A storage that refuses to remove would have refused to keep.
            let _ = storage.remove_item(key);
        }
    }

    fn post(&mut self, body: &str, flight: u32) {
        // The loader's function catches everything itself and always answers.
        let _ = self
            .post
            .call2(&JsValue::NULL, &JsValue::from_str(body), &JsValue::from(flight));
    }

    fn beacon(&mut self, body: &str) -> bool {
        let send = |window: &Window| {
            window
                .navigator()
                .send_beacon_with_opt_str(&self.endpoint, Some(body))
                .ok()
        };
        self.window.as_ref().and_then(send).unwrap_or(false)
    }

    fn wake(&mut self, delay: u32) {
        let _ = self.wake.call1(&JsValue::NULL, &JsValue::from(delay));
    }
}
