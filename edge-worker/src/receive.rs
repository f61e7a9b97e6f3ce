//! What becomes of a body: each event checked, put into its lane, and written as one line of the log. Never the client's own
//! bytes: a line is always written anew, so nothing a client sends can look like another line.

use std::collections::HashSet;

use event_schema::{Batch, BatchError, Envelope, MessageId, RejectReason, Timestamp, VisitorHash};
use serde_json::Value;

use crate::batch_id::BatchId;
use crate::jsonl;
use crate::keys::KeySettings;
use crate::lane::{self, Circumstances};
use crate::refusal::Refusal;
use crate::schemas::{Departure, SchemaSet};
use crate::visitor::{self, Salt};

/// A batch after all checks, before the visitor hash is put in.
#[derive(Debug)]
pub struct Reception {
    /// The events that go to the log, in the order sent.
    pub envelopes: Vec<Envelope>,
    /// The positions and reasons of the events that do not.
    pub rejected: Vec<(usize, RejectReason)>,
    /// Those among the rejected that only depart from their schema.
    pub departed: Vec<Departed>,
    /// How many events repeat an earlier one of the same batch.
    pub repeated: usize,
    /// The batch's name, of the ids as they were sent: a retry on the next day, under another salt, has the same.
    pub batch_id: BatchId,
}

/// A sound event that is not what the site says its events are.
#[derive(Debug)]
pub struct Departed {
    /// Its position in the batch.
    pub index: usize,
    /// How it departs from its schema.
    pub departure: Departure,
    /// What the log would have got.
    pub envelope: Envelope,
}

/// Reads a body. A path that names one kind of event gives the `type` that the body may leave out.
///
/// # Errors
/// [`BatchError`] when the body as a whole cannot be read.
pub fn read(body: &[u8], kind: Option<&str>, received_at: Timestamp) -> Result<Batch, Refusal> {
    let mut body = event_schema::value_of(body)?;
    if let Some(kind) = kind {
        let event = body.as_object_mut().ok_or(BatchError::MalformedJson)?;
        event.insert("type".to_owned(), Value::from(kind));
        event.remove("batch");
    }
    Ok(Batch::from_value(body, received_at)?)
}

impl Reception {
    /// Puts the events of a batch into their lanes.
    pub fn of(batch: Batch, key: &KeySettings, now: &Circumstances) -> Self {
        Self::under(None, batch, key, now)
    }

    /// As [`Reception::of`], and holds each event to its schema.
    pub fn under(schemas: Option<&SchemaSet>, batch: Batch, key: &KeySettings, now: &Circumstances) -> Self {
        let mut reception = Self {
            envelopes: Vec::new(),
            rejected: Vec::new(),
            departed: Vec::new(),
            repeated: 0,
            batch_id: BatchId::of(&key.site, std::iter::empty()),
        };
        let mut seen: HashSet<MessageId> = HashSet::new();
        for (index, event) in batch.events.into_iter().enumerate() {
            let judged = event.and_then(|event| {
                let verdict = schemas.map_or(Ok(()), |schemas| schemas.judge(&event));
                Ok((verdict, lane::choose(event, key, now)?))
            });
            match judged {
                Err(reason) => reception.rejected.push((index, reason)),
                Ok((_, envelope)) if !seen.insert(envelope.message_id().clone()) => reception.repeated += 1,
                Ok((Ok(()), envelope)) => reception.envelopes.push(envelope),
                Ok((Err(departure), envelope)) => {
                    reception.rejected.push((index, departure.code));
                    reception.departed.push(Departed {
                        index,
                        departure,
                        envelope,
                    });
                }
            }
        }
        reception.batch_id = BatchId::of(&key.site, reception.envelopes.iter().map(Envelope::message_id));
        reception
    }

    /// Whether any event is an audience hit, for which the salt of the day is needed.
    pub fn has_audience(&self) -> bool {
        self.envelopes
            .iter()
            .any(|envelope| matches!(envelope, Envelope::Audience(_)))
    }

    /// Puts the visitor hash of the day where it belongs, on audience hits only, and an id under the salt of the day in place
    /// of theirs.
    pub fn anonymise(&mut self, salt: &Salt, visitor: Option<&VisitorHash>) {
        for envelope in &mut self.envelopes {
            if let Envelope::Audience(hit) = envelope {
                hit.message_id = visitor::message_id(salt, &hit.site, &hit.message_id);
                hit.visitor = visitor.cloned();
            }
        }
    }

    /// The lines of the log, each ended by a line feed.
    ///
    /// # Errors
    /// Serde's, which these types never cause.
    pub fn lines(&self) -> Result<Vec<u8>, serde_json::Error> {
        jsonl::lines(&self.envelopes)
    }
}

#[cfg(test)]
mod tests {
    use event_schema::DeviceClass;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::agent::Agent;
    use crate::keys::KeyKind;

    fn key() -> KeySettings {
        let origins = vec!["https://shop.example".to_owned()];
        KeySettings {
            site: "shop".into(),
            kind: KeyKind::Browser,
            origins,
            audience: true,
            purposes: Vec::new(),
            schemas: None,
            enabled: true,
        }
    }

    fn now() -> Circumstances {
        Circumstances {
            received_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            clock_skew_ms: 250,
            country: "CH".into(),
            agent: Agent {
                device: DeviceClass::Mobile,
                bot: false,
            },
            global_opt_out: false,
        }
    }

