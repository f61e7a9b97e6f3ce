//! `[groups.NAME]`: who belongs together without being one person. It owns the keys and what makes no sense; grouping is the profile's.

use serde::Deserialize;

use super::is_name;

/// The part of an e-mail address after the `@`, as a key. Addresses of mail providers have none.
pub const EMAIL_DOMAIN: &str = "email_domain";

/// Street and number, however they are divided, and the postcode or else the town, as a key.
pub const ADDRESS: &str = "address";

/// What people of one group share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// The traits whose values are the same for all of a group, as `["company"]`; also `address` and
    /// `email_domain`. Who lacks one of them is in no group.
    pub by: Vec<String>,
    /// Values that make no group, in any case: a domain, a placeholder.
    #[serde(default)]
    pub except: Vec<String>,
}

impl GroupRule {
    /// Every value that makes no sense, with what would.
    pub(super) fn defects(&self, name: &str) -> Vec<String> {
        let key = format!("groups.{name}");
        let mut defects = Vec::new();
        if !is_name(name) {
            defects.push(format!("{key}: {name:?} is no name of a-z, 0-9, - and _"));
        }
        if self.by.is_empty() {
            defects.push(format!(
                "{key}.by: it is empty; name the traits that people share, as [\"company\"] or [{EMAIL_DOMAIN:?}]"
            ));
        }
        for (at, by) in self.by.iter().enumerate() {
            if by.trim().is_empty() {
                defects.push(format!("{key}.by: a trait without a name"));
            } else if self.by[..at].contains(by) {
                defects.push(format!("{key}.by: {by:?} stands there twice"));
            }
        }
        defects
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_group_without_a_key_is_told_with_its_table_and_what_would_do() {
        let company = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
        let read = |tables: &str| Config::parse(&format!("{company}{tables}"));
        let told = read("[groups.Home]\nby = []\n[groups.firm]\nby = [\"company\", \"company\", \" \"]\n").unwrap_err();
        for part in [
            "groups.Home: \"Home\" is no name",
            "groups.Home.by: it is empty; name the traits that people share",
            "groups.firm.by: \"company\" stands there twice",
            "groups.firm.by: a trait without a name",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let key = read("[groups.firm]\nbye = [\"company\"]\n").unwrap_err();
        assert!(key.contains("did you mean `by`?"), "{key}");
    }
}
