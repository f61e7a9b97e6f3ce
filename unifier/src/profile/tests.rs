//! The laws of the stage as a whole, over generated companies.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Decimal128Type;
use arrow::error::ArrowError;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::record::{Amount, Identifier, Observation, Occurrence, OrderStatus, Origin, RecordId, Telling};

const CONFIG: &str = "purposes = [\"email_marketing\"]\n\
    [company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[rates]\nCHF = 1.06\n\
    [sources.crm]\nrank = 1\n[sources.shop]\nrank = 2\n\
    [profile.traits]\nemail = [\"most_frequent\", \"longest\"]\ncompany = [\"oldest\"]\n\
    [traits.spent]\nevent = \"order\"\ncompute = \"sum\"\nproperty = \"value\"\nwithin = \"5 days\"\n\
    [traits.viewed]\nevent = \"Product Viewed\"\ncompute = \"unique\"\nproperty = \"name\"\nwithin = \"3 days\"\n\
    [groups.firm]\nby = [\"company\"]\n";
const NOW: i64 = 20_000 * 86_400_000;

/// Everything the stage reads, with each record's person.
#[derive(Clone, Debug, Default)]
struct Company {
    records: Vec<Record>,
    owners: Vec<usize>,
    orders: Vec<Order>,
    consents: Vec<ConsentFact>,
    activity: Vec<DailyActivity>,
    occurrences: Vec<Occurrence>,
    suppressions: Suppressions,
}

impl Company {
    /// The people: each is named by its smallest record id.
    fn people(&self) -> Vec<(PersonId, Vec<usize>)> {
        let owners: BTreeSet<usize> = self.owners.iter().copied().collect();
        let person = |owner| {
            let members: Vec<usize> = (0..self.records.len())
                .filter(|&member| self.owners[member] == owner)
                .collect();
            (
                members.iter().map(|&member| self.records[member].id).min().unwrap(),
                members,
            )
        };
        let mut people: Vec<_> = owners.into_iter().map(person).collect();
        people.sort();
        people
    }

