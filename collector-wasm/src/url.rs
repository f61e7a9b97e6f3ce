//! Addresses as they may leave the page: no fragment, no user, only the query parameters on the allow-list, nothing that
//! names a person. And the campaign that an address tells of.

use alloc::string::String;

use event_schema::limits;
use event_schema::wire::{CAMPAIGN, FIRST_CLICK_ID};

use crate::redact::{self, Meaning};
use crate::text;

/// An address, cleaned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Scheme, host, path and allowed query; with hash routes the fragment too.
    pub url: String,
    /// By what a page is told from another: the address without the campaign's parameters, so that a page that removes
    /// them from its own address is not counted twice.
    pub page: String,
    /// The campaign's parameters, each on a line of its own after a line break: position in [`CAMPAIGN`], `=`, value as it
    /// stands in the address.
    pub campaign: String,
}

/// Cleans `address`; `allowed` are the query parameters that may stay, with commas between them, and with `hash` the
/// fragment is part of the path. What has no scheme and host comes back empty.
pub fn clean(address: &str, allowed: &str, hash: bool) -> Cleaned {
    let (address, fragment) = text::once(address, b'#').unwrap_or((address, ""));
    let (address, query) = text::once(address, b'?').unwrap_or((address, ""));
    let mut cleaned = Cleaned::default();
    let Some((mut url, path)) = split(address) else {
        return cleaned;
    };
    push_path(&mut url, path);
    let mut page = url.clone();
    let mut marks = ['?', '?'];
    for pair in text::parts(query, b'&') {
        let (name, value) = text::once(pair, b'=').unwrap_or((pair, ""));
        let place = CAMPAIGN.iter().position(|parameter| *parameter == name);
        let click = place.is_some_and(|place| place >= usize::from(FIRST_CLICK_ID));
        let kept = text::parts(allowed, b',').any(|allowed| text::trim(allowed) == name && !name.is_empty());
        let meaning = if click { Meaning::Code } else { Meaning::of(name) };
        let clean = redact::text(value, meaning);
        let value = text::shorten(clean.as_deref().unwrap_or(value), limits::STRING_CHARS);
        if let Some(place) = place {
            cleaned.campaign.push('\n');
            text::push_number(&mut cleaned.campaign, place as i64);
            cleaned.campaign.push('=');
            cleaned.campaign.push_str(value);
        }
        if kept || (place.is_some() && !click) {
            push_parameter(&mut url, &mut marks[0], name, value, clean.is_some());
        }
        if kept {
            push_parameter(&mut page, &mut marks[1], name, value, clean.is_some());
        }
    }
    if hash && !fragment.is_empty() {
        let route = text::before(fragment, b'?');
        for text in [&mut url, &mut page] {
            text.push('#');
            push_path(text, route);
        }
    }
    cleaned.url = String::from(text::shorten(&url, limits::URL_CHARS));
    cleaned.page = page;
    cleaned
}

/// Scheme and host of `address` and nothing else, for what is sent without consent.
pub fn origin(address: &str) -> String {
    split(text::before(text::before(address, b'#'), b'?')).map_or_else(String::new, |(origin, _)| origin)
}

/// Scheme and host without the user, and the path, which starts with a slash.
pub(crate) fn split(address: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text::once(address, b':')?;
    let rest = rest.strip_prefix("//")?;
    let authority = text::before(rest, b'/');
    let path = text::cut(rest, authority.len(), rest.len());
    let mut origin = String::from(scheme);
    origin.push_str("://");
    origin.push_str(text::parts(authority, b'@').last()?);
    Some((origin, if path.is_empty() { "/" } else { path }))
}

/// A path, whose segments stay as they stood when nothing had to go.
fn push_path(url: &mut String, path: &str) {
    for (index, segment) in text::parts(path, b'/').enumerate() {
        if index > 0 {
            url.push('/');
        }
        push_clean(url, segment, redact::text(segment, Meaning::Text));
    }
}

fn push_parameter(url: &mut String, mark: &mut char, name: &str, value: &str, redacted: bool) {
    url.push(*mark);
    *mark = '&';
    url.push_str(name);
    url.push('=');
    push_clean(url, value, redacted.then(|| String::from(value)));
}

/// A piece of an address: as it stands, or what came of it, with all that would end it encoded.
fn push_clean(url: &mut String, piece: &str, redacted: Option<String>) {
    let Some(redacted) = redacted else {
        return url.push_str(piece);
    };
    let mut taken = 0;
    for (at, byte) in redacted.bytes().enumerate() {
        if matches!(byte, b' ' | b'#' | b'&' | b'+' | b'/' | b'?' | b'%') {
            url.push_str(text::cut(&redacted, taken, at));
            url.push('%');
            text::push_hexadecimal(url, &[byte]);
            taken = at + 1;
        }
    }
    url.push_str(text::cut(&redacted, taken, redacted.len()));
}

/// Undoes percent-encoding of ASCII, however often it was done, or `None` where there is none. Other characters stay encoded:
/// nothing that is looked for is written in them. Control characters become spaces: they are the marks of our own records.
pub fn decode(held: &str) -> Option<String> {
    let mut decoded = None;
    // Each round makes the text shorter, so this ends; ten rounds of encoding are nobody's honest address.
    for _ in 0..10 {
        match decode_once(decoded.as_deref().unwrap_or(held)) {
            None => break,
            shorter => decoded = shorter,
        }
    }
    decoded
}

