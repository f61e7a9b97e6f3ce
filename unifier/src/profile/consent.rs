//! The answer in force: what each person last said to each purpose, over all of the person's records.
//!
//! The most recent answer counts; of two at the same time the refusal does. A yes without a date counts as the oldest it can
//! be, so it undoes no refusal. A suppression outranks every answer. What was never asked stays unknown, and unknown is not
//! yes.

use std::collections::BTreeMap;

use event_schema::Timestamp;

use super::grouped::{Grouped, Roster};
use crate::config::Config;
use crate::record::{ConsentFact, Identifier, PersonId, Record};

/// Who may not be contacted at all, by identifier, since when.
pub type Suppressions = BTreeMap<Identifier, Timestamp>;

/// The source that suppressions are told under.
pub const SUPPRESSION: &str = "suppression";

/// The answer of one person to one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The place of the person.
    pub person: usize,
    /// The purpose.
    pub purpose: &'a str,
    /// Granted or refused.
    pub granted: bool,
    /// When it was given, or what its source's import was of.
    pub at: Timestamp,
    /// The earliest moment at which it can have been given.
    pub earliest: Timestamp,
    /// The source that tells of it.
    pub source: &'a str,
    /// What shows it.
    pub evidence: &'a str,
}

/// Every answer in force.
#[derive(Debug)]
pub struct Consents<'a> {
    answers: Grouped<Answer<'a>>,
    /// By the person's place: the type of the suppressed identifier, and since when.
    suppressed: Vec<Option<(&'a str, Timestamp)>>,
}

impl<'a> Consents<'a> {
    /// Finds the answers in force. Facts of records that belong to nobody are left out.
    pub fn new(
        facts: &'a [ConsentFact],
        suppressions: &'a Suppressions,
        (records, people): (&[Record], &[(PersonId, Vec<usize>)]),
        roster: &Roster,
        config: &'a Config,
    ) -> Self {
        let answer = |fact: &'a ConsentFact| {
            Some(Answer {
                person: roster.place(fact.record)?,
                purpose: &fact.purpose,
                granted: fact.granted,
                at: fact.at,
                earliest: fact.earliest,
                source: &fact.source,
                evidence: &fact.evidence,
            })
        };
        let mut answers: Vec<Answer<'a>> = facts.iter().filter_map(answer).collect();
        let mut suppressed = vec![None; roster.people()];
        if !suppressions.is_empty() {
            for (since, (_, members)) in suppressed.iter_mut().zip(people) {
                *since = suppression(members, records, suppressions);
            }
        }
        for (person, since) in suppressed.iter().enumerate() {
            answers.extend(since.iter().flat_map(|&since| refusals(person, since, config)));
        }
        Self {
            answers: in_force(answers, &suppressed),
            suppressed,
        }
    }

    /// The answers by person, in the order of purposes.
    pub fn answers(&self) -> &Grouped<Answer<'a>> {
        &self.answers
    }

    /// What the person at `place` says to a purpose; nothing when never asked.
    pub fn granted(&self, place: usize, purpose: &str) -> Option<bool> {
        let answers = self.answers.of(place);
        let found = answers.binary_search_by(|answer| answer.purpose.cmp(purpose)).ok()?;
        Some(answers[found].granted)
    }

    /// Whether the person at `place` is suppressed.
    pub fn suppressed(&self, place: usize) -> bool {
        self.suppressed.get(place).is_some_and(Option::is_some)
    }
}

/// The earliest suppression of any identifier of a person: its type, and since when.
fn suppression<'s>(
    members: &[usize],
    records: &[Record],
    suppressions: &'s Suppressions,
) -> Option<(&'s str, Timestamp)> {
    let records = members.iter().filter_map(|&member| records.get(member));
    let identifiers = records.flat_map(|record| &record.identifiers);
    identifiers
        .filter_map(|identifier| suppressions.get_key_value(identifier))
        .map(|(identifier, &since)| (identifier.kind.as_str(), since))
        .min_by_key(|&(kind, since)| (since, kind))
}

/// A refusal of every configured purpose.
fn refusals<'a>(person: usize, since: (&'a str, Timestamp), config: &'a Config) -> impl Iterator<Item = Answer<'a>> {
    let unasked = move |purpose: &'a String| Answer {
        person,
        purpose,
        granted: false,
        at: since.1,
        earliest: since.1,
        source: SUPPRESSION,
        evidence: since.0,
    };
    config.purposes.iter().map(unasked)
}

