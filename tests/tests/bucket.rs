//! The pull from a bucket, over S3.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use whole_way::{S3, Unifier};

/// Puts the segment of batches `lo` to `hi`, and gives its name and bytes.
fn put(server: &S3, shard: u8, lo: u64, hi: u64) -> (String, Vec<u8>) {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for batch in lo..=hi {
        let event = json!({"lane": "consented", "type": "page", "messageId": format!("m-{shard}-{batch}"), "anonymousId": "a1",
            "timestamp": "2026-11-19T12:00:00Z", "receivedAt": "2026-11-19T12:00:01Z", "site": "shop", "country": "CH",
            "device": "mobile", "bot": false});
        writeln!(packer, "{event}").unwrap();
    }
    let bytes = packer.finish().unwrap();
    let hash: String = Sha256::digest(&bytes)[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let key = format!("seg/v1/{shard:02}/{lo:016}-{hi:016}-{hash}.ndjson.gz");
    server.put(&key, &bytes).unwrap();
    (key, bytes)
}

fn counts(report: &Value) -> [&Value; 3] {
    ["objects", "accepted", "duplicate"].map(|name| &report[name])
}

/// Pulls; a shard that stops is in the report and in the exit code.
fn pull(unifier: &Unifier) -> Value {
    let output = unifier.output(&["--format", "json", "pull"]).unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        output.status.success(),
        report["stopped"].as_array().unwrap().is_empty()
    );
    report
}

#[test]
fn a_bucket_of_many_pages_is_pulled_once_and_what_is_missing_or_damaged_is_told() {
    let server = S3::start().unwrap();
    let directory = TempDir::new().unwrap();
    let unifier = Unifier::init_from_bucket(&directory.path().join("store"), server.endpoint(), S3::BUCKET).unwrap();
    // More than one page of a listing has.
    for batch in 1..=1_050 {
        put(&server, 0, batch, batch);
    }
    put(&server, 1, 1, 40);
    assert_eq!(counts(&pull(&unifier)), [1_051, 1_090, 0]);
    assert_eq!(counts(&pull(&unifier)), [0, 0, 0]);

    let (missing, bytes) = put(&server, 1, 41, 50);
    let (damaged, sound) = put(&server, 0, 1_051, 1_060);
    put(&server, 1, 51, 60);
    server.delete(&missing).unwrap();
    server.put(&damaged, &sound[..sound.len() - 1]).unwrap();
    let report = pull(&unifier);
    let stopped = report["stopped"].to_string();
    assert!(
        stopped.contains("batch 41 is missing") && stopped.contains(&damaged),
        "{stopped}"
    );
    assert_eq!(report["accepted"], 0);

    server.put(&missing, &bytes).unwrap();
    server.put(&damaged, &sound).unwrap();
    assert_eq!(counts(&pull(&unifier)), [3, 30, 0]);
}

#[test]
fn a_bucket_that_cannot_be_reached_is_told_with_the_way_out() {
    let directory = TempDir::new().unwrap();
    let unifier = Unifier::init_from_bucket(&directory.path().join("store"), "http://127.0.0.1:9", S3::BUCKET).unwrap();
    let output = unifier.output(&["pull"]).unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && complaint.contains("check edge.bucket, edge.endpoint"),
        "{complaint}"
    );
    assert!(!complaint.contains("test-secret"), "{complaint}");
}
