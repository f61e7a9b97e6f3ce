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

#[cfg(test)]
mod tests {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    /// A function of a loader's, which lives as long as the page.
    fn function(act: impl FnMut(JsValue, JsValue) + 'static) -> Function {
        let closure = Closure::<dyn FnMut(JsValue, JsValue)>::new(act);
        closure.into_js_value().unchecked_into()
    }

    /// A page whose loader does nothing.
    fn browser() -> Browser {
        Browser::new("/v1/batch".to_owned(), function(|_, _| {}), function(|_, _| {}))
    }

    #[wasm_bindgen_test]
    fn what_is_stored_is_found_by_its_key_and_by_its_prefix_until_it_is_forgotten() {
        let mut page = browser();
        assert!(page.store("test.a", "linen \u{1f9f5}"));
        assert!(page.store("other.b", ""));
        assert_eq!(page.stored("test.a").as_deref(), Some("linen \u{1f9f5}"));
        assert_eq!(page.stored_keys("test."), ["test.a"]);
        page.forget("test.a");
        page.forget("other.b");
        assert_eq!(page.stored("test.a"), None);
        assert!(page.stored_keys("test.").is_empty());
    }

    #[wasm_bindgen_test]
    fn storage_that_is_full_says_so_and_keeps_what_it_had() {
        let mut page = browser();
        assert!(page.store("test.kept", "kept"));
        assert!(!page.store("test.large", &"x".repeat(11_000_000)));
        assert_eq!(page.stored("test.kept").as_deref(), Some("kept"));
        assert_eq!(page.stored("test.large"), None);
        page.forget("test.kept");
    }

    #[wasm_bindgen_test]
    fn random_bytes_are_there_and_never_the_same() {
        let mut page = browser();
        let (first, second) = (page.random().unwrap(), page.random().unwrap());
        assert_ne!(first, second);
        assert_ne!(first, [0; 16]);
    }

    #[wasm_bindgen_test]
    fn the_clock_counts_milliseconds_since_1970() {
        let (before, now, after) = (Date::now() as i64, browser().now(), Date::now() as i64);
        assert!((before..=after).contains(&now));
        // 2020-01-01: seconds would be far below.
        assert!(now > 1_577_836_800_000);
    }

    #[wasm_bindgen_test]
    fn the_loader_is_given_the_body_the_flight_and_the_delay() {
        let seen = js_sys::Array::new();
        let push = {
            let seen = seen.clone();
            function(move |first, second| {
                seen.push(&first);
                seen.push(&second);
            })
        };
        let mut page = Browser::new(String::new(), push.clone(), push);
        page.post("{}", 7);
        page.wake(2_000);
        assert_eq!(seen.get(0).as_string().as_deref(), Some("{}"));
        assert_eq!(seen.get(1).as_f64(), Some(7.0));
        assert_eq!(seen.get(2).as_f64(), Some(2_000.0));
    }

    #[wasm_bindgen_test]
    fn no_entry_point_throws_whatever_it_is_given_and_whatever_the_loader_does() {
        let junk = [
            "",
            "\n\n\n\n\n\n",
            "x\ny\nz\ntrack\nBroken\n\n{\"a\":",
            "\u{0}\nno\nsuch\nverb\n{}\n[]\n\"",
            "visit",
        ];
        for loader in [function(|_, _| {}), function(|_, _| wasm_bindgen::throw_str("no"))] {
            for settings in junk {
                let endpoint = "/v1/batch".to_owned();
                let mut collector = PageCollector::new(settings, endpoint, loader.clone(), loader.clone());
                collector.call(0.0, "https://shop.example/\n\n\nconsent\n\n\n{\"analytics\":true}");
                for at in [f64::NAN, f64::INFINITY, -1e300, 0.0, 1e18] {
                    junk.iter().for_each(|call| collector.call(at, call));
                    collector.call(at, "https://shop.example/\n\n\ntrack\nSeen\n\n{\"a\":1}");
                }
                collector.tick();
                collector.settled(99, 200);
                collector.settled(1, 0);
                collector.hide(true);
                assert!(js_sys::JSON::parse(&collector.counters()).is_ok());
                collector.call(0.0, "https://shop.example/\n\n\nconsent\n\n\n{\"analytics\":false}");
                assert!(
                    browser().stored_keys("firsthand.").is_empty(),
                    "a withdrawal leaves nothing"
                );
            }
        }
    }
}
