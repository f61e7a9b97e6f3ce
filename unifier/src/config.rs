//! `unifier.toml`: what the pipeline means. How a run behaves is said by flags.
//!
//! The file is read and checked in full before any work. Unknown keys are errors that name the nearest key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use event_schema::Purpose;
use regex::Regex;
use serde::Deserialize;

use crate::identity::{Confidence, UNPROVEN};
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
    /// The rank of a source that nobody ranked.
    pub fn lowest_rank() -> u32 {
        1_000
    }
}

/// Where web events are pulled from: the worker's address, its bucket, or a folder with the same objects.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The worker's address, as `https://collect.example.org`.
    #[serde(default)]
    pub url: Option<String>,
    /// The environment variable that holds the export token.
    #[serde(default = "Edge::default_token_env")]
    pub token_env: String,
    /// The bucket that the worker writes to, read over S3 with the keys in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The address of the bucket's S3 service, as `https://<account>.r2.cloudflarestorage.com`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The bucket's region; R2 knows one, `auto`.
    #[serde(default = "Edge::default_region")]
    pub region: String,
    /// A folder with the edge's objects, relative to the configuration.
    #[serde(default)]
    pub folder: Option<PathBuf>,
}

impl Edge {
    fn default_token_env() -> String {
        "FIRSTHAND_EXPORT_TOKEN".to_owned()
    }

    fn default_region() -> String {
        "auto".to_owned()
    }

    fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        let given = [self.url.is_some(), self.bucket.is_some(), self.folder.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            defects.push("edge: give one of url, bucket and folder".to_owned());
        }
        if self.bucket.is_some() != self.endpoint.is_some() {
            defects.push("edge: a bucket needs its endpoint, and an endpoint its bucket".to_owned());
        }
        defects
    }
}

/// Who is who: the identifiers that join records, and their limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The identifier types, in any order. What is not named joins with [`IdentifierRule::other`].
    #[serde(default = "default_identifiers")]
    pub identifiers: Vec<IdentifierRule>,
    /// A value carried by more people than this is a placeholder: it joins nobody, and is reported.
    #[serde(default = "default_shared_by")]
    pub shared_by: usize,
    /// Whether records that share no identifier are joined when they are alike.
    #[serde(default = "default_likeness")]
    pub likeness: bool,
    /// From how many bits (logarithms to base 2 of odds, in the mean over all pairs) two groups of records are one person.
    #[serde(default = "default_cut")]
    pub cut: f64,
}

impl Identity {
    /// The cut of the probabilistic layer; nothing when it is off.
    pub fn cut(&self) -> Option<f64> {
        self.likeness.then_some(self.cut)
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            identifiers: default_identifiers(),
            shared_by: default_shared_by(),
            likeness: default_likeness(),
            cut: default_cut(),
        }
    }
}

/// How one identifier type joins records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierRule {
    /// The type: `user_id`, `email`, `hubspot:contact_id`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// 1 is trusted most. Where a link would break a limit, the identifier with the highest number gives way.
    pub rank: u32,
    /// How many distinct values one person may have.
    pub limit: usize,
    /// Within what time: of the values first seen within any one period only so many count. Ever, when absent.
    #[serde(default)]
    pub per: Option<Period>,
    /// How sure it is that two records with one value are one person's: `exact` or `strong`. When absent, `strong` for
    /// telephones and browsers, which people share, and `exact` for everything else.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Values that join nobody.
    #[serde(default)]
    pub blocked: Vec<String>,
    /// Regular expressions; a value that one of them matches joins nobody.
    #[serde(default)]
    pub blocked_patterns: Vec<Pattern>,
}

impl IdentifierRule {
    /// Whether people type the values by hand, so that another value may be a slip.
    pub fn is_typed_by_people(&self) -> bool {
        self.kind == "national_id"
    }

    /// The rule for a type that is not configured: below every configured one, at most five values a person.
    pub fn other(kind: &str) -> Self {
        rule(kind, 100, 5)
    }

    /// How sure it is that two records with one value are one person's.
    pub fn confidence(&self) -> Confidence {
        let shared = matches!(self.kind.as_str(), "phone" | "anonymous_id");
        self.confidence
            .unwrap_or(if shared { Confidence::Strong } else { Confidence::Exact })
    }
}

/// A length of time that a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 24 hours.
    Day,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// 365 days.
    Year,
}

