//! The worker in the real Workers runtime: what only the runtime can show. The rules themselves are tested natively in `edge-worker`.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use event_schema::Envelope;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;
use whole_way::probe::{export, fetch_log, fetch_objects, message_id, now, page, post, verdict};
use whole_way::{Answer, Client, EXPORT_TOKEN, Edge, OTHER_SITE_KEY, SERVER_KEY, Site, WEB_KEY};

const ADDRESS: &str = "198.51.100.77";
const AGENT: &str = "Unmistakable/1.0 (X11; Linux x86_64)";

fn start(site: Site) -> (Edge, TempDir) {
    let state = TempDir::new().unwrap();
    let edge = Edge::start(&state.path().join("state"), site).unwrap();
    (edge, state)
}

/// Posts as a browser on a page of the shop does.
fn post_from_page(edge: &Edge, events: &[Value]) -> Answer {
    let origin = edge.origin();
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "text/plain"),
        ("cf-connecting-ip", ADDRESS),
        ("user-agent", AGENT),
    ];
    post(edge, WEB_KEY, &headers, events)
}

fn files(directory: &Path) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents.extend(files(&path))
        } else {
            contents.push(fs::read(path).unwrap())
        }
    }
    contents
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Sends a batch as a page of the shop does: again until it is acknowledged.
fn deliver(origin: &str, batch: &[Value]) {
    let client = Client::new(origin);
    let body = json!({"writeKey": WEB_KEY, "sentAt": now(), "batch": batch}).to_string();
    let begun = Instant::now();
    loop {
        match client.post("/v1/batch", &[("origin", origin)], body.as_bytes()) {
            Ok(answer) if answer.status == 200 => {
                let (accepted, duplicate, rejected) = verdict(&answer);
                return assert_eq!((accepted + duplicate, rejected), (batch.len() as u64, 0));
            }
            _ if begun.elapsed() < Duration::from_secs(90) => thread::sleep(Duration::from_millis(50)),
            other => panic!("not delivered: {other:?}"),
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kills_in_flight_and_is_logged_once() {
    let (mut edge, _state) = start(Site::default());
    let origin = edge.origin();
    let mut sent = BTreeSet::new();
    for round in 0..3 {
        let event = |batch, n| page(&format!("r{round}-b{batch}-e{n}"), n % 2 == 0);
        let batches: Vec<Vec<Value>> = (0..40).map(|batch| (0..5).map(|n| event(batch, n)).collect()).collect();
        thread::scope(|scope| {
            for share in batches.chunks(10) {
                let origin = &origin;
                scope.spawn(move || share.iter().for_each(|batch| deliver(origin, batch)));
            }
            thread::sleep(Duration::from_millis(100 + 50 * round));
            if round == 1 {
                export(&edge.client(), "flush");
            }
            edge.kill().unwrap();
            edge.resume().unwrap();
        });
        // The acknowledgements may have been lost on the way: the page sends again.
        for batch in &batches {
            assert_eq!(verdict(&post_from_page(&edge, batch)), (0, 5, 0));
            let id = |event: &Value| event["messageId"].as_str().unwrap().to_owned();
            sent.extend(batch.iter().step_by(2).map(id));
        }
    }
    let logged: Vec<String> = fetch_log(&edge.client()).iter().map(message_id).collect();
    assert_eq!(logged.len(), 3 * 40 * 5, "something is logged twice or missing");
    // Hits without consent are there under ids of their own.
    let (events, hits): (BTreeSet<_>, BTreeSet<_>) = logged.into_iter().partition(|id| sent.contains(id));
    assert_eq!(events, sent);
    assert_eq!(hits.len(), 3 * 40 * 2);
    assert_eq!(export(&edge.client(), "flush").json().unwrap()["flushed"], 0);
}

#[test]
fn a_batch_whose_shard_is_away_is_spilled() {
    let (edge, _state) = start(Site {
        without_bindings: &["SHARDS"],
        ..Site::default()
    });
    assert_eq!(
        verdict(&post_from_page(&edge, &[page("m1", true), page("m2", true)])),
        (2, 0, 0)
    );
    let logged: Vec<String> = fetch_objects(&edge.client()).iter().map(message_id).collect();
    assert_eq!(logged, ["m1", "m2"]);
}

#[test]
fn a_batch_that_nobody_keeps_is_not_acknowledged() {
    let (edge, _state) = start(Site {
        without_bindings: &["SHARDS", "LOG"],
        ..Site::default()
    });
    let answer = post_from_page(&edge, &[page("m1", true)]);
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    assert_eq!(
        answer.header("access-control-allow-origin"),
        edge.origin(),
        "the page may read that it must send again"
    );
}

#[test]
fn no_byte_on_disk_holds_an_address_or_an_agent() {
    let (mut edge, _state) = start(Site::default());
    let mut telling = page("telling", false);
    telling["context"]["ip"] = json!(ADDRESS);
    telling["context"]["userAgent"] = json!(AGENT);
    assert_eq!(
        verdict(&post_from_page(
            &edge,
            &[
                telling,
                page("plain", true),
                json!({"type": AGENT, "messageId": ADDRESS})
            ]
        )),
        (2, 0, 1)
    );
    // Who forges a forwarding header gets the same visitor as without.
    let origin = edge.origin();
    let mut headers = vec![
        ("origin", origin.as_str()),
        ("cf-connecting-ip", ADDRESS),
        ("user-agent", AGENT),
    ];
    headers.extend([
        ("x-forwarded-for", "203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("true-client-ip", "203.0.113.9"),
    ]);
    assert_eq!(
        verdict(&post(&edge, WEB_KEY, &headers, &[page("forged", false)])),
        (1, 0, 0)
    );
    let log = fetch_log(&edge.client());
    let visitors: Vec<_> = log
        .iter()
        .filter_map(|envelope| {
            if let Envelope::Audience(hit) = envelope {
                hit.visitor.clone()
            } else {
                None
            }
        })
        .collect();
    assert_eq!(visitors.len(), 2);
    assert_eq!(visitors[0], visitors[1]);
    let lines = serde_json::to_string(&log).unwrap();
    assert!(!lines.contains(ADDRESS) && !lines.contains("198.51.100") && !lines.contains("Unmistakable"));
    edge.kill().unwrap();
    let stored = files(edge.state());
    assert!(
        stored
            .iter()
            .any(|bytes| holds(bytes, "forged") || holds(bytes, "SQLite format")),
        "the scan finds the state"
    );
    for bytes in stored {
        assert!(!holds(&bytes, ADDRESS) && !holds(&bytes, "Unmistakable"));
    }
}

#[test]
fn the_gate_lets_in_who_it_should_and_tells_browsers_so() {
    let (edge, _state) = start(Site::default());
    let client = edge.client();
    let origin = edge.origin();
    let own = [("origin", origin.as_str())];
    let refusal = |answer: &Answer| {
        (
            answer.status,
            answer.json().unwrap()["error"].as_str().unwrap().to_owned(),
        )
    };

    let taken = post(&edge, WEB_KEY, &own, &[page("m1", true)]);
    assert_eq!(taken.header("access-control-allow-origin"), origin);
    assert_eq!(taken.header("access-control-allow-credentials"), "");
    let preflight = client.send("OPTIONS", "/v1/batch", &own).unwrap();
    assert_eq!(
        (preflight.status, preflight.header("access-control-allow-origin")),
        (204, origin.as_str())
    );
    let strange = client
        .send("OPTIONS", "/v1/batch", &[("origin", "https://evil.example")])
        .unwrap();
    assert_eq!(
        (strange.status, strange.header("access-control-allow-origin")),
        (403, "")
    );

    let unknown = post(&edge, "nobody's-key", &own, &[page("m2", true)]);
    assert_eq!(refusal(&unknown), (401, "unknown_key".to_owned()));
    let foreign = post(&edge, OTHER_SITE_KEY, &own, &[page("m3", true)]);
    assert_eq!(refusal(&foreign), (403, "origin_not_allowed".to_owned()));
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert_eq!(
        refusal(&post(&edge, WEB_KEY, &[], &[page("m4", true)])),
        (403, "origin_missing".to_owned())
    );
    assert_eq!(
        refusal(&post(&edge, SERVER_KEY, &own, &[page("m5", true)])),
        (403, "server_key_in_page".to_owned())
    );
    assert_eq!(client.get("/v1/batch", &[]).unwrap().status, 405);
    assert_eq!(
        client
            .get("/v1/export/prefixes", &[("authorization", "Bearer wrong")])
            .unwrap()
            .status,
        401
    );

    // A server's event, as Segment's libraries send it: key in Basic authorisation, the kind in the path.
    let track = json!({"messageId": "m6", "userId": "u-1", "event": "Order Completed", "timestamp": now()}).to_string();
    let basic = [("authorization", "Basic c2hvcC1zZXJ2ZXIta2V5Og==")];
    assert_eq!(
        verdict(&client.post("/v1/track", &basic, track.as_bytes()).unwrap()),
        (1, 0, 0)
    );
    let logged = fetch_log(&client);
    assert!(
        matches!(&logged[..], [Envelope::Consented(_), Envelope::Consented(_)]),
        "{logged:?}"
    );
}

#[test]
fn oversized_bodies_and_gzip_bombs_are_refused_and_gzip_is_taken() {
    let (edge, _state) = start(Site::default());
    let client = edge.client();
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let key = [("x-write-key", SERVER_KEY), ("content-encoding", "gzip")];
    let plain = [("x-write-key", SERVER_KEY)];
    let body = json!({"batch": [page("m1", true)]}).to_string();
    assert_eq!(
        verdict(&client.post("/v1/batch", &key, &gzip(body.as_bytes())).unwrap()),
        (1, 0, 0)
    );
    assert_eq!(
        client
            .post("/v1/batch", &key, &gzip(&vec![b' '; 40_000_000]))
            .unwrap()
            .status,
        413
    );
    assert_eq!(
        client.post("/v1/batch", &plain, &vec![b' '; 600_000]).unwrap().status,
        413
    );
    // In pieces, of which no header says how many there will be.
    let mut endless = std::io::repeat(b' ').take(600_000);
    let pieces = ureq::SendBody::from_reader(&mut endless);
    assert_eq!(
        client.send_body("POST", "/v1/batch", &plain, pieces).unwrap().status,
        413
    );
    assert_eq!(client.post("/v1/batch", &plain, b"").unwrap().status, 400);
    let many: Vec<Value> = (0..501).map(|n| json!(n)).collect();
    assert_eq!(post(&edge, SERVER_KEY, &[], &many).status, 413);
}

#[test]
fn the_collectors_files_are_served_with_their_types_and_cached() {
    let (edge, _state) = start(Site::default());
    let client = edge.client();
    let directory = whole_way::repository().join("dist/collector");
    let names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .collect();
    assert!(!names.is_empty());
    for entry in names {
        let name = entry.file_name().into_string().unwrap();
        let served = client.get(&format!("/collector/{name}"), &[]).unwrap();
        assert_eq!(served.status, 200, "{name}");
        assert_eq!(served.body, fs::read(entry.path()).unwrap(), "{name}");
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        if name.ends_with(".wasm") {
            assert_eq!(served.header("content-type"), "application/wasm");
        }
        let again = client
            .get(
                &format!("/collector/{name}"),
                &[("if-none-match", served.header("etag"))],
            )
            .unwrap();
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
    }
    assert_eq!(client.get("/collector/..%2fsecret", &[]).unwrap().status, 404);
}

#[test]
fn without_its_secrets_the_worker_takes_nothing_and_says_why() {
    let (edge, _state) = start(Site {
        without_secrets: true,
        ..Site::default()
    });
    let health = edge.client().get("/healthz", &[]).unwrap();
    assert_eq!(health.status, 500);
    assert!(
        health.json().unwrap()["message"]
            .as_str()
            .unwrap()
            .contains("wrangler secret put EXPORT_TOKEN")
    );
    assert_eq!(post_from_page(&edge, &[page("m1", true)]).status, 500);
}

#[test]
fn who_sends_too_often_is_told_when_to_come_back_and_others_are_let_in() {
    let (edge, _state) = start(Site {
        rate_limited: true,
        ..Site::default()
    });
    let origin = edge.origin();
    let send = |address: &str, number: usize| {
        let headers = [("origin", origin.as_str()), ("cf-connecting-ip", address)];
        post(&edge, WEB_KEY, &headers, &[page(&format!("m{number}"), true)])
    };
    // Counted by the minute: twice the limit within two of them crosses it in one.
    let refused = (0..601)
        .map(|number| send(ADDRESS, number))
        .find(|answer| answer.status != 200);
    let refused = refused.unwrap();
    assert_eq!((refused.status, refused.header("retry-after")), (429, "60"));
    assert_eq!(refused.header("access-control-allow-origin"), origin);
    assert_eq!(send("203.0.113.9", 1_000).status, 200);
}

#[test]
fn a_browsers_opt_out_cannot_be_overridden_by_what_the_page_sends() {
    let (edge, _state) = start(Site::default());
    let origin = edge.origin();
    let headers = [("origin", origin.as_str()), ("sec-gpc", "1")];
    let mut identify = page("m2", true);
    identify["type"] = json!("identify");
    let answer = post(&edge, WEB_KEY, &headers, &[page("m1", true), identify]);
    assert_eq!(verdict(&answer), (1, 0, 1));
    let logged = fetch_log(&edge.client());
    assert!(matches!(&logged[..], [Envelope::Audience(_)]), "{logged:?}");
}

/// What a hostile client may send as an event, and must neither break the answer nor forge a line of the log.
#[test]
fn hostile_bodies_get_a_verdict_and_leave_one_line_an_event() {
    let (edge, _state) = start(Site::default());
    let client = edge.client();
    let key = [("x-write-key", SERVER_KEY)];
    let send = |body: &[u8]| client.post("/v1/batch", &key, body).unwrap();
    let at = now();
    let event = |rest: &str| {
        format!(r#"{{"batch":[{{"type":"track","event":"X","userId":"u1","timestamp":"{at}",{rest}}}]}}"#).into_bytes()
    };
    let deep = format!("{{\"batch\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    for refused in [
        deep.as_bytes(),
        b"\xef\xbb\xbf{\"batch\":[]}",
        b"{\"batch\":[NaN]}",
        br#"{"batch":[{"messageId":"\ud800"}]}"#,
        b"{\"batch\":[\0]}",
        b"\xff\xfe",
    ] {
        assert_eq!(send(refused).status, 400, "{}", String::from_utf8_lossy(refused));
    }
    let long = format!(r#""messageId":"m1","event":"{}""#, "x".repeat(30_000));
    assert_eq!(verdict(&send(&event(&long))), (0, 0, 1));
    // The last of two fields of one name counts; a line feed stays inside its text, and a NUL is refused in an id.
    let twice = r#""messageId":"first","messageId":"m2","properties":{"note":"a\nb\u0000{\"lane\":\"consented\"}"}"#;
    assert_eq!(verdict(&send(&event(twice))), (1, 0, 0));
    assert_eq!(verdict(&send(&event(r#""messageId":"m\u00003""#))), (0, 0, 1));
    let logged: Vec<String> = fetch_log(&client).iter().map(message_id).collect();
    assert_eq!(logged, ["m2"]);
}

#[test]
fn other_methods_are_refused_and_nothing_a_client_sends_comes_back_in_a_header() {
    let (edge, _state) = start(Site::default());
    let client = edge.client();
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
        let answer = client.send(method, "/v1/batch", &[]).unwrap();
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, "POST, OPTIONS"),
            "{method}"
        );
    }
    let strange = client.send(
        "OPTIONS",
        "/v1/batch?x=%0d%0aset-cookie:%20a=b",
        &[("origin", "https://evil.example")],
    );
    let strange = strange.unwrap();
    assert_eq!((strange.status, strange.header("set-cookie")), (403, ""));
    let token = format!("Bearer {EXPORT_TOKEN}");
    for key in ["../salt", "seg/v1/00/..%2f..%2fsalt", "seg/v1/00/%00", ""] {
        let path = format!("/v1/export/object?key={key}");
        assert_eq!(
            client.get(&path, &[("authorization", &token)]).unwrap().status,
            400,
            "{key}"
        );
    }
}

const STRICT: &str = r#"{"shop": {"unknown": "reject", "events": {"Order Completed": {"version": "1-0-0",
    "required": ["total"], "properties": {"total": {"type": "number"}}}}}}"#;
const MENDED: &str = r#"{"shop": {"events": {"Order Completed": {"version": "2-0-0",
    "required": ["total"], "properties": {"total": {"type": "string"}}}}}}"#;

