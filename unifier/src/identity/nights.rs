//! The shapes that graphs grow into over several nights, and what holds of each: who is one person after every night, that no id
//! ever handed out leads nowhere, that a night like the one before changes nothing, and that the nights' order does not matter.

use std::collections::BTreeSet;

use super::history::membership;
use super::lineage::{Change, Lineage, Membership};
use super::resolve;
use super::sample::{With, people, record, rules};
use crate::config::{self, Period};
use crate::record::{PersonId, Record, RecordId};

/// What is known, night by night.
struct Nights {
    config: config::Identity,
    records: Vec<Record>,
    last: Membership,
    handed_out: BTreeSet<PersonId>,
}

impl Nights {
    fn new(config: config::Identity) -> Self {
        Self {
            config,
            records: Vec::new(),
            last: Membership::default(),
            handed_out: BTreeSet::new(),
        }
    }

    /// A night after which the people are as `expected`; gives what changed, as `change person other`.
    #[track_caller]
    fn night(&mut self, more: impl IntoIterator<Item = Record>, expected: &str) -> Vec<String> {
        self.records.extend(more);
        let resolution = resolve(&self.records, &self.config, &[]);
        assert_eq!(people(&self.records, &resolution), expected);
        let members = membership(&self.records, &resolution);
        for id in self.handed_out.iter().filter(|id| self.knows(**id)) {
            assert!(members.contains_key(id), "an id leads nowhere");
        }
        let again = membership(&self.records, &resolve(&self.records, &self.config, &[]));
        assert_eq!(again, members, "a night like the one before");
        let mut backwards = self.records.clone();
        backwards.reverse();
        assert_eq!(membership(&backwards, &resolve(&backwards, &self.config, &[])), members);
        let lineage = Lineage::between(&self.last, &members);
        self.handed_out.extend(members.values());
        self.last = members;
        let told = |event: &super::lineage::Event| {
            format!(
                "{} {} {}",
                event.change.as_str(),
                self.key(event.person),
                self.key(event.other)
            )
        };
        lineage.events.iter().map(told).collect()
    }

    fn without(&mut self, key: &str) {
        self.records.retain(|record| record.key != key);
    }

    fn knows(&self, id: RecordId) -> bool {
        self.records.iter().any(|record| record.id == id)
    }

    fn key(&self, id: RecordId) -> &str {
        let found = self.records.iter().find(|record| record.id == id);
        found.map_or("gone", |record| record.key.as_str())
    }
}

fn default() -> Nights {
    Nights::new(config::Identity::default())
}

/// A web event's record: a cookie, and who it said to be.
fn web(key: &str, day: i64, cookie: &str) -> Record {
    record(key, day).with("anonymous_id", cookie)
}

#[test]
fn a_late_bridge_merges_and_the_older_id_stays() {
    let mut nights = default();
    let sides = [record("a", 1).with("email", "a@x"), record("b", 2).with("user_id", "b")];
    assert_eq!(nights.night(sides, "a | b"), [""; 0]);
    assert_eq!(nights.night([], "a | b"), [""; 0]);
    let bridge = record("c", 9).with("email", "a@x").with("user_id", "b");
    assert_eq!(nights.night([bridge], "a b c"), ["merged a b"]);
    assert_eq!(nights.night([], "a b c"), [""; 0]);
}

#[test]
fn a_chain_grows_link_by_link() {
    let mut nights = default();
    let link = |day: i64| {
        let [from, to] = [day, day + 1].map(|number| format!("{number}@x"));
        record(&format!("r{day}"), day).with("email", &from).with("email", &to)
    };
    nights.night([link(1), link(3)], "r1 | r3");
    assert_eq!(nights.night([link(2)], "r1 r2 r3"), ["merged r1 r3"]);
    assert_eq!(nights.night([link(4)], "r1 r2 r3 r4"), [""; 0]);
}

#[test]
fn many_fan_in_to_one_and_a_diamond_closes_without_a_further_event() {
    let mut nights = default();
    let one = |key: &str, day, phone: &str| record(key, day).with("phone", phone);
    nights.night(
        [
            one("a", 1, "+41791234561"),
            one("b", 2, "+41791234562"),
            one("c", 3, "+41791234563"),
        ],
        "a | b | c",
    );
    let tie = |key: &str, day, phones: [&str; 2]| record(key, day).with("phone", phones[0]).with("phone", phones[1]);
    let left = tie("left", 4, ["+41791234561", "+41791234562"]);
    assert_eq!(nights.night([left], "a b left | c"), ["merged a b"]);
    let right = tie("right", 5, ["+41791234562", "+41791234563"]);
    assert_eq!(nights.night([right], "a b c left right"), ["merged a c"]);
    let closing = tie("closing", 6, ["+41791234563", "+41791234561"]);
    assert_eq!(nights.night([closing], "a b c closing left right"), [""; 0]);
}

