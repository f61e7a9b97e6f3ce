//! `[profile]`: which value of a trait wins. The rules are applied elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;

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

    /// A star anywhere else would match nothing, and one alone would tear apart what belongs together, such as an address.
    pub(super) fn defects(&self) -> Vec<String> {
        let defect = |pattern: &String| {
            let star = pattern.find('*')?;
            let why = if pattern == "*" {
                "would tear apart what is decided together, such as an address: give the rules as profile.default"
            } else if star + 1 < pattern.len() {
                "has a star before its end, where it stands for nothing"
            } else {
                return None;
            };
            Some(format!("profile.traits: {pattern:?} {why}"))
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

fn default_survivorship() -> Vec<Survivorship> {
    vec![Survivorship::SourceRank, Survivorship::MostRecent]
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

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
}
