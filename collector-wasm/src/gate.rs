//! Whether an event may leave the page. It decides and remembers answers; it never sends or stores.

use alloc::string::String;

use event_schema::{Purpose, limits};

use crate::text::{self, LINE};

/// The purpose by which a visitor may object to being counted at all, where the audience lane is on.
const AUDIENCE: &str = "audience";

/// The visitor's answers so far, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gate {
    /// A line each, each after a line break: purpose, `=`, `yes` or `no`.
    answers: String,
    objects: bool,
}

/// How an answer's line ends.
const YES: &str = "=yes";
const NO: &str = "=no";

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
    /// A gate without answers. A visitor whose browser `objects` by itself has refused everything.
    pub fn new(objects: bool) -> Self {
        Self {
            answers: String::new(),
            objects,
        }
    }

    /// What holds for events now. Only an answer about analytics opens or shuts the gate; the other purposes travel with
    /// the events and are checked where they are used.
    pub fn verdict(&self) -> Verdict {
        match self.answer_to(Purpose::ANALYTICS) {
            _ if self.objects => Verdict::Refused,
            None => Verdict::Pending,
            Some(true) => Verdict::Granted,
            Some(false) => Verdict::Refused,
        }
    }

    /// Whether the visitor may be counted without an id.
    pub fn measures(&self) -> bool {
        !self.objects && self.answer_to(AUDIENCE) != Some(false)
    }

    /// Takes one answer, and says whether it changes anything.
    pub fn answer(&mut self, purpose: &str, granted: bool) -> bool {
        let word = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let named = (1..=limits::PURPOSE_CHARS).contains(&purpose.len()) && purpose.bytes().all(word);
        let known = self.answer_to(purpose);
        if known == Some(granted) || !named {
            return false;
        }
        let (mut answers, mut count) = (String::new(), 0);
        let mut write = |purpose: &str, granted| {
            count += 1;
            answers.push('\n');
            answers.push_str(purpose);
            answers.push_str(if granted { YES } else { NO });
        };
        self.each(|known, answer| write(known, if known == purpose { granted } else { answer }));
        if known.is_none() {
            write(purpose, granted);
        }
        let fits = count <= limits::PURPOSES;
        if fits {
            self.answers = answers;
        }
        fits
    }

    /// Forgets the answers, for those of another tab or another person.
    pub fn forget(&mut self) {
        self.answers.clear();
    }

    /// The answers, a line each, each after a line break.
    pub fn answers(&self) -> &str {
        &self.answers
    }

    fn each(&self, mut each: impl FnMut(&str, bool)) {
        for line in text::parts(&self.answers, LINE) {
            if let Some((purpose, answer)) = text::once(line, b'=') {
                each(purpose, answer == "yes");
            }
        }
    }

    fn answer_to(&self, purpose: &str) -> Option<bool> {
        let mut found = None;
        self.each(|known, answer| {
            if known == purpose {
                found = Some(answer);
            }
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(answers: &[(&str, bool)]) -> Gate {
        let mut gate = Gate::default();
        for (purpose, granted) in answers {
            assert!(gate.answer(purpose, *granted));
        }
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
        let mut gate = Gate::new(true);
        gate.answer("analytics", true);
        assert_eq!(gate.verdict(), Verdict::Refused);
        assert!(!gate.measures());
    }

    #[test]
    fn being_counted_can_be_objected_to() {
        assert!(gate(&[]).measures());
        assert!(!gate(&[("audience", false)]).measures());
    }

    #[test]
    fn a_repeated_answer_and_what_is_no_purpose_change_nothing() {
        let mut gate = gate(&[("analytics", true)]);
        for (purpose, granted) in [("analytics", true), ("E-Mail", true), ("", true)] {
            assert!(!gate.answer(purpose, granted), "{purpose}");
        }
        assert!(gate.answer("analytics", false));
    }
}
