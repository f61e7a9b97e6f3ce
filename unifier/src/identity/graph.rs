//! Records and the identifiers they carry, as numbers.
//!
//! Records are numbered in the order of precedence and identifiers in the order in which they are decided, so every later
//! step is plain arithmetic on integers and its result cannot depend on the order of the input.

use event_schema::Timestamp;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::blocked::blocked;
use super::clusters::Evidence;
use super::compatible::{BirthDate, Name};
use super::conflict::ConflictReason;
use super::rule::Rules;
use crate::record::{Identifier, Record};

/// An identifier that occurs, and who carries it.
#[derive(Debug)]
pub(super) struct Value<'r> {
    /// The identifier.
    pub(super) identifier: &'r Identifier,
    /// The place of its type in the order of trust.
    pub(super) kind: u16,
    /// Why it joins nobody, if so.
    pub(super) blocked: Option<ConflictReason>,
    /// When it was first seen: when the earliest record that carries it came to be.
    first_seen: Option<Timestamp>,
    /// The second record that carries it, in the order of precedence: when it first linked anything.
    second: u32,
}

/// Records in the order of precedence, values in the order of decision, and who carries what.
#[derive(Debug)]
pub(super) struct Graph<'r> {
    /// By precedence: the record's position in the input.
    pub(super) positions: Vec<u32>,
    /// How many of the records are first-party; the third-party ones come after them.
    pub(super) first_party: u32,
    /// The identifiers: by trust in their type, then by when they first linked two records, then by value.
    pub(super) values: Vec<Value<'r>>,
    /// By record: the values it carries, ascending.
    pub(super) carried: Lists,
    /// By value: the records that carry it, ascending.
    pub(super) carriers: Lists,
    /// The distinct names.
    pub(super) names: Vec<Name>,
    /// The distinct birth dates.
    pub(super) births: Vec<BirthDate>,
}

/// Many short lists of numbers in one allocation.
#[derive(Debug)]
pub(super) struct Lists {
    ends: Vec<usize>,
    entries: Vec<u32>,
}

impl Lists {
    /// The list with this number.
    pub(super) fn get(&self, number: u32) -> &[u32] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.entries[start..self.ends[number]]
    }

    /// How many entries the lists have together.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// For each of `count` entries, the lists it stands in, ascending.
    fn transpose(lists: &Lists, count: usize) -> Lists {
        let mut ends = vec![0usize; count];
        for &entry in &lists.entries {
            ends[entry as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            // For now the start; filling the list moves it to the end.
            total += std::mem::replace(end, total);
        }
        let mut entries = vec![0; total];
        for number in 0..lists.ends.len() as u32 {
            for &entry in lists.get(number) {
                let place = &mut ends[entry as usize];
                entries[*place] = number;
                *place += 1;
            }
        }
        Lists { ends, entries }
    }
}

impl<'r> Graph<'r> {
    /// Numbers `records` and their identifiers, and gathers by record what it says of its person.
    pub(super) fn new(records: &'r [Record], rules: &Rules) -> (Self, Vec<Evidence>) {
        let positions = precedence(records);
        let (mut values, mut carried) = intern(records, &positions, rules);
        order_values(&mut values, &mut carried);
        let carriers = Lists::transpose(&carried, values.len());
        let mut people = People::default();
        let evidence = positions
            .iter()
            .map(|&position| people.evidence(&records[position as usize]))
            .collect();
        let graph = Self {
            first_party: positions.partition_point(|&position| !records[position as usize].enrichment) as u32,
            positions,
            values,
            carried,
            carriers,
            names: people.names,
            births: people.births,
        };
        (graph, evidence)
    }

    /// The first-party records that carry a value, ascending.
    pub(super) fn known_carriers(&self, value: u32) -> &[u32] {
        let carriers = self.carriers.get(value);
        &carriers[..carriers.partition_point(|&record| record < self.first_party)]
    }

    /// Whether a value can join records.
    pub(super) fn joins(&self, value: u32) -> bool {
        self.values[value as usize].blocked.is_none()
    }

    /// Whether one person may have all of `values`, which are of one type: no more than the limit, or no more of them first
    /// seen within any one period where the limit is for a period. A value of unknown time counts in every period.
    pub(super) fn keeps_limit(&self, values: &[u32], rules: &Rules) -> bool {
        let Some(&first) = values.first() else { return true };
        let kind = self.values[first as usize].kind;
        let limit = rules.limit(kind);
        if values.len() <= limit {
            return true;
        }
        let Some(period) = rules.get(kind).per else {
            return false;
        };
        let mut times: Vec<i64> = values
            .iter()
            .filter_map(|&value| self.values[value as usize].first_seen)
            .map(Timestamp::as_millis)
            .collect();
        times.sort_unstable();
        // How many of those with a time there may be in a period, beside those without one.
        let Some(room) = (limit + times.len()).checked_sub(values.len()) else {
            return false;
        };
        times
            .iter()
            .zip(&times[room.min(times.len())..])
            .all(|(from, to)| to - from >= period.millis())
    }

