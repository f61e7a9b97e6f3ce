//! A compared field of all records as numbers: every distinct value once, with how often it occurs.

use std::collections::HashMap;

/// What stands for a value that a record does not have.
pub(super) const MISSING: u32 = 0;

/// One field: by record the number of its value, and the values.
#[derive(Debug)]
pub(super) struct Column {
    /// By record: the number of its value; [`MISSING`] where it has none.
    pub(super) values: Vec<u32>,
    /// By number: the value as it is compared.
    pub(super) texts: Vec<String>,
    /// By number: how many records have it.
    pub(super) counts: Vec<u32>,
    /// How many records have any.
    pub(super) known: u32,
}

impl Column {
    /// Numbers the values of all records in their order; an empty text is no value.
    pub(super) fn new<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        // Visitors choose the texts: a hash without a secret key would let them choose those that collide.
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut column = Self {
            values: Vec::new(),
            texts: vec![String::new()],
            counts: vec![0],
            known: 0,
        };
        for value in values {
            let value = value.as_ref();
            let number = match numbers.get(value) {
                _ if value.is_empty() => MISSING,
                Some(&number) => number,
                None => {
                    let number = column.texts.len() as u32;
                    column.texts.push(value.to_owned());
                    column.counts.push(0);
                    numbers.insert(value.to_owned(), number);
                    number
                }
            };
            column.values.push(number);
            if number != MISSING {
                column.counts[number as usize] += 1;
                column.known += 1;
            }
        }
        column
    }

    /// The number of the record's value.
    pub(super) fn get(&self, record: u32) -> u32 {
        self.values[record as usize]
    }

    /// The text of the record's value; empty where it has none.
    pub(super) fn text(&self, record: u32) -> &str {
        &self.texts[self.get(record) as usize]
    }

    /// The share of the records with a value that have this one.
    pub(super) fn frequency(&self, number: u32) -> f64 {
        f64::from(self.counts[number as usize]) / f64::from(self.known.max(1))
    }

    /// The probability that two records drawn at random, both with a value, have the same one.
    pub(super) fn coincidence(&self) -> f64 {
        let known = f64::from(self.known);
        let same: f64 = self
            .counts
            .iter()
            .map(|&count| f64::from(count) * (f64::from(count) - 1.0))
            .sum();
        if known < 2.0 {
            0.0
        } else {
            same / (known * (known - 1.0))
        }
    }

    /// How many distinct values there are.
    pub(super) fn distinct(&self) -> usize {
        self.texts.len() - 1
    }
}
