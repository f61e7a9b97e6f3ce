//! The page itself: the one file that reaches into the browser, through the five functions of `js/page.js`, which catch
//! whatever the browser throws. Only numbers and texts cross, because everything else is paid for by every page.
//!
//! What calls back (listeners, timers, the answer to a request) is the loader's; it calls the functions here.

use spin::Mutex;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Collector, Settings, Surroundings};

#[wasm_bindgen(module = "/js/page.js")]
extern "C" {
    fn random() -> f64;
    fn keep(key: &[u8], value: &[u8]) -> bool;
    fn clear();
    fn send(body: &[u8], flight: u32) -> bool;
    fn wake(delay: u32);
}

/// The page's one collector. A page has one thread, so what finds this locked is called back by a broken browser from inside
/// of itself: it does nothing.
static COLLECTOR: Mutex<Option<Collector<Browser>>> = Mutex::new(None);

/// [`Collector::new`], for the page's first and only one.
#[wasm_bindgen]
pub fn open(settings: &[u8], stored: &[u8]) {
    if let Some(mut collector) = COLLECTOR.try_lock() {
        collector.get_or_insert_with(|| Collector::new(Settings::from_fields(settings), stored, Browser));
    }
}

/// [`Collector::call`].
#[wasm_bindgen]
pub fn call(now: f64, at: f64, text: &[u8]) {
    // A clock beyond 2^53 milliseconds is none; `as` saturates.
    with(|collector| collector.call(now as i64, at as i64, text));
}

/// [`Collector::hide`].
#[wasm_bindgen]
pub fn hide(now: f64, leaving: bool) {
    with(|collector| collector.hide(now as i64, leaving));
}

/// [`Collector::tick`].
#[wasm_bindgen]
pub fn tick(now: f64) {
    with(|collector| collector.tick(now as i64));
}

/// [`Collector::settled`].
#[wasm_bindgen]
pub fn settled(now: f64, flight: u32, status: u16, refused: u32) {
    with(|collector| collector.settled(now as i64, flight, status, refused));
}

/// [`Counters::nth`](crate::Counters::nth), and at 10 and 11 how many events wait: for the visitor's answer, and for the edge.
#[wasm_bindgen]
pub fn count(place: u32) -> u32 {
    let mut count = 0;
    with(|collector| {
        count = match place {
            10 => collector.waiting().0,
            11 => collector.waiting().1,
            place => collector.counters().nth(place),
        }
    });
    count
}

fn with(act: impl FnOnce(&mut Collector<Browser>)) {
    if let Some(mut collector) = COLLECTOR.try_lock()
        && let Some(collector) = collector.as_mut()
    {
        act(collector);
    }
}

/// A page in a browser.
struct Browser;

impl Surroundings for Browser {
    fn random(&mut self) -> Option<u32> {
        let drawn = random();
        (drawn >= 0.0).then_some(drawn as u32)
    }

    fn keep(&mut self, key: &[u8], value: &[u8]) -> bool {
        keep(key, value)
    }

    fn clear(&mut self) {
        clear();
    }

    fn send(&mut self, body: &[u8], flight: u32) -> bool {
        send(body, flight)
    }

    fn wake(&mut self, delay: u32) {
        wake(delay);
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen(module = "/js/page.js")]
    extern "C" {
        fn kept() -> String;
    }

    #[wasm_bindgen_test]
    fn what_is_kept_is_found_until_it_is_removed() {
        let mut page = Browser;
        assert!(page.keep(b"firsthand.b", "linen \u{1f9f5}".as_bytes()));
        assert!(page.keep(b"firsthand.a", b"1"));
        assert!(page.keep(b"other", b"not ours"));
        assert_eq!(kept(), "firsthand.a\u{1e}1\u{1e}firsthand.b\u{1e}linen \u{1f9f5}");
        page.keep(b"firsthand.a", b"");
        assert_eq!(kept(), "firsthand.b\u{1e}linen \u{1f9f5}");
        page.clear();
        assert_eq!(kept(), "");
    }

    #[wasm_bindgen_test]
    fn storage_that_is_full_says_so() {
        let mut page = Browser;
        assert!(!page.keep(b"firsthand.large", "x".repeat(11_000_000).as_bytes()));
        assert_eq!(kept(), "");
    }

    #[wasm_bindgen_test]
    fn random_numbers_differ_in_every_bit() {
        let draws: Vec<u32> = (0..64).filter_map(|_| Browser.random()).collect();
        assert_eq!(draws.len(), 64);
        let (ones, zeros) = draws
            .iter()
            .fold((0, 0), |(ones, zeros), drawn| (ones | drawn, zeros | !drawn));
        assert_eq!((ones, zeros), (u32::MAX, u32::MAX));
    }

    #[wasm_bindgen_test]
    fn no_entry_point_throws_whatever_it_is_given() {
        let junk = [
            "",
            "\u{1f}\u{1f}",
            "x\u{1f}y\u{1f}z\u{1f}1\u{1f}Broken\u{1f}\u{1f}}",
            "5",
            "\u{0}",
        ];
        let calling = |verb: &str, fields: &str| {
            format!("https://shop.example/\u{1f}\u{1f}\u{1f}{verb}\u{1f}Seen\u{1f}\u{1f}{fields}")
        };
        for settings in junk {
            open(settings.as_bytes(), settings.as_bytes());
            call(0.0, 0.0, calling("6", ":analytics\u{1f}+").as_bytes());
            for at in [f64::NAN, f64::INFINITY, -1e300, 0.0, 1e18] {
                junk.iter().for_each(|text| call(at, at, text.as_bytes()));
                call(at, at, calling("1", ":a\u{1f}#1").as_bytes());
            }
            tick(f64::NAN);
            settled(0.0, 99, 200, 7);
            settled(0.0, 1, 0, 0);
            hide(0.0, true);
            assert!((0..20).map(count).sum::<u32>() > 0);
            call(0.0, 0.0, calling("6", ":analytics\u{1f}-").as_bytes());
            assert_eq!(kept(), "", "a withdrawal leaves nothing");
        }
    }
}
