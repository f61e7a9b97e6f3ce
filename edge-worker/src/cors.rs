//! What browsers of other origins are told. The allowed origin is always named, and credentials are never allowed: the collector
//! sends none.

/// The headers that let a page of `origin` read an answer.
pub fn answer_headers(origin: &str) -> [(&'static str, String); 2] {
    [
        ("access-control-allow-origin", origin.to_owned()),
        ("vary", "Origin".to_owned()),
    ]
}

/// The headers that answer a preflight of an allowed origin.
pub fn preflight_headers(origin: &str) -> Vec<(&'static str, String)> {
    let mut headers = answer_headers(origin).to_vec();
    headers.extend([
        ("access-control-allow-methods", "POST".to_owned()),
        (
            "access-control-allow-headers",
            "authorization, content-encoding, content-type, x-write-key".to_owned(),
        ),
        ("access-control-max-age", "86400".to_owned()),
    ]);
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preflight_names_the_origin_and_never_allows_credentials() {
        let headers = preflight_headers("https://shop.example");
        assert!(headers.contains(&("access-control-allow-origin", "https://shop.example".to_owned())));
        assert!(
            headers
                .iter()
                .all(|(name, value)| *name != "access-control-allow-credentials" && value != "*")
        );
    }
}
