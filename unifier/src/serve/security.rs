//! What every answer carries, and who is answered at all.
//!
//! The UI has no login: it listens on this machine only. A page elsewhere must not be able to reach it through the reader's
//! browser, so a request whose `Host` is not this machine (DNS rebinding) or that another site posts is refused.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{in_json, is_program};

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses requests from elsewhere, and adds the headers.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    if !is_local(request.headers()) || is_foreign_post(request.method(), request.headers()) {
        let refused = "this page answers on this machine only";
        return protected(match is_program(&request) {
            true => (StatusCode::FORBIDDEN, in_json(refused)).into_response(),
            false => (StatusCode::FORBIDDEN, refused).into_response(),
        });
    }
    protected(next.run(request).await)
}

fn protected(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // Personal data stays out of the browser's cache.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn is_local(headers: &HeaderMap) -> bool {
    let host = headers
        .get(HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Browsers say where a request comes from; a program on this machine that says nothing may post.
fn is_foreign_post(method: &Method, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    *method == Method::POST && !matches!(site, None | Some("same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_answered() {
        let local = |host: &str| is_local(&HeaderMap::from_iter([(HOST, host.parse().unwrap())]));
        for host in ["localhost:8080", "127.0.0.1", "[::1]:8080", "[::1]"] {
            assert!(local(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:8080", ""] {
            assert!(!local(host), "{host}");
        }
    }

    #[test]
    fn another_site_cannot_post() {
        let from = |site: &str| HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), site.parse().unwrap())]);
        assert!(is_foreign_post(&Method::POST, &from("cross-site")));
        assert!(!is_foreign_post(&Method::POST, &from("same-origin")));
        assert!(!is_foreign_post(&Method::GET, &from("cross-site")));
    }
}
