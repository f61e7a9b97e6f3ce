//! Households, accounts and whatever else people share, without making one person of them: the tables `groups` and `group_members`.
//!
//! Owns which people have the same key and what a group's orders add up to. A key is made of traits that won; nothing here joins
//! people, and who belongs to whom is the same with and without groups.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use rustc_hash::FxHashMap;

use super::golden::GoldenRecord;
use super::purchase::Purchases;
use crate::columns::{Columns, MONEY, money};
use crate::config::{ADDRESS, EMAIL_DOMAIN, GroupRule};
use crate::normalise::{email, text};
use crate::record::{PersonId, RecordId};

/// People who share a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'c> {
    /// The configured name, as `household`.
    pub kind: &'c str,
    /// The lasting id: a hash of kind and key.
    pub id: RecordId,
    /// What they share, as the first of them writes it.
    pub name: String,
    /// The places of its people, ascending.
    pub members: Vec<usize>,
    /// What they bought together.
    pub purchases: Purchases,
}

/// What makes somebody part of a group: the key as it is compared, and as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    compared: String,
    written: String,
}

impl Key {
    /// A person's key under a rule; nothing where the person lacks a part of it, or it is excepted.
    pub fn of(golden: &GoldenRecord<'_>, rule: &GroupRule) -> Option<Self> {
        let mut key = Self {
            compared: String::new(),
            written: String::new(),
        };
        for by in &rule.by {
            let written = match by.as_str() {
                EMAIL_DOMAIN => email::company_domain(golden.value("email")?)?.to_owned(),
                "full_name" => golden.full_name()?,
                ADDRESS => address(golden)?,
                name => golden.value(name)?.to_owned(),
            };
            let compared = text::folded(&written);
            if compared.is_empty() || rule.except.iter().any(|except| text::folded(except) == compared) {
                return None;
            }
            // No folded text holds the sign, so that ("ab", "c") and ("a", "bc") stay apart.
            key.compared.push_str(&compared);
            key.compared.push('\u{1f}');
            let comma = if key.written.is_empty() { "" } else { ", " };
            key.written.push_str(comma);
            key.written.push_str(&written);
        }
        Some(key)
    }
}

/// Street and number, however they are divided, and the postcode or else the town.
fn address(golden: &GoldenRecord<'_>) -> Option<String> {
    let (street, town) = (
        golden.value("street")?,
        golden.value("postcode").or(golden.value("city"))?,
    );
    let number = golden
        .value("street_number")
        .map_or(String::new(), |number| format!(" {number}"));
    Some(format!("{street}{number}, {town}"))
}

/// The groups of one kind, in the order of their ids: `keys` holds everybody's key, by their place.
pub fn groups<'c>(kind: &'c str, keys: Vec<Option<Key>>, purchases: impl Fn(usize) -> Purchases) -> Vec<Group<'c>> {
    let mut at: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Group<'c>> = Vec::new();
    for (place, key) in keys.into_iter().enumerate() {
        let Some(Key { compared, written }) = key else { continue };
        let id = RecordId::new(kind, &compared);
        let group = *at.entry(compared).or_insert_with(|| {
            groups.push(Group {
                kind,
                id,
                name: written,
                members: Vec::new(),
                purchases: Purchases::default(),
            });
            groups.len() - 1
        });
        groups[group].members.push(place);
        groups[group].purchases.join(&purchases(place));
    }
    groups.sort_unstable_by_key(|group| group.id);
    groups
}

