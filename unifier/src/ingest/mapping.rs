//! A mapping file: which column of any export is what, in TOML.
//!
//! ```toml
//! source = "till"
//! kind = "people"
//! record_key = "card"
//!
//! [columns]            # ours = theirs
//! given_name = "First"
//! email = "Mail"
//!
//! [identifiers]
//! national_id = "soc_sec_id"
//!
//! [traits]
//! shoe_size = "Size"
//!
//! [consents]           # purpose = theirs, or more: when, and that a yes in the column is a refusal
//! email_marketing = { column = "Unsubscribed", at = "Unsubscribed on", reading = "refusal" }
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::{Config, is_name, with_nearest_key};
use crate::normalise::money::Decimal;

use super::field::{Field, Kind, nearest};
use super::file::Encoding;
use super::layout::{ConsentColumn, Layout, Reading};

/// A mapping file as it stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The source the rows belong to; a flag may name another.
    pub source: Option<String>,
    /// What the rows are.
    #[serde(default)]
    pub kind: Kind,
    /// The column of the record's key.
    pub record_key: Option<String>,
    /// The separator, where it is not to be found out.
    pub delimiter: Option<char>,
    /// The encoding, where it is not to be found out.
    pub encoding: Option<Encoding>,
    /// How dates are written, in the words of `strftime`.
    pub date_format: Option<String>,
    /// The decimal sign.
    pub decimal: Option<Decimal>,
    /// Our fields, and their columns.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Types of further identifiers, and their columns.
    #[serde(default)]
    pub identifiers: BTreeMap<String, String>,
    /// Names of traits, and their columns.
    #[serde(default)]
    pub traits: BTreeMap<String, String>,
    /// Purposes, and their columns.
    #[serde(default)]
    pub consents: BTreeMap<String, Answer>,
}

/// Where an answer stands, and when it was given.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// The column of the answer.
    Column(String),
    /// The column of the answer, and what else is known of it.
    Described {
        /// The answer.
        column: String,
        /// Its time.
        at: Option<String>,
        /// Its time, if it is a yes; a no counts from the import's day.
        granted_at: Option<String>,
        /// What its values mean.
        #[serde(default)]
        reading: Reading,
    },
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The mapping file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The mapping file is wrong, or names what the data file does not have.
    #[error("{}: {}", path.display(), defects.join("\n"))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong.
        defects: Vec<String>,
    },
}

impl Mapping {
    /// Reads and checks a mapping file, as far as that goes without the file it maps.
    ///
    /// # Errors
    /// [`MappingError`] with everything that is wrong.
    pub fn read(path: &Path, config: &Config) -> Result<Self, MappingError> {
        let text = fs::read_to_string(path).map_err(|source| MappingError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, config).map_err(|defects| MappingError::Invalid {
            path: path.to_owned(),
            defects,
        })
    }

