//! Whether an event may leave the page. It decides and remembers answers; it never sends or stores.

use event_schema::{ConsentState, Properties, Purpose};
use serde_json::Value;

/// The purpose by which a visitor may object to being counted at all, where the audience lane is on.
const AUDIENCE: &str = "audience";

/// The visitor's answers so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    answers: ConsentState,
    objects: bool,
}

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nobody asked yet, or nobody answered: hold, in memory.
    Pending,
    /// Send, with ids.
    Granted,
    /// Discard.
    Refused,
}

impl Gate {
    /// A gate with the answers of an earlier page. A visitor whose browser `objects` by itself has refused everything.
    pub fn new(objects: bool, answers: ConsentState) -> Self {
        Self { answers, objects }
    }

    /// What holds for events now. Only an answer about analytics opens or shuts the gate; the other purposes travel with
    /// the events and are checked where they are used.
    pub fn verdict(&self) -> Verdict {
        let answered = self
            .answers
            .iter()
            .any(|(purpose, _)| purpose.as_str() == Purpose::ANALYTICS);
        match (self.objects, answered) {
            (true, _) => Verdict::Refused,
            (false, false) => Verdict::Pending,
            (false, true) if self.answers.grants(Purpose::ANALYTICS) => Verdict::Granted,
            (false, true) => Verdict::Refused,
        }
    }

    /// Whether the visitor may be counted without an id.
    pub fn measures(&self) -> bool {
        !self.objects
            && !self
                .answers
                .iter()
                .any(|(purpose, granted)| purpose.as_str() == AUDIENCE && !granted)
    }

    /// Takes the answers given as `{"analytics": true, …}` and says whether any of them is new. An answer that is neither
    /// true nor false is none.
    pub fn answer(&mut self, given: &Properties) -> bool {
        let before = self.answers.clone();
        for (name, answer) in given {
            if let (Some(purpose), Value::Bool(granted)) = (Purpose::new(name), answer) {
                self.answers.set(purpose, *granted);
            }
        }
        self.answers != before
    }

    /// Takes back the answer about analytics.
    pub fn withdraw(&mut self) {
        if let Some(analytics) = Purpose::new(Purpose::ANALYTICS) {
            self.answers.set(analytics, false);
        }
    }

    /// The answers so far.
    pub fn answers(&self) -> &ConsentState {
        &self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(json: &str) -> Gate {
        let mut gate = Gate::default();
        gate.answer(&serde_json::from_str(json).unwrap());
        gate
    }

    #[test]
    fn only_an_answer_about_analytics_opens_the_gate() {
        assert_eq!(gate("{}").verdict(), Verdict::Pending);
        assert_eq!(gate(r#"{"email_marketing": true}"#).verdict(), Verdict::Pending);
        assert_eq!(gate(r#"{"analytics": "yes"}"#).verdict(), Verdict::Pending);
        assert_eq!(gate(r#"{"analytics": true}"#).verdict(), Verdict::Granted);
        assert_eq!(
            gate(r#"{"analytics": false, "profiling": true}"#).verdict(),
            Verdict::Refused
        );
    }

    #[test]
    fn a_browser_that_objects_outranks_the_banner() {
        let mut gate = Gate::new(true, ConsentState::default());
        gate.answer(&serde_json::from_str(r#"{"analytics": true}"#).unwrap());
        assert_eq!(gate.verdict(), Verdict::Refused);
        assert!(!gate.measures());
    }

    #[test]
    fn being_counted_can_be_objected_to() {
        assert!(gate("{}").measures());
        assert!(!gate(r#"{"audience": false}"#).measures());
    }
}