/// The `groups` table: `groups` in the order of kinds, each kind's in the order of ids.
///
/// # Errors
/// [`ArrowError`] when it is too large for Arrow; likewise below.
pub fn table(groups: &[Group<'_>]) -> Result<RecordBatch, ArrowError> {
    let rows: Vec<&Group<'_>> = groups.iter().collect();
    let mut columns = Columns::default();
    columns.add("group", texts(rows.iter().map(|group| group.kind.to_owned())));
    columns.add("group_id", texts(rows.iter().map(|group| group.id.to_string())));
    columns.add("name", texts(rows.iter().map(|group| group.name.clone())));
    add_figures(&mut columns, &rows);
    columns.batch()
}

/// The `group_members` table: everybody's groups with their figures.
///
/// # Errors
/// [`ArrowError`].
pub fn members(groups: &[Group<'_>], people: &[(PersonId, Vec<usize>)]) -> Result<RecordBatch, ArrowError> {
    let mut rows: Vec<(usize, &Group<'_>)> = groups
        .iter()
        .flat_map(|group| group.members.iter().map(move |place| (*place, group)))
        .collect();
    rows.sort_unstable_by_key(|(place, group)| (*place, group.kind));
    let ids = rows.iter().filter_map(|(place, _)| people.get(*place));
    let mut columns = Columns::default();
    columns.add("person_id", texts(ids.map(|person| person.0.to_string())));
    columns.add("group", texts(rows.iter().map(|(_, group)| group.kind.to_owned())));
    columns.add("group_id", texts(rows.iter().map(|(_, group)| group.id.to_string())));
    columns.add("name", texts(rows.iter().map(|(_, group)| group.name.clone())));
    add_figures(&mut columns, &rows.iter().map(|row| row.1).collect::<Vec<_>>());
    columns.batch()
}

fn add_figures(columns: &mut Columns, rows: &[&Group<'_>]) {
    let counts = |of: fn(&Group<'_>) -> u64| -> ArrayRef {
        let counts = rows.iter().map(|group| i64::try_from(of(group)).unwrap_or(i64::MAX));
        Arc::new(Int64Array::from_iter_values(counts))
    };
    columns.add("people", counts(|group| group.members.len() as u64));
    columns.add("orders", counts(|group| group.purchases.count));
    let revenue = rows.iter().map(|group| Some(money(group.purchases.revenue())));
    columns.add(
        "revenue",
        Arc::new(revenue.collect::<Decimal128Array>().with_data_type(MONEY)),
    );
    let day = |of: fn((i32, i32)) -> i32| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|group| group.purchases.span.map(of))
                .collect::<Date32Array>(),
        )
    };
    columns.add_nullable("first_order", day(|span| span.0));
    columns.add_nullable("last_order", day(|span| span.1));
}

fn texts(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::Amount;

    fn key(text: &str) -> Option<Key> {
        (!text.is_empty()).then(|| Key {
            compared: text.to_lowercase(),
            written: text.to_owned(),
        })
    }

    fn bought(place: usize) -> Purchases {
        let mut purchases = Purchases::default();
        (0..place).for_each(|order| purchases.add(order as i32, Some(Amount(10_000))));
        purchases
    }

    #[test]
    fn people_with_one_key_are_one_group_and_people_without_are_in_none() {
        let keys = ["Acme", "", "ACME", "Bolt"].map(key).to_vec();
        let made = groups("firm", keys, bought);
        let told: Vec<_> = made
            .iter()
            .map(|group| (group.name.as_str(), group.members.clone(), group.purchases.count))
            .collect();
        assert!(
            told.contains(&("Acme", vec![0, 2], 2)) && told.contains(&("Bolt", vec![3], 3)),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
    }

    proptest! {
        #[test]
        fn nobody_is_lost_or_counted_twice(letters in prop::collection::vec("[abc]?", 0..40)) {
            let keys: Vec<Option<Key>> = letters.iter().map(|letter| key(letter)).collect();
            let made = groups("firm", keys.clone(), bought);
            let mut members: Vec<usize> = made.iter().flat_map(|group| group.members.clone()).collect();
            members.sort_unstable();
            let keyed: Vec<usize> = (0..keys.len()).filter(|place| keys[*place].is_some()).collect();
            prop_assert_eq!(&members, &keyed);
            prop_assert_eq!(made.iter().map(|group| group.purchases.count).sum::<u64>(), keyed.iter().sum::<usize>() as u64);
            for group in &made {
                prop_assert!(group.members.iter().all(|place| letters[*place] == letters[group.members[0]]));
            }
        }
    }
}
