//! The collector in a real browser: what leaves the page and what stays on the device, in each state of consent and through
//! each failure. The stories are in `tests/browser/scenarios.mjs`; what they must show is here.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::process::Stdio;

use serde_json::{Value, json};
use whole_way::{node, repository};

/// What one story showed.
struct Seen(Value);

/// An event that arrived at the edge, with the status it was answered with.
struct Arrived {
    status: u64,
    event: Value,
}

impl Seen {
    /// Runs a story of `scenarios.mjs`.
    fn run(story: &str) -> Self {
        let built = repository().join("dist/collector/manifest.json");
        assert!(
            built.is_file(),
            "run `cargo xtask test`, or `cargo xtask build collector` before it"
        );
        let mut browser = node();
        browser
            .arg(repository().join("tests/browser/scenarios.mjs"))
            .arg(story)
            .stderr(Stdio::inherit());
        let output = browser.output().unwrap();
        assert!(output.status.success(), "{story}: {}", output.status);
        let seen = Self(serde_json::from_slice(&output.stdout).unwrap());
        let own = |error: &Value| error == "Error: mail jo@example.com";
        let thrown = seen.0["thrown"].as_array().unwrap();
        assert!(
            thrown.iter().all(own),
            "{story}: the page must never see an error of ours: {thrown:?}"
        );
        seen
    }

    fn bodies(&self) -> &[Value] {
        self.0["bodies"].as_array().unwrap()
    }

    fn arrived(&self) -> Vec<Arrived> {
        let of_body = |body: &Value| {
            let status = body["status"].as_u64().unwrap();
            let events = body["batch"].as_array().unwrap().clone();
            events.into_iter().map(move |event| Arrived { status, event })
        };
        self.bodies().iter().flat_map(of_body).collect()
    }

    /// The device as the story left it.
    fn device(&self) -> &Value {
        &self.0["device"]
    }

    fn names(&self) -> Vec<String> {
        self.arrived().iter().map(Arrived::name).collect()
    }
}

impl Arrived {
    fn name(&self) -> String {
        self.event["event"]
            .as_str()
            .unwrap_or(self.event["type"].as_str().unwrap())
            .to_owned()
    }

    fn path(&self) -> &str {
        self.event["context"]["page"]["path"].as_str().unwrap()
    }

    fn at(&self) -> event_schema::Timestamp {
        self.event["timestamp"].as_str().unwrap().parse().unwrap()
    }
}

fn assert_nothing_is_kept(device: &Value) {
    for place in ["cookies", "indexedDB", "caches"] {
        assert_eq!(device[place], json!([]), "{place}");
    }
    for place in ["localStorage", "sessionStorage"] {
        assert_eq!(device[place], json!({}), "{place}");
    }
}

#[test]
fn before_consent_nothing_is_kept_and_nothing_is_sent() {
    let seen = Seen::run("pending");
    assert!(seen.bodies().is_empty());
    assert_nothing_is_kept(seen.device());
}

#[test]
fn after_a_refusal_nothing_is_kept_and_nothing_is_sent() {
    let seen = Seen::run("refused");
    assert!(seen.bodies().is_empty());
    assert_nothing_is_kept(seen.device());
}

#[test]
fn a_browser_that_objects_is_left_alone_whatever_the_banner_says() {
    let seen = Seen::run("signal");
    assert!(seen.bodies().is_empty());
    assert_nothing_is_kept(seen.device());
}

#[test]
fn a_withdrawal_deletes_the_id_and_stops_what_waits() {
    let seen = Seen::run("withdrawn");
    let told = "Segment Consent Preference Updated";
    assert_eq!(
        seen.names(),
        ["page", told, told],
        "the edge is told of both answers, and of nothing between"
    );
    let answers = &seen.arrived()[2].event["context"]["consent"]["categoryPreferences"];
    assert_eq!(*answers, json!({"analytics": false}));
    assert_nothing_is_kept(seen.device());
}