    /// The values of one type, as a range of numbers.
    pub(super) fn values_of(&self, kind: u16) -> std::ops::Range<u32> {
        let before = |kind: u32| self.values.partition_point(|value| u32::from(value.kind) < kind) as u32;
        before(kind.into())..before(u32::from(kind) + 1)
    }
}

/// The positions of the records, first-party before third-party, known first-seen times first, then by source and key.
fn precedence(records: &[Record]) -> Vec<u32> {
    let key = |position: u32| {
        let record = &records[position as usize];
        let seen = (record.first_seen.is_none(), record.first_seen);
        (record.enrichment, seen, &record.source, &record.key)
    };
    let mut positions: Vec<u32> = (0..records.len() as u32).collect();
    positions.par_sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
    positions
}

/// Numbers the identifiers in the order in which they are met.
fn intern<'r>(records: &'r [Record], positions: &[u32], rules: &Rules) -> (Vec<Value<'r>>, Lists) {
    let mut numbers: FxHashMap<(u16, &str), u32> = FxHashMap::default();
    let mut values: Vec<Value> = Vec::new();
    let mut lists = Lists {
        ends: Vec::with_capacity(records.len()),
        entries: Vec::with_capacity(records.len() * 2),
    };
    for (&position, record_number) in positions.iter().zip(0..) {
        for identifier in &records[position as usize].identifiers {
            let kind = rules.ordinal(&identifier.kind);
            let number = *numbers.entry((kind, &identifier.value)).or_insert_with(|| {
                values.push(Value {
                    identifier,
                    kind,
                    blocked: blocked(rules.get(kind), &identifier.value),
                    first_seen: records[position as usize].first_seen,
                    second: u32::MAX,
                });
                values.len() as u32 - 1
            });
            let value = &mut values[number as usize];
            if !std::ptr::eq(value.identifier, identifier) {
                value.second = value.second.min(record_number);
            }
            lists.entries.push(number);
        }
        lists.ends.push(lists.entries.len());
    }
    (values, lists)
}

/// Renumbers the values into the order of decision, and sorts each record's list by it.
fn order_values(values: &mut Vec<Value>, carried: &mut Lists) {
    let key = |value: &Value| (value.kind, value.second);
    let mut old: Vec<u32> = (0..values.len() as u32).collect();
    old.par_sort_unstable_by(|&a, &b| {
        let (a, b) = (&values[a as usize], &values[b as usize]);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.identifier.value.cmp(&b.identifier.value))
    });
    let mut renumbered = vec![0u32; old.len()];
    for (&old, new) in old.iter().zip(0..) {
        renumbered[old as usize] = new;
    }
    let mut start = 0;
    for &end in &carried.ends {
        let list = &mut carried.entries[start..end];
        list.iter_mut().for_each(|value| *value = renumbered[*value as usize]);
        list.sort_unstable();
        start = end;
    }
    let mut keyed: Vec<(u32, Value)> = renumbered.into_iter().zip(values.drain(..)).collect();
    keyed.sort_unstable_by_key(|(number, _)| *number);
    values.extend(keyed.into_iter().map(|(_, value)| value));
}

/// The distinct names and birth dates, so that a cluster holds numbers.
#[derive(Default)]
struct People<'r> {
    names: Vec<Name>,
    births: Vec<BirthDate>,
    written_names: FxHashMap<(&'r str, &'r str, &'r str), Option<u32>>,
    written_births: FxHashMap<&'r str, Option<u32>>,
    folded: FxHashMap<Name, u32>,
}

impl<'r> People<'r> {
    /// What a record says of its person.
    fn evidence(&mut self, record: &'r Record) -> Evidence {
        // Observations come oldest first: the last one of each trait is what the record says now.
        let (mut given, mut family, mut full, mut birth) = ("", "", "", "");
        for observation in &record.observations {
            match observation.name.as_str() {
                "given_name" => given = &observation.value,
                "family_name" => family = &observation.value,
                "full_name" => full = &observation.value,
                "birth_date" => birth = &observation.value,
                _ => {}
            }
        }
        Evidence {
            names: self.name(given, family, full).into_iter().collect(),
            births: self.birth(birth).into_iter().collect(),
            ..Evidence::default()
        }
    }

    fn name(&mut self, given: &'r str, family: &'r str, full: &'r str) -> Option<u32> {
        let Self {
            names,
            written_names,
            folded,
            ..
        } = self;
        *written_names.entry((given, family, full)).or_insert_with(|| {
            let parts = Name::new(given, family);
            let name = if given.is_empty() {
                Name::from_full(full).or(parts)
            } else {
                parts
            }?;
            Some(*folded.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() as u32 - 1
            }))
        })
    }

    fn birth(&mut self, written: &'r str) -> Option<u32> {
        let Self {
            births, written_births, ..
        } = self;
        *written_births.entry(written).or_insert_with(|| {
            births.push(BirthDate::parse(written)?);
            Some(births.len() as u32 - 1)
        })
    }
}