impl Period {
    /// Its length in milliseconds.
    pub fn millis(self) -> i64 {
        let days = match self {
            Period::Day => 1,
            Period::Week => 7,
            Period::Month => 30,
            Period::Year => 365,
        };
        days * 86_400_000
    }
}

/// A regular expression that was checked when the configuration was read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(pub Regex);

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, regex::Error> {
        Regex::new(&text).map(Self)
    }
}

impl Identity {
    /// The rule of a type: as configured, or [`IdentifierRule::other`].
    pub fn rule(&self, kind: &str) -> IdentifierRule {
        let configured = self.identifiers.iter().find(|rule| rule.kind == kind);
        configured.cloned().unwrap_or_else(|| IdentifierRule::other(kind))
    }
}

/// What stops a night, so that the one before stays in force. A limit that is absent stops nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gates {
    /// The most records that one person may have.
    #[serde(default)]
    pub largest: Option<u64>,
    /// The most people who can hardly be one: two birth dates, two national ids, ten given names.
    #[serde(default)]
    pub impossible: Option<u64>,
    /// The largest share of the last night's people who become part of another, from 0 to 1.
    #[serde(default)]
    pub merged: Option<f64>,
    /// The largest share of people who come out of another, of the last night's people.
    #[serde(default)]
    pub split: Option<f64>,
    /// The largest share of the last night's people whose naming record is gone.
    #[serde(default)]
    pub gone: Option<f64>,
    /// The least precision that a labelled sample may show.
    #[serde(default)]
    pub precision: Option<f64>,
}

/// Which value of a trait wins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// For every trait that is not named: tried in order until one rule decides.
    #[serde(default = "default_survivorship")]
    pub default: Vec<Survivorship>,
    /// By trait; `loyalty_*` stands for every trait that begins so.
    #[serde(default)]
    pub traits: BTreeMap<String, Vec<Survivorship>>,
}

impl Profile {
    /// The rules of a trait's own: those under its name, or under the longest beginning of it.
    pub fn own_rules(&self, name: &str) -> Option<&[Survivorship]> {
        let matches = |pattern: &str| {
            pattern
                .strip_suffix('*')
                .is_some_and(|beginning| name.starts_with(beginning))
        };
        let patterns = || self.traits.iter().filter(|(pattern, _)| matches(pattern));
        let own = self.traits.get(name);
        own.or_else(|| {
            patterns()
                .max_by_key(|(pattern, _)| pattern.len())
                .map(|(_, rules)| rules)
        })
        .map(Vec::as_slice)
    }

    /// The rules that decide a trait.
    pub fn rules(&self, name: &str) -> &[Survivorship] {
        self.own_rules(name).unwrap_or(&self.default)
    }
}

impl Profile {
    /// A star anywhere else would match nothing, and one alone would tear apart what belongs together, such as an address.
    fn defects(&self) -> Vec<String> {
        let defect = |pattern: &String| {
            match pattern.find('*')? {
            0 if pattern.len() == 1 => Some(
                "profile.traits: \"*\" stands for every trait, and tears addresses apart; give the rules as profile.default".to_owned(),
            ),
            star if star + 1 < pattern.len() => Some(format!(
                "profile.traits: {pattern:?} has a star before its end, where it stands for nothing"
            )),
            _ => None,
        }
        };
        self.traits.keys().filter_map(defect).collect()
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            default: default_survivorship(),
            traits: BTreeMap::new(),
        }
    }
}

/// A survivorship rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Survivorship {
    /// The value of the source with the best rank.
    SourceRank,
    /// The value observed last.
    MostRecent,
    /// The value observed first.
    Oldest,
    /// The value that most records carry.
    MostFrequent,
    /// The value with the most characters.
    Longest,
    /// The smallest number, or the earliest day.
    Min,
    /// The largest number, or the latest day.
    Max,
    /// A no before a yes: `no`, `false`, `0` before anything else.
    MostRestrictive,
}

