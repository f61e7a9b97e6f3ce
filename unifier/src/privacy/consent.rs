//! Answers given to us directly, by letter, telephone or in a shop: kept in the state, and read by every night beside the
//! answers that the sources tell of.

use std::collections::{BTreeMap, BTreeSet};

use event_schema::Timestamp;
use serde::{Deserialize, Serialize};

use super::PrivacyError;
use crate::config::Config;
use crate::record::{ConsentFact, PersonId, RecordId};
use crate::store::{Change, State};

/// The source of answers that were given here.
pub const SOURCE: &str = "operator";
/// The state's kind.
const KIND: &str = "consent";

/// What the state keeps of one answer; the key holds the person, the time and the purpose.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    granted: bool,
    evidence: String,
    /// Whether the night in force weighed it against all other answers. Entries of older versions do not say: until a night
    /// has, they count as told since.
    #[serde(default)]
    weighed: bool,
}

/// The change that records an answer.
///
/// # Errors
/// [`PrivacyError::UnknownPurpose`] when the configuration does not name the purpose.
pub fn record(
    config: &Config,
    person: PersonId,
    purpose: &str,
    granted: bool,
    at: Timestamp,
    evidence: &str,
) -> Result<Change, PrivacyError> {
    if !config.purposes.iter().any(|known| known == purpose) {
        return Err(PrivacyError::UnknownPurpose(
            purpose.to_owned(),
            config.purposes.join(", "),
        ));
    }
    let entry = Entry {
        granted,
        evidence: evidence.to_owned(),
        weighed: false,
    };
    Ok(Change::put(KIND, &format!("{person}/{at}/{purpose}"), &entry))
}

/// The answers given here, as facts about the record that names the person.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses.
pub fn given_here(state: &State) -> Result<Vec<ConsentFact>, PrivacyError> {
    let entries = state.all::<Entry>(KIND)?;
    Ok(entries
        .into_iter()
        .filter_map(|(key, entry)| fact(&key, entry))
        .collect())
}

/// The people whose last answer to `purpose` among those told since the night in force is a refusal. It counts before the next
/// night weighs it against the others. A yes dated after `now` was not given yet.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses.
pub fn refused_since_the_night(state: &State, purpose: &str, now: Timestamp) -> Result<BTreeSet<String>, PrivacyError> {
    let entries = state.all::<Entry>(KIND)?.into_iter();
    let since = entries.filter(|(_, entry)| !entry.weighed);
    let answers = since.filter_map(|(key, entry)| fact(&key, entry));
    // They come in the order of person and time, so the last of a person stays.
    let last: BTreeMap<PersonId, bool> = answers
        .filter(|fact| fact.purpose == purpose && (!fact.granted || fact.at <= now))
        .map(|fact| (fact.record, fact.granted))
        .collect();
    let refused = last.into_iter().filter(|(_, granted)| !granted);
    Ok(refused.map(|(person, _)| person.to_string()).collect())
}

/// Notes that the night which has come into force weighed every answer given here.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses; the answers count as told since the night then.
pub fn weighed(state: &State) -> Result<(), PrivacyError> {
    let entries = state.all::<Entry>(KIND)?.into_iter();
    let changes: Vec<Change> = entries
        .filter(|(_, entry)| !entry.weighed)
        .map(|(key, entry)| Change::put(KIND, &key, &Entry { weighed: true, ..entry }))
        .collect();
    Ok(state.apply(&changes)?)
}

/// The changes that take every answer about one of `records` out of the state.
///
/// # Errors
/// [`PrivacyError`] when the disk refuses.
pub fn forget(state: &State, records: &BTreeSet<RecordId>) -> Result<Vec<Change>, PrivacyError> {
    let records: BTreeSet<String> = records.iter().map(ToString::to_string).collect();
    let about_them = |key: &String| key.split('/').next().is_some_and(|record| records.contains(record));
    let keys = state.all::<Entry>(KIND)?.into_keys();
    Ok(keys.filter(about_them).map(|key| Change::remove(KIND, &key)).collect())
}

fn fact(key: &str, entry: Entry) -> Option<ConsentFact> {
    let mut parts = key.splitn(3, '/');
    let (record, at) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(ConsentFact {
        record,
        at,
        earliest: at,
        purpose: parts.next()?.to_owned(),
        granted: entry.granted,
        source: SOURCE.to_owned(),
        evidence: entry.evidence,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::{CONFIG_FILE, Store};

    const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

    #[test]
    fn an_answer_given_here_is_a_fact_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), COMPANY).unwrap();
        let (store, config) = (Store::open(folder.path()).unwrap(), Config::parse(COMPANY).unwrap());
        let (person, at) = (RecordId::new("crm", "7"), "2026-11-24T08:00:00Z".parse().unwrap());
        let change = record(&config, person, "email_marketing", false, at, "letter 12").unwrap();
        store.state().apply(&[change]).unwrap();
        let facts = given_here(store.state()).unwrap();
        let expected = ConsentFact {
            record: person,
            purpose: "email_marketing".to_owned(),
            at,
            earliest: at,
            granted: false,
            source: SOURCE.to_owned(),
            evidence: "letter 12".to_owned(),
        };
        assert_eq!(facts, [expected]);
        store
            .state()
            .apply(&forget(store.state(), &[person].into()).unwrap())
            .unwrap();
        assert_eq!(given_here(store.state()).unwrap(), []);
    }

    #[test]
    fn a_refusal_counts_by_itself_until_a_night_has_weighed_it_and_one_of_an_older_version_too() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), COMPANY).unwrap();
        let (store, config) = (Store::open(folder.path()).unwrap(), Config::parse(COMPANY).unwrap());
        let (early, late) = (
            "2026-11-23T08:00:00Z".parse().unwrap(),
            "2026-11-24T08:00:00Z".parse().unwrap(),
        );
        let person = |key: &str| RecordId::new("crm", key);
        let told = |key: &str, granted, at| record(&config, person(key), "email_marketing", granted, at, "").unwrap();
        let old = serde_json::json!({ "granted": false, "evidence": "letter" });
        let of_old = Change::put(KIND, &format!("{}/{early}/email_marketing", person("old")), &old);
        let changes = [
            told("no", false, early),
            told("back", false, early),
            told("back", true, late),
            of_old,
        ];
        store.state().apply(&changes).unwrap();
        let refused = || refused_since_the_night(store.state(), "email_marketing", late).unwrap();
        assert_eq!(refused(), ["no", "old"].map(|key| person(key).to_string()).into());
        let before_the_yes = refused_since_the_night(store.state(), "email_marketing", early).unwrap();
        assert!(
            before_the_yes.contains(&person("back").to_string()),
            "a yes to come undoes nothing"
        );
        assert_eq!(
            refused_since_the_night(store.state(), "analytics", late).unwrap(),
            BTreeSet::new()
        );
        weighed(store.state()).unwrap();
        assert_eq!(refused(), BTreeSet::new());
        assert_eq!(given_here(store.state()).unwrap().len(), 4);
        store.state().apply(&[told("no", false, late)]).unwrap();
        assert_eq!(refused(), [person("no").to_string()].into());
    }

    #[test]
    fn a_purpose_nobody_configured_is_refused() {
        let config = Config::parse(COMPANY).unwrap();
        let at = Timestamp::from_millis(0);
        let refused = record(&config, RecordId::new("crm", "7"), "fun", true, at, "").unwrap_err();
        assert!(refused.to_string().contains("analytics"), "{refused}");
    }
}
