//! `unifier.toml`: what the pipeline means. How a run behaves is said by flags.
//!
//! The file is read and checked in full before any work. Unknown keys are errors that name the nearest key. Its larger tables
//! stand in files of their own.

mod computed;
mod edge;
mod groups;
mod identity;
mod profile;
mod quality;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use event_schema::Purpose;
use serde::Deserialize;

pub use computed::{Compute, ComputedTrait, ORDER, TOUCH, Wanted};
pub use edge::Edge;
pub use groups::{ADDRESS, EMAIL_DOMAIN, GroupRule};
pub use identity::{IdentifierRule, Identity, Pattern, Period};
pub use profile::{Profile, Survivorship};
pub use quality::Gates;

use crate::predict::PredictConfig;
use crate::segment;

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who runs this store.
    pub company: Company,
    /// What one unit of another currency is worth in the company's currency: `CHF = 1.06`.
    #[serde(default)]
    pub rates: BTreeMap<String, f64>,
    /// The purposes people are asked about.
    #[serde(default = "default_purposes")]
    pub purposes: Vec<String>,
    /// The sources by name. A source that is not named here has the lowest rank.
    #[serde(default)]
    pub sources: BTreeMap<String, Source>,
    /// Where web events are pulled from.
    #[serde(default)]
    pub edge: Option<Edge>,
    /// Who is who.
    #[serde(default)]
    pub identity: Identity,
    /// Which value wins.
    #[serde(default)]
    pub profile: Profile,
    /// Traits that are computed of what a person did, by name.
    #[serde(default)]
    pub traits: BTreeMap<String, ComputedTrait>,
    /// People who belong together without being one: households, accounts.
    #[serde(default)]
    pub groups: BTreeMap<String, GroupRule>,
    /// How far to look ahead, and when to trust it.
    #[serde(default)]
    pub predict: PredictConfig,
    /// The segments by name.
    #[serde(default)]
    pub segments: BTreeMap<String, SegmentRule>,
    /// What stops a night.
    #[serde(default)]
    pub quality: Gates,
    /// What is kept, and for how long.
    #[serde(default)]
    pub retention: Retention,
}

/// Who runs this store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// The name, for pages and reports.
    pub name: String,
    /// ISO 3166-1 alpha-2 code of the country whose phone numbers need no prefix.
    pub country: String,
    /// ISO 4217 code of the currency totals are given in.
    pub currency: String,
}

/// A source of records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// 1 is trusted most.
    #[serde(default = "Source::lowest_rank")]
    pub rank: u32,
    /// Third-party data: adds traits and never joins people.
    #[serde(default)]
    pub enrichment: bool,
    /// What third-party data may be used for: one of the purposes.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The last day on which third-party data may be used, as `2027-01-31`. Later nights know nothing of it.
    #[serde(default)]
    pub licensed_until: Option<String>,
    /// The database its rows are in.
    #[serde(default)]
    pub database: Option<Database>,
}

/// A query whose rows are a source's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The environment variable that holds the address: `postgres://…`, `mysql://…` or `sqlite://FILE`.
    pub url_env: String,
    /// The query; nothing but reading is allowed.
    pub query: String,
    /// The mapping of its columns, relative to the configuration.
    #[serde(default)]
    pub map: Option<PathBuf>,
    /// The preset, where there is no mapping.
    #[serde(default)]
    pub preset: Option<String>,
}

impl Source {
    /// The last day on which it may be used, in days since 1970-01-01; nothing where nobody says.
    pub fn last_day(&self) -> Option<i32> {
        let day: jiff::civil::Date = self.licensed_until.as_ref()?.parse().ok()?;
        Some((day - jiff::civil::date(1970, 1, 1)).get_days())
    }

    /// What is wrong with its licence.
    fn defects(&self, name: &str, purposes: &[String]) -> Vec<String> {
        let key = format!("sources.{name}");
        let mut defects = Vec::new();
        if !self.enrichment && (self.purpose.is_some() || self.licensed_until.is_some()) {
            defects.push(format!(
                "{key}: purpose and licensed_until are of third-party data: say enrichment = true, or take them away"
            ));
        }
        if let Some(purpose) = self.purpose.as_ref().filter(|purpose| !purposes.contains(purpose)) {
            defects.push(format!("{key}.purpose: {purpose:?} is not among the purposes"));
        }
        if let Some(day) = self.licensed_until.as_ref().filter(|_| self.last_day().is_none()) {
            defects.push(format!("{key}.licensed_until: {day:?} is no day, as \"2027-01-31\""));
        }
        defects
    }

    /// The rank of a source that nobody ranked.
    pub fn lowest_rank() -> u32 {
        1_000
    }
}

/// A segment, as a rule over the published tables.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentRule {
    /// The rule in the segment language.
    pub rule: String,
    /// What marketers call it; the name when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: Option<String>,
    /// The purpose whose consent an export of it needs.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// What is kept, and for how long.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Published nights that stay on disk.
    #[serde(default = "default_nights")]
    pub nights: usize,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            nights: default_nights(),
        }
    }
}

fn default_nights() -> usize {
    3
}