#[test]
fn calls_made_before_the_wasm_was_ready_keep_their_time_and_address() {
    let arrived = Seen::run("before ready").arrived();
    let order: Vec<_> = arrived
        .iter()
        .map(|event| (event.name(), event.path().to_owned()))
        .collect();
    let expected = [
        ("page", "/bare/one"),
        ("First", "/bare/one"),
        ("Segment Consent Preference Updated", "/bare/one"),
        ("page", "/bare/two"),
        ("Second", "/bare/two"),
    ];
    assert_eq!(order, expected.map(|(name, path)| (name.to_owned(), path.to_owned())));
    let between = arrived[4].at().as_millis() - arrived[1].at().as_millis();
    assert!(
        (300..1_200).contains(&between),
        "300 ms lay between the calls, {between} between their events"
    );
}

#[test]
fn a_router_s_pages_are_counted_once_each_with_their_own_titles() {
    let arrived = Seen::run("routes").arrived();
    let views: Vec<_> = arrived.iter().filter(|event| event.name() == "page").collect();
    let paths: Vec<_> = views.iter().map(|view| view.path()).collect();
    assert_eq!(paths, ["/bare/one", "/bare/two", "/bare/three", "/bare/two"]);
    assert_eq!(views[1].event["context"]["page"]["title"], "Title of /bare/two");
}

