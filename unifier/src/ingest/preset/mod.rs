//! The exports of known programs: one file per vendor, each a table of facts about a header.
//!
//! A preset is told by its signature, never by the order of columns. Headers are compared without regard to case, `_` and
//! `-`. What a preset of people does not know is kept as a trait.

mod hubspot;
mod mailchimp;
mod odoo;
mod shopify;

use crate::normalise::money::Decimal;
use crate::normalise::text::snake_case;

use super::field::{Field, Kind, fold};
use super::layout::{ConsentColumn, ConsentOfFile, Layout};

/// The spellings of one column.
type Spellings = &'static [&'static str];

/// What a file says of everybody in it, by its name and its folded header.
type ConsentByName = fn(&str, &[String]) -> Option<FileStatus>;

/// What is known of one export.
pub struct Preset {
    /// The name on the command line.
    pub name: &'static str,
    /// The source the rows belong to when none is named.
    pub source: &'static str,
    /// What the rows are.
    pub kind: Kind,
    signature: &'static [Spellings],
    key: Spellings,
    columns: &'static [(Field, Spellings)],
    consents: &'static [Consent],
    /// What is neither ours nor worth keeping.
    ignored: Spellings,
    decimal: Option<Decimal>,
    apostrophes: bool,
    continued: Spellings,
    consent_of_file: Option<ConsentByName>,
}

/// A column that answers for a purpose.
struct Consent {
    purpose: &'static str,
    column: Spellings,
    times: Spellings,
    refusal: bool,
}

/// What the name of a file says of everybody in it.
struct FileStatus {
    granted: bool,
    evidence: &'static str,
    times: Spellings,
}

/// Stands for a file's first column, where owners rename it.
const FIRST_COLUMN: &str = "#1";

/// Every preset.
pub const ALL: &[&Preset] = &[
    &shopify::CUSTOMERS,
    &shopify::ORDERS,
    &hubspot::CONTACTS,
    &mailchimp::AUDIENCE,
    &odoo::PARTNERS,
];

/// A preset that most leave as it is.
const PLAIN: Preset = Preset {
    name: "",
    source: "",
    kind: Kind::People,
    signature: &[],
    key: &[],
    columns: &[],
    consents: &[],
    ignored: &[],
    decimal: None,
    apostrophes: false,
    continued: &[],
    consent_of_file: None,
};

/// Why no preset fits.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// The name is none.
    #[error("there is no preset {name:?}: the presets are {}", names().join(", "))]
    Unknown {
        /// The name given.
        name: String,
    },
    /// The file is not what the preset reads.
    #[error("the file is no {name} export: it lacks {}", missing.join(", "))]
    Unfit {
        /// The preset.
        name: &'static str,
        /// The columns it lacks.
        missing: Vec<String>,
    },
    /// No preset reads the file.
    #[error("no preset knows this file; give --map MAP.toml, or --preset NAME\n{}", .0.join("\n"))]
    NoneFits(Vec<String>),
    /// Several presets read the file.
    #[error("several presets know this file ({}): say which with --preset NAME", .0.join(", "))]
    SeveralFit(Vec<&'static str>),
}

fn names() -> Vec<&'static str> {
    ALL.iter().map(|preset| preset.name).collect()
}

/// The preset of that name, if it reads a file with this header.
///
/// # Errors
/// [`PresetError`] says what the file lacks.
pub fn named(name: &str, header: &[&str]) -> Result<&'static Preset, PresetError> {
    let preset = ALL.iter().find(|preset| preset.name == name);
    let preset = preset.ok_or_else(|| PresetError::Unknown { name: name.to_owned() })?;
    let missing = preset.missing(&folded(header));
    if missing.is_empty() {
        Ok(preset)
    } else {
        Err(PresetError::Unfit {
            name: preset.name,
            missing,
        })
    }
}

/// The preset that reads a file with this header.
///
/// # Errors
/// [`PresetError`] lists what the file lacks for each.
pub fn detect(header: &[&str]) -> Result<&'static Preset, PresetError> {
    let header = folded(header);
    let fitting: Vec<&'static Preset> = ALL
        .iter()
        .copied()
        .filter(|preset| preset.missing(&header).is_empty())
        .collect();
    match fitting[..] {
        [preset] => Ok(preset),
        [] => Err(PresetError::NoneFits(
            ALL.iter()
                .map(|preset| format!("  {} lacks {}", preset.name, preset.missing(&header).join(", ")))
                .collect(),
        )),
        _ => Err(PresetError::SeveralFit(
            fitting.iter().map(|preset| preset.name).collect(),
        )),
    }
}

fn folded(header: &[&str]) -> Vec<String> {
    header.iter().map(|column| fold(column)).collect()
}

impl Preset {
    fn missing(&self, header: &[String]) -> Vec<String> {
        let lacks = |spellings: &&Spellings| find(header, spellings).is_none();
        self.signature
            .iter()
            .filter(lacks)
            .map(|spellings| spellings[0].to_owned())
            .collect()
    }

