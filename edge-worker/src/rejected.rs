//! What is kept of a refused event, so that somebody can find out what is sending it: the reason and the event's shape. Never a
//! value, and no name that is not of the event specification: both may be personal.

use std::fmt::Write;

use event_schema::RejectReason;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many refused events of one batch are kept; of a batch with more, the first ones tell.
const PER_BATCH: usize = 10;

/// The names an event may have at its top, in the order they are written.
const NAMES: [&str; 14] = [
    "type",
    "messageId",
    "timestamp",
    "originalTimestamp",
    "sentAt",
    "anonymousId",
    "userId",
    "groupId",
    "previousId",
    "event",
    "name",
    "properties",
    "traits",
    "context",
];

/// A refused event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedShape {
    /// The site of the write key.
    pub site: String,
    /// Its position in the batch.
    pub index: usize,
    /// Why it was refused.
    pub code: RejectReason,
    /// Its fields and their kinds, as `type:string(5) messageId:number +2`.
    pub shape: String,
}

/// The shapes of a body's refused events.
pub fn shapes(body: &[u8], site: &str, rejected: &[(usize, RejectReason)]) -> Vec<RejectedShape> {
    let body = event_schema::value_of(body).unwrap_or_default();
    let event = |index: usize| {
        body.get("batch")
            .map_or(Some(&body), |batch| batch.get(index))
            .unwrap_or(&Value::Null)
    };
    let shape = |&(index, code): &(usize, RejectReason)| RejectedShape {
        site: site.to_owned(),
        index,
        code,
        shape: shape_of(event(index)),
    };
    rejected.iter().take(PER_BATCH).map(shape).collect()
}

fn shape_of(event: &Value) -> String {
    let Value::Object(fields) = event else {
        return kind_of(event);
    };
    let mut shape = String::new();
    let known = NAMES.iter().filter_map(|name| Some((name, fields.get(*name)?)));
    let mut count = 0;
    for (name, value) in known {
        count += 1;
        // Writing to a string cannot fail.
        let _ = write!(shape, "{name}:{} ", kind_of(value));
    }
    if fields.len() > count {
        let _ = write!(shape, "+{}", fields.len() - count);
    }
    shape.trim_end().to_owned()
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) => format!("string({})", text.chars().count()),
        Value::Array(items) => format!("list({})", items.len()),
        Value::Object(fields) => format!("object({})", fields.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_names_fields_of_the_specification_and_no_values() {
        let body = br#"{"batch":[{"type":"track","ann@mail.example":1,"userId":["ann"],"messageId":"ann@mail.example"},"ann"]}"#;
        let kept = shapes(
            body,
            "shop",
            &[(0, RejectReason::InvalidId), (1, RejectReason::NotAnObject)],
        );
        assert_eq!(kept[0].shape, "type:string(5) messageId:string(16) userId:list(1) +1");
        assert_eq!(kept[1].shape, "string(3)");
        assert!(!serde_json::to_string(&kept).unwrap().contains("ann"));
    }

    #[test]
    fn only_the_first_of_many_are_kept() {
        let many: Vec<_> = (0..50).map(|index| (index, RejectReason::NotAnObject)).collect();
        assert_eq!(shapes(b"{}", "shop", &many).len(), PER_BATCH);
    }
}
