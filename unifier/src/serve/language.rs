//! English and French: what the browser asks for, or what the reader chose.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

/// The language of a page. Every text stands beside its translation where it is used: `language.say("People", "Personnes")`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

/// The cookie that keeps the reader's choice: strictly necessary, set only when the reader chooses.
const NAME: &str = "language";

impl Language {
    /// The text in this language.
    pub fn say<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::French => french,
        }
    }

    /// The code for `lang` attributes.
    pub fn code(self) -> &'static str {
        self.say("en", "fr")
    }

    /// A count with its digits grouped as the language does.
    pub fn number(self, number: u64) -> String {
        let grouped = crate::report::grouped(number);
        match self {
            Language::English => grouped,
            Language::French => grouped.replace(',', "\u{202f}"),
        }
    }

    /// A number with `decimals` digits after the language's decimal sign.
    pub fn decimal(self, number: f64, decimals: usize) -> String {
        let text = format!("{:.*}", decimals, number.abs());
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let sign = if number < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            "-"
        } else {
            ""
        };
        let whole = whole.parse().map_or(whole.to_owned(), |whole| self.number(whole));
        let mark = if rest.is_empty() { "" } else { self.say(".", ",") };
        format!("{sign}{whole}{mark}{rest}")
    }

    /// An amount with its currency.
    pub fn money(self, amount: f64, currency: &str) -> String {
        format!("{}\u{a0}{currency}", self.decimal(amount, 2))
    }

    /// A share of one as a percentage without decimals.
    pub fn percent(self, share: f64) -> String {
        format!("{}{}%", self.decimal(share * 100.0, 0), self.say("", "\u{202f}"))
    }

    fn of_code(code: &str) -> Option<Self> {
        match code {
            "en" => Some(Language::English),
            "fr" => Some(Language::French),
            _ => None,
        }
    }

    fn of_headers(headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let mut cookies = text(COOKIE)
            .split(';')
            .filter_map(|cookie| cookie.trim().split_once('='));
        let chosen = cookies
            .find(|(name, _)| *name == NAME)
            .and_then(|(_, code)| Self::of_code(code));
        // Browsers list what they prefer first; the weights are in that order.
        let mut asked = text(ACCEPT_LANGUAGE)
            .split(',')
            .filter_map(|range| Self::of_code(range.trim().get(..2)?));
        chosen.or_else(|| asked.next()).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of_headers(&parts.headers))
    }
}

/// Keeps the reader's choice and goes back to where they were.
pub(super) async fn choose(Path(code): Path<String>, headers: HeaderMap) -> impl IntoResponse {
    let language = Language::of_code(&code).unwrap_or_default();
    let cookie = format!(
        "{NAME}={}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly",
        language.code()
    );
    (
        StatusCode::SEE_OTHER,
        [(SET_COOKIE, cookie), (LOCATION, back(&headers).to_owned())],
    )
}

/// The path the reader came from; the home page when it is none of ours.
fn back(headers: &HeaderMap) -> &str {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let path = referer
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    path.filter(|path| !path.starts_with("//")).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect::<Vec<_>>()
            .into_iter()
            .fold(
                HeaderMap::new(),
                |mut map, (name, value): (axum::http::HeaderName, axum::http::HeaderValue)| {
                    map.insert(name, value);
                    map
                },
            )
    }

    #[test]
    fn a_choice_outranks_what_the_browser_asks_for() {
        assert_eq!(
            Language::of_headers(&headers(&[("accept-language", "de, fr-CH;q=0.9")])),
            Language::French
        );
        let both = headers(&[("accept-language", "fr"), ("cookie", "a=b; language=en")]);
        assert_eq!(Language::of_headers(&both), Language::English);
        assert_eq!(
            Language::of_headers(&headers(&[("accept-language", "é")])),
            Language::English
        );
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        assert_eq!(Language::English.decimal(-1234.5, 2), "-1,234.50");
        assert_eq!(Language::French.decimal(1234.5, 1), "1\u{202f}234,5");
        assert_eq!(Language::English.decimal(-0.001, 1), "0.0");
        assert_eq!(Language::French.percent(0.42), "42\u{202f}%");
    }

    #[test]
    fn the_way_back_stays_on_this_site() {
        assert_eq!(
            back(&headers(&[("referer", "http://127.0.0.1:8080/people/1?x=2")])),
            "/people/1?x=2"
        );
        assert_eq!(
            back(&headers(&[("referer", "http://evil.example//other.example")])),
            "/"
        );
        assert_eq!(back(&headers(&[])), "/");
    }
}