#[test]
fn a_root_absorbed_by_an_older_one_leads_to_it() {
    let mut nights = default();
    nights.night([web("young", 9, "cookie")], "young");
    nights.night([web("younger", 10, "cookie").with("user_id", "u")], "young younger");
    // An old export comes in late: its record is older than the person's id.
    let old = record("old", 1).with("user_id", "u");
    assert_eq!(nights.night([old], "old young younger"), ["merged old young"]);
}

#[test]
fn a_cookie_of_an_absorbed_person_seen_again_adds_to_the_survivor() {
    let mut nights = default();
    nights.night([web("a", 1, "a"), web("b", 2, "b")], "a | b");
    let login = |key: &str, day, cookie: &str| web(key, day, cookie).with("user_id", "u");
    assert_eq!(
        nights.night([login("a/u", 3, "a"), login("b/u", 4, "b")], "a a/u b b/u"),
        ["merged a b"]
    );
    assert_eq!(nights.night([web("b again", 9, "b")], "a a/u b b again b/u"), [""; 0]);
}

#[test]
fn a_record_that_says_one_thing_twice_bridges_nothing() {
    let mut nights = default();
    let own = record("a", 1)
        .with("email", "a@x")
        .with("email", "a@x")
        .with("user_id", "u");
    nights.night([own.clone(), record("b", 2).with("email", "b@x")], "a | b");
    let again = Record {
        id: RecordId::new("crm", "a2"),
        key: "a2".into(),
        ..own
    };
    assert_eq!(nights.night([again], "a a2 | b"), [""; 0]);
}

#[test]
fn one_event_bridges_three_at_once() {
    let mut nights = default();
    let three = [
        record("a", 1).with("user_id", "u"),
        record("b", 2).with("email", "b@x"),
        record("c", 3).with("phone", "+41791234561"),
    ];
    nights.night(three, "a | b | c");
    let bridge = record("d", 4)
        .with("user_id", "u")
        .with("email", "b@x")
        .with("phone", "+41791234561");
    let mut events = nights.night([bridge], "a b c d");
    events.sort();
    assert_eq!(events, ["merged a b", "merged a c"]);
}

#[test]
fn groups_that_come_interleaved_stay_two() {
    let mut nights = default();
    let row = |key: &str, day, user: &str| {
        record(key, day)
            .with("user_id", user)
            .with("anonymous_id", &format!("{key}-cookie"))
    };
    nights.night([row("a1", 1, "a"), row("b1", 2, "b")], "a1 | b1");
    nights.night([row("a2", 3, "a"), row("b2", 4, "b")], "a1 a2 | b1 b2");
    assert_eq!(
        nights.night([row("b3", 5, "b"), row("a3", 6, "a")], "a1 a2 a3 | b1 b2 b3"),
        [""; 0]
    );
}

#[test]
fn a_unique_id_of_two_keeps_them_two_and_what_both_claim_goes_to_neither() {
    let mut nights = default();
    let known = |key: &str, day, user: &str| record(key, day).with("user_id", user).with("email", "shared@x");
    nights.night([known("a", 1, "1")], "a");
    nights.night([record("letter", 2).with("email", "shared@x")], "a letter");
    // Only now does it show that the address is two people's: whose the letter is cannot be told any more.
    assert_eq!(nights.night([known("b", 3, "2")], "a | b | letter"), ["split a letter"]);
}

#[test]
fn a_conflict_after_a_merge_takes_nothing_apart() {
    let mut nights = default();
    nights.night([record("a", 1).with("email", "a@x").with("user_id", "1")], "a");
    nights.night(
        [record("a2", 2).with("email", "a@x").with("phone", "+41791234561")],
        "a a2",
    );
    let other = record("b", 3).with("phone", "+41791234561").with("user_id", "2");
    assert_eq!(nights.night([other], "a a2 | b"), [""; 0]);
}

#[test]
fn a_blocked_value_never_joins_on_any_night() {
    let mut nights = default();
    let row = |key: &str, day| record(key, day).with("email", "info@shop.example").with("user_id", key);
    nights.night([row("a1", 1), row("b1", 2)], "a1 | b1");
    assert_eq!(nights.night([row("c1", 3)], "a1 | b1 | c1"), [""; 0]);
}

