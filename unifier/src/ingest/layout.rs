//! Which column of one file is what: a preset or a mapping, resolved against the file's header.

use crate::normalise::money::Decimal;

use super::field::{Field, Kind};

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
    /// Columns that are all empty in a line that continues the row above.
    pub continued: Vec<usize>,
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
    /// Whether the column says that the person refused: then yes is no, and no is no answer.
    pub refusal: bool,
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
}

impl Layout {
    /// The columns that may hold `field`.
    pub fn columns(&self, field: Field) -> &[usize] {
        self.fields
            .iter()
            .find(|(named, _)| *named == field)
            .map_or(&[], |(_, columns)| columns)
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
        columns.sort_unstable();
        columns.dedup();
        columns
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
