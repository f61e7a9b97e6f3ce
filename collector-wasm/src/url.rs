//! Addresses as they may leave the page: no fragment, no user, only the query parameters on the allow-list, nothing that
//! names a person. And the campaign that an address tells of.
//!
//! An address is written as it goes on the wire: without `https://`, and with the campaign behind everything else, each
//! parameter as its mark ([`CAMPAIGN_MARK`] and its place in [`CAMPAIGN`]) and its value. What stands before the first of these
//! marks tells one page from another, so that a page which removes the campaign from its own address is not counted twice.

use alloc::vec::Vec;

use event_schema::wire::{CAMPAIGN, CAMPAIGN_MARK, FIRST_CLICK_ID};

use crate::redact::{self, Meaning};
use crate::text;

/// The mark of the first parameter that names a click.
const CLICK_MARK: u8 = CAMPAIGN_MARK + FIRST_CLICK_ID;

/// Appends `address`, cleaned; `allowed` are the query parameters that may stay, with commas between them, and with `hash`
/// the fragment is part of the path. What has no scheme and host is nothing.
pub fn put(address: &[u8], allowed: &[u8], hash: bool, out: &mut Vec<u8>) {
    let (address, fragment) = text::halves(address, b'#');
    let (address, query) = text::halves(address, b'?');
    let (scheme, rest) = text::halves(address, b':');
    let Some(rest) = rest.strip_prefix(b"//") else {
        return;
    };
    if scheme != b"https" {
        text::put(out, scheme);
        text::put(out, b"://");
    }
    let authority = text::before(rest, b'/');
    text::put(out, text::parts(authority, b'@').last().unwrap_or_default());
    put_path(text::from(rest, authority.len()), out);
    if rest.len() == authority.len() {
        text::push(out, b'/');
    }
    let (mut campaign, mut mark) = (Vec::new(), b'?');
    for pair in text::parts(query, b'&') {
        let (name, value) = text::halves(pair, b'=');
        let mut parameters = text::parts(CAMPAIGN.as_bytes(), b' ');
        if let Some(place) = parameters.position(|parameter| parameter == name) {
            let mark = CAMPAIGN_MARK + place as u8;
            let meaning = if mark < CLICK_MARK {
                Meaning::Text
            } else {
                Meaning::Code
            };
            text::push(&mut campaign, mark);
            redact::put(value, meaning, true, &mut campaign);
        } else if !name.is_empty() && text::parts(allowed, b',').any(|allowed| allowed == name) {
            text::put_after(out, mark, name);
            text::push(out, b'=');
            redact::put(value, Meaning::of(name), true, out);
            mark = b'&';
        }
    }
    if hash && !fragment.is_empty() {
        text::push(out, b'#');
        put_path(text::before(fragment, b'?'), out);
    }
    text::put(out, &campaign);
}

/// A path, whose segments stay as they stand when nothing has to go.
fn put_path(path: &[u8], out: &mut Vec<u8>) {
    let mut segments = text::parts(path, b'/');
    redact::put(segments.part(), Meaning::Text, true, out);
    for segment in segments {
        text::push(out, b'/');
        redact::put(segment, Meaning::Text, true, out);
    }
}

/// Of an address that was cleaned: what tells its page from another.
pub(crate) fn page(cleaned: &[u8]) -> &[u8] {
    let end = cleaned.iter().position(|byte| *byte < b' ');
    text::cut(cleaned, 0, end.unwrap_or(usize::MAX))
}

/// Of an address that was cleaned: the scheme, where it is not `https`, and the host.
pub(crate) fn origin(cleaned: &[u8]) -> &[u8] {
    let slash = text::find(cleaned, b'/');
    let host = if text::cut(cleaned, slash.wrapping_sub(1), slash + 2) == b"://" {
        slash + 2
    } else {
        0
    };
    text::cut(cleaned, 0, host + text::find(text::from(cleaned, host), b'/'))
}

