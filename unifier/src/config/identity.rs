//! `[identity]`: the identifiers that join records, and their limits. Who is who by them is worked out elsewhere.

use regex::Regex;
use serde::Deserialize;

use crate::identity::{Confidence, UNPROVEN};

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
    /// For how many days the model by which records are alike is kept once it is fitted; with 0 every night fits its own.
    #[serde(default = "default_refit_days")]
    pub refit_days: u32,
}

impl Identity {
    /// The cut of the probabilistic layer; nothing when it is off.
    pub fn cut(&self) -> Option<f64> {
        self.likeness.then_some(self.cut)
    }

    /// The rule of a type: as configured, or [`IdentifierRule::other`].
    pub fn rule(&self, kind: &str) -> IdentifierRule {
        let configured = self.identifiers.iter().find(|rule| rule.kind == kind);
        configured.cloned().unwrap_or_else(|| IdentifierRule::other(kind))
    }

    pub(super) fn defects(&self) -> Vec<String> {
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

impl Default for Identity {
    fn default() -> Self {
        Self {
            identifiers: default_identifiers(),
            shared_by: default_shared_by(),
            likeness: default_likeness(),
            cut: default_cut(),
            refit_days: default_refit_days(),
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

fn default_shared_by() -> usize {
    10
}

fn default_likeness() -> bool {
    true
}

/// Found by measuring on many sets at once; pairs that were not looked at make the mean a little lower than the odds.
fn default_cut() -> f64 {
    -1.0
}

fn default_refit_days() -> u32 {
    30
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

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

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
