//! Events that are sound but not what the site says its events are: kept, with the reason, in a stream of their own, and judged again when
//! the schemas have been mended.
//!
//! What is kept is the line that the log would have got, so it is as free of addresses and agents. Only an event with consent is
//! kept: of an audience hit too little is known to judge it again, and what lacks consent may not be kept at all. The write key stands
//! there as a hash.

use event_schema::{Envelope, RejectReason};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::batch_id::BatchId;
use crate::hex;
use crate::jsonl::lines;
use crate::receive::Departed;
use crate::schemas::Departure;
use crate::settings::Settings;

/// Events of one batch of those that are replayed: well below what a row of the log may hold.
pub const BATCH: usize = 100;

/// One event of the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quarantined {
    /// The write key, as [`key_mark`] makes it.
    pub key: String,
    /// Why it was refused.
    pub code: RejectReason,
    /// The property that departs, in the schema's words; empty where the event as a whole does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// The version of the schema that it was held to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// What the log would have got.
    pub envelope: Envelope,
}

/// What becomes of the events of one object when they are judged again.
#[derive(Debug, Default)]
pub struct Replay {
    /// Batches for the log: name, lines, and how many events they hold.
    pub batches: Vec<(BatchId, Vec<u8>, usize)>,
    /// The lines of those that stay.
    pub remaining: Vec<u8>,
    /// How many those are.
    pub rejected: usize,
}

/// A hash by which a write key is found again among those configured, and by nobody else.
pub fn key_mark(key: &str) -> String {
    hex::encode(&Sha256::digest(key)[..8])
}

/// What is kept of the events that depart from their schemas: a name for all of them and their lines; nothing where none may be kept.
///
/// # Errors
/// Serde's, which these types never cause.
pub fn kept(key: &str, departed: &[Departed]) -> Result<Option<(BatchId, Vec<u8>)>, serde_json::Error> {
    let mark = key_mark(key);
    let with_consent = |departed: &&Departed| matches!(departed.envelope, Envelope::Consented(_));
    let events: Vec<_> = departed
        .iter()
        .filter(with_consent)
        .map(|departed| Quarantined {
            key: mark.clone(),
            code: departed.departure.code,
            at: departed.departure.at.clone(),
            version: departed.departure.version.clone(),
            envelope: departed.envelope.clone(),
        })
        .collect();
    if events.is_empty() {
        return Ok(None);
    }
    let name = BatchId::of(&mark, events.iter().map(|event| event.envelope.message_id()));
    Ok(Some((name, lines(&events)?)))
}

/// Judges the events of an object again, by the schemas of now.
///
/// # Errors
/// Serde's, when a line is not one of this stream.
pub fn replay(object: &[u8], settings: &Settings) -> Result<Replay, serde_json::Error> {
    let (mut accepted, mut remaining) = (Vec::new(), Vec::new());
    for line in object.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let event: Quarantined = serde_json::from_slice(line)?;
        match departure(&event, settings) {
            None => accepted.push(event.envelope),
            Some(departure) => remaining.push(Quarantined {
                code: departure.code,
                at: departure.at,
                version: departure.version,
                ..event
            }),
        }
    }
    let batch = |events: &[Envelope]| Ok((name_of(events), lines(events)?, events.len()));
    Ok(Replay {
        batches: accepted
            .chunks(BATCH)
            .map(batch)
            .collect::<Result<_, serde_json::Error>>()?,
        remaining: lines(&remaining)?,
        rejected: remaining.len(),
    })
}

/// How an event still departs; nothing where it now passes. One whose key is gone stays as it was.
fn departure(event: &Quarantined, settings: &Settings) -> Option<Departure> {
    let unchanged = || Departure {
        code: event.code,
        at: event.at.clone(),
        version: event.version.clone(),
    };
    let Envelope::Consented(envelope) = &event.envelope else {
        return Some(unchanged());
    };
    match settings.keys.by_mark(&event.key) {
        None => Some(unchanged()),
        Some(key) => settings
            .schemas_of(key)
            .and_then(|set| set.judge(&envelope.event).err()),
    }
}

