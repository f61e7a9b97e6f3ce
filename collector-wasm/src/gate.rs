//! Whether an event may leave the page. It decides and remembers answers; it never sends or stores.

use alloc::vec::Vec;

use event_schema::{Purpose, limits};

use crate::text::{self, LINE};

/// The purpose by which a visitor may object to being counted at all, where the audience lane is on.
const AUDIENCE: &[u8] = b"audience";
/// How the answer about [`Purpose::ANALYTICS`] is called in every record: it is in nearly all of them.
const ANALYTICS: &[u8] = b"";

/// The visitor's answers so far, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gate {
    /// A line each, each after a line break: `+` or `-`, and the purpose, which is left out where it is analytics.
    answers: Vec<u8>,
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
    /// A gate without answers. A visitor whose browser `objects` by itself has refused everything.
    pub fn new(objects: bool) -> Self {
        Self {
            answers: Vec::new(),
            objects,
        }
    }

    /// What holds for events now. Only an answer about analytics opens or shuts the gate; the other purposes travel with
    /// the events and are checked where they are used.
    pub fn verdict(&self) -> Verdict {
        match self.answer_to(ANALYTICS) {
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
    pub fn answer(&mut self, purpose: &[u8], granted: bool) -> bool {
        let word = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        if !(1..=limits::PURPOSE_CHARS).contains(&purpose.len()) || !purpose.iter().all(word) {
            return false;
        }
        let purpose = if purpose == Purpose::ANALYTICS.as_bytes() {
            ANALYTICS
        } else {
            purpose
        };
        if self.answer_to(purpose) == Some(granted) {
            return false;
        }
        let (mut answers, mut count) = (Vec::new(), 0);
        for line in self.lines() {
            if text::from(line, 1) != purpose {
                text::put_after(&mut answers, LINE, line);
                count += 1;
            }
        }
        text::put_after(&mut answers, LINE, if granted { b"+" } else { b"-" });
        text::put(&mut answers, purpose);
        let fits = count < limits::PURPOSES;
        if fits {
            self.answers = answers;
        }
        fits
    }

    /// Puts the answers of a record in place of those here: of another page's, or none.
    pub fn replace(&mut self, answers: &[u8]) {
        self.answers = text::copy(answers);
    }

    /// The answers, a line each, each after a line break.
    pub fn answers(&self) -> &[u8] {
        &self.answers
    }

    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        text::parts(&self.answers, LINE).filter(|line| !line.is_empty())
    }

    fn answer_to(&self, purpose: &[u8]) -> Option<bool> {
        let line = self.lines().find(|line| text::from(line, 1) == purpose)?;
        Some(line.starts_with(b"+"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(answers: &[(&str, bool)]) -> Gate {
        let mut gate = Gate::default();
        for (purpose, granted) in answers {
            assert!(gate.answer(purpose.as_bytes(), *granted));
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
        gate.answer(b"analytics", true);
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
            assert!(!gate.answer(purpose.as_bytes(), granted), "{purpose}");
        }
        assert!(gate.answer(b"analytics", false));
    }

    #[test]
    fn the_last_answer_to_a_purpose_holds_and_no_more_are_kept_than_the_edge_takes() {
        let mut gate = gate(&[("analytics", true), ("profiling", true), ("analytics", false)]);
        assert_eq!(gate.answers(), b"\n+profiling\n-");
        for number in 2..limits::PURPOSES {
            assert!(gate.answer(format!("p{number}").as_bytes(), true));
        }
        assert!(!gate.answer(b"one_more", true));
        assert!(gate.answer(b"profiling", false));
    }
}
