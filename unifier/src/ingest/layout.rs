//! Which column of one file is what: a preset or a mapping, resolved against the file's header.

use crate::normalise::money::Decimal;

use super::field::{Field, Kind};
use super::words::{Answer, answer};

/// Which column is what.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// What it was made from: the preset's name, or `mapping`.
    pub name: String,
    /// The source the rows belong to.
    pub source: String,
    /// What the rows are.
    pub kind: Kind,
    /// The columns that may hold the record's key; the first that is not empty does.
    pub key: Vec<usize>,
    /// Our fields and the columns that may hold them; the first that is not empty does.
    pub fields: Vec<(Field, Vec<usize>)>,
    /// Further identifiers by their type.
    pub identifiers: Vec<(String, usize)>,
    /// Anything else that is kept, by its name.
    pub traits: Vec<(String, usize)>,
    /// Columns that answer for a purpose.
    pub consents: Vec<ConsentColumn>,
    /// What the file itself says of everybody in it.
    pub consent_of_file: Option<ConsentOfFile>,
    /// A format for dates, in the words of `strftime`.
    pub date_format: Option<String>,
    /// The decimal sign, where it is known.
    pub decimal: Option<Decimal>,
    /// Whether values are written with a leading apostrophe, as spreadsheets write text.
    pub apostrophes: bool,
    /// Whether telephone numbers are international ones without their sign.
    pub bare_prefixes: bool,
    /// Columns that are all empty in a line that continues the row above.
    pub continued: Vec<usize>,
    /// Rows that count for nothing.
    pub void: Vec<Void>,
    /// Whether an order is one only when its status says that it was won, as with deals.
    pub won_only: bool,
    /// What stands before the numbers of orders that are this source's own and may be another's, too.
    pub order_prefix: &'static str,
}

/// A column that answers for a purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentColumn {
    /// What was asked for.
    pub purpose: String,
    /// The column.
    pub column: usize,
    /// Its header, for the evidence.
    pub header: String,
    /// The columns that may say when.
    pub times: Vec<usize>,
    /// Whether they say it of a yes only: a no then counts from the import's day.
    pub times_of_yes: bool,
    /// What its values mean.
    pub reading: Reading,
    /// What else shows it.
    pub proofs: Vec<Proof>,
}

/// What the values of a column of consent mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Yes and no are the answer.
    #[default]
    Answer,
    /// Yes is a yes; no says nothing, as in a column of confirmed addresses.
    Grant,
    /// The column says that the person refused: yes is a no, and no says nothing.
    Refusal,
    /// Any value is a no: the column holds the reason.
    Reason,
}

impl Reading {
    /// What a cell says: granted or refused, or that there was no answer; nothing when it cannot be read.
    pub fn granted(self, cell: &str) -> Option<Option<bool>> {
        if self == Reading::Reason {
            return Some(Some(false));
        }
        Some(match (self, answer(cell)?) {
            (Reading::Answer | Reading::Grant, Answer::Yes) => Some(true),
            (Reading::Answer, Answer::No) | (Reading::Refusal, Answer::Yes) => Some(false),
            _ => None,
        })
    }
}

/// A column that shows how an answer was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What it shows, as `confirmed`.
    pub word: String,
    /// The column.
    pub column: usize,
    /// Whether it holds a moment; otherwise it holds a word of the program.
    pub dated: bool,
}

/// Rows that the source itself counts for nothing: deleted ones, tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Void {
    /// The column that says so.
    pub column: usize,
    /// The values by which it does, folded.
    pub words: Vec<String>,
    /// A column with whose value the row counts all the same.
    pub unless: Option<usize>,
}

/// What a file says of everybody in it, as Mailchimp's files of unsubscribed people do.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentOfFile {
    /// What was asked for.
    pub purpose: String,
    /// The answer.
    pub granted: bool,
    /// Which file says so.
    pub evidence: String,
    /// The columns that may say when.
    pub times: Vec<usize>,
    /// What else shows it.
    pub proofs: Vec<Proof>,
}

impl Layout {
    /// The columns that may hold `field`.
    pub fn columns(&self, field: Field) -> &[usize] {
        self.fields
            .iter()
            .find(|(named, _)| *named == field)
            .map_or(&[], |(_, columns)| columns)
    }

    /// Whether the rows are orders that nothing numbers.
    pub fn is_unnumbered(&self) -> bool {
        self.kind == Kind::Orders && self.key.is_empty() && self.columns(Field::OrderId).is_empty()
    }

    /// Every column that holds dates: fields, and the times of consents.
    pub fn date_columns(&self) -> Vec<usize> {
        let fields = self
            .fields
            .iter()
            .filter(|(field, _)| field.is_date())
            .flat_map(|(_, columns)| columns);
        let consents = self.consents.iter().flat_map(|consent| &consent.times);
        let file = self.consent_of_file.iter().flat_map(|consent| &consent.times);
        let mut columns: Vec<usize> = fields.chain(consents).chain(file).copied().collect();
        columns.extend(self.proofs().filter(|proof| proof.dated).map(|proof| proof.column));
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Every column that shows how an answer was given.
    pub fn proofs(&self) -> impl Iterator<Item = &Proof> {
        let consents = self.consents.iter().flat_map(|consent| &consent.proofs);
        consents.chain(self.consent_of_file.iter().flat_map(|consent| &consent.proofs))
    }

    /// Every column that holds amounts.
    pub fn amount_columns(&self) -> Vec<usize> {
        self.fields
            .iter()
            .filter(|(field, _)| field.is_amount())
            .flat_map(|(_, columns)| columns)
            .copied()
            .collect()
    }
}