#[test]
fn events_are_held_to_their_schemas_and_replayed_once_those_are_mended() {
    let with = |schemas| Site {
        schemas: Some(schemas),
        ..Site::default()
    };
    let (mut edge, _state) = start(with(STRICT));
    let track = |id: &str, name: &str, total: Value| json!({"type": "track", "event": name, "messageId": id, "userId": "u-1", "timestamp": now(), "properties": {"total": total}});
    let batch = [
        track("m1", "Order Completed", json!(1)),
        track("m2", "Order Completed", json!("2")),
        track("m3", "Dance", json!(3)),
    ];
    let rejected =
        json!([{"index": 1, "code": "schema_mismatch", "at": "total"}, {"index": 2, "code": "unknown_event"}]);
    let body = json!({"batch": batch}).to_string();
    let key = [("x-write-key", SERVER_KEY)];
    let asked = edge.client().post("/v1/validate", &key, body.as_bytes()).unwrap();
    assert_eq!(asked.json().unwrap()["rejected"], rejected);
    assert_eq!(fetch_log(&edge.client()).len(), 0, "who only asks leaves nothing");
    assert_eq!(
        post(&edge, SERVER_KEY, &[], &batch).json().unwrap()["rejected"],
        rejected
    );

    let replay = |edge: &Edge| {
        let token = format!("Bearer {EXPORT_TOKEN}");
        let answer = edge
            .client()
            .post("/v1/export/replay", &[("authorization", &token)], b"")
            .unwrap();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json().unwrap()
    };
    assert_eq!(edge.client().post("/v1/export/replay", &[], b"").unwrap().status, 401);
    assert_eq!(
        replay(&edge),
        json!({"replayed": 0, "duplicate": 0, "rejected": 2, "next": null})
    );
    edge.kill().unwrap();
    edge.set_site(with(MENDED));
    edge.resume().unwrap();
    assert_eq!(
        replay(&edge),
        json!({"replayed": 2, "duplicate": 0, "rejected": 0, "next": null})
    );
    assert_eq!(
        replay(&edge),
        json!({"replayed": 0, "duplicate": 0, "rejected": 0, "next": null})
    );
    let mut logged: Vec<String> = fetch_log(&edge.client()).iter().map(message_id).collect();
    logged.sort();
    assert_eq!(logged, ["m1", "m2", "m3"]);
}