impl Survivorship {
    /// The rule's name in the configuration and in lineage.
    pub fn as_str(self) -> &'static str {
        match self {
            Survivorship::SourceRank => "source_rank",
            Survivorship::MostRecent => "most_recent",
            Survivorship::Oldest => "oldest",
            Survivorship::MostFrequent => "most_frequent",
            Survivorship::Longest => "longest",
            Survivorship::Min => "min",
            Survivorship::Max => "max",
            Survivorship::MostRestrictive => "most_restrictive",
        }
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

fn default_shared_by() -> usize {
    10
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

fn default_survivorship() -> Vec<Survivorship> {
    vec![Survivorship::SourceRank, Survivorship::MostRecent]
}

fn default_likeness() -> bool {
    true
}

/// Found by measuring on many sets at once; pairs that were not looked at make the mean a little lower than the odds.
fn default_cut() -> f64 {
    -1.0
}

fn default_identifiers() -> Vec<IdentifierRule> {
    vec![
        rule("user_id", 1, 1),
        rule("national_id", 2, 1),
        rule("email", 3, 5),
        rule("phone", 4, 5),
        rule("anonymous_id", 5, 100),
    ]
}

fn rule(kind: &str, rank: u32, limit: usize) -> IdentifierRule {
    IdentifierRule {
        kind: kind.to_owned(),
        rank,
        limit,
        per: None,
        confidence: None,
        blocked: Vec::new(),
        blocked_patterns: Vec::new(),
    }
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
        defects.extend(self.edge.iter().flat_map(Edge::defects));
        defects.extend(self.identity.defects());
        defects.extend(self.predict.defects());
        defects.extend(self.quality.defects());
        defects.extend(self.profile.defects());
        defects
    }
}

impl Gates {
    fn defects(&self) -> Vec<String> {
        let shares = [
            ("merged", self.merged),
            ("split", self.split),
            ("gone", self.gone),
            ("precision", self.precision),
        ];
        let wrong = shares
            .iter()
            .filter(|(_, share)| share.is_some_and(|share| !(0.0..=1.0).contains(&share)));
        wrong
            .map(|(name, _)| format!("quality.{name}: a share is a number from 0 to 1"))
            .collect()
    }
}

impl Identity {
    fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        if !(self.cut.is_finite() && self.cut > UNPROVEN) {
            defects.push(format!("identity.cut: a cut is a number of bits above {UNPROVEN}"));
        }
        for (index, rule) in self.identifiers.iter().enumerate() {
            if rule.limit == 0 {
                defects.push(format!(
                    "identity.identifiers: the limit of {:?} is at least 1",
                    rule.kind
                ));
            }
            if self.identifiers[..index]
                .iter()
                .any(|earlier| earlier.kind == rule.kind)
            {
                defects.push(format!("identity.identifiers: {:?} stands there twice", rule.kind));
            }
        }
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
    fn the_longest_matching_beginning_says_which_value_of_a_trait_wins() {
        let rules = "[profile]\ndefault = [\"oldest\"]\n[profile.traits]\n\"loyalty_*\" = [\"max\"]\n\"loyalty_card*\" = [\"min\"]\nloyalty_card = [\"longest\"]\n";
        let profile = Config::parse(&format!("{COMPANY}{rules}")).unwrap().profile;
        let rule = |name| profile.rules(name)[0].as_str();
        let names = ["loyalty_points", "loyalty_card_no", "loyalty_card", "city"];
        assert_eq!(names.map(rule), ["max", "min", "longest", "oldest"]);
    }

    #[test]
    fn a_star_stands_at_the_end_of_a_beginning() {
        let read = |pattern: &str| Config::parse(&format!("{COMPANY}[profile.traits]\n{pattern:?} = [\"max\"]\n"));
        let whole = read("*").unwrap_err();
        assert!(whole.contains("give the rules as profile.default"), "{whole}");
        for pattern in ["*_points", "loyalty_*_points", "**"] {
            let message = read(pattern).unwrap_err();
            assert!(
                message.contains(pattern) && message.contains("before its end"),
                "{message}"
            );
        }
        assert!(read("loyalty_*").is_ok() && read("city").is_ok());
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let message = Config::parse(&format!("{COMPANY}curency = \"EUR\"\n")).unwrap_err();
        assert!(message.contains("did you mean `currency`?"), "{message}");
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

    #[test]
    fn a_cut_that_would_join_whom_nothing_speaks_for_is_an_error() {
        let read = |cut: &str| Config::parse(&format!("{COMPANY}[identity]\ncut = {cut}\n"));
        for cut in ["nan", "inf", "-inf", "-1.5", "-9.0"] {
            let message = read(cut).unwrap_err();
            assert!(message.contains("identity.cut"), "{cut}: {message}");
        }
        assert!(read("-1.4").is_ok() && read("5.0").is_ok());
    }

    #[test]
    fn a_pattern_that_is_none_is_an_error() {
        let text = format!(
            "{COMPANY}[[identity.identifiers]]\ntype = \"email\"\nrank = 1\nlimit = 1\nblocked_patterns = [\"(\"]\n"
        );
        assert!(Config::parse(&text).is_err());
    }
}
