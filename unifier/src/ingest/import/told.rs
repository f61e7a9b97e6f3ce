//! What a row says, packed: as a tree of names and values, each a text of its own, the rows that wait to be compared would take
//! ten times the memory.

use std::collections::{BTreeMap, HashMap};

/// Values by their names.
pub type Values = BTreeMap<String, String>;

/// The names of values, each kept once.
#[derive(Default)]
pub struct Names {
    names: Vec<String>,
    /// Whoever wrote the file chose the names, so they are hashed under a key.
    numbers: HashMap<String, u32>,
}

/// The values of a row in one piece: for each the number of its name, how long it is (both four bytes), and its text.
#[derive(Default)]
pub struct Packed(Box<[u8]>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

impl Packed {
    /// Packs values.
    pub fn of(values: &Values, names: &mut Names) -> Self {
        let mut packed = Vec::with_capacity(values.values().map(|value| 8 + value.len()).sum());
        for (name, value) in values {
            packed.extend(names.number(name).to_le_bytes());
            packed.extend((value.len() as u32).to_le_bytes());
            packed.extend(value.as_bytes());
        }
        Self(packed.into_boxed_slice())
    }

    /// The values, under the names that they were packed with.
    pub fn values(&self, names: &Names) -> Values {
        let mut values = Values::new();
        let mut rest = &*self.0;
        while let Some((name, after)) = number(rest)
            && let Some((length, after)) = number(after)
            && let Some((value, after)) = after.split_at_checked(length)
        {
            let name = names.names.get(name).cloned().unwrap_or_default();
            values.insert(name, String::from_utf8_lossy(value).into_owned());
            rest = after;
        }
        values
    }
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked_whatever_else_was_packed(
            rows in prop::collection::vec(prop::collection::btree_map("[a-c]{1,2}", "\\PC{0,9}", 0..4), 1..6),
        ) {
            let mut names = Names::default();
            let packed: Vec<Packed> = rows.iter().map(|row| Packed::of(row, &mut names)).collect();
            let read: Vec<Values> = packed.iter().map(|row| row.values(&names)).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