    fn profiled<T>(&self, look: impl FnOnce(&Profiles<'_>) -> T) -> T {
        let (people, config) = (self.people(), Config::parse(CONFIG).unwrap());
        let input = Input {
            records: &self.records,
            people: &people,
            orders: &self.orders,
            consents: &self.consents,
            suppressions: &self.suppressions,
            activity: &self.activity,
            occurrences: &self.occurrences,
        };
        look(&build(input, &config, Timestamp::from_millis(NOW)))
    }

    fn groups(&self) -> [RecordBatch; 2] {
        self.profiled(|profiles| {
            let groups = profiles.groups();
            [
                groups::table(&groups).unwrap(),
                groups::members(&groups, &self.people()).unwrap(),
            ]
        })
    }

    fn tables(&self) -> Vec<RecordBatch> {
        self.profiled(Self::tables_of)
    }

    fn tables_of(profiles: &Profiles<'_>) -> Vec<RecordBatch> {
        let (people, traits): (Vec<_>, Vec<_>) = profiles.people_and_traits().unzip();
        vec![
            whole(people.into_iter()),
            whole(traits.into_iter()),
            whole(profiles.orders()),
            whole(profiles.consents()),
            whole(profiles.events_daily()),
        ]
    }

    fn shuffled(&self, picks: &[Index]) -> Self {
        let mut other = self.clone();
        shuffle(&mut other.orders, picks);
        shuffle(&mut other.consents, picks);
        shuffle(&mut other.activity, picks);
        shuffle(&mut other.occurrences, picks);
        let mut pairs: Vec<_> = other.records.into_iter().zip(other.owners).collect();
        shuffle(&mut pairs, picks);
        (other.records, other.owners) = pairs.into_iter().unzip();
        other
    }
}

fn shuffle<T>(items: &mut [T], picks: &[Index]) {
    for (place, pick) in (1..items.len()).zip(picks.iter().cycle()) {
        items.swap(place, pick.index(place + 1));
    }
}

fn whole(batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>) -> RecordBatch {
    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>().unwrap();
    concat_batches(&batches[0].schema(), &batches).unwrap()
}

const SOURCES: [&str; 3] = ["crm", "shop", "web"];
const TRAITS: [&str; 8] = [
    "given_name",
    "family_name",
    "email",
    "company",
    "street",
    "postcode",
    "city",
    "country",
];
const VALUES: [&str; 5] = ["", "a", "b", "A long one", "é"];

fn observation() -> impl Strategy<Value = Observation> {
    (
        prop::sample::select(&TRAITS),
        prop::sample::select(&VALUES),
        0..4i64,
        0..3u64,
    )
        .prop_map(|(name, value, at, line)| Observation {
            name: name.into(),
            value: value.into(),
            told: Arc::new(Telling {
                at: Timestamp::from_millis(at),
                origin: origin(line),
            }),
        })
}

fn origin(line: u64) -> Origin {
    Origin {
        file: "a.csv".into(),
        line,
    }
}

fn record_id(place: usize) -> RecordId {
    RecordId::new(SOURCES[place % SOURCES.len()], &place.to_string())
}

fn record(place: usize, observations: Vec<Observation>) -> Record {
    Record {
        id: record_id(place),
        source: SOURCES[place % SOURCES.len()].into(),
        key: place.to_string().into(),
        first_seen: (!place.is_multiple_of(4)).then(|| Timestamp::from_millis(place as i64)),
        identifiers: vec![Identifier {
            kind: "email".into(),
            value: format!("{place}@example.com").into(),
        }],
        observations,
        enrichment: place % 5 == 4,
    }
}

fn order() -> impl Strategy<Value = Order> {
    let status = prop::sample::select(&[OrderStatus::Completed, OrderStatus::Refunded, OrderStatus::Cancelled]);
    let who = (0..12u8, prop::sample::select(&SOURCES), prop::option::of(0..14usize));
    let what = (
        -5..1_000_000i64,
        prop::sample::select(&["EUR", "CHF", "SEK"]),
        status,
        19_990..20_002i64,
    );
    (who, what).prop_map(|((number, source, customer), (amount, currency, status, day))| Order {
        order_id: format!("#{number}"),
        source: source.to_owned(),
        record: customer.map(record_id),
        ordered_at: Timestamp::from_millis(day * 86_400_000),
        amount: Amount(amount),
        currency: currency.to_owned(),
        status,
        origin: origin(1),
    })
}

fn consent() -> impl Strategy<Value = ConsentFact> {
    (0..14usize, 0..3i64, any::<bool>(), prop::sample::select(&SOURCES)).prop_map(|(place, at, granted, source)| {
        ConsentFact {
            record: record_id(place),
            purpose: "email_marketing".to_owned(),
            at: Timestamp::from_millis(at),
            earliest: Timestamp::from_millis(at),
            granted,
            source: source.to_owned(),
            evidence: "column".to_owned(),
        }
    })
}

fn daily() -> impl Strategy<Value = DailyActivity> {
    (0..14usize, 0..3i32, 1..9u64, 0..99i64).prop_map(|(place, day, count, at)| DailyActivity {
        record: record_id(place),
        day,
        event: "Page Viewed".to_owned(),
        count,
        span: (Timestamp::from_millis(at), Timestamp::from_millis(at + 5)),
    })
}

fn occurrence() -> impl Strategy<Value = Occurrence> {
    (
        0..14usize,
        19_990..20_003i64,
        prop::sample::select(&["boot", "sock", "hat"]),
    )
        .prop_map(|(place, day, name)| Occurrence {
            record: record_id(place),
            computed: 1,
            at: Timestamp::from_millis(day * 86_400_000),
            value: Some(name.into()),
        })
}

fn company() -> impl Strategy<Value = Company> {
    let records = prop::collection::vec((prop::collection::vec(observation(), 0..8), 0..6usize), 1..12);
    let facts = (
        prop::collection::vec(order(), 0..25),
        prop::collection::vec(consent(), 0..12),
        prop::collection::vec(daily(), 0..12),
        prop::collection::vec(occurrence(), 0..12),
    );
    (records, facts, any::<bool>()).prop_map(|(records, (orders, consents, activity, occurrences), suppressed)| {
        let owners = records.iter().map(|record| record.1).collect();
        let records: Vec<Record> = records
            .into_iter()
            .enumerate()
            .map(|(place, told)| record(place, told.0))
            .collect();
        let key = records[0].identifiers[0].clone();
        Company {
            records,
            owners,
            orders,
            consents,
            activity,
            occurrences,
            suppressions: suppressed
                .then(|| (key, Timestamp::from_millis(2)))
                .into_iter()
                .collect(),
        }
    })
}

proptest! {
    #[test]
    fn neither_input_order_nor_threads_change_a_value(company in company(), picks in prop::collection::vec(any::<Index>(), 9)) {
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let expected = one_thread.install(|| company.tables());
        prop_assert_eq!(&company.tables(), &expected);
        prop_assert_eq!(&company.shuffled(&picks).tables(), &expected);
        prop_assert_eq!(&company.shuffled(&picks).groups(), &one_thread.install(|| company.groups()));
    }

    #[test]
    fn computed_traits_are_what_adding_up_by_hand_gives(company in company()) {
        let tables = company.tables();
        let (traits, orders) = (&tables[1], &tables[2]);
        let column = |batch: &RecordBatch, name: &str| batch[name].as_string::<i32>().clone();
        let (ids, names, values) = (column(traits, "person_id"), column(traits, "trait"), column(traits, "value"));
        let (status, sources) = (column(orders, "status"), column(traits, "source"));
        let at = orders["ordered_at"].as_primitive::<arrow::datatypes::TimestampMillisecondType>();
        let worth = orders["amount_company"].as_primitive::<Decimal128Type>();
        for (id, members) in company.people() {
            let told = |name: &str| {
                let row = (0..traits.num_rows()).find(|&row| ids.value(row) == id.to_string() && names.value(row) == name)?;
                Some((values.value(row).to_owned(), sources.value(row).to_owned()))
            };
            let days = |row: usize| (NOW - 5 * 86_400_000..=NOW).contains(&at.value(row));
            let own = (0..orders.num_rows()).filter(|&row| orders["person_id"].is_valid(row)
                && orders["person_id"].as_string::<i32>().value(row) == id.to_string());
            let paid: Vec<f64> = own
                .filter(|&row| days(row) && status.value(row) == "completed" && worth.is_valid(row) && worth.value(row) > 0)
                .map(|row| worth.value(row) as f64 / 1e4)
                .collect();
            match told("spent") {
                Some((sum, source)) => {
                    prop_assert!((sum.parse::<f64>().unwrap() - paid.iter().sum::<f64>()).abs() < 1e-3);
                    prop_assert_eq!(source, computed::COMPUTED);
                }
                None => prop_assert!(paid.is_empty()),
            }
            let records: Vec<RecordId> = members.iter().map(|&member| company.records[member].id).collect();
            let seen: BTreeSet<&str> = company
                .occurrences
                .iter()
                .filter(|seen| records.contains(&seen.record) && (19_997..=20_000).contains(&seen.at.utc_day()))
                .filter_map(|seen| seen.value.as_deref())
                .collect();
            let listed = (!seen.is_empty()).then(|| seen.into_iter().collect::<Vec<_>>().join("|"));
            prop_assert_eq!(told("viewed").map(|told| told.0), listed);
        }
    }

    #[test]
    fn groups_add_up_what_their_people_bought_and_merge_nobody(company in company()) {
        let (tables, [groups, members]) = (company.tables(), company.groups());
        let people = &tables[0];
        prop_assert_eq!(people.num_rows(), company.people().len());
        let column = |batch: &RecordBatch, name: &str| batch[name].as_string::<i32>().clone();
        let orders = |batch: &RecordBatch| batch["orders"].as_primitive::<arrow::datatypes::Int64Type>().clone();
        let (firms, ids) = (column(people, "company"), column(people, "person_id"));
        let (group_ids, of_people) = (column(&groups, "group_id"), orders(people));
        for row in 0..groups.num_rows() {
            let own = (0..members.num_rows()).filter(|&at| column(&members, "group_id").value(at) == group_ids.value(row));
            let own: BTreeSet<String> = own.map(|at| column(&members, "person_id").value(at).to_owned()).collect();
            let bought = (0..ids.len()).filter(|&at| own.contains(ids.value(at))).map(|at| of_people.value(at));
            prop_assert_eq!(orders(&groups).value(row), bought.sum::<i64>());
        }
        let keyed = (0..firms.len()).filter(|&at| firms.is_valid(at)).count();
        prop_assert_eq!(members.num_rows(), keyed);
    }

    #[test]
    fn a_value_that_won_or_lost_was_observed(company in company()) {
        let traits = &company.tables()[1];
        let (names, values) = (traits["trait"].as_string::<i32>(), traits["value"].as_string::<i32>());
        let (ids, lost) = (traits["person_id"].as_string::<i32>(), traits["lost"].as_list::<i32>());
        let people = company.people();
        let observed = (0..traits.num_rows()).filter(|&row| traits["source"].as_string::<i32>().value(row) != computed::COMPUTED);
        for row in observed {
            let person = people.iter().find(|person| person.0.to_string() == ids.value(row)).unwrap();
            let records = person.1.iter().map(|&member| &company.records[member]);
            let observations = records.flat_map(|record| &record.observations).filter(|o| o.name == names.value(row));
            let observed: BTreeSet<&str> = observations.map(|o| o.value.as_str()).filter(|v| !v.is_empty()).collect();
            let lost = lost.value(row);
            let lost = lost.as_struct().column(0).as_string::<i32>();
            let told: Vec<&str> = (0..lost.len()).map(|i| lost.value(i)).chain([values.value(row)]).collect();
            prop_assert_eq!(told.len(), observed.len(), "each value once");
            prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), observed);
        }
    }

    #[test]
    fn money_is_neither_made_nor_lost(company in company()) {
        let tables = company.tables();
        let sum = |batch: &RecordBatch, column: &str, counts: &dyn Fn(usize) -> bool| -> i128 {
            let amounts = batch[column].as_primitive::<Decimal128Type>();
            (0..batch.num_rows()).filter(|&row| counts(row)).map(|row| amounts.value(row)).sum()
        };
        let orders = &tables[2];
        let (status, amounts) = (orders["status"].as_string::<i32>(), orders["amount"].as_primitive::<Decimal128Type>());
        let at = orders["ordered_at"].as_primitive::<arrow::datatypes::TimestampMillisecondType>();
        let purchase = |row: usize| {
            let known = orders["person_id"].is_valid(row) && orders["amount_company"].is_valid(row);
            known && status.value(row) == "completed" && amounts.value(row) > 0 && at.value(row) <= NOW
        };
        prop_assert_eq!(sum(&tables[0], "revenue", &|_| true), sum(orders, "amount_company", &purchase));
    }

    #[test]
    fn telling_everything_twice_changes_nothing(company in company()) {
        let mut twice = company.clone();
        twice.orders.extend(company.orders.clone());
        twice.consents.extend(company.consents.clone());
        prop_assert_eq!(twice.tables(), company.tables());
    }

    #[test]
    fn a_stranger_changes_nothing_for_others(company in company(), told in prop::collection::vec(observation(), 0..8)) {
        let mut with_stranger = company.clone();
        with_stranger.records.push(record(99, told));
        with_stranger.owners.push(99);
        for (with, without) in with_stranger.tables().iter().zip(company.tables()) {
            let stranger = record_id(99).to_string();
            let ids = with["person_id"].as_string::<i32>();
            let others = ids.iter().map(|id| Some(id != Some(&stranger))).collect();
            prop_assert_eq!(&arrow::compute::filter_record_batch(with, &others).unwrap(), &without);
        }
    }
}

#[test]
fn a_company_without_anything_has_empty_tables() {
    for table in Company::default().tables() {
        assert_eq!(table.num_rows(), 0);
        assert!(table.num_columns() > 5);
    }
}
