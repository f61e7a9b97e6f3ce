//! Events that are sound but not what the site says its events are: kept, with the reason, in a stream of their own, and judged again when
//! the schemas have been mended.
//!
//! What is kept is the line that the log would have got, so it is as free of addresses and agents. Only an event with consent is
//! kept: of an audience hit too little is known to judge it again, and what lacks consent may not be kept at all. The write key stands
//! there as a hash.

use event_schema::{Envelope, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
#[derive(Debug, Serialize, Deserialize)]
struct Quarantined<E> {
    /// The write key, as [`key_mark`] makes it.
    key: String,
    departure: Departure,
    /// What the log would have got: an envelope on its way in, and plain JSON on its way out, as reading envelopes is the unifier's trade.
    envelope: E,
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

/// Why an object cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// JSON that cannot be read, or written.
    #[error("a line of rejected events is no JSON of theirs")]
    Json(#[from] serde_json::Error),
    /// JSON that is no track with consent.
    #[error("a line of rejected events holds no track with consent")]
    Foreign,
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
    let mut events = Vec::new();
    for departed in departed.iter().filter(with_consent) {
        events.push(Quarantined {
            key: mark.clone(),
            departure: departed.departure.clone(),
            envelope: &departed.envelope,
        });
    }
    if events.is_empty() {
        return Ok(None);
    }
    let name = BatchId::of(&mark, events.iter().map(|event| event.envelope.message_id()));
    Ok(Some((name, lines(&events)?)))
}

/// Judges the events of an object again, by the schemas of now.
///
/// # Errors
/// When a line is not one of this stream.
pub fn replay(object: &[u8], settings: &Settings) -> Result<Replay, ReplayError> {
    let (mut accepted, mut remaining) = (Vec::new(), Vec::new());
    for line in object.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut event: Quarantined<Value> = serde_json::from_slice(line)?;
        match judge(&event, settings)? {
            Ok(()) => accepted.push((message_id(&event.envelope)?, event.envelope)),
            Err(departure) => {
                event.departure = departure;
                remaining.push(event);
            }
        }
    }
    let batch = |events: &[(MessageId, Value)]| -> Result<_, ReplayError> {
        let (ids, events): (Vec<_>, Vec<_>) = events.iter().map(|(id, event)| (id, event)).unzip();
        Ok((BatchId::of("replay", ids.into_iter()), lines(&events)?, events.len()))
    };
    Ok(Replay {
        batches: accepted.chunks(BATCH).map(batch).collect::<Result<_, _>>()?,
        remaining: lines(&remaining)?,
        rejected: remaining.len(),
    })
}

/// Whether an event still departs. One whose key is gone stays as it was.
fn judge(event: &Quarantined<Value>, settings: &Settings) -> Result<Result<(), Departure>, ReplayError> {
    let envelope = &event.envelope;
    let (Some("consented"), Some("track"), Some(name), Some(properties)) = (
        envelope["lane"].as_str(),
        envelope["type"].as_str(),
        envelope["event"].as_str(),
        envelope["properties"].as_object(),
    ) else {
        return Err(ReplayError::Foreign);
    };
    Ok(match settings.keys.by_mark(&event.key) {
        None => Err(event.departure.clone()),
        Some(key) => settings
            .schemas_of(key)
            .map_or(Ok(()), |set| set.judge_track(name, properties)),
    })
}

fn message_id(envelope: &Value) -> Result<MessageId, ReplayError> {
    let id = envelope["messageId"].as_str().ok_or(ReplayError::Foreign)?;
    MessageId::new(id).map_err(|_| ReplayError::Foreign)
}

#[cfg(test)]
mod tests {
    use event_schema::RejectReason;
    use serde_json::json;

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
        assert_eq!(replay(&same.remaining, &strict).unwrap().remaining, same.remaining);
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
        for foreign in [
            "{}",
            "[",
            r#"{"key": "00", "departure": {"code": "unknown_event"}, "envelope": {"lane": "audience"}}"#,
        ] {
            assert!(replay(foreign.as_bytes(), &total("string")).is_err(), "{foreign}");
        }
    }
}