/// Appends, of an address that was cleaned, what may go without consent: path and campaign. No query, no fragment, no
/// click's id.
pub(crate) fn put_anonymous(cleaned: &[u8], out: &mut Vec<u8>) {
    let mut stays = true;
    for byte in text::from(cleaned, origin(cleaned).len()) {
        match *byte {
            b'?' | b'#' => stays = false,
            mark @ ..b' ' => stays = mark < CLICK_MARK,
            _ => {}
        }
        if stays {
            text::push(out, *byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(address: &str, allowed: &str, hash: bool) -> String {
        let mut text = Vec::new();
        put(address.as_bytes(), allowed.as_bytes(), hash, &mut text);
        String::from_utf8(text).unwrap()
    }

    fn cleaned(address: &str) -> String {
        clean(address, "product,size", false)
    }

    fn page_of(address: &str) -> String {
        String::from_utf8(page(cleaned(address).as_bytes()).to_owned()).unwrap()
    }

    #[test]
    fn only_allowed_parameters_stay_and_no_user_and_no_fragment() {
        assert_eq!(
            cleaned("https://jo:secret@shop.example/p?session=1&product=blue+kettle&q=jo%40x.example#top"),
            "shop.example/p?product=blue+kettle"
        );
        assert_eq!(cleaned("http://shop.example:80/"), "http://shop.example:80/");
    }

    #[test]
    fn the_campaign_is_read_and_does_not_make_another_page() {
        let address = "https://shop.example/?utm_source=news&utm_campaign=Winter%20Sale&gclid=Cj0KCQiA1rSsBhDHARIsANB4EJ&product=1";
        assert_eq!(
            cleaned(address),
            "shop.example/?product=1\u{f}news\u{e}Winter%20Sale\u{13}Cj0KCQiA1rSsBhDHARIsANB4EJ"
        );
        assert_eq!(page_of(address), cleaned("https://shop.example/?product=1#x"));
    }

    #[test]
    fn a_person_in_path_or_parameter_is_taken_out() {
        assert_eq!(
            cleaned("https://shop.example/u/jo%40x.example/edit?product=4111111111111111&utm_term=jo@x.example"),
            "shop.example/u/[email]/edit?product=[card]\u{11}[email]"
        );
    }

    #[test]
    fn with_hash_routes_the_fragment_is_part_of_the_page() {
        let at = |address| clean(address, "", true);
        let first = at("https://shop.example/app#/cart/jo@x.example?step=2");
        assert_eq!(first, "shop.example/app#/cart/[email]");
        assert_ne!(first, at("https://shop.example/app#/checkout"));
        assert_eq!(at("https://shop.example/app#"), "shop.example/app");
    }

    #[test]
    fn what_is_no_web_address_is_nothing() {
        assert_eq!(cleaned("about:blank"), "");
        assert_eq!(cleaned(""), "");
        assert_eq!(cleaned("https://shop.example"), "shop.example/");
    }

    #[test]
    fn an_origin_has_neither_user_nor_path() {
        for (address, expected) in [
            ("https://jo@search.example/?q=shoes", "search.example"),
            ("http://127.0.0.1:8080/a/b", "http://127.0.0.1:8080"),
            ("https://shop.example/a://b/c", "shop.example"),
            ("", ""),
        ] {
            assert_eq!(origin(cleaned(address).as_bytes()), expected.as_bytes());
        }
    }

    #[test]
    fn a_click_s_id_is_redacted_as_a_code() {
        let campaign = |query: &str| cleaned(&format!("https://shop.example/?{query}"));
        assert_eq!(campaign("gclid=jo%40x.example"), "shop.example/\u{13}[email]");
        assert_eq!(campaign("gclid=4111111111111111"), "shop.example/\u{13}[card]");
        let honest = "EAIaIQobChMI4111111111111111_wcBEAAYASAAEgJ0791234567";
        assert_eq!(
            campaign(&format!("gclid={honest}")),
            format!("shop.example/\u{13}{honest}")
        );
    }

    #[test]
    fn what_goes_without_consent_has_no_query_no_fragment_and_no_click() {
        let cleaned = clean(
            "http://shop.example/a?product=1&utm_source=news&gclid=Cj0K&utm_term=x#b",
            "product",
            true,
        );
        let mut anonymous = Vec::new();
        put_anonymous(cleaned.as_bytes(), &mut anonymous);
        assert_eq!(anonymous, b"/a\x0fnews\x11x");
    }

    proptest! {
        #[test]
        fn no_address_makes_it_panic_and_cleaning_is_stable(address in "(https://)?\\PC{0,80}") {
            let once = page_of(&address);
            prop_assert_eq!(page_of(&format!("https://{once}")), if once.is_empty() { "/".to_owned() } else { once });
        }

        #[test]
        fn no_address_makes_a_mark_of_the_records(code in 0..0x20_u8, place in 0..5_usize, rounds in 0..3_usize) {
            let encoded = (0..rounds).fold(format!("%{code:02X}"), |code, _| code.replace('%', "%25"));
            let places = ["/", "/?product=", "/?utm_source=", "/?gclid=", "/#"];
            let address = format!("https://shop.example{}jo@x.example{encoded}5=x", places[place]);
            let cleaned = clean(&address, "product", true);
            let marks = cleaned.chars().filter(|c| c.is_control()).count();
            prop_assert_eq!(marks, usize::from(place == 2 || place == 3), "{:?}", cleaned);
        }

        #[test]
        fn a_planted_address_never_survives_anywhere(local in "[a-z0-9]{1,9}", place in 0..6_usize, rounds in 0..4_usize) {
            let mut planted = format!("{local}@mail.example");
            for _ in 0..rounds {
                planted = planted.replace('%', "%25").replace('@', "%40");
            }
            let places = ["/", "/?product=", "/?utm_source=", "/?x=", "/#", "/a/b/c?product=1&utm_term="];
            let address = format!("https://shop.example{}{planted}", places[place]);
            for hash in [false, true] {
                let cleaned = clean(&address, "product", hash);
                let text = String::from_utf8(redact::decode(cleaned.as_bytes())).unwrap();
                prop_assert!(!text.contains(&format!("{local}@")), "{}", text);
            }
        }
    }
}
