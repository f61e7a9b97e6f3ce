//! `[profile]`: which value of a trait wins. The rules are applied elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::profile::block::BLOCKS;

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
        let stars = self.traits.keys().filter_map(defect);
        stars.chain(self.made_of_blocks()).collect()
    }

    /// Names and addresses are chosen as one; no sum or union of them is one.
    fn made_of_blocks(&self) -> impl Iterator<Item = String> {
        let makes = |rules: &Vec<Survivorship>| rules.iter().find(|rule| rule.makes()).copied();
        let default = makes(&self.default).map(|rule| {
            format!(
                "profile.default: {:?} makes values of several, which a name or an address cannot be: give it to single traits in \
                 [profile.traits]",
                rule.as_str()
            )
        });
        let own = self.traits.iter().filter_map(move |(name, rules)| {
            let block = BLOCKS
                .iter()
                .find(|block| block.name == name || block.fields.contains(&name.as_str()))?;
            let rule = makes(rules)?.as_str();
            Some(format!(
                "profile.traits: {rule:?} of {name:?} is no {}: choose one with another rule",
                block.name
            ))
        });
        default.into_iter().chain(own)
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
    /// The sum of the numbers that records say, each record's last.
    Sum,
    /// Every value that a record says, each record's last, in the order of the alphabet and joined by `|`.
    Union,
    /// A no before a yes: `no`, `false`, `0` before anything else.
    MostRestrictive,
}

impl Survivorship {
    /// Whether the rule makes a value of several, and chooses none.
    pub fn makes(self) -> bool {
        matches!(self, Survivorship::Sum | Survivorship::Union)
    }

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
            Survivorship::Sum => "sum",
            Survivorship::Union => "union",
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
    fn names_and_addresses_are_never_made_of_several() {
        let read = |rules: &str| Config::parse(&format!("{COMPANY}[profile]\n{rules}\n"));
        let told = read("default = [\"union\"]\n[profile.traits]\ncity = [\"sum\"]\nname = [\"union\"]").unwrap_err();
        for part in [
            "profile.default: \"union\"",
            "\"sum\" of \"city\" is no address",
            "\"union\" of \"name\" is no name",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(read("[profile.traits]\ntags = [\"union\"]\n\"loyalty_*\" = [\"sum\", \"most_recent\"]").is_ok());
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
