//! A compared field of all records as numbers: every distinct value once, with how often it occurs.

use arrow::array::{Array, AsArray, LargeStringArray, LargeStringDictionaryBuilder};
use arrow::datatypes::UInt32Type;

use super::super::letters::Letters;

/// What stands for a value that a record does not have.
pub(super) const MISSING: u32 = 0;

/// One field: by record the number of its value, and the values.
#[derive(Debug)]
pub(super) struct Column {
    /// By record: the number of its value; [`MISSING`] where it has none.
    pub(super) values: Vec<u32>,
    /// By number: the value as it is compared.
    texts: LargeStringArray,
    /// By number: what can be told of the value from its letters.
    letters: Vec<Letters>,
    /// By number: how many records have it.
    pub(super) counts: Vec<u32>,
    /// How many records have any.
    pub(super) known: u32,
}

impl Column {
    /// Numbers the values of all records in their order; an empty text is no value.
    pub(super) fn new<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        let mut builder = Builder::default();
        builder.extend(values);
        builder.finish()
    }

    /// The number of the record's value.
    pub(super) fn get(&self, record: u32) -> u32 {
        self.values[record as usize]
    }

    /// The text of the record's value; empty where it has none.
    pub(super) fn text(&self, record: u32) -> &str {
        self.text_of(self.get(record))
    }

    /// The text of a value.
    pub(super) fn text_of(&self, number: u32) -> &str {
        self.texts.value(number as usize)
    }

    /// A value, to be compared with another.
    pub(super) fn told(&self, number: u32) -> Told<'_> {
        Told { column: self, number }
    }

    /// All values by number, the empty one of [`MISSING`] first.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(Option::unwrap_or_default)
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

/// A column that is still read.
pub(super) struct Builder {
    numbers: LargeStringDictionaryBuilder<UInt32Type>,
    values: Vec<u32>,
}

impl Default for Builder {
    fn default() -> Self {
        let mut numbers = LargeStringDictionaryBuilder::new();
        // The first number is that of no value.
        let _ = numbers.append("");
        Self {
            numbers,
            values: Vec::new(),
        }
    }
}

impl Builder {
    /// Adds the values of further records.
    pub(super) fn extend<T: AsRef<str>>(&mut self, values: impl IntoIterator<Item = T>) {
        let numbers = &mut self.numbers;
        let number = |value: T| numbers.append(value.as_ref()).unwrap_or(MISSING);
        self.values.extend(values.into_iter().map(number));
    }

    /// The column of all records.
    pub(super) fn finish(mut self) -> Column {
        let texts = self.numbers.finish().values().as_string::<i64>().clone();
        let mut counts = vec![0; texts.len()];
        self.values.iter().for_each(|&number| counts[number as usize] += 1);
        counts[MISSING as usize] = 0;
        Column {
            letters: texts.iter().map(|text| Letters::of(text.unwrap_or_default())).collect(),
            known: counts.iter().sum(),
            values: self.values,
            texts,
            counts,
        }
    }
}

/// A value of a column. Its letters are at hand; its text is looked up where they do not tell enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'c> {
    column: &'c Column,
    number: u32,
}

impl<'c> Told<'c> {
    pub(super) fn letters(self) -> Letters {
        self.column.letters[self.number as usize]
    }

    pub(super) fn text(self) -> &'c str {
        self.column.text_of(self.number)
    }

    /// Whether both are the same value of one column.
    pub(super) fn is(self, other: Self) -> bool {
        self.number == other.number
    }
}