#[test]
fn what_is_noticed_by_itself_is_named_and_never_read() {
    let arrived = Seen::run("automatic").arrived();
    let of = |name: &str| {
        let found: Vec<_> = arrived.iter().filter(|event| event.name() == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        found[0].event["properties"].clone()
    };
    assert_eq!(
        of("Outbound Link Clicked"),
        json!({"url": "https://partner.example/offer"})
    );
    assert!(
        of("File Downloaded")["url"]
            .as_str()
            .unwrap()
            .ends_with("/files/size-table.pdf")
    );
    assert_eq!(of("Size Chosen"), json!({"shoe_size": "42"}));
    assert_eq!(
        of("Form Submitted"),
        json!({"form_id": "newsletter"}),
        "which form, and nothing of what is in it"
    );
    assert!(
        of("Script Failed")["message"]
            .as_str()
            .unwrap()
            .ends_with("mail [email]")
    );
    let engaged = arrived.iter().find(|event| event.name() == "Page Engaged").unwrap();
    assert_eq!(
        engaged.path(),
        "/bare/one",
        "it is of the page that was read, not of the next"
    );
    let seconds = engaged.event["properties"]["seconds"].as_f64().unwrap();
    assert!((3.0..6.0).contains(&seconds), "{seconds}");
    assert!(engaged.event["properties"]["scroll_percent"].as_i64().unwrap() > 30);
    assert!(!format!("{:?}", arrived.iter().map(|event| &event.event).collect::<Vec<_>>()).contains("jo@example.com"));
}

#[test]
fn a_route_behind_the_hash_is_a_page_where_the_site_says_so() {
    let arrived = Seen::run("hash routes").arrived();
    let views = arrived.iter().filter(|event| event.name() == "page");
    let urls: Vec<_> = views
        .map(|view| view.event["context"]["page"]["url"].as_str().unwrap().to_owned())
        .collect();
    let routes: Vec<_> = urls.iter().map(|url| url.split("/bare/one").nth(1).unwrap()).collect();
    assert_eq!(routes, ["", "#/cart", "#/checkout"]);
}

#[test]
fn a_banner_that_speaks_tcf_is_heard_when_the_visitor_has_answered() {
    let seen = Seen::run("tcf");
    assert_eq!(seen.device()["early"], 0, "a banner that is shown is no answer");
    let arrived = seen.arrived();
    assert_eq!(seen.names()[..2], ["page", "Segment Consent Preference Updated"]);
    assert_eq!(arrived[1].event["properties"]["method"], "tcf");
    let answers = |event: &Arrived| event.event["context"]["consent"]["categoryPreferences"].clone();
    let all = |granted: bool| json!({"analytics": granted, "personalisation": granted, "profiling": granted});
    assert_eq!(answers(&arrived[1]), all(true));
    assert_eq!(answers(arrived.last().unwrap()), all(false));
    assert_nothing_is_kept(seen.device());
}

#[test]
fn a_banner_that_speaks_consent_mode_is_heard_when_it_updates() {
    let seen = Seen::run("consent mode");
    assert_eq!(seen.device()["early"], 0, "a default is no answer");
    let answers = &seen.arrived()[1].event["context"]["consent"]["categoryPreferences"];
    assert_eq!(*answers, json!({"analytics": true, "profiling": false}));
}

#[test]
fn the_queue_survives_a_failing_edge_and_is_delivered_by_the_next_page() {
    let seen = Seen::run("outage");
    let waiting = |device: &Value| {
        let keys = device["localStorage"].as_object().unwrap();
        keys.keys().filter(|key| key.starts_with("firsthand.event.")).count()
    };
    assert_eq!(waiting(&seen.device()["before"]), 3);
    assert_eq!(waiting(&seen.device()["after"]), 0);
    let arrived = seen.arrived();
    for name in ["page", "Segment Consent Preference Updated", "During the outage"] {
        let ids = |taken: bool| {
            let of_name = arrived
                .iter()
                .filter(|event| event.name() == name && event.path() == "/bare/one");
            of_name
                .filter(|event| (event.status == 200) == taken)
                .map(|event| event.event["messageId"].clone())
                .collect::<Vec<_>>()
        };
        assert!(!ids(true).is_empty(), "{name} was taken in the end");
        assert_eq!(
            ids(true)[0],
            ids(false)[0],
            "{name} keeps its message id, by which the edge can tell"
        );
    }
}

#[test]
fn an_event_in_the_moment_of_closing_the_tab_arrives_once() {
    let seen = Seen::run("closed");
    assert_eq!(seen.names().iter().filter(|name| *name == "Last").count(), 1);
}

#[test]
fn where_wasm_is_forbidden_pages_are_counted_after_consent_without_an_id() {
    let seen = Seen::run("no wasm");
    assert_eq!(seen.device()["early"], 0, "the gate holds without wasm too");
    assert_eq!(seen.names(), ["page"]);
    assert_eq!(seen.arrived()[0].event.get("anonymousId"), None);
    assert_nothing_is_kept(seen.device());
}

#[test]
fn where_wasm_is_forbidden_a_withdrawal_deletes_what_an_earlier_page_stored() {
    assert_nothing_is_kept(Seen::run("no wasm, withdrawn").device());
}

#[test]
fn only_the_first_object_of_a_call_is_sent() {
    let seen = Seen::run("surplus arguments");
    let arrived = seen.arrived();
    let browsed = arrived.iter().find(|event| event.name() == "Browsed").unwrap();
    assert_eq!(browsed.event["properties"], json!({"a": 1}));
}

#[test]
fn an_event_that_the_edge_refuses_is_counted_as_rejected() {
    let counters = Seen::run("one refused").device().clone();
    assert_eq!((&counters["delivered"], &counters["rejected"]), (&json!(1), &json!(1)));
}

#[test]
fn the_documented_line_and_policy_let_the_collector_work() {
    let seen = Seen::run("documented policy");
    assert_eq!(seen.names(), ["page", "Segment Consent Preference Updated", "Browsed"]);
    assert_eq!(*seen.device(), json!([]), "the browser refuses none of it");
}

#[test]
fn counting_without_consent_carries_no_id_and_keeps_nothing() {
    let seen = Seen::run("audience");
    assert_eq!(seen.device()["early"], 0, "the visitor may still agree");
    assert_eq!(seen.names(), ["page", "Browsed"]);
    assert_nothing_is_kept(seen.device());
    for Arrived { event, .. } in seen.arrived() {
        for forbidden in ["anonymousId", "userId", "traits", "properties"] {
            assert_eq!(event.get(forbidden), None, "{event}");
        }
        let page = event["context"]["page"].as_object().unwrap();
        assert_eq!(page.keys().collect::<Vec<_>>(), ["path", "referrer"]);
    }
}

#[test]
fn the_debug_mode_explains_each_decision() {
    let seen = Seen::run("debug");
    let told: Vec<_> = seen.device().as_array().unwrap().iter().collect();
    let explained = |kind: &str, part: &str| {
        told.iter()
            .find(|entry| entry["kind"] == kind && entry["text"].as_str().unwrap().contains(part))
            .unwrap_or_else(|| panic!("no {kind} says {part}: {told:#?}"))
    };
    explained(
        "call",
        "Gift Card Written: kept in memory, because the visitor has not answered",
    );
    explained("call", "identify undefined: dropped, because the id is a placeholder");
    explained("call", "consent: leaves memory");
    let sent = explained("sent", "taken out: properties.note; cut off the address: token");
    assert_eq!(sent["events"].as_array().unwrap().len(), 4);
    assert!(sent["bytes"].as_u64().unwrap() > 100);
    explained(
        "answer",
        "the edge answers 200: the edge has it (4); leaves the queue (4)",
    );
    explained("kept", "kept on the device: firsthand.visitor");
    explained("deleted", "deleted from the device: firsthand.visitor");
    explained("call", "Never: dropped, because the visitor refused");
    assert!(!format!("{:?}", seen.bodies()).contains("jo@example.com"));
}

#[test]
fn the_example_s_live_page_tells_what_leaves_in_english_and_french() {
    let mut browser = node();
    browser
        .arg(repository().join("tests/browser/live.mjs"))
        .stderr(Stdio::inherit());
    let output = browser.output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (language, title, waits, leaves) in [
        (
            "en",
            "What leaves your browser",
            "the visitor has not answered",
            "taken out: properties.note",
        ),
        (
            "fr",
            "Ce qui quitte votre navigateur",
            "le visiteur n'a pas répondu",
            "retiré : properties.note",
        ),
    ] {
        let page = &seen[language];
        assert!(page["title"].as_str().unwrap().starts_with(title));
        let entries = page["entries"].to_string();
        assert!(entries.contains(waits) && entries.contains(leaves), "{entries}");
        for found in ["violations", "complaints"] {
            assert_eq!(page[found], json!([]), "{language}, {found}");
        }
        assert_eq!(
            page["wide"],
            json!(false),
            "{language}: nothing is wider than a telephone"
        );
    }
}

#[test]
fn web_vitals_are_measured_where_the_site_asks_for_them() {
    let arrived = Seen::run("vitals").arrived();
    let measured: Vec<_> = arrived.iter().filter(|event| event.name() == "Page Measured").collect();
    assert_eq!(measured.len(), 1);
    let figures = measured[0].event["properties"].as_object().unwrap();
    assert_eq!(measured[0].path(), "/bare/one");
    assert!(figures["lcp_ms"].as_f64().unwrap() > 0.0, "{figures:?}");
    assert!(figures["ttfb_ms"].as_f64().unwrap() >= 0.0, "{figures:?}");
    assert!(figures["cls"].as_f64().unwrap() < 1.0, "{figures:?}");
}

#[test]
fn a_tag_with_the_manifest_s_hash_runs_and_one_with_another_does_not() {
    let seen = Seen::run("integrity");
    assert_eq!(seen.names()[0], "page");
    assert_eq!(*seen.device(), json!(true), "the stub goes on taking calls");
}

#[test]
fn what_a_site_may_add_is_listed_and_no_page_fetches_it() {
    let manifest = std::fs::read(repository().join("dist/collector/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let names: Vec<_> = manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["name"])
        .collect();
    assert_eq!(names[1..], ["firsthand.debug.js", "firsthand.vitals.js"]);
    assert_eq!(manifest["page"], json!([names[0]]));
}

#[test]
fn the_npm_package_works_in_a_bundle_and_its_types_hold() {
    let mut shop = node();
    shop.arg(repository().join("tests/browser/package.mjs"))
        .stderr(Stdio::inherit());
    let output = shop.output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        seen["types"], "",
        "TypeScript accepts what is right and refuses what is wrong"
    );
    assert_eq!(seen["thrown"], json!([]));
    assert_eq!(seen["elsewhere"], Value::Null, "on a server it does nothing");
    let files = seen["files"].as_array().unwrap();
    for export in seen["exports"].as_object().unwrap().values() {
        let paths = export
            .as_object()
            .map_or(vec![export], |paths| paths.values().collect());
        let there = |path: &&Value| files.contains(&json!(path.as_str().unwrap().trim_start_matches("./")));
        assert!(paths.iter().all(there), "{export} is in {files:?}");
    }
    let events = seen["events"].as_array().unwrap();
    let names: Vec<_> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap_or("page"))
        .collect();
    assert_eq!(names, ["page", "Segment Consent Preference Updated", "Product Viewed"]);
    let url = events[0]["context"]["page"]["url"].as_str().unwrap();
    assert!(url.ends_with("/app.html?product=lin-01"), "{url}");
}

#[test]
fn nothing_is_thrown_into_a_page_whose_browser_is_broken() {
    let seen = Seen::run("broken");
    let survived = seen.device().as_object().unwrap();
    assert!(survived.len() >= 30, "{survived:?}");
    assert!(survived.values().all(|thrown| *thrown == json!([])), "{survived:?}");
}