#[test]
fn a_batch_is_billed_as_one_row_and_a_segment_as_few() {
    let (edge, _state) = start(Site::default());
    let send = |round: usize| {
        for number in 0..20 {
            let taken = post(&edge, SERVER_KEY, &[], &[page(&format!("m{round}-{number}"), true)]);
            assert_eq!(verdict(&taken), (1, 0, 0));
        }
        export(&edge.client(), "flush");
        let status = export(&edge.client(), "status").json().unwrap();
        let shards = status["shards"].as_array().unwrap().clone();
        ["rows_written", "puts"].map(|name| {
            shards
                .iter()
                .map(|shard| shard["billed"][name].as_u64().unwrap())
                .sum::<u64>()
        })
    };
    // The first round makes the tables as well.
    let (before, after) = (send(0), send(1));
    let [rows, puts] = [after[0] - before[0], after[1] - before[1]];
    assert!(
        puts > 0 && rows <= 20 + 6 * puts,
        "{rows} rows for 20 batches in {puts} segments"
    );
}

#[test]
fn the_deployed_bundle_holds_no_secret() {
    let directory = whole_way::repository().join("dist/edge");
    for file in ["index.js", "index_bg.wasm", "schemas.json", "wrangler.toml"] {
        let bytes = fs::read(directory.join(file)).unwrap();
        for secret in [EXPORT_TOKEN, SERVER_KEY, WEB_KEY] {
            assert!(!holds(&bytes, secret), "{file} holds {secret}");
        }
    }
}
