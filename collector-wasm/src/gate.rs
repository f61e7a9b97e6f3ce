//! Whether an event may leave the page. It decides and remembers answers; it never sends or stores.

use event_schema::{ConsentState, Purpose};

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

    /// Takes one answer.
    pub fn answer(&mut self, purpose: &str, granted: bool) {
        if let Some(purpose) = Purpose::new(purpose) {
            self.answers.set(purpose, granted);
        }
    }

    /// Takes back the answer about analytics.
    pub fn withdraw(&mut self) {
        self.answer(Purpose::ANALYTICS, false);
    }

    /// The answers so far.
    pub fn answers(&self) -> &ConsentState {
        &self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(answers: &[(&str, bool)]) -> Gate {
        let mut gate = Gate::default();
        answers
            .iter()
            .for_each(|(purpose, granted)| gate.answer(purpose, *granted));
        gate
    }

    #[test]
    fn only_an_answer_about_analytics_opens_the_gate() {
        assert_eq!(gate(&[]).verdict(), Verdict::Pending);
        assert_eq!(gate(&[("email_marketing", true)]).verdict(), Verdict::Pending);
        assert_eq!(gate(&[("analytics", true)]).verdict(), Verdict::Granted);
        assert_eq!(
            gate(&[("analytics", false), ("profiling", true)]).verdict(),
            Verdict::Refused
        );
    }

    #[test]
    fn a_browser_that_objects_outranks_the_banner() {
        let mut gate = Gate::new(true, ConsentState::default());
        gate.answer("analytics", true);
        assert_eq!(gate.verdict(), Verdict::Refused);
        assert!(!gate.measures());
    }

    #[test]
    fn being_counted_can_be_objected_to() {
        assert!(gate(&[]).measures());
        assert!(!gate(&[("audience", false)]).measures());
    }
}
