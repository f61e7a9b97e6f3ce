//! Addresses as they may leave the page: no fragment, no user, only the query parameters on the allow-list, nothing that
//! names a person. And the campaign that an address tells of.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use event_schema::{Campaign, limits};

use crate::redact::{self, Meaning};
use crate::text;

/// An address, cleaned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Scheme, host, path and allowed query.
    pub url: String,
    /// The path alone.
    pub path: String,
    /// By what a page is told from another: the address without the campaign's parameters, so that a page that removes
    /// them from its own address is not counted twice.
    pub page: String,
    /// The campaign, where the address names one.
    pub campaign: Option<Campaign>,
}

/// Cleans `address`; `allowed` are the query parameters that may stay. What has no scheme and host comes back empty.
pub fn clean(address: &str, allowed: &[String]) -> Cleaned {
    let address = text::before(address, b'#');
    let (address, query) = text::once(address, b'?').unwrap_or((address, ""));
    let Some((origin, path)) = split(address) else {
        return Cleaned::default();
    };
    let path = clean_path(path);
    let (mut kept, mut utm) = (String::new(), String::new());
    let mut campaign = Campaign::default();
    for pair in text::parts(query, b'&') {
        let (name, value) = text::once(pair, b'=').unwrap_or((pair, ""));
        if let Some(field) = campaign_field(&mut campaign, name) {
            *field = clean_value(name, value);
            append(&mut utm, name, field);
        } else if allowed.iter().any(|allowed| allowed == name) {
            append(&mut kept, name, &clean_value(name, value));
        }
    }
    let page = with_query(&origin, &path, &[&kept]);
    Cleaned {
        url: cut(with_query(&origin, &path, &[&kept, &utm])),
        path: cut(path),
        page,
        campaign: (campaign != Campaign::default()).then_some(campaign),
    }
}

/// `title` as it may leave the page.
pub fn clean_title(title: &str) -> String {
    cut(redact::text(title, Meaning::Text).unwrap_or_else(|| title.to_owned()))
}

/// Scheme and host of `address` and nothing else, for what is sent without consent.
pub fn origin(address: &str) -> String {
    split(text::before(text::before(address, b'#'), b'?'))
        .map(|(origin, _)| origin)
        .unwrap_or_default()
}

/// Scheme and host without the user, and the path, which starts with a slash.
fn split(address: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text::once(address, b':')?;
    let rest = rest.strip_prefix("//")?;
    let authority = text::before(rest, b'/');
    let path = rest.get(authority.len()..)?;
    let host = text::parts(authority, b'@').last()?;
    let path = if path.is_empty() { "/" } else { path };
    let mut origin = String::from(scheme);
    origin.push_str("://");
    origin.push_str(host);
    Some((origin, path))
}

fn campaign_field<'a>(campaign: &'a mut Campaign, parameter: &str) -> Option<&'a mut String> {
    match parameter {
        "utm_campaign" => Some(&mut campaign.name),
        "utm_source" => Some(&mut campaign.source),
        "utm_medium" => Some(&mut campaign.medium),
        "utm_term" => Some(&mut campaign.term),
        "utm_content" => Some(&mut campaign.content),
        _ => None,
    }
}

/// A path, whose segments stay as they stood when nothing had to go.
fn clean_path(path: &str) -> String {
    let mut clean = String::new();
    for (index, segment) in text::parts(path, b'/').enumerate() {
        if index > 0 {
            clean.push('/');
        }
        match redact::text(segment, Meaning::Text) {
            Some(redacted) => clean.push_str(&encode(&redacted)),
            None => clean.push_str(segment),
        }
    }
    clean
}

/// A parameter's value, decoded and redacted.
fn clean_value(name: &str, value: &str) -> String {
    let value = decode(&value.replace('+', " "));
    cut(redact::text(&value, Meaning::of(name)).unwrap_or(value))
}

fn append(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(&encode(value));
}

fn with_query(origin: &str, path: &str, queries: &[&str]) -> String {
    let mut url = String::from(origin);
    url.push_str(path);
    let mut sign = '?';
    for query in queries.iter().filter(|query| !query.is_empty()) {
        url.push(sign);
        url.push_str(query);
        sign = '&';
    }
    url
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(limits::URL_CHARS) {
        text.truncate(end);
    }
    text
}

