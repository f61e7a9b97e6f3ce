//! The exports of known programs: a table of facts about each header, in one small file for each vendor.
//!
//! A preset is told by its columns, never by their order. Headers are compared without regard to case, accents and signs
//! ([`fold`]). What a preset of people does not know is kept as a trait.

mod brevo;
mod dolibarr;
mod hubspot;
mod klaviyo;
mod mailchimp;
mod mautic;
mod odoo;
mod prestashop;
mod resolve;
mod salesforce;
mod sap;
mod shopify;
mod stripe;
#[cfg(test)]
mod tests;
mod woocommerce;

use crate::normalise::money::Decimal;

use super::field::{Field, Kind, fold};
use super::layout::Reading;

use resolve::{find, folded};

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
    /// Columns that every vintage has.
    signature: &'static [Spellings],
    /// So many of these columns are there, too; for exports whose owners pick the columns.
    some_of: (usize, &'static [Spellings]),
    key: Spellings,
    columns: &'static [(Field, Spellings)],
    /// Further identifiers; of two columns of one type, the later that says something counts.
    identifiers: &'static [(&'static str, Spellings)],
    consents: &'static [Consent],
    /// Traits whose header would mislead, by the name they get.
    traits: &'static [(&'static str, Spellings)],
    /// What is neither ours nor worth keeping.
    ignored: Spellings,
    /// Nor is any column whose first word is this one.
    ignored_word: &'static str,
    decimal: Option<Decimal>,
    /// Telephone numbers are international ones without their sign.
    bare_prefixes: bool,
    continued: Spellings,
    void: &'static [Void],
    /// An order counts only when it was won.
    won_only: bool,
    /// What stands before the numbers of a file's orders, by the file's name.
    order_prefix: fn(&str) -> &'static str,
    consent_of_file: Option<ConsentByName>,
}

/// A column that answers for a purpose.
struct Consent {
    purpose: &'static str,
    column: Spellings,
    times: Spellings,
    /// Whether the times are a yes's only, as when the source came to know the person: a no is younger, by nobody knows how much.
    times_of_yes: bool,
    reading: Reading,
    proofs: &'static [Proof],
}

/// A column that shows how an answer was given.
struct Proof {
    word: &'static str,
    column: Spellings,
    dated: bool,
}

/// Rows that the source counts for nothing.
struct Void {
    column: Spellings,
    /// Folded values.
    words: &'static [&'static str],
    unless: Spellings,
}

/// What the name of a file says of everybody in it.
struct FileStatus {
    granted: bool,
    evidence: &'static str,
    times: Spellings,
    proofs: &'static [Proof],
}

/// Stands for a file's first column, where owners rename it.
const FIRST_COLUMN: &str = "#1";

/// Every preset.
pub const ALL: &[&Preset] = &[
    &shopify::CUSTOMERS,
    &shopify::ORDERS,
    &mailchimp::AUDIENCE,
    &brevo::CONTACTS,
    &klaviyo::PROFILES,
    &klaviyo::SUPPRESSIONS,
    &hubspot::CONTACTS,
    &hubspot::COMPANIES,
    &hubspot::DEALS,
    &salesforce::CONTACTS,
    &stripe::CUSTOMERS,
    &stripe::PAYMENTS,
    &woocommerce::CUSTOMERS,
    &woocommerce::ORDERS,
    &prestashop::CUSTOMERS,
    &dolibarr::THIRD_PARTIES,
    &dolibarr::CONTACTS,
    &odoo::PARTNERS,
    &sap::PARTNERS,
    &sap::DOCUMENTS,
    &mautic::CONTACTS,
];

/// A preset that most leave as it is.
const PLAIN: Preset = Preset {
    name: "",
    source: "",
    kind: Kind::People,
    signature: &[],
    some_of: (0, &[]),
    key: &[],
    columns: &[],
    identifiers: &[],
    consents: &[],
    traits: &[],
    ignored: &[],
    ignored_word: "",
    decimal: None,
    bare_prefixes: false,
    continued: &[],
    void: &[],
    won_only: false,
    order_prefix: |_| "",
    consent_of_file: None,
};

/// A column of answers that most leave as it is.
const ASKED: Consent = Consent {
    purpose: "",
    column: &[],
    times: &[],
    times_of_yes: false,
    reading: Reading::Answer,
    proofs: &[],
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
    #[error(
        "no preset knows this file; let --propose write a mapping for it and give that with --map MAP.toml, or name a preset \
         with --preset NAME\n{}", .0.join("\n")
    )]
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

/// The preset that reads a file with this header; of several, the one that knows most of its columns.
///
/// # Errors
/// [`PresetError`] lists what the file lacks for the nearest presets.
pub fn detect(header: &[&str]) -> Result<&'static Preset, PresetError> {
    let header = folded(header);
    let fits = |preset: &&&Preset| preset.missing(&header).is_empty();
    let known: Vec<(usize, &'static Preset)> = ALL
        .iter()
        .filter(fits)
        .map(|preset| (preset.known_columns(&header), *preset))
        .collect();
    let most = known.iter().map(|(columns, _)| *columns).max().unwrap_or(0);
    let best: Vec<&'static Preset> = known
        .into_iter()
        .filter(|(columns, _)| *columns == most)
        .map(|(_, preset)| preset)
        .collect();
    match best[..] {
        [preset] => Ok(preset),
        [] => Err(PresetError::NoneFits(nearest(&header))),
        _ => Err(PresetError::SeveralFit(best.iter().map(|preset| preset.name).collect())),
    }
}

/// What the file lacks for the presets that lack least.
fn nearest(header: &[String]) -> Vec<String> {
    const SHOWN: usize = 5;
    let mut lacking: Vec<(usize, String)> = ALL
        .iter()
        .map(|preset| (preset, preset.missing(header)))
        .map(|(preset, missing)| (missing.len(), format!("  {} lacks {}", preset.name, missing.join(", "))))
        .collect();
    lacking.sort();
    lacking.into_iter().take(SHOWN).map(|(_, told)| told).collect()
}

impl Preset {
    /// What a file lacks to be this export.
    fn missing(&self, header: &[String]) -> Vec<String> {
        let lacks = |spellings: &&Spellings| find(header, spellings).is_none();
        let mut missing: Vec<String> = self
            .signature
            .iter()
            .filter(lacks)
            .map(|spellings| spellings[0].to_owned())
            .collect();
        let (wanted, choice) = self.some_of;
        let absent: Vec<&str> = choice.iter().filter(lacks).map(|spellings| spellings[0]).collect();
        let found = choice.len() - absent.len();
        if found < wanted {
            missing.push(format!("{} of {}", wanted - found, absent.join(", ")));
        }
        missing
    }

    /// How many columns of a header the preset has a name for.
    fn known_columns(&self, header: &[String]) -> usize {
        let fields = self.columns.iter().map(|(_, spellings)| *spellings);
        let spellings = fields
            .chain([self.key, self.ignored])
            .chain(self.signature.iter().copied())
            .chain(self.some_of.1.iter().copied())
            .chain(self.consents.iter().map(|consent| consent.column));
        let mut known: Vec<&str> = spellings.flatten().copied().collect();
        known.retain(|spelling| *spelling != FIRST_COLUMN);
        let known: Vec<String> = known.into_iter().map(fold).collect();
        header.iter().filter(|column| known.contains(column)).count()
    }
}
