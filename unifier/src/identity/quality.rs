//! How good the night's people are, as far as that shows without knowing the truth; and what the truth says where somebody told it.
//!
//! Measures, never decides. What is too much is said by the configuration: [`crossed`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use strsim::osa_distance;

use super::compatible::{Agreement, BirthDate};
use super::decision::{Decision, Ruling};
use super::lineage::Changes;
use super::resolution::{Person, Resolution};
use crate::config;
use crate::record::{PersonId, Record};

/// Given names from which one person is improbable.
const MANY_NAMES: usize = 10;
/// A key no longer than this is another key when one sign differs.
const SHORTEST_WITH_SLIP: usize = 3;
/// The largest people that are named.
const LARGEST: usize = 10;
/// People that are named as examples.
const EXAMPLES: usize = 10;
/// The occasion of decisions about pairs that were drawn at random.
pub const SAMPLE: &str = "sample";
/// The measure of what changed since the night before.
pub(super) const CHANGED: &str = "changed";

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What is measured.
    pub measure: String,
    /// Of what: a range of sizes, a type of identifier, a kind of change.
    pub subject: String,
    /// The figure.
    pub value: f64,
    /// People to look at, as text.
    pub people: Vec<String>,
}

/// The figures of a night, in the order in which they are taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The figures.
    pub measures: Vec<Measure>,
}

impl Quality {
    /// Measures a night.
    pub fn of(
        records: &[Record],
        resolution: &Resolution,
        config: &config::Identity,
        decisions: &[Decision],
        changes: &Changes,
    ) -> Self {
        let mut quality = Self::default();
        quality.sizes(&resolution.people);
        quality.impossible(records, resolution);
        quality.limits(resolution, config);
        quality.changes(changes);
        quality.labels(decisions);
        quality
    }

    /// A figure.
    pub fn get(&self, measure: &str, subject: &str) -> Option<f64> {
        let found = self
            .measures
            .iter()
            .find(|figure| figure.measure == measure && figure.subject == subject);
        found.map(|figure| figure.value)
    }

    fn add(&mut self, measure: &str, subject: &str, value: f64, people: &[PersonId]) {
        self.measures.push(Measure {
            measure: measure.to_owned(),
            subject: subject.to_owned(),
            value,
            people: people.iter().take(EXAMPLES).map(ToString::to_string).collect(),
        });
    }

    /// How many people have how many records, and who has most.
    fn sizes(&mut self, people: &[Person]) {
        for (name, from, to) in SIZES {
            let of_size = people
                .iter()
                .filter(|person| (from..=to).contains(&person.records.len()));
            self.add("people_by_records", name, of_size.count() as f64, &[]);
        }
        let mut largest: Vec<&Person> = people.iter().collect();
        let order = |person: &&Person| (std::cmp::Reverse(person.records.len()), person.id);
        if largest.len() > LARGEST {
            largest.select_nth_unstable_by_key(LARGEST, order);
            largest.truncate(LARGEST);
        }
        largest.sort_unstable_by_key(order);
        let ids: Vec<PersonId> = largest.iter().map(|person| person.id).collect();
        let most = largest.first().map_or(0, |person| person.records.len());
        self.add("largest", "records", most as f64, &ids);
    }

    /// People who can hardly be one.
    fn impossible(&mut self, records: &[Record], resolution: &Resolution) {
        let mut found: BTreeMap<&str, Vec<PersonId>> = ["birth_dates", "given_names", "national_ids"]
            .map(|name| (name, Vec::new()))
            .into();
        for person in resolution.people.iter().filter(|person| person.records.len() > 1) {
            let said = Said::by(person, records);
            for (name, impossible) in [
                ("birth_dates", said.has_two_births()),
                ("given_names", said.given_names.len() >= MANY_NAMES),
                ("national_ids", said.has_two_national_ids()),
            ] {
                if impossible {
                    found.entry(name).or_default().push(person.id);
                }
            }
        }
        for (name, people) in found {
            self.add("impossible", name, people.len() as f64, &people);
        }
    }

    /// How many people have as many joining values of a type as they may.
    fn limits(&mut self, resolution: &Resolution, config: &config::Identity) {
        let mut full: BTreeMap<&str, Vec<PersonId>> = BTreeMap::new();
        let mut limits: BTreeMap<&str, usize> = BTreeMap::new();
        let joining: Vec<_> = resolution
            .identifiers
            .iter()
            .filter(|identifier| identifier.joins)
            .collect();
        let same_type = |a: &&super::PersonIdentifier, b: &&super::PersonIdentifier| {
            (a.person, &a.identifier.kind) == (b.person, &b.identifier.kind)
        };
        for values in joining.chunk_by(same_type) {
            let kind = values[0].identifier.kind.as_str();
            let limit = *limits.entry(kind).or_insert_with(|| config.rule(kind).limit);
            // Of a type that everybody has one of, everybody has as many as they may.
            if limit > 1 && values.len() >= limit {
                full.entry(kind)
                    .or_default()
                    .push(resolution.people[values[0].person].id);
            }
        }
        for (kind, people) in full {
            self.add("at_limit", kind, people.len() as f64, &people);
        }
    }

