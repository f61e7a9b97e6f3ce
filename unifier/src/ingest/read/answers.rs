//! Answers to consent, of which only those that change something are facts.

use crate::record::ConsentFact;

/// An answer, and whether the source said when it was given.
pub struct Answer {
    /// The answer.
    pub fact: ConsentFact,
    /// Whether its time is the source's; otherwise it only says how things stood.
    pub dated: bool,
}

/// The answers by record, purpose and time. An undated answer that repeats what the same source said before is left out:
/// an export that still says yes must not undo a refusal that came in between another way.
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
    for Answer { fact, dated } in answers {
        let repeats = kept.last().is_some_and(|last| {
            topic(last) == topic(&fact) && last.granted == fact.granted && (!dated || last.at == fact.at)
        });
        if !repeats {
            kept.push(fact);
        }
    }
    kept.sort_unstable_by(|a, b| (a.record, &a.purpose, a.at, a).cmp(&(b.record, &b.purpose, b.at, b)));
    kept
}

fn topic(fact: &ConsentFact) -> (crate::record::RecordId, &str, &str) {
    (fact.record, &fact.purpose, &fact.source)
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::*;
    use crate::record::RecordId;

    fn answer(at: i64, granted: bool, dated: bool) -> Answer {
        let fact = ConsentFact {
            record: RecordId::new("a", "1"),
            purpose: "email_marketing".to_owned(),
            at: Timestamp::from_millis(at),
            granted,
            source: "a".to_owned(),
            evidence: "x".to_owned(),
        };
        Answer { fact, dated }
    }

    #[test]
    fn an_export_that_still_says_yes_says_nothing_new() {
        let told = changes(vec![
            answer(3, true, false),
            answer(1, true, false),
            answer(2, true, true),
            answer(4, false, false),
        ]);
        assert_eq!(
            told.iter()
                .map(|fact| (fact.at.as_millis(), fact.granted))
                .collect::<Vec<_>>(),
            [(1, true), (2, true), (4, false)]
        );
    }
}
