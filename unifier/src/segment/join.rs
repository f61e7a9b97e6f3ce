//! Joining tables that are sorted by person: one walk through both.

use std::cmp::Ordering;
use std::ops::Range;

use arrow::array::{Array, StringArray};

/// The pairs (row of `people`, row of `others`) with the same person. Both are sorted, and `people` has each person once;
/// `rows` are the rows of `others` to look at, ascending.
pub(crate) fn matches<'a>(
    people: &'a StringArray,
    others: &'a StringArray,
    rows: impl IntoIterator<Item = usize> + 'a,
) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut person = 0;
    rows.into_iter().filter_map(move |row| {
        let id = others.value(row);
        while person < people.len() {
            match people.value(person).cmp(id) {
                Ordering::Less => person += 1,
                Ordering::Equal => return Some((person, row)),
                Ordering::Greater => return None,
            }
        }
        None
    })
}

/// The rows of sorted `ids` that lie from `first` to `last`, both included.
pub(crate) fn between(ids: &StringArray, first: &str, last: &str) -> Range<usize> {
    let start = partition_point(ids, |id| id < first);
    start..partition_point(ids, |id| id <= last).max(start)
}

/// The first row for which `before` does not hold; it holds for a beginning of the rows and for no other.
fn partition_point(ids: &StringArray, before: impl Fn(&str) -> bool) -> usize {
    let (mut low, mut high) = (0, ids.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if before(ids.value(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_meet_their_person_and_strangers_meet_nobody() {
        let people = StringArray::from(vec!["b", "c", "e"]);
        let others = StringArray::from(vec!["a", "b", "b", "d", "e", "f"]);
        let met: Vec<_> = matches(&people, &others, 0..others.len()).collect();
        assert_eq!(met, [(0, 1), (0, 2), (2, 4)]);
        assert_eq!(matches(&people, &others, [2, 4]).collect::<Vec<_>>(), [(0, 2), (2, 4)]);
    }

    #[test]
    fn a_range_has_both_its_ends() {
        let ids = StringArray::from(vec!["a", "b", "b", "d"]);
        assert_eq!(between(&ids, "b", "c"), 1..3);
        assert_eq!(between(&ids, "a", "d"), 0..4);
        assert_eq!(between(&ids, "x", "z"), 4..4);
    }
}
