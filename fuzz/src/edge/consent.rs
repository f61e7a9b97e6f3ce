//! Answers in any consent tool's words: what is kept was said, a refusal is never turned into a grant, a browser's opt-out
//! outranks everything, and a receipt stands as it came.

use edge_worker::consent;
use edge_worker::keys::{KeyKind, KeySettings};
use event_schema::{CONSENT_UPDATED, ConsentState, Event, Purpose, limits};
use serde_json::{Map, Value, json};

use super::request::{key, received_at};
use crate::input::Input;

/// A byte for the key, a receipt, then the answers as JSON.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let kind = input.pick([KeyKind::Browser, KeyKind::Server]);
    let receipt = input.text();
    let Ok(Value::Object(answers)) = serde_json::from_slice(input.rest()) else {
        return;
    };
    let event = json!({"type": "track", "event": CONSENT_UPDATED, "messageId": "m1", "anonymousId": "a1",
        "timestamp": received_at().to_text(),
        "context": {"consent": {"categoryPreferences": answers, "receipt": receipt}}});
    let Ok(event) = Event::validate(event, received_at()) else {
        return;
    };
    assert_eq!(event.context.consent.receipt, Some(receipt));
    let state = event.context.consent.category_preferences;
    assert!(state.len() <= limits::PURPOSES);
    for (purpose, granted) in state.iter() {
        assert!(
            was_said(&answers, purpose, granted),
            "{purpose} = {granted} was not said"
        );
        assert!(!granted || !was_said(&answers, purpose, false), "{purpose} was refused");
    }
    in_force(&state, &key(kind, true));
}

/// Whether any category that means the purpose has this answer.
fn was_said(answers: &Map<String, Value>, purpose: &Purpose, granted: bool) -> bool {
    let word = |c: char| if matches!(c, ' ' | '-') { '_' } else { c };
    let means = |category: &str| {
        category
            .trim()
            .to_lowercase()
            .chars()
            .map(word)
            .eq(purpose.as_str().chars())
    };
    let mut meant = answers.iter().filter(|(category, _)| means(category));
    meant.any(|(_, answer)| *answer == Value::Bool(granted))
}

fn in_force(stated: &ConsentState, key: &KeySettings) {
    let (open, closed) = (
        consent::in_force(stated, key, false),
        consent::in_force(stated, key, true),
    );
    let silent_server = key.kind == KeyKind::Server && stated.is_empty();
    for (purpose, granted) in open.iter() {
        assert!(silent_server || !granted || stated.grants(purpose.as_str()));
    }
    assert!(
        silent_server || !closed.iter().any(|(_, granted)| granted),
        "an opt-out is overridden"
    );
}
