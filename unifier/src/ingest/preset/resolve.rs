//! Finds a preset's columns in the header of one file.

use crate::ingest::layout::{self, ConsentColumn, ConsentOfFile, Layout};
use crate::normalise::text::snake_case;

use super::{Consent, FIRST_COLUMN, Field, FileStatus, Kind, Preset, Proof, Void, fold};

impl Preset {
    /// Finds the preset's columns in a header. `file_name` is the file's name without its folder.
    pub fn resolve(&self, header: &[&str], file_name: &str, source: &str) -> Layout {
        let folded = folded(header);
        let fields = self.columns.iter();
        let fields = fields.map(|(field, spellings)| (*field, find_all(&folded, spellings)));
        let identifiers = self.identifiers.iter();
        let identifiers = identifiers.filter_map(|(kind, column)| Some(((*kind).to_owned(), find(&folded, column)?)));
        let consents = self.consents.iter();
        let status = self.consent_of_file.and_then(|of_file| of_file(file_name, &folded));
        let mut layout = Layout {
            name: self.name.to_owned(),
            source: source.to_owned(),
            kind: self.kind,
            key: find_all(&folded, self.key),
            fields: fields.filter(|(_, columns)| !columns.is_empty()).collect(),
            identifiers: identifiers.collect(),
            traits: Vec::new(),
            consents: consents
                .filter_map(|consent| consent.resolve(header, &folded))
                .collect(),
            consent_of_file: status.map(|status| status.resolve(&folded)),
            date_format: None,
            decimal: self.decimal,
            apostrophes: true,
            bare_prefixes: self.bare_prefixes,
            continued: find_all(&folded, self.continued),
            void: self.void.iter().filter_map(|void| void.resolve(&folded)).collect(),
            won_only: self.won_only,
            order_prefix: (self.order_prefix)(file_name),
        };
        if self.kind == Kind::People {
            layout.traits = self.further_traits(header, &folded, &layout);
        }
        layout
    }

    /// The columns that nothing else uses, by their headers. The second of two columns with one header gets a number, as does one
    /// whose name is one of our fields. What is told of a computer's address is none.
    fn further_traits(&self, header: &[&str], folded: &[String], layout: &Layout) -> Vec<(String, usize)> {
        let used = used_columns(layout);
        let ignored: Vec<String> = self.ignored.iter().map(|spelling| fold(spelling)).collect();
        let mut traits: Vec<(String, usize)> = Vec::new();
        for column in (0..header.len()).filter(|column| !used.contains(column) && !ignored.contains(&folded[*column])) {
            let name = self.trait_name(header[column], &folded[column]);
            let of_computer = name.split('_').any(|word| word == "ip");
            if name.is_empty() || of_computer || name.split('_').next() == Some(self.ignored_word) {
                continue;
            }
            let before = folded[..column]
                .iter()
                .filter(|earlier| **earlier == folded[column])
                .count();
            let is_field = Field::from_name(&name).and_then(Field::person_index).is_some();
            let mut number = before.max(usize::from(is_field)) + 1;
            while traits.iter().any(|(taken, _)| *taken == numbered(&name, number)) {
                number += 1;
            }
            traits.push((numbered(&name, number), column));
        }
        traits
    }

    fn trait_name(&self, header: &str, folded: &str) -> String {
        let named = self
            .traits
            .iter()
            .find(|(_, spellings)| spellings.iter().any(|spelling| fold(spelling) == folded));
        named.map_or_else(|| snake_case(header), |(name, _)| (*name).to_owned())
    }
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 {
        name.to_owned()
    } else {
        format!("{name}_{number}")
    }
}

fn used_columns(layout: &Layout) -> Vec<usize> {
    let fields = layout.fields.iter().flat_map(|(_, columns)| columns.iter().copied());
    fields
        .chain(layout.consents.iter().map(|consent| consent.column))
        .chain(layout.proofs().map(|proof| proof.column))
        .chain(layout.identifiers.iter().map(|(_, column)| *column))
        .chain(layout.void.iter().map(|void| void.column))
        .chain(layout.key.iter().copied())
        .chain(layout.date_columns())
        .collect()
}

impl Consent {
    fn resolve(&self, header: &[&str], folded: &[String]) -> Option<ConsentColumn> {
        let column = find(folded, self.column)?;
        Some(ConsentColumn {
            purpose: self.purpose.to_owned(),
            column,
            header: header[column].to_owned(),
            times: find_all(folded, self.times),
            times_of_yes: self.times_of_yes,
            reading: self.reading,
            proofs: proofs(self.proofs, folded),
        })
    }
}

impl FileStatus {
    fn resolve(self, folded: &[String]) -> ConsentOfFile {
        ConsentOfFile {
            purpose: event_schema::Purpose::EMAIL_MARKETING.to_owned(),
            granted: self.granted,
            evidence: self.evidence.to_owned(),
            times: find_all(folded, self.times),
            proofs: proofs(self.proofs, folded),
        }
    }
}

impl Void {
    fn resolve(&self, folded: &[String]) -> Option<layout::Void> {
        Some(layout::Void {
            column: find(folded, self.column)?,
            words: self.words.iter().map(|word| (*word).to_owned()).collect(),
            unless: find(folded, self.unless),
        })
    }
}

fn proofs(proofs: &[Proof], folded: &[String]) -> Vec<layout::Proof> {
    let found = proofs.iter().filter_map(|proof| {
        Some(layout::Proof {
            word: proof.word.to_owned(),
            column: find(folded, proof.column)?,
            dated: proof.dated,
        })
    });
    found.collect()
}

/// A header as spellings are compared with it.
pub(super) fn folded(header: &[&str]) -> Vec<String> {
    header.iter().map(|column| fold(column)).collect()
}

/// The first column of any of the spellings.
pub(super) fn find(header: &[String], spellings: &[&str]) -> Option<usize> {
    find_all(header, spellings).first().copied()
}

/// The columns in the order of their spellings.
fn find_all(header: &[String], spellings: &[&str]) -> Vec<usize> {
    let mut columns = Vec::new();
    for spelling in spellings {
        let column = match *spelling {
            FIRST_COLUMN => columns.is_empty().then_some(0),
            _ => header.iter().position(|column| *column == fold(spelling)),
        };
        columns.extend(column.filter(|column| !columns.contains(column)));
    }
    columns
}
