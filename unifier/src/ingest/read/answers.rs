//! Answers to consent, of which only those that change something are facts.

use event_schema::Timestamp;

use crate::record::ConsentFact;

/// An answer, and what its time is.
pub struct Answer {
    /// The answer.
    pub fact: ConsentFact,
    /// What its time is.
    pub time: Time,
}

/// What the time of an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// When it was given, as the source says.
    Told,
    /// When the source repeated what stood: every web event does.
    Repeated,
    /// The day of the import; the source does not say when it was given.
    Import,
}

/// The answers by record, purpose and time. An answer that only repeats what the same source said before is left out: an
/// export that still says yes must not undo a refusal that came in between another way.
///
/// A yes without a date can be as old as the source's last import that said no, and older than anything when there is none. A
/// no without a date counts from the day of its import: in doubt, nobody is written to.
pub fn changes(mut answers: Vec<Answer>) -> Vec<ConsentFact> {
    answers.sort_unstable_by(|a, b| {
        let key = |answer: &Answer| (answer.fact.record, answer.fact.at, answer.fact.granted);
        (key(a), &a.fact.purpose, &a.fact.source, &a.fact.evidence).cmp(&(
            key(b),
            &b.fact.purpose,
            &b.fact.source,
            &b.fact.evidence,
        ))
    });
    answers.sort_by(|a, b| topic(&a.fact).cmp(&topic(&b.fact)));
    let mut kept: Vec<ConsentFact> = Vec::with_capacity(answers.len());
    let mut last_time = Time::Import;
    for Answer { mut fact, time } in answers {
        let before = kept.last().filter(|last| topic(last) == topic(&fact));
        if time == Time::Import && fact.granted {
            fact.earliest = before.map_or(Timestamp::from_millis(i64::MIN), |last| {
                after(last, last_time).min(fact.at)
            });
        }
        let repeats =
            before.is_some_and(|last| last.granted == fact.granted && (time != Time::Told || last.at == fact.at));
        if !repeats {
            last_time = time;
            kept.push(fact);
        }
    }
    kept.sort_unstable_by(|a, b| (a.record, &a.purpose, a.at, a).cmp(&(b.record, &b.purpose, b.at, b)));
    kept
}

/// The earliest moment of a yes without a date that follows `last` in its source: after a no that an import showed. A no that
/// has a date is not outranked by a yes that has none.
fn after(last: &ConsentFact, time: Time) -> Timestamp {
    let later = i64::from(time == Time::Import);
    Timestamp::from_millis(last.at.as_millis() + later)
}

fn topic(fact: &ConsentFact) -> (crate::record::RecordId, &str, &str) {
    (fact.record, &fact.purpose, &fact.source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RecordId;

    fn answer(at: i64, granted: bool, time: Time) -> Answer {
        let fact = ConsentFact {
            record: RecordId::new("a", "1"),
            purpose: "email_marketing".to_owned(),
            at: Timestamp::from_millis(at),
            earliest: Timestamp::from_millis(at),
            granted,
            source: "a".to_owned(),
            evidence: "x".to_owned(),
        };
        Answer { fact, time }
    }

    #[test]
    fn an_export_that_still_says_yes_says_nothing_new() {
        let told = changes(vec![
            answer(3, true, Time::Import),
            answer(1, true, Time::Repeated),
            answer(2, true, Time::Told),
            answer(4, false, Time::Import),
        ]);
        assert_eq!(
            told.iter()
                .map(|fact| (fact.at.as_millis(), fact.granted))
                .collect::<Vec<_>>(),
            [(1, true), (2, true), (4, false)]
        );
    }

    #[test]
    fn a_yes_without_a_date_is_as_old_as_can_be() {
        let told = changes(vec![
            answer(1, true, Time::Import),
            answer(2, false, Time::Import),
            answer(5, true, Time::Import),
        ]);
        assert_eq!(
            told.iter()
                .map(|fact| (fact.at.as_millis(), fact.earliest.as_millis()))
                .collect::<Vec<_>>(),
            [(1, Timestamp::from_millis(i64::MIN).as_millis()), (2, 2), (5, 3)]
        );
    }
}
