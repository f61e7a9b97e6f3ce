//! What a sender is told about its batch: every event is accepted, a duplicate, or rejected with its reason.

use event_schema::RejectReason;
use serde::Serialize;

use crate::receive::Reception;
use crate::refusal::Refusal;

/// The answer to a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Events now in the log.
    pub accepted: usize,
    /// Events that were in it before, or twice in the batch.
    pub duplicate: usize,
    /// Events refused.
    pub rejected: Vec<Rejected>,
}

/// One refused event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its position in the batch; the first is 0.
    pub index: usize,
    /// The reason's code.
    pub code: RejectReason,
    /// The property that departs from the event's schema, in the schema's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// The answer to a request refused as a whole.
#[derive(Debug, Serialize)]
pub struct RefusalAnswer {
    /// The refusal's code.
    pub error: &'static str,
    /// What is wrong and the way out.
    pub message: String,
}

impl Answer {
    /// The answer once the log has kept the batch, or had it already.
    pub fn of(reception: &Reception, was_there: bool) -> Self {
        let logged = reception.envelopes.len();
        let (accepted, known) = if was_there { (0, logged) } else { (logged, 0) };
        let rejected = reception
            .rejected
            .iter()
            .map(|&(index, code)| Rejected {
                index,
                code,
                at: place_of(reception, index),
            })
            .collect();
        Self {
            accepted,
            duplicate: known + reception.repeated,
            rejected,
        }
    }
}

/// Where the event at a position departs from its schema.
fn place_of(reception: &Reception, index: usize) -> Option<String> {
    let departed = reception.departed.iter().find(|departed| departed.index == index)?;
    Some(departed.departure.at.clone()).filter(|at| !at.is_empty())
}

impl From<&Refusal> for RefusalAnswer {
    fn from(refusal: &Refusal) -> Self {
        Self {
            error: refusal.code(),
            message: refusal.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_in_json() {
        let reception = Reception {
            envelopes: Vec::new(),
            rejected: vec![(3, RejectReason::JunkId)],
            departed: Vec::new(),
            repeated: 2,
            batch_id: crate::batch_id::BatchId([0; 16]),
        };
        let json = serde_json::to_string(&Answer::of(&reception, false)).unwrap();
        assert_eq!(
            json,
            r#"{"accepted":0,"duplicate":2,"rejected":[{"index":3,"code":"junk_id"}]}"#
        );
    }
}
