//! The worker when something in it or beneath it fails: one that is built to fail where a test says. `docs/edge.md` names the faults.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use whole_way::probe::{export, fetch_log, fetch_objects, message_id, now, page, post, verdict};
use whole_way::{Edge, SERVER_KEY, Site};

fn start() -> (Edge, TempDir) {
    let state = TempDir::new().unwrap();
    let site = Site {
        faults: true,
        ..Site::default()
    };
    let edge = Edge::start(&state.path().join("state"), site).unwrap();
    (edge, state)
}

fn event(id: &str) -> Value {
    json!({"type": "track", "event": "Product Viewed", "messageId": id, "userId": "u-1", "timestamp": now()})
}

/// Sends one batch for each id, which must be taken.
fn send(edge: &Edge, ids: &[String]) {
    for id in ids {
        assert_eq!(verdict(&post(edge, SERVER_KEY, &[], &[event(id)])), (1, 0, 0), "{id}");
    }
}

fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}-{number}")).collect()
}

/// The ids in the log, which are there once each, in objects without a gap.
fn logged_once(edge: &Edge) -> BTreeSet<String> {
    let ids: Vec<_> = fetch_log(&edge.client()).iter().map(message_id).collect();
    let once: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(once.len(), ids.len(), "something is in the log twice");
    once
}

#[test]
fn a_panic_ends_no_request_beside_it_and_tells_nobody_what_was_sent() {
    let (edge, _state) = start();
    let doomed = [("user-agent", "panic/1.0")];
    thread::scope(|scope| {
        for sender in 0..8 {
            let edge = &edge;
            scope.spawn(move || send(edge, &ids(&format!("beside-{sender}"), 25)));
        }
        let edge = &edge;
        scope.spawn(move || {
            for number in 0..20 {
                let answer = post(edge, SERVER_KEY, &doomed, &[event(&format!("doomed-{number}"))]);
                assert_eq!((answer.status, answer.header("retry-after")), (500, "5"));
                assert_eq!(answer.json().unwrap()["error"], "internal");
            }
        });
    });
    assert_eq!(logged_once(&edge).len(), 8 * 25);
    let log = edge.logged().unwrap();
    assert!(
        log.contains("a panic at edge-worker/src") && !log.contains("asked for"),
        "{log}"
    );
}

#[test]
fn a_shard_that_panics_at_its_work_loses_nothing_and_leaves_no_gap() {
    let (edge, _state) = start();
    send(&edge, &ids("before", 8));
    edge.arm("shard-panics", 3).unwrap();
    send(&edge, &ids("meanwhile", 8));
    send(&edge, &ids("after", 8));
    // What a shard had committed before it panicked is spilled as well, which the unifier's pull drops.
    let logged: BTreeSet<_> = fetch_log(&edge.client()).iter().map(message_id).collect();
    assert_eq!(logged.len(), 24);
}

#[test]
fn a_flush_killed_on_either_side_of_its_segment_neither_doubles_nor_leaves_a_gap() {
    for fault in ["after-intent", "after-put"] {
        let (mut edge, _state) = start();
        edge.arm(fault, 1).unwrap();
        send(&edge, &ids("first", 12));
        let token = format!("Bearer {}", whole_way::EXPORT_TOKEN);
        // This flush or the alarm's.
        edge.client()
            .post("/v1/export/flush", &[("authorization", &token)], b"")
            .unwrap();
        let begun = Instant::now();
        while !edge.logged().unwrap().contains("the flush ends") {
            assert!(begun.elapsed() < Duration::from_secs(20), "{fault} did not strike");
            thread::sleep(Duration::from_millis(20));
        }
        edge.kill().unwrap();
        edge.resume().unwrap();
        send(&edge, &ids("second", 12));
        // A retry of what was in the segment that was put.
        let again = post(&edge, SERVER_KEY, &[], &[event("first-0")]);
        assert_eq!(verdict(&again), (0, 1, 0), "{fault}");
        assert_eq!(logged_once(&edge).len(), 24, "{fault}");
        assert_eq!(export(&edge.client(), "flush").json().unwrap()["flushed"], 0, "{fault}");
    }
}

#[test]
fn flushes_that_fail_again_and_again_are_tried_until_one_succeeds() {
    let (edge, _state) = start();
    // More often than the runtime calls a handler again that has thrown. A put fails too.
    edge.arm("flush-fails", 8).unwrap();
    edge.arm("put-fails", 2).unwrap();
    send(&edge, &ids("m", 1));
    let begun = Instant::now();
    while fetch_objects(&edge.client()).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(90), "no alarm has flushed it");
        thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn a_batch_is_spilled_when_its_shard_is_full_or_overloaded_or_its_answer_is_lost() {
    let (edge, _state) = start();
    for fault in ["shard-full", "append-refused", "append-lost"] {
        edge.arm(fault, 4).unwrap();
        send(&edge, &ids(fault, 4));
        send(&edge, &ids(&format!("{fault}-over"), 1));
    }
    let logged: Vec<_> = fetch_log(&edge.client()).iter().map(message_id).collect();
    let once: BTreeSet<_> = logged.iter().collect();
    // Only what a shard kept although its answer was lost is there twice, once in the spill.
    assert_eq!((once.len(), logged.len()), (15, 19));
}

#[test]
fn a_retry_on_the_next_day_is_the_same_batch_although_its_hits_have_another_salt() {
    let (edge, _state) = start();
    let origin = edge.origin();
    let headers = [("origin", origin.as_str()), ("cf-connecting-ip", "198.51.100.7")];
    let batch = [page("m1", true), page("m2", false)];
    assert_eq!(verdict(&post(&edge, whole_way::WEB_KEY, &headers, &batch)), (2, 0, 0));
    edge.arm("tomorrow", 2).unwrap();
    assert_eq!(verdict(&post(&edge, whole_way::WEB_KEY, &headers, &batch)), (0, 2, 0));
    let next = [page("m3", false)];
    assert_eq!(verdict(&post(&edge, whole_way::WEB_KEY, &headers, &next)), (1, 0, 0));
    let log = fetch_log(&edge.client());
    let visitors: BTreeSet<_> = log
        .iter()
        .filter_map(|envelope| match envelope {
            event_schema::Envelope::Audience(hit) => hit.visitor.clone(),
            event_schema::Envelope::Consented(_) => None,
        })
        .collect();
    assert_eq!(
        (log.len(), visitors.len()),
        (3, 2),
        "the visitor of the next day is another"
    );
}