    fn changes(&mut self, changes: &Changes) {
        for (name, count) in [
            ("new", changes.new),
            ("merged", changes.merged),
            ("split", changes.split),
            ("moved", changes.moved),
            ("gone", changes.gone),
        ] {
            self.add(CHANGED, name, count as f64, &[]);
        }
    }

    /// What the pairs that somebody judged of a sample say of the links: how many joined pairs are one person, and how many pairs of
    /// one person are joined.
    fn labels(&mut self, decisions: &[Decision]) {
        let judged = || decisions.iter().filter(|decision| decision.occasion == SAMPLE);
        // Rare kinds of pairs are drawn more often than they occur, so each pair counts as many as it stands for.
        let pairs = |wanted: &dyn Fn(bool, bool) -> bool| -> f64 {
            let is_wanted = |decision: &&Decision| wanted(decision.were_joined, decision.ruling == Ruling::Same);
            let stand_for = judged().filter(is_wanted).map(|decision| decision.stands_for);
            stand_for.fold(0, u64::saturating_add) as f64
        };
        let (joined, same) = (pairs(&|joined, _| joined), pairs(&|_, same| same));
        let right = pairs(&|joined, same| joined && same);
        self.add("labels", "pairs", judged().count() as f64, &[]);
        if joined > 0.0 {
            self.add("labels", "precision", right / joined, &[]);
        }
        if same > 0.0 {
            self.add("labels", "recall", right / same, &[]);
        }
    }
}

/// Ranges of sizes, each with its name.
const SIZES: [(&str, usize, usize); 7] = [
    ("1", 1, 1),
    ("2", 2, 2),
    ("3-5", 3, 5),
    ("6-10", 6, 10),
    ("11-50", 11, 50),
    ("51-500", 51, 500),
    ("501-", 501, usize::MAX),
];

/// What the first-party records of a person say of who they are.
#[derive(Default)]
struct Said<'r> {
    births: BTreeSet<&'r str>,
    given_names: BTreeSet<String>,
    national_ids: BTreeSet<&'r str>,
}

impl<'r> Said<'r> {
    fn by(person: &Person, records: &'r [Record]) -> Self {
        let mut said = Self::default();
        let first_party = person
            .records
            .iter()
            .map(|&at| &records[at])
            .filter(|record| !record.enrichment);
        for record in first_party {
            for observation in &record.observations {
                match observation.name.as_str() {
                    "birth_date" => drop(said.births.insert(&observation.value)),
                    "given_name" => drop(said.given_names.insert(observation.value.as_str().to_lowercase())),
                    _ => {}
                }
            }
            let national = record
                .identifiers
                .iter()
                .filter(|identifier| identifier.kind == "national_id");
            said.national_ids
                .extend(national.map(|identifier| identifier.value.as_str()));
        }
        said
    }

    /// Whether two national ids are more than a slip of the keys apart.
    fn has_two_national_ids(&self) -> bool {
        let is_slip = |a: &str, b: &str| a.len().min(b.len()) > SHORTEST_WITH_SLIP && osa_distance(a, b) <= 1;
        let mut all = self.national_ids.iter();
        while let Some(id) = all.next() {
            if all.clone().any(|other| !is_slip(id, other)) {
                return true;
            }
        }
        false
    }

    fn has_two_births(&self) -> bool {
        let births: Vec<BirthDate> = self.births.iter().filter_map(|text| BirthDate::parse(text)).collect();
        let differs = |at: usize| {
            births[at + 1..]
                .iter()
                .any(|other| births[at].compare(*other) == Agreement::Different)
        };
        (0..births.len()).any(differs)
    }
}