/// The name of a batch of replayed events: the same each time.
fn name_of(events: &[Envelope]) -> BatchId {
    BatchId::of("replay", events.iter().map(Envelope::message_id))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::agent::Agent;
    use crate::lane::Circumstances;
    use crate::receive::{self, Reception};

    const KEY: &str = "web-key-1";

    fn settings(schemas: &Value) -> Settings {
        Settings::read(|name| {
            Some(match name {
                "WRITE_KEYS" => {
                    json!({KEY: {"site": "shop", "kind": "server", "purposes": ["analytics"], "schemas": "shop"}})
                        .to_string()
                }
                "SCHEMAS" => schemas.to_string(),
                _ => "0123456789abcdef0123456789abcdef".to_owned(),
            })
        })
        .unwrap()
    }

    fn total(kind: &str) -> Settings {
        let schema = json!({"version": "1-0-0", "required": ["total"], "properties": {"total": {"type": kind}}});
        settings(&json!({"shop": {"unknown": "reject", "events": {"Order Completed": schema}}}))
    }

    fn receive(settings: &Settings, events: &[Value]) -> Reception {
        let now = Circumstances {
            received_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            clock_skew_ms: 0,
            country: String::new(),
            agent: Agent::default(),
            global_opt_out: false,
        };
        let body = json!({"batch": events}).to_string();
        let batch = receive::read(body.as_bytes(), None, now.received_at).unwrap();
        let key = settings.keys.find(KEY).unwrap();
        Reception::under(settings.schemas_of(key), batch, key, &now)
    }

    fn order(id: &str, total: Value) -> Value {
        json!({"type": "track", "event": "Order Completed", "messageId": id, "userId": "u-1", "timestamp": "2026-11-24T08:00:00Z",
            "properties": {"total": total}})
    }

    fn stream(reception: Reception) -> Vec<u8> {
        kept(KEY, &reception.departed).unwrap().unwrap().1
    }

    #[test]
    fn what_departs_is_kept_and_passes_once_the_schema_is_mended() {
        let strict = total("number");
        let reception = receive(
            &strict,
            &[order("m1", json!(1)), order("m2", json!("2")), order("m3", json!([3]))],
        );
        assert_eq!(reception.envelopes.len(), 1);
        let mismatch = RejectReason::SchemaMismatch;
        assert_eq!(reception.rejected, [(1, mismatch), (2, mismatch)]);
        let kept = stream(reception);
        assert!(!String::from_utf8(kept.clone()).unwrap().contains(KEY));

        let same = replay(&kept, &strict).unwrap();
        assert_eq!((same.batches.len(), same.rejected), (0, 2));
        assert_eq!(same.remaining, kept);
        let mended = replay(&kept, &total("string")).unwrap();
        assert_eq!((mended.batches.len(), mended.rejected), (1, 1));
        let (name, line, count) = &mended.batches[0];
        assert_eq!(*count, 1);
        assert!(String::from_utf8(line.clone()).unwrap().contains("\"m2\""));
        assert_eq!(
            replay(&kept, &total("string")).unwrap().batches[0].0,
            *name,
            "again, it is the same batch"
        );
        let rest = replay(&mended.remaining, &total("array")).unwrap();
        assert_eq!((rest.batches.len(), rest.rejected, rest.remaining.len()), (1, 0, 0));
    }

    #[test]
    fn nothing_is_kept_of_an_event_without_consent_or_of_another_defect() {
        let mut refused = order("m1", json!("1"));
        refused["context"]["consent"]["categoryPreferences"] = json!({"analytics": false});
        let mut junk = order("m2", json!("1"));
        junk["userId"] = json!("undefined");
        let mut hit = order("m3", json!("1"));
        hit["userId"] = json!(null);
        let reception = receive(&total("number"), &[refused, junk, hit]);
        assert_eq!(reception.rejected.len(), 3);
        assert_eq!(kept(KEY, &reception.departed).unwrap(), None);
    }

    #[test]
    fn an_event_whose_key_is_gone_stays_and_a_foreign_line_is_an_error() {
        let kept = stream(receive(&total("number"), &[order("m1", json!("1"))]));
        let gone = String::from_utf8(kept).unwrap().replace(&key_mark(KEY), "00");
        assert_eq!(replay(gone.as_bytes(), &total("string")).unwrap().rejected, 1);
        assert!(replay(b"{}\n", &total("string")).is_err());
    }
}
