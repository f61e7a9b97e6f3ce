//! Rows that belong to people, side by side for each person. Owns the grouping; never looks into a row.

use rustc_hash::FxHashMap;

use crate::record::{PersonId, Record, RecordId};

/// The people of a night by their place in the order of ids, and the place of the person that each record belongs to.
#[derive(Debug)]
pub struct Roster {
    places: FxHashMap<RecordId, u32>,
    people: usize,
}

impl Roster {
    /// Notes who belongs to whom. `people` name their records by the index in `records`.
    pub fn new(records: &[Record], people: &[(PersonId, Vec<usize>)]) -> Self {
        let mut places = FxHashMap::with_capacity_and_hasher(records.len(), Default::default());
        for (place, (_, members)) in (0..).zip(people) {
            let ids = members.iter().filter_map(|&member| records.get(member));
            places.extend(ids.map(|record| (record.id, place)));
        }
        Self {
            places,
            people: people.len(),
        }
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.people
    }

    /// The place of the person a record belongs to.
    pub fn place(&self, record: RecordId) -> Option<usize> {
        self.places.get(&record).map(|&place| place as usize)
    }
}

/// Rows grouped by the person's place; what belongs to nobody stands last.
#[derive(Debug)]
pub struct Grouped<T> {
    rows: Vec<T>,
    starts: Vec<usize>,
}

impl<T> Grouped<T> {
    /// Groups rows that are sorted by their person's place, those of nobody last.
    pub fn new(people: usize, rows: Vec<T>, place: impl Fn(&T) -> Option<usize>) -> Self {
        let mut starts = Vec::with_capacity(people + 1);
        let mut next = 0;
        for person in 0..=people {
            while rows.get(next).and_then(&place).is_some_and(|owner| owner < person) {
                next += 1;
            }
            starts.push(next);
        }
        Self { rows, starts }
    }

    /// The rows of the person at `place`.
    pub fn of(&self, place: usize) -> &[T] {
        match (self.starts.get(place), self.starts.get(place + 1)) {
            (Some(&start), Some(&end)) => &self.rows[start..end],
            _ => &[],
        }
    }

    /// Every row, person by person.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_nobody_belong_to_nobody() {
        let rows = vec![(Some(0), 'a'), (Some(2), 'b'), (Some(2), 'c'), (None, 'd')];
        let grouped = Grouped::new(4, rows, |row| row.0);
        let letters = |place| grouped.of(place).iter().map(|row| row.1).collect::<String>();
        assert_eq!([0, 1, 2, 3, 4, 5].map(letters), ["a", "", "bc", "", "", ""]);
        assert_eq!(grouped.rows().len(), 4);
    }
}