fn default_purposes() -> Vec<String> {
    let known = [
        Purpose::ANALYTICS,
        Purpose::PERSONALISATION,
        Purpose::EMAIL_MARKETING,
        Purpose::SMS_MARKETING,
        Purpose::PROFILING,
    ];
    known.map(str::to_owned).to_vec()
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is no TOML, or holds a key or value that means nothing.
    #[error("{}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where, what, and what would do.
        message: String,
    },
}

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|message| ConfigError::Invalid {
            path: path.to_owned(),
            message,
        })
    }

    /// Checks a configuration's text.
    ///
    /// # Errors
    /// What is wrong, one defect a line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| with_nearest_key(&error.to_string()))?;
        let defects = config.defects();
        if defects.is_empty() {
            Ok(config)
        } else {
            Err(defects.join("\n"))
        }
    }

    /// How far a source is trusted; 1 is most.
    pub fn source_rank(&self, source: &str) -> u32 {
        self.sources
            .get(source)
            .map_or(Source::lowest_rank(), |source| source.rank)
    }

    /// What one unit of `currency` is worth in the company's; nothing when no rate is given.
    pub fn rate(&self, currency: &str) -> Option<f64> {
        if currency == self.company.currency {
            Some(1.0)
        } else {
            self.rates.get(currency).copied()
        }
    }

    fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        if !is_code(&self.company.country, 2) {
            defects.push(format!(
                "company.country: {:?} is no two-letter country code, as CH",
                self.company.country
            ));
        }
        for currency in self
            .rates
            .keys()
            .chain([&self.company.currency])
            .filter(|code| !is_code(code, 3))
        {
            defects.push(format!("{currency:?} is no three-letter currency code, as EUR"));
        }
        for (currency, _) in self
            .rates
            .iter()
            .filter(|(_, rate)| !(rate.is_finite() && **rate > 0.0))
        {
            defects.push(format!("rates.{currency}: a rate is a number above zero"));
        }
        for purpose in self.purposes.iter().filter(|purpose| Purpose::new(purpose).is_none()) {
            defects.push(format!("purposes: {purpose:?} is no word of a-z, 0-9 and _"));
        }
        for (index, purpose) in self.purposes.iter().enumerate() {
            if self.purposes[..index].contains(purpose) {
                defects.push(format!("purposes: {purpose:?} stands there twice"));
            }
        }
        for name in self
            .sources
            .keys()
            .chain(self.segments.keys())
            .filter(|name| !is_name(name))
        {
            defects.push(format!("{name:?} is no name of a-z, 0-9, - and _"));
        }
        for (name, purpose) in self
            .segments
            .iter()
            .filter_map(|(name, segment)| Some((name, segment.purpose.as_ref()?)))
        {
            if !self.purposes.contains(purpose) {
                defects.push(format!(
                    "segments.{name}.purpose: {purpose:?} is not among the purposes"
                ));
            }
        }
        if let Err(errors) = segment::compile(&self.segments, &self.purposes) {
            defects.extend(errors.iter().map(ToString::to_string));
        }
        defects.extend(
            self.sources
                .iter()
                .flat_map(|(name, source)| source.defects(name, &self.purposes)),
        );
        defects.extend(self.edge.iter().flat_map(Edge::defects));
        defects.extend(self.identity.defects());
        defects.extend(self.predict.defects());
        defects.extend(self.quality.defects());
        defects.extend(self.profile.defects());
        defects.extend(self.traits.iter().flat_map(|(name, computed)| computed.defects(name)));
        defects.extend(self.groups.iter().flat_map(|(name, rule)| rule.defects(name)));
        defects
    }
}

fn is_code(text: &str, letters: usize) -> bool {
    text.len() == letters && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether `text` can name a source or a segment: it becomes a folder and part of a command.
pub fn is_name(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=60).contains(&text.len()) && text.bytes().all(allowed)
}

/// Adds `did you mean` to serde's message about an unknown key, which lists the keys it knows.
pub(crate) fn with_nearest_key(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let nearest = match (
        message.contains("unknown field") || message.contains("unknown variant"),
        quoted.next(),
    ) {
        (true, Some(unknown)) => quoted
            .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
            .min()
            .filter(|(distance, known)| *distance <= known.len().div_ceil(2)),
        _ => None,
    };
    match nearest {
        Some((_, known)) => format!("{}\ndid you mean `{known}`?", message.trim_end()),
        None => message.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

    #[test]
    fn a_company_is_enough() {
        let config = Config::parse(COMPANY).unwrap();
        assert_eq!(config.rate("EUR"), Some(1.0));
        assert_eq!(config.rate("CHF"), None);
        assert_eq!(config.source_rank("hubspot"), Source::lowest_rank());
        assert_eq!(config.retention.nights, 3);
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let message = Config::parse(&format!("{COMPANY}curency = \"EUR\"\n")).unwrap_err();
        assert!(message.contains("did you mean `currency`?"), "{message}");
    }

    #[test]
    fn a_licence_is_of_third_party_data_has_a_day_and_a_known_purpose() {
        let text = "[sources.crm]\npurpose = \"profiling\"\n\
                    [sources.list]\nenrichment = true\npurpose = \"fun\"\nlicensed_until = \"soon\"\n";
        let message = Config::parse(&format!("{COMPANY}{text}")).unwrap_err();
        for part in [
            "sources.crm: purpose and licensed_until are of third-party data",
            "sources.list.purpose: \"fun\" is not among the purposes",
            "sources.list.licensed_until: \"soon\" is no day",
        ] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }

    #[test]
    fn every_defect_is_told_at_once() {
        let text = "purposes = [\"fun_mail\", \"fun_mail\"]\n\
                    [company]\nname = \"Shop\"\ncountry = \"Switzerland\"\ncurrency = \"EUR\"\n\
                    [rates]\nCHF = -1.0\n[edge]\n[segments.vip]\nrule = \"ordres > 3\"\npurpose = \"fun\"\n";
        let message = Config::parse(text).unwrap_err();
        for part in [
            "company.country",
            "\"fun_mail\" stands there twice",
            "rates.CHF",
            "give one of url, bucket and folder",
            "segments.vip.purpose",
            "did you mean \"orders\"?",
        ] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
}