/// Percent-encodes what would end a path's segment or a parameter.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for c in text.chars() {
        match c {
            ' ' => encoded.push_str("%20"),
            '#' => encoded.push_str("%23"),
            '%' => encoded.push_str("%25"),
            '&' => encoded.push_str("%26"),
            '+' => encoded.push_str("%2B"),
            '/' => encoded.push_str("%2F"),
            '?' => encoded.push_str("%3F"),
            c => encoded.push(c),
        }
    }
    encoded
}

/// Undoes percent-encoding, however often it was done; bytes that are no UTF-8 become the replacement character.
pub fn decode(text: &str) -> String {
    let mut text = text.to_owned();
    // Each round makes the text shorter, so this ends; ten rounds of encoding are nobody's honest address.
    for _ in 0..10 {
        let decoded = decode_once(&text);
        if decoded == text {
            break;
        }
        text = decoded;
    }
    text
}

fn decode_once(text: &str) -> String {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                // Two hexadecimal digits fit a byte.
                decoded.push((high * 16 + low) as u8);
                bytes = ahead;
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(address: &str) -> Cleaned {
        clean(address, &["product".to_owned()])
    }

    #[test]
    fn only_allowed_parameters_stay_and_no_user_and_no_fragment() {
        let cleaned = cleaned("https://jo:secret@shop.example/p?session=1&product=blue+kettle&q=jo%40x.example#top");
        assert_eq!(cleaned.url, "https://shop.example/p?product=blue%20kettle");
        assert_eq!(cleaned.path, "/p");
        assert_eq!(cleaned.campaign, None);
    }

    #[test]
    fn the_campaign_is_read_and_does_not_make_another_page() {
        let with = cleaned("https://shop.example/?utm_source=news&utm_campaign=Winter%20Sale&product=1");
        let campaign = with.campaign.unwrap();
        assert_eq!(
            (campaign.source.as_str(), campaign.name.as_str()),
            ("news", "Winter Sale")
        );
        assert_eq!(
            with.url,
            "https://shop.example/?product=1&utm_source=news&utm_campaign=Winter%20Sale"
        );
        assert_eq!(with.page, cleaned("https://shop.example/?product=1#x").page);
    }

    #[test]
    fn a_person_in_path_or_parameter_is_taken_out() {
        let cleaned = cleaned("https://shop.example/u/jo%40x.example/edit?product=4111111111111111");
        assert_eq!(cleaned.url, "https://shop.example/u/[email]/edit?product=[card]");
    }

    #[test]
    fn what_is_no_web_address_is_nothing() {
        assert_eq!(cleaned("about:blank"), Cleaned::default());
        assert_eq!(cleaned(""), Cleaned::default());
        assert_eq!(cleaned("https://shop.example").path, "/");
        assert_eq!(origin("https://jo@search.example/?q=shoes"), "https://search.example");
    }

    proptest! {
        #[test]
        fn no_address_makes_it_panic_and_cleaning_is_stable(address in "(https://)?\\PC{0,80}") {
            let once = cleaned(&address);
            prop_assert_eq!(&cleaned(&once.url).url, &once.url);
        }

        #[test]
        fn a_planted_address_never_survives_anywhere(local in "[a-z0-9]{1,9}", place in 0..6_usize, rounds in 0..4_usize) {
            let mut planted = format!("{local}@mail.example");
            for _ in 0..rounds {
                planted = planted.replace('%', "%25").replace('@', "%40");
            }
            let places = ["/", "/?product=", "/?utm_source=", "/?x=", "/#", "/a/b/c?product=1&utm_term="];
            let address = format!("https://shop.example{}{planted}", places[place]);
            let cleaned = cleaned(&address);
            let campaign = cleaned.campaign.unwrap_or_default();
            for text in [&decode(&cleaned.url), &decode(&cleaned.path), &campaign.source, &campaign.term] {
                let traced = text.contains(&format!("{local}@"));
                prop_assert!(!traced, "{}", text);
            }
        }
    }
}
