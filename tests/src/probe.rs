//! What tests of the worker send to it and read back.

#![allow(clippy::unwrap_used, reason = "test code: what cannot be read fails the test")]

use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

use event_schema::{Envelope, Timestamp};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Answer, Client, EXPORT_TOKEN, Edge};

/// The time, as a client writes it.
pub fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap()).to_string()
}

/// A page view of a visitor who granted analytics or did not.
pub fn page(id: &str, granted: bool) -> Value {
    json!({"type": "page", "messageId": id, "anonymousId": "visitor-1", "timestamp": now(),
        "context": {"page": {"path": "/shoes"}, "consent": {"categoryPreferences": {"analytics": granted}}}})
}

/// Posts a batch with a write key.
pub fn post(edge: &Edge, key: &str, headers: &[(&str, &str)], events: &[Value]) -> Answer {
    let body = json!({"writeKey": key, "sentAt": now(), "batch": events}).to_string();
    edge.client().post("/v1/batch", headers, body.as_bytes()).unwrap()
}

/// Accepted, duplicate, rejected.
pub fn verdict(answer: &Answer) -> (u64, u64, usize) {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let json = answer.json().unwrap();
    let count = |name: &str| json[name].as_u64().unwrap();
    (
        count("accepted"),
        count("duplicate"),
        json["rejected"].as_array().unwrap().len(),
    )
}

/// Asks the export for something that it must give.
pub fn export(client: &Client, path: &str) -> Answer {
    let token = format!("Bearer {EXPORT_TOKEN}");
    let headers = [("authorization", token.as_str())];
    let answer = if path == "flush" {
        client.post("/v1/export/flush", &headers, b"")
    } else {
        client.get(&format!("/v1/export/{path}"), &headers)
    };
    let answer = answer.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    answer
}

/// Flushes, and gives all envelopes of the log.
pub fn fetch_log(client: &Client) -> Vec<Envelope> {
    export(client, "flush");
    fetch_objects(client)
}

/// Fetches every object, checks each against its name, and gives all envelopes.
pub fn fetch_objects(client: &Client) -> Vec<Envelope> {
    let prefixes = export(client, "prefixes").json().unwrap();
    let mut envelopes = Vec::new();
    for prefix in prefixes["prefixes"].as_array().unwrap() {
        let prefix = prefix.as_str().unwrap();
        let listing = export(client, &format!("objects?prefix={prefix}")).json().unwrap();
        assert_eq!(listing["more"], false);
        let mut expected_lo = 1;
        for object in listing["objects"].as_array().unwrap() {
            let key = object["key"].as_str().unwrap();
            let answer = export(client, &format!("object?key={key}"));
            assert_eq!(answer.header("content-type"), "application/gzip");
            assert_eq!(object["size"], answer.body.len());
            let name = key.strip_prefix(prefix).unwrap().strip_suffix(".ndjson.gz").unwrap();
            let hash: String = Sha256::digest(&answer.body)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert!(name.ends_with(&hash[..32]), "{key} does not hold what its name says");
            if prefix.starts_with("seg/") {
                assert_eq!(name[..16].parse::<u64>().unwrap(), expected_lo, "{key} leaves a gap");
                expected_lo = name[17..33].parse::<u64>().unwrap() + 1;
            }
            let mut text = String::new();
            GzDecoder::new(answer.body.as_slice())
                .read_to_string(&mut text)
                .unwrap();
            envelopes.extend(text.lines().map(|line| serde_json::from_str::<Envelope>(line).unwrap()));
        }
    }
    envelopes
}

/// The id of an event of the log.
pub fn message_id(envelope: &Envelope) -> String {
    match envelope {
        Envelope::Audience(hit) => hit.message_id.to_string(),
        Envelope::Consented(event) => event.event.message_id.to_string(),
    }
}