fn in_force<'a>(mut answers: Vec<Answer<'a>>, suppressed: &[Option<(&'a str, Timestamp)>]) -> Grouped<Answer<'a>> {
    let weight = |answer: &Answer<'a>| {
        (
            answer.earliest,
            !answer.granted,
            answer.at,
            answer.source,
            answer.evidence,
        )
    };
    answers.sort_unstable_by(|a, b| {
        let subject = (a.person, a.purpose).cmp(&(b.person, b.purpose));
        subject.then_with(|| weight(b).cmp(&weight(a)))
    });
    answers.dedup_by(|other, kept| (other.person, other.purpose) == (kept.person, kept.purpose));
    for answer in &mut answers {
        if let Some((kind, at)) = suppressed[answer.person] {
            // The evidence names the identifier's type and never its value.
            *answer = Answer {
                granted: false,
                at,
                earliest: at,
                source: SUPPRESSION,
                evidence: kind,
                ..*answer
            };
        }
    }
    Grouped::new(suppressed.len(), answers, |answer| Some(answer.person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RecordId;

    const CONFIG: &str = "purposes = [\"email_marketing\", \"profiling\"]\n\
                          [company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

    fn record(key: &str, email: &str) -> Record {
        Record {
            id: RecordId::new("crm", key),
            source: "crm".into(),
            key: key.into(),
            first_seen: None,
            identifiers: vec![Identifier {
                kind: "email".into(),
                value: email.into(),
            }],
            observations: Vec::new(),
            enrichment: false,
        }
    }

    fn fact(key: &str, purpose: &str, at: i64, granted: bool) -> ConsentFact {
        ConsentFact {
            record: RecordId::new("crm", key),
            purpose: purpose.to_owned(),
            at: Timestamp::from_millis(at),
            earliest: Timestamp::from_millis(at),
            granted,
            source: "crm".to_owned(),
            evidence: "column".to_owned(),
        }
    }

    /// One person of two records; the answers as (purpose, granted, source).
    fn answers(facts: &[ConsentFact], suppressed: &[&str]) -> Vec<(String, bool, String)> {
        let records = [record("1", "a@example.com"), record("2", "b@example.com")];
        let people = [(records[0].id, vec![0, 1])];
        let config = Config::parse(CONFIG).unwrap();
        let key = |value: &&str| Identifier {
            kind: "email".into(),
            value: (*value).into(),
        };
        let suppressions = suppressed
            .iter()
            .map(|value| (key(value), Timestamp::from_millis(5)))
            .collect();
        let roster = Roster::new(&records, &people);
        let consents = Consents::new(facts, &suppressions, (&records, &people), &roster, &config);
        assert_eq!(consents.suppressed(0), !suppressed.is_empty());
        let rows = consents.answers().of(0).iter();
        rows.map(|a| (a.purpose.to_owned(), a.granted, a.source.to_owned()))
            .collect()
    }

    #[test]
    fn the_most_recent_answer_of_any_record_counts() {
        let facts = [
            fact("1", "email_marketing", 1, false),
            fact("2", "email_marketing", 2, true),
        ];
        assert_eq!(
            answers(&facts, &[]),
            [("email_marketing".to_owned(), true, "crm".to_owned())]
        );
    }

    #[test]
    fn of_two_answers_at_one_time_the_refusal_counts() {
        let facts = [
            fact("1", "email_marketing", 2, true),
            fact("2", "email_marketing", 2, false),
        ];
        assert_eq!(
            answers(&facts, &[]),
            [("email_marketing".to_owned(), false, "crm".to_owned())]
        );
    }

    #[test]
    fn a_yes_without_a_date_undoes_no_earlier_refusal() {
        let undated = ConsentFact {
            earliest: Timestamp::from_millis(i64::MIN),
            ..fact("1", "email_marketing", 9, true)
        };
        let refused = fact("2", "email_marketing", 2, false);
        let answer = |facts: &[ConsentFact]| answers(facts, &[])[0].1;
        assert!(!answer(&[undated.clone(), refused]));
        assert!(answer(&[undated]));
    }

    #[test]
    fn a_suppression_outranks_a_later_grant_and_answers_what_was_never_asked() {
        let facts = [
            fact("1", "email_marketing", 9, true),
            fact("1", "sms_marketing", 9, true),
        ];
        let refused = |purpose: &str, source: &str| (purpose.to_owned(), false, source.to_owned());
        let expected = [
            refused("email_marketing", SUPPRESSION),
            refused("profiling", SUPPRESSION),
            refused("sms_marketing", SUPPRESSION),
        ];
        assert_eq!(answers(&facts, &["b@example.com"]), expected);
    }

    #[test]
    fn nobody_asked_is_nothing_known() {
        assert_eq!(answers(&[fact("unheard of", "profiling", 1, true)], &[]), []);
    }
}