/// The limits of the configuration that a night crosses, in words.
pub fn crossed(quality: &Quality, changes: &Changes, gates: &config::Gates) -> Vec<String> {
    let mut crossed = Vec::new();
    let mut check = |name: &str, value: f64, limit: Option<f64>| {
        if let Some(limit) = limit.filter(|limit| value > *limit) {
            crossed.push(format!("{name} is {value}, and may be {limit} at most"));
        }
    };
    let figure = |measure: &str, subject: &str| quality.get(measure, subject).unwrap_or(0.0);
    check(
        "largest",
        figure("largest", "records"),
        gates.largest.map(|limit| limit as f64),
    );
    let impossible = ["birth_dates", "given_names", "national_ids"].map(|name| figure("impossible", name));
    check(
        "impossible",
        impossible.iter().sum(),
        gates.impossible.map(|limit| limit as f64),
    );
    if changes.before > 0 {
        let share = |count: u64| count as f64 / changes.before as f64;
        check("merged", share(changes.merged), gates.merged);
        check("split", share(changes.split), gates.split);
        check("gone", share(changes.gone), gates.gone);
    }
    if let (Some(precision), Some(least)) = (quality.get("labels", "precision"), gates.precision)
        && precision < least
    {
        crossed.push(format!("precision is {precision}, and must be {least} at least"));
    }
    crossed
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::super::resolve;
    use super::super::sample::{With, record};
    use super::*;

    fn judged(number: i64, ruling: Ruling, were_joined: bool) -> Decision {
        let ids = |side: &str| vec![crate::record::RecordId::new(side, &number.to_string())];
        let decision = Decision::new(ruling, ids("a"), ids("b"), Timestamp::from_millis(number), "maria");
        Decision {
            occasion: SAMPLE.to_owned(),
            were_joined,
            ..decision
        }
    }

    #[test]
    fn sizes_impossible_people_and_full_ones_are_counted_and_named() {
        let mut records: Vec<Record> = (0..5)
            .map(|i| {
                record(&format!("r{i}"), i)
                    .with("user_id", "u")
                    .with("email", &format!("e{i}@x"))
            })
            .collect();
        records.push(
            record("old", 9)
                .with("national_id", "1")
                .says("birth_date", "1950-01-02"),
        );
        records.push(
            record("young", 9)
                .with("national_id", "2")
                .says("birth_date", "1990-07-08"),
        );
        let config = config::Identity::default();
        let forced = Decision::new(
            Ruling::Same,
            vec![records[5].id],
            vec![records[6].id],
            Timestamp::from_millis(1),
            "maria",
        );
        let decisions = [forced];
        let resolution = resolve(&records, &config, &decisions);
        let quality = Quality::of(&records, &resolution, &config, &decisions, &Changes::default());
        assert_eq!(quality.get("people_by_records", "3-5"), Some(1.0));
        assert_eq!(quality.get("largest", "records"), Some(5.0));
        assert_eq!(quality.get("impossible", "birth_dates"), Some(1.0));
        assert_eq!(quality.get("impossible", "national_ids"), Some(1.0));
        assert_eq!(quality.get("impossible", "given_names"), Some(0.0));
        assert_eq!(quality.get("at_limit", "email"), Some(1.0));
        let gates = config::Gates {
            largest: Some(4),
            impossible: Some(2),
            ..config::Gates::default()
        };
        assert_eq!(
            crossed(&quality, &Changes::default(), &gates),
            ["largest is 5, and may be 4 at most"]
        );
    }

    #[test]
    fn a_slip_in_a_national_id_makes_nobody_impossible() {
        let has_two = |ids: &[&'static str]| {
            let national_ids = ids.iter().copied().collect();
            Said {
                national_ids,
                ..Said::default()
            }
            .has_two_national_ids()
        };
        assert!(!has_two(&["5304218"]) && !has_two(&["5304218", "5304281"]));
        assert!(has_two(&["5304218", "5304281", "5304999"]) && has_two(&["1", "2"]));
    }

    #[test]
    fn labels_of_a_sample_tell_precision_and_recall() {
        let mut decisions = vec![
            judged(1, Ruling::Same, true),
            judged(2, Ruling::Same, true),
            judged(3, Ruling::Same, true),
            judged(4, Ruling::Different, true),
            judged(5, Ruling::Same, false),
            judged(6, Ruling::Different, false),
        ];
        decisions.push(Decision {
            occasion: "review".to_owned(),
            ..judged(7, Ruling::Different, true)
        });
        let mut quality = Quality::default();
        quality.labels(&decisions);
        assert_eq!(quality.get("labels", "pairs"), Some(6.0));
        assert_eq!(quality.get("labels", "precision"), Some(0.75));
        assert_eq!(quality.get("labels", "recall"), Some(0.75));
        // Of the pairs that were joined wrongly there are as many as of nine right ones.
        decisions[3].stands_for = 9;
        let mut weighed = Quality::default();
        weighed.labels(&decisions);
        assert_eq!(weighed.get("labels", "precision"), Some(0.25));
        assert_eq!(weighed.get("labels", "recall"), Some(0.75));
        let gates = config::Gates {
            precision: Some(0.8),
            ..config::Gates::default()
        };
        assert_eq!(crossed(&quality, &Changes::default(), &gates).len(), 1);
    }
}