    /// Reads and checks the text of a mapping file.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn parse(text: &str, config: &Config) -> Result<Self, Vec<String>> {
        let mapping: Self = toml::from_str(text).map_err(|error| vec![with_nearest_key(&error.to_string())])?;
        let defects = mapping.defects(config);
        if defects.is_empty() { Ok(mapping) } else { Err(defects) }
    }

    /// Finds the mapping's columns in a file's header. `path` names the mapping in errors.
    ///
    /// # Errors
    /// [`MappingError`] with every column that is missing, and the nearest one there is.
    pub fn resolve(&self, path: &Path, header: &[&str], source: &str) -> Result<Layout, MappingError> {
        let mut columns = Columns {
            header,
            missing: Vec::new(),
        };
        let fields = self.columns.iter().filter_map(|(field, column)| {
            Some((
                Field::from_name(field)?,
                vec![columns.find(&format!("columns.{field}"), column)?],
            ))
        });
        let fields = fields.collect();
        let key = self
            .record_key
            .iter()
            .filter_map(|column| columns.find("record_key", column))
            .collect();
        let identifiers = columns.find_all("identifiers", &self.identifiers);
        let traits = columns.find_all("traits", &self.traits);
        let consents = self
            .consents
            .iter()
            .filter_map(|(purpose, answer)| columns.answer(purpose, answer))
            .collect();
        if !columns.missing.is_empty() {
            return Err(MappingError::Invalid {
                path: path.to_owned(),
                defects: columns.missing,
            });
        }
        Ok(Layout {
            name: "mapping".to_owned(),
            source: source.to_owned(),
            kind: self.kind,
            key,
            fields,
            identifiers,
            traits,
            consents,
            consent_of_file: None,
            date_format: self.date_format.clone(),
            decimal: self.decimal,
            apostrophes: false,
            bare_prefixes: false,
            continued: Vec::new(),
            void: Vec::new(),
            won_only: false,
            order_prefix: "",
        })
    }

    fn defects(&self, config: &Config) -> Vec<String> {
        let mut defects = Vec::new();
        for field in self.columns.keys().filter(|field| Field::from_name(field).is_none()) {
            let known = Field::ALL.iter().map(|field| field.as_str());
            defects.push(format!(
                "columns.{field}: not one of our fields{}; what is none of them goes under [traits]",
                suggestion(field, known)
            ));
        }
        for purpose in self
            .consents
            .keys()
            .filter(|purpose| !config.purposes.contains(purpose))
        {
            let known = config.purposes.iter().map(String::as_str);
            defects.push(format!(
                "consents.{purpose}: not among the configured purposes{}",
                suggestion(purpose, known)
            ));
        }
        for (purpose, answer) in &self.consents {
            let both = matches!(
                answer,
                Answer::Described {
                    at: Some(_),
                    granted_at: Some(_),
                    ..
                }
            );
            defects.extend(both.then(|| format!("consents.{purpose}: at or granted_at, not both")));
        }
        for source in self.source.iter().filter(|source| !is_name(source)) {
            defects.push(format!("source: {source:?} is no name of a-z, 0-9, - and _"));
        }
        let separates = |c: char| c.is_ascii() && !matches!(c, '"' | '\r' | '\n');
        if self.delimiter.is_some_and(|delimiter| !separates(delimiter)) {
            defects.push("delimiter: one ASCII character, as \";\", and no quote or end of a line".to_owned());
        }
        for field in self
            .required()
            .iter()
            .filter(|field| !self.columns.contains_key(field.as_str()))
        {
            defects.push(format!(
                "columns.{} is missing: {} need it",
                field.as_str(),
                self.kind.as_str()
            ));
        }
        defects
    }

    fn required(&self) -> &'static [Field] {
        match self.kind {
            Kind::People => &[],
            // Rows that have no number are known by what they say.
            Kind::Orders => &[Field::OrderedAt, Field::Amount],
            Kind::Consents => &[Field::Purpose, Field::Granted],
            Kind::Events => &[Field::Type, Field::Timestamp],
        }
    }
}

/// The columns of a file, and which were sought in vain.
struct Columns<'a> {
    header: &'a [&'a str],
    missing: Vec<String>,
}

impl Columns<'_> {
    fn find(&mut self, place: &str, column: &str) -> Option<usize> {
        let found = self.header.iter().position(|header| header.trim() == column.trim());
        if found.is_none() {
            // The columns are not listed: in a file without a header they are the first person's values.
            self.missing.push(format!(
                "{place}: the file's first line has no column {column:?}{}",
                suggestion(column, self.header.iter().copied())
            ));
        }
        found
    }

    fn find_all(&mut self, table: &str, named: &BTreeMap<String, String>) -> Vec<(String, usize)> {
        let found = named
            .iter()
            .filter_map(|(name, column)| Some((name.clone(), self.find(&format!("{table}.{name}"), column)?)));
        found.collect()
    }

    fn answer(&mut self, purpose: &str, answer: &Answer) -> Option<ConsentColumn> {
        let place = format!("consents.{purpose}");
        let (header, at, granted_at, reading) = match answer {
            Answer::Column(column) => (column, None, None, Reading::Answer),
            Answer::Described {
                column,
                at,
                granted_at,
                reading,
            } => (column, at.as_ref(), granted_at.as_ref(), *reading),
        };
        let times = at
            .or(granted_at)
            .and_then(|at| self.find(&place, at))
            .into_iter()
            .collect();
        let column = self.find(&place, header)?;
        Some(ConsentColumn {
            purpose: purpose.to_owned(),
            column,
            header: header.clone(),
            times,
            times_of_yes: at.is_none(),
            reading,
            proofs: Vec::new(),
        })
    }
}

