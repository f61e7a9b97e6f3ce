//! The page itself: the one file that reaches into the browser, through the functions of `js/page.js`, which catch whatever
//! the browser throws. Only numbers and bytes cross, because everything else is paid for by every page.
//!
//! What calls back (listeners, timers, the answer to a request) is the loader's; it calls the one function here.

use alloc::vec::Vec;

use spin::Mutex;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::text::{self, ENTRY};
use crate::{Collector, Settings, Surroundings};

#[wasm_bindgen(module = "/js/page.js")]
extern "C" {
    /// Fills the bytes with what the loader has to say.
    fn fill(bytes: &mut [u8]);
    fn random() -> f64;
    fn keep(key: &[u8], value: &[u8]) -> bool;
    fn clear();
    fn send(body: &[u8], flight: u32) -> bool;
    fn wake(delay: u32);
}

/// The page's one collector. A page has one thread, so what finds this locked is called back by a broken browser from inside
/// of itself: it does nothing.
static COLLECTOR: Mutex<Option<Collector<Browser>>> = Mutex::new(None);

/// What the loader may ask for, as `js/glue.js` names it.
mod method {
    pub const OPEN: u32 = 0;
    pub const CALL: u32 = 1;
    pub const HIDE: u32 = 2;
    pub const TICK: u32 = 3;
    pub const SETTLED: u32 = 4;
    pub const COUNT: u32 = 5;
}

/// Does what the loader asks for; it is `now`. One function for all, because each would be paid for:
///
/// - open: the first time, [`Collector::new`] with `second` bytes, the settings and after a mark what is stored
/// - call: [`Collector::call`] with `second` bytes, of a call made at `first`
/// - hide: [`Collector::hide`], leaving where `second` is not 0
/// - tick: [`Collector::tick`]
/// - settled: [`Collector::settled`] for the flight `second` with the status `third`, of which `first` events were refused
/// - count: [`Collector::count`] of `second`, which is what is returned
#[wasm_bindgen]
pub fn run(method: u32, now: f64, first: f64, second: u32, third: u32) -> u32 {
    let mut text = Vec::new();
    if method <= method::CALL {
        text.resize(second as usize, 0);
        fill(&mut text);
    }
    ask(method, now, first, (second, third), &text)
}

fn ask(method: u32, now: f64, first: f64, (second, third): (u32, u32), text: &[u8]) -> u32 {
    let Some(mut held) = COLLECTOR.try_lock() else {
        return 0;
    };
    // A clock beyond 2^53 milliseconds is none; `as` saturates.
    let now = now as i64;
    let Some(collector) = held.as_mut() else {
        if method == method::OPEN {
            let (settings, stored) = text::halves(text, ENTRY);
            *held = Some(Collector::new(Settings::from_fields(settings), stored, Browser));
        }
        return 0;
    };
    match method {
        method::CALL => collector.call(now, first as i64, text),
        method::HIDE => collector.hide(now, second != 0),
        method::TICK => collector.tick(now),
        method::SETTLED => collector.settled(now, second, third, first as u32),
        method::COUNT => return collector.count(second as usize),
        _ => {}
    }
    0
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
        let plain = |method, at| ask(method, at, at, (7, 99), b"");
        let call = |at, text: &str| ask(method::CALL, at, at, (0, 0), text.as_bytes());
        let calling = |verb: &str, fields: &str| {
            let text = format!("https://shop.example/\u{1f}\u{1f}\u{1f}{verb}\u{1f}Seen\u{1f}\u{1f}{fields}");
            call(0.0, &text)
        };
        for settings in junk {
            ask(
                method::OPEN,
                0.0,
                0.0,
                (0, 0),
                format!("{settings}\u{1e}{settings}").as_bytes(),
            );
            calling("6", ":analytics\u{1f}+");
            for at in [f64::NAN, f64::INFINITY, -1e300, 0.0, 1e18] {
                junk.iter().for_each(|text| drop(call(at, text)));
                calling("1", ":a\u{1f}#1");
                (0..9).for_each(|method| drop(plain(method, at)));
            }
            ask(method::SETTLED, 0.0, 0.0, (1, 0), b"");
            ask(method::HIDE, 0.0, 0.0, (1, 0), b"");
            let count = |place| ask(method::COUNT, 0.0, 0.0, (place, 0), b"");
            assert!((0..20).map(count).sum::<u32>() > 0);
            calling("6", ":analytics\u{1f}-");
            assert_eq!(kept(), "", "a withdrawal leaves nothing");
        }
    }
}