    /// Finds the preset's columns in a header. `file_name` is the file's name without its folder.
    pub fn resolve(&self, header: &[&str], file_name: &str, source: &str) -> Layout {
        let folded = folded(header);
        let fields = self
            .columns
            .iter()
            .map(|(field, spellings)| (*field, find_all(&folded, spellings)));
        let fields: Vec<_> = fields.filter(|(_, columns)| !columns.is_empty()).collect();
        let status = self.consent_of_file.and_then(|of_file| of_file(file_name, &folded));
        let mut layout = Layout {
            name: self.name.to_owned(),
            source: source.to_owned(),
            kind: self.kind,
            key: find_all(&folded, self.key),
            fields,
            identifiers: Vec::new(),
            traits: Vec::new(),
            consents: self
                .consents
                .iter()
                .filter_map(|consent| consent.resolve(header, &folded))
                .collect(),
            consent_of_file: status.map(|status| status.resolve(&folded)),
            date_format: None,
            decimal: self.decimal,
            apostrophes: self.apostrophes,
            continued: find_all(&folded, self.continued),
        };
        if self.kind == Kind::People {
            layout.traits = self.further_traits(header, &folded, &layout);
        }
        layout
    }

    /// The columns that nothing else uses, by their headers.
    fn further_traits(&self, header: &[&str], folded: &[String], layout: &Layout) -> Vec<(String, usize)> {
        let fields = layout.fields.iter().flat_map(|(_, columns)| columns.iter().copied());
        let consents = layout.consents.iter().map(|consent| consent.column);
        let used: Vec<usize> = fields
            .chain(consents)
            .chain(layout.key.iter().copied())
            .chain(layout.date_columns())
            .collect();
        let unused = (0..header.len())
            .filter(|column| !used.contains(column) && find(&folded[*column..=*column], self.ignored).is_none());
        let mut traits: Vec<(String, usize)> = Vec::new();
        for column in unused {
            let name = snake_case(header[column]);
            if !name.is_empty() && traits.iter().all(|(taken, _)| *taken != name) {
                traits.push((name, column));
            }
        }
        traits
    }
}

impl Consent {
    fn resolve(&self, header: &[&str], folded: &[String]) -> Option<ConsentColumn> {
        let column = find(folded, self.column)?;
        Some(ConsentColumn {
            purpose: self.purpose.to_owned(),
            column,
            header: header[column].to_owned(),
            times: find_all(folded, self.times),
            refusal: self.refusal,
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
        }
    }
}

fn find(header: &[String], spellings: &[&str]) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<&str> {
        text.split(',').collect()
    }

    #[test]
    fn each_vendors_header_is_told_from_the_others() {
        let headers = [
            (
                "shopify-customers",
                "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Zip,Phone,Total Spent,Total Orders,Tags",
            ),
            (
                "shopify-customers",
                "First Name,Last Name,Email,Accepts Marketing,Company,Address1,Zip,Phone,Total Spent,Total Orders,Tags",
            ),
            (
                "shopify-orders",
                "Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,Cancelled at",
            ),
            (
                "shopify-orders",
                "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem SKU,Canceled at",
            ),
            (
                "hubspot-contacts",
                "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Create Date",
            ),
            (
                "mailchimp-audience",
                "Mail,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID,TAGS",
            ),
            ("odoo-partners", "id,name,email,parent_id/id,phone"),
            ("odoo-partners", "External ID,Name,Email,Phone,Street,Tax ID"),
        ];
        for (name, columns) in headers {
            assert_eq!(
                detect(&header(columns)).map(|preset| preset.name).ok(),
                Some(name),
                "{columns}"
            );
        }
    }

    #[test]
    fn a_file_that_no_preset_knows_is_refused_with_the_reasons() {
        let told = detect(&header("id,name,email"))
            .err()
            .map(|error| error.to_string())
            .unwrap();
        assert!(
            told.contains("--map MAP.toml") && told.contains("hubspot-contacts lacks Record ID"),
            "{told}"
        );
        let told = named("hubspot", &header("id"))
            .err()
            .map(|error| error.to_string())
            .unwrap();
        assert!(told.contains("hubspot-contacts"), "{told}");
        let told = named("hubspot-contacts", &header("Record ID,Email"))
            .err()
            .map(|error| error.to_string())
            .unwrap();
        assert!(told.ends_with("it lacks First Name, Last Name"), "{told}");
    }

    #[test]
    fn columns_that_a_preset_of_people_does_not_know_become_traits() {
        let columns = header("Record ID,First Name,Last Name,Email,Favourite Colour,Favourite colour");
        let layout = detect(&columns)
            .ok()
            .unwrap()
            .resolve(&columns, "contacts.csv", "hubspot");
        assert_eq!(layout.traits, [("favourite_colour".to_owned(), 4)]);
    }

    #[test]
    fn mailchimp_tells_the_status_by_the_files_name() {
        let columns = header("Email Address,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,LEID,EUID");
        let preset = detect(&columns).ok().unwrap();
        let granted = |file: &str| {
            preset
                .resolve(&columns, file, "mailchimp")
                .consent_of_file
                .map(|consent| consent.granted)
        };
        assert_eq!(granted("subscribed_members_export_1a2b.csv"), Some(true));
        assert_eq!(granted("unsubscribed_members_export_1a2b.csv"), Some(false));
        assert_eq!(granted("cleaned_members_export_1a2b.csv"), Some(false));
        assert_eq!(granted("audience.csv"), None);
        let columns = header("Email Address,OPTIN_TIME,LEID,EUID,UNSUB_TIME");
        let layout = preset.resolve(&columns, "audience.csv", "mailchimp");
        assert_eq!(
            layout.consent_of_file.map(|consent| (consent.granted, consent.times)),
            Some((false, vec![4]))
        );
    }
}