fn suggestion<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(unknown, known).map_or_else(String::new, |name| format!(", did you mean {name:?}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

    fn read(text: &str) -> Result<Mapping, MappingError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.toml");
        fs::write(&path, text).unwrap();
        Mapping::read(&path, &Config::parse(COMPANY).unwrap())
    }

    fn message<T: std::fmt::Debug>(result: Result<T, MappingError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_mapping_finds_its_columns() {
        let mapping = read(
            "source = \"till\"\nrecord_key = \"card\"\n[columns]\nemail = \"Mail\"\n[traits]\nshoe = \"Size\"\n\
                            [consents]\nemail_marketing = { column = \"News\", at = \"Since\" }\n",
        )
        .unwrap();
        let header = ["card", "Mail", "Size", "News", "Since"];
        let layout = mapping.resolve(Path::new("map.toml"), &header, "till").unwrap();
        assert_eq!(
            (layout.key.as_slice(), layout.columns(Field::Email)),
            (&[0][..], &[1][..])
        );
        assert_eq!(layout.traits, [("shoe".to_owned(), 2)]);
        assert_eq!(
            (layout.consents[0].column, layout.consents[0].times.as_slice()),
            (3, &[4][..])
        );
        assert_eq!(layout.date_columns(), [4]);
    }

    #[test]
    fn a_mapping_says_that_a_yes_is_a_refusal() {
        let mapping = read("[consents]\nemail_marketing = { column = \"Out\", reading = \"refusal\" }\n").unwrap();
        let layout = mapping
            .resolve(Path::new("map.toml"), &["Mail", "Out"], "till")
            .unwrap();
        assert_eq!(
            (layout.consents[0].column, layout.consents[0].reading),
            (1, Reading::Refusal)
        );
        assert_eq!(layout.consents[0].reading.granted("oui"), Some(Some(false)));
        assert_eq!(layout.consents[0].reading.granted("non"), Some(None));
        assert_eq!(layout.consents[0].reading.granted("perhaps"), None);
    }

    #[test]
    fn unknown_keys_fields_and_purposes_name_the_nearest() {
        assert!(message(read("sorce = \"till\"\n")).contains("did you mean `source`?"));
        assert!(message(read("[columns]\nemial = \"Mail\"\n")).contains("did you mean \"email\"?"));
        assert!(message(read("[consents]\nemail_marketin = \"News\"\n")).contains("did you mean \"email_marketing\"?"));
        assert!(
            message(read("kind = \"orders\"\n[columns]\norder_id = \"Nr\"\n")).contains("columns.amount is missing")
        );
        assert!(message(read("source = \"My Till\"\n")).contains("is no name"));
        assert!(message(read("delimiter = \"\\n\"\n")).contains("no quote or end of a line"));
        let both = "[consents]\nemail_marketing = { column = \"News\", at = \"A\", granted_at = \"B\" }\n";
        assert!(message(read(both)).contains("at or granted_at, not both"));
    }

    #[test]
    fn orders_need_no_number() {
        let mapping = read("kind = \"orders\"\n[columns]\nordered_at = \"Day\"\namount = \"Paid\"\n").unwrap();
        let layout = mapping
            .resolve(Path::new("map.toml"), &["Day", "Paid"], "till")
            .unwrap();
        assert!(layout.is_unnumbered());
        let own = Layout { key: vec![0], ..layout };
        assert!(!own.is_unnumbered());
    }

    #[test]
    fn every_missing_column_is_told_at_once_with_the_nearest() {
        let mapping = read("record_key = \"crad\"\n[columns]\nemail = \"mail\"\n").unwrap();
        let told = message(mapping.resolve(Path::new("map.toml"), &["card", "Mail"], "till"));
        assert!(
            told.contains("did you mean \"card\"?") && told.contains("did you mean \"Mail\"?"),
            "{told}"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_mapping_or_an_error(
            lines in proptest::collection::vec(
                "\\PC{0,20}|\\[(columns|traits|consents|identifiers)\\]|(kind|source|decimal|email|delimiter) = (\"\\PC{0,6}\"|\"orders\"|[0-9]|\\{ column = \"a\" \\})",
                0..8,
            ),
            header in proptest::collection::vec("\\PC{0,6}", 0..4),
        ) {
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            if let Ok(mapping) = read(&lines.join("\n")) {
                let _ = mapping.resolve(Path::new("map.toml"), &header, "till");
            }
        }
    }
}
