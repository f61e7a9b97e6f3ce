//! A request's body, Segment's JSON or the collector's bytes, on its way to the log: every event is accounted for, every line
//! reads back, no hit holds what could recognise anybody, and of a refused event no value is kept.

use edge_worker::agent::Agent;
use edge_worker::answer::Answer;
use edge_worker::keys::{KeyKind, KeySettings};
use edge_worker::lane::Circumstances;
use edge_worker::receive::{self, Reception};
use edge_worker::rejected;
use event_schema::{AudienceHit, Batch, ConsentedEvent, Envelope, Purpose, Timestamp, VisitorHash};

use super::line::reads_back;
use crate::input::Input;

/// When every request arrives, 2026-11-24T08:00:00Z: inputs have no clock.
pub fn received_at() -> Timestamp {
    Timestamp::from_millis(1_795_507_200_000)
}

/// The paths of requests, which name a kind of event or none.
const KINDS: [Option<&str>; 6] = [
    None,
    Some("track"),
    Some("page"),
    Some("identify"),
    Some("alias"),
    Some("group"),
];

/// A byte for the path, one for the key and the browser, then the body.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let kind = input.pick(KINDS);
    let choice = input.byte();
    let body = input.rest();
    let sender = if choice & 1 == 0 {
        KeyKind::Browser
    } else {
        KeyKind::Server
    };
    let key = key(sender, choice & 2 == 0);
    let now = Circumstances {
        received_at: received_at(),
        clock_skew_ms: 0,
        country: "CH".to_owned(),
        agent: Agent::of("Mozilla/5.0 (iPhone)"),
        // Only of a page is it known.
        global_opt_out: sender == KeyKind::Browser && choice & 4 != 0,
    };
    let read = receive::read(body, kind, received_at());
    assert_eq!(
        read,
        receive::read(body, kind, received_at()),
        "the same body is read as another batch"
    );
    if let Ok(batch) = read {
        received(batch, body, &key, &now);
    }
}

/// A key of either kind.
pub fn key(kind: KeyKind, audience: bool) -> KeySettings {
    KeySettings {
        site: "shop".to_owned(),
        kind,
        origins: Vec::new(),
        audience,
        purposes: Purpose::new(Purpose::ANALYTICS).into_iter().collect(),
        schemas: None,
        enabled: true,
    }
}

fn received(batch: Batch, body: &[u8], key: &KeySettings, now: &Circumstances) {
    let sent = batch.events.len();
    let mut reception = Reception::of(batch, key, now);
    let answer = Answer::of(&reception, false);
    assert_eq!(answer.accepted + answer.duplicate + answer.rejected.len(), sent);
    assert!(answer.rejected.iter().all(|rejected| rejected.index < sent));
    let before = reception.envelopes.clone();
    reception.anonymise(&[7; 32], Some(&VisitorHash::from_bytes([9; 16])));
    let lines = reception.lines().unwrap_or_default();
    assert_eq!(
        lines.split_inclusive(|byte| *byte == b'\n').count(),
        reception.envelopes.len()
    );
    for (envelope, before) in reception.envelopes.iter().zip(&before) {
        reads_back(envelope);
        match (envelope, before) {
            (Envelope::Audience(hit), Envelope::Audience(sent)) => anonymous(hit, sent),
            (Envelope::Consented(event), _) => consented(event, envelope == before, now.global_opt_out),
            (Envelope::Audience(_), Envelope::Consented(_)) => panic!("an event has changed its lane"),
        }
    }
    for kept in rejected::shapes(body, &key.site, &reception.rejected) {
        let words = |c: char| c.is_ascii_alphanumeric() || "():+ ".contains(c);
        assert!(
            kept.shape.chars().all(words),
            "{:?} is kept of a refused event",
            kept.shape
        );
    }
}

fn anonymous(hit: &AudienceHit, sent: &AudienceHit) {
    assert_ne!(hit.message_id, sent.message_id, "the client's own id is kept");
    assert!(!hit.path.contains(['?', '#', '@']), "{:?}", hit.path);
    let campaign = hit.campaign.clone().unwrap_or_default();
    assert!(campaign.click_id.is_empty() && campaign.click_id_name.is_empty());
}

fn consented(event: &ConsentedEvent, unchanged: bool, opted_out: bool) {
    assert!(unchanged, "a visitor's hash is put beside an id");
    assert!(event.event.anonymous_id.is_some() || event.event.user_id.is_some());
    let granted = event
        .event
        .context
        .consent
        .category_preferences
        .grants(Purpose::ANALYTICS);
    let withdrawal = event.event.context.page.is_none() && event.event.context.campaign.is_none();
    assert!(granted || withdrawal, "an event without consent is kept with its page");
    assert!(!(granted && opted_out), "an opt-out is overridden");
}