    fn receive(body: &Value) -> Reception {
        let batch = read(body.to_string().as_bytes(), None, now().received_at).unwrap();
        Reception::of(batch, &key(), &now())
    }

    fn page(id: &str) -> Value {
        json!({"type": "page", "messageId": id, "anonymousId": "a1", "timestamp": "2026-11-24T08:00:00Z",
            "context": {"page": {"url": "https://shop.example/?utm_source=news", "path": "/"}, "consent": {"categoryPreferences": {"analytics": true}}}})
    }

    #[test]
    fn good_events_are_logged_beside_bad_and_repeated_ones() {
        let reception = receive(&json!({"batch": [page("m1"), {"type": "dance"}, page("m2"), page("m1"), 7]}));
        assert_eq!(reception.envelopes.len(), 2);
        assert_eq!(reception.repeated, 1);
        assert_eq!(
            reception.rejected,
            [(1, RejectReason::UnknownType), (4, RejectReason::NotAnObject)]
        );
    }

    #[test]
    fn the_lines_of_both_lanes() {
        let mut anonymous = page("m2");
        anonymous["context"]["consent"] = json!({});
        anonymous["context"]["ip"] = json!("192.0.2.1");
        let mut reception = receive(&json!({"batch": [page("m1"), anonymous]}));
        reception.anonymise(&[7; 32], Some(&VisitorHash::from_bytes([9; 16])));
        let lines = reception.lines().unwrap();
        insta::assert_snapshot!(String::from_utf8(lines).unwrap());
    }

    #[test]
    fn the_visitor_hash_never_enters_the_consented_lane() {
        let mut reception = receive(&json!({"batch": [page("m1")]}));
        let before = reception.envelopes.clone();
        reception.anonymise(&[7; 32], Some(&VisitorHash::from_bytes([1; 16])));
        assert!(matches!(before[..], [Envelope::Consented(_)]));
        assert_eq!(reception.envelopes, before);
    }

    #[test]
    fn an_audience_hit_leads_to_no_event_of_the_other_lane() {
        let mut refused = page("5f0c1b7e-2");
        refused["context"]["consent"]["categoryPreferences"] = json!({"analytics": false});
        refused["context"]["campaign"] = json!({"source": "news", "clickIdName": "gclid", "clickId": "Cj0K"});
        let body = json!({"batch": [page("5f0c1b7e-1"), refused]});
        let (mut today, mut tomorrow) = (receive(&body), receive(&body));
        today.anonymise(&[7; 32], None);
        tomorrow.anonymise(&[8; 32], None);
        let lines = String::from_utf8(today.lines().unwrap()).unwrap();
        let hit = lines.lines().nth(1).unwrap();
        assert!(hit.contains("audience") && hit.contains("news"), "{hit}");
        for trace in ["5f0c1b7e", "gclid", "Cj0K"] {
            assert!(!hit.contains(trace), "{trace} in {hit}");
        }
        assert_eq!(
            today.batch_id, tomorrow.batch_id,
            "a retry on the next day meets its first attempt"
        );
    }

    #[test]
    fn a_line_feed_in_an_event_cannot_forge_a_line() {
        let forged = "x\n{\"lane\":\"consented\",\"userId\":\"victim\"}\n";
        let mut event = page("m1");
        event["properties"] = json!({"note": forged, forged: [forged]});
        event["context"]["page"]["title"] = json!(forged);
        let lines = receive(&json!({"batch": [event]})).lines().unwrap();
        assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 1);
        let raw = "{\"batch\":[{\"type\":\"page\",\"messageId\":\"m1\",\n\"timestamp\":\"2026-11-24T08:00:00Z\",\"properties\":[\n{}\n]}]}";
        let batch = read(raw.as_bytes(), None, now().received_at).unwrap();
        assert_eq!(batch.events, [Err(RejectReason::InvalidProperties)]);
    }

    #[test]
    fn a_path_of_one_kind_gives_the_type() {
        let body =
            br#"{"type":"identify","event":"Product Viewed","messageId":"m1","timestamp":"2026-11-24T08:00:00Z"}"#;
        let batch = read(body, Some("track"), now().received_at).unwrap();
        assert_eq!(batch.events[0].as_ref().map(|event| event.kind.as_str()), Ok("track"));
        assert_eq!(
            read(b"[]", Some("track"), now().received_at).err(),
            Some(Refusal::Batch(BatchError::MalformedJson))
        );
    }

    proptest! {
        #[test]
        fn every_event_sent_is_accounted_for(picks in prop::collection::vec(0_usize..5, 1..40)) {
            let events: Vec<Value> = picks.iter().map(|pick| match pick {
                0 => json!({"type": "dance"}),
                1 => json!(null),
                n => page(&format!("m{n}")),
            }).collect();
            let reception = receive(&json!({"batch": events}));
            prop_assert_eq!(reception.envelopes.len() + reception.repeated + reception.rejected.len(), picks.len());
        }

        #[test]
        fn every_line_reads_back_as_one_envelope(title in "\\PC{0,20}|[\\x00-\\x1f]{0,9}", note in any::<String>()) {
            let mut event = page("m1");
            event["context"]["page"]["title"] = json!(title);
            event["properties"] = json!({"note": note.chars().take(4000).collect::<String>()});
            let lines = receive(&json!({"batch": [event]})).lines().unwrap();
            prop_assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 1);
            prop_assert!(serde_json::from_slice::<Envelope>(&lines).is_ok());
        }
    }
}