fn decode_once(held: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut pieces = text::parts(held, b'%');
    decoded.push_str(pieces.part());
    let mut found = false;
    for piece in pieces {
        let code = text::from_hexadecimal(piece).next().unwrap_or_default();
        let digits = piece.bytes().take(2).filter(u8::is_ascii_hexdigit).count();
        if digits == 2 && code < 0x80 {
            found = true;
            decoded.push(char::from(if code == 0x7f { b' ' } else { code.max(b' ') }));
            decoded.push_str(text::cut(piece, 2, piece.len()));
        } else {
            decoded.push('%');
            decoded.push_str(piece);
        }
    }
    found.then_some(decoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(address: &str) -> Cleaned {
        clean(address, "product, size", false)
    }

    #[test]
    fn only_allowed_parameters_stay_and_no_user_and_no_fragment() {
        let cleaned = cleaned("https://jo:secret@shop.example/p?session=1&product=blue+kettle&q=jo%40x.example#top");
        assert_eq!(cleaned.url, "https://shop.example/p?product=blue+kettle");
        assert_eq!(cleaned.campaign, "");
    }

    #[test]
    fn the_campaign_is_read_and_does_not_make_another_page() {
        let with = cleaned(
            "https://shop.example/?utm_source=news&utm_campaign=Winter%20Sale&gclid=Cj0KCQiA1rSsBhDHARIsANB4EJ&product=1",
        );
        assert_eq!(with.campaign, "\n1=news\n0=Winter%20Sale\n5=Cj0KCQiA1rSsBhDHARIsANB4EJ");
        assert_eq!(
            with.url,
            "https://shop.example/?utm_source=news&utm_campaign=Winter%20Sale&product=1"
        );
        assert_eq!(with.page, cleaned("https://shop.example/?product=1#x").page);
    }

    #[test]
    fn a_person_in_path_or_parameter_is_taken_out() {
        let cleaned =
            cleaned("https://shop.example/u/jo%40x.example/edit?product=4111111111111111&utm_term=jo@x.example");
        assert_eq!(
            cleaned.url,
            "https://shop.example/u/[email]/edit?product=[card]&utm_term=[email]"
        );
    }

    #[test]
    fn with_hash_routes_the_fragment_is_part_of_the_page() {
        let at = |address| clean(address, "", true);
        let first = at("https://shop.example/app#/cart/jo@x.example?step=2");
        assert_eq!(first.url, "https://shop.example/app#/cart/[email]");
        assert_ne!(first.page, at("https://shop.example/app#/checkout").page);
        assert_eq!(at("https://shop.example/app#").page, "https://shop.example/app");
    }

    #[test]
    fn what_is_no_web_address_is_nothing() {
        assert_eq!(cleaned("about:blank"), Cleaned::default());
        assert_eq!(cleaned(""), Cleaned::default());
        assert_eq!(cleaned("https://shop.example").url, "https://shop.example/");
        assert_eq!(origin("https://jo@search.example/?q=shoes"), "https://search.example");
    }

    #[test]
    fn a_click_s_id_is_redacted_as_a_code() {
        let campaign = |query: &str| cleaned(&format!("https://shop.example/?{query}")).campaign;
        assert_eq!(campaign("gclid=jo%40x.example"), "\n5=[email]");
        assert_eq!(campaign("gclid=4111111111111111"), "\n5=[card]");
        let honest = "EAIaIQobChMI4111111111111111_wcBEAAYASAAEgJ0791234567";
        assert_eq!(campaign(&format!("gclid={honest}")), format!("\n5={honest}"));
    }

    #[test]
    fn ascii_is_decoded_however_often_it_was_encoded() {
        assert_eq!(decode("jo%252540x.example").as_deref(), Some("jo@x.example"));
        assert_eq!(decode("a%0Ab%251fc%1E%7f").as_deref(), Some("a b c  "));
        assert_eq!(decode("Z%C3%BCrich 100%"), None);
    }

    proptest! {
        #[test]
        fn no_address_makes_it_panic_and_cleaning_is_stable(address in "(https://)?\\PC{0,80}") {
            let once = cleaned(&address);
            prop_assert_eq!(&cleaned(&once.url).url, &once.url);
        }

        #[test]
        fn no_address_makes_a_mark_of_the_records(code in 0..0x20_u8, place in 0..5_usize, rounds in 0..3_usize) {
            let encoded = (0..rounds).fold(format!("%{code:02X}"), |code, _| code.replace('%', "%25"));
            let places = ["/", "/?product=", "/?utm_source=", "/?gclid=", "/#"];
            let address = format!("https://shop.example{}jo@x.example{encoded}5=x", places[place]);
            let cleaned = clean(&address, "product", true);
            prop_assert!(!cleaned.url.chars().any(char::is_control), "{:?}", cleaned.url);
            prop_assert!(!cleaned.campaign.trim_start_matches('\n').chars().any(char::is_control), "{:?}", cleaned.campaign);
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
                for text in [cleaned.url, cleaned.page, cleaned.campaign] {
                    let text = decode(&text).unwrap_or(text);
                    prop_assert!(!text.contains(&format!("{local}@")), "{}", text);
                }
            }
        }
    }
}