#[test]
fn beyond_a_limit_the_least_trusted_identifier_gives_way() {
    let mut nights = Nights::new(rules(&[("user_id", 1), ("email", 2), ("anonymous_id", 2)]));
    let visit =
        |key: &str, day, email: &str, cookie: &str| record(key, day).with("email", email).with("anonymous_id", cookie);
    nights.night([visit("a", 1, "1@x", "c1")], "a");
    nights.night([visit("b", 2, "2@x", "c1")], "a b");
    // A third address would be one too many: the cookie, which is trusted less, gives way, and joins nobody any more.
    let events = nights.night([visit("c", 3, "3@x", "c1")], "a | b | c");
    assert_eq!(events, ["split a b"]);
}

#[test]
fn a_limit_for_a_period_counts_what_was_first_seen_within_it() {
    let weekly = |per| {
        let mut config = rules(&[("user_id", 1), ("anonymous_id", 2)]);
        config.identifiers[1].per = per;
        Nights::new(config)
    };
    let visit = |day: i64| web(&format!("v{day:02}"), day, &format!("cookie-{day}")).with("user_id", "u");
    let later = |day: i64| web(&format!("w{day:02}"), day + 60, &format!("cookie-{day}"));
    let mut nights = weekly(Some(Period::Week));
    nights.night([visit(1), visit(2), visit(3)], "v01 v02 v03");
    // The third cookie of the week is one too many, and joins nobody; one of the next week is not.
    nights.night([later(3)], "v01 v02 v03 | w03");
    nights.night([visit(20), later(20), later(2)], "v01 v02 v03 v20 w02 w20 | w03");
    let mut nights = weekly(None);
    nights.night([visit(1), visit(2), visit(20), later(20)], "v01 v02 v20 | w20");
}

#[test]
fn a_shared_browser_does_not_flip_its_history_to_the_last_login() {
    let mut nights = default();
    nights.night([web("A", 1, "A"), web("A/1", 2, "A").with("user_id", "1")], "A A/1");
    let events = nights.night([web("A/2", 3, "A").with("user_id", "2")], "A | A/1 | A/2");
    assert_eq!(events, ["split A A/1"]);
    assert_eq!(
        nights.night([record("/2", 4).with("user_id", "2")], "/2 A/2 | A | A/1"),
        [""; 0]
    );
}

#[test]
fn the_deletion_of_the_only_bridge_splits_and_each_id_goes_with_its_record() {
    let mut nights = default();
    let sides = [record("a", 1).with("email", "a@x"), record("b", 2).with("user_id", "b")];
    nights.night(sides, "a | b");
    nights.night(
        [record("bridge", 3).with("email", "a@x").with("user_id", "b")],
        "a b bridge",
    );
    nights.without("bridge");
    assert_eq!(nights.night([], "a | b"), ["split a b"]);
    assert_eq!(
        nights.last[&RecordId::new("crm", "b")],
        RecordId::new("crm", "b"),
        "its old id again"
    );
}

#[test]
fn every_change_of_lineage_has_a_name() {
    let names = [Change::Merged, Change::Moved, Change::Split].map(Change::as_str);
    assert_eq!(names, ["merged", "moved", "split"]);
}

/// A kiosk's cookie, a front desk's telephone and a shared mailbox on ten thousand records of as many people.
#[test]
fn one_value_on_ten_thousand_records_fuses_nobody() {
    const GIVEN: [&str; 20] = [
        "Anna", "Bruno", "Carla", "David", "Elena", "Fabio", "Greta", "Hugo", "Irene", "Jakob", "Klara", "Leo", "Mona",
        "Nils", "Olga", "Pedro", "Rosa", "Sven", "Tina", "Ugo",
    ];
    for (kind, value) in [
        ("anonymous_id", "kiosk"),
        ("phone", "+41441234567"),
        ("email", "desk@hotel.example"),
    ] {
        let row = |i: usize| {
            let row = record(&format!("r{i}"), i as i64).named(&format!("{} Family{i}", GIVEN[i % 20]));
            row.with(kind, value).says(kind, value)
        };
        let records: Vec<Record> = (0..10_000).map(row).collect();
        let resolution = resolve(&records, &config::Identity::default(), &[]);
        assert_eq!(resolution.people.len(), records.len(), "{kind}");
        assert_eq!(resolution.conflicts.len(), 1);
        assert!(
            resolution.conflicts[0].reason.joins_nobody(),
            "{:?}",
            resolution.conflicts[0].reason
        );
    }
}
