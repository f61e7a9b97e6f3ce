//! `[traits.NAME]`: traits that are computed of what a person did. It owns the keys and what makes no sense; nothing is computed here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::is_name;
use crate::profile::computed::BUILT_IN;
use crate::profile::people::STANDARD_TRAITS;
use crate::segment::{Comparison, Duration, duration};

/// What stands for an order in [`ComputedTrait::event`], wherever it is placed.
pub const ORDER: &str = "order";
/// What stands for coming to the site from somewhere else.
pub const TOUCH: &str = "touch";
/// What is known of an order.
pub const ORDER_PROPERTIES: [&str; 6] = ["value", "currency", "channel", "status", "source", "order_id"];
/// What is known of a touch.
pub const TOUCH_PROPERTIES: [&str; 7] = ["source", "medium", "campaign", "term", "content", "referrer", "path"];

/// A computed trait.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedTrait {
    /// What is made of the facts.
    pub compute: Compute,
    /// Whose facts: `order`, `touch`, or a web event's name just as the page sends it.
    pub event: String,
    /// Which of their properties: `price`, or `products.category` for what lies deeper. A list gives each of its values.
    #[serde(default)]
    pub property: Option<String>,
    /// What their properties must be; all of it.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, Wanted>,
    /// How far back, as `30 days`; without it, ever.
    #[serde(default)]
    pub within: Option<String>,
}

/// What is made of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compute {
    /// How many there are.
    Count,
    /// The sum of a property.
    Sum,
    /// Its mean.
    Mean,
    /// Its smallest number.
    Min,
    /// Its largest number.
    Max,
    /// The value most facts have; of equals, the one seen last.
    MostFrequent,
    /// Its value in the earliest fact that has one.
    First,
    /// Its value in the latest fact that has one.
    Last,
    /// Every value once, in the order of the alphabet, joined by `|`.
    Unique,
    /// How many different values there are.
    UniqueCount,
    /// The median number of days from one day with such a fact to the next.
    Interval,
}

impl Compute {
    /// The name in the configuration and in lineage.
    pub fn as_str(self) -> &'static str {
        match self {
            Compute::Count => "count",
            Compute::Sum => "sum",
            Compute::Mean => "mean",
            Compute::Min => "min",
            Compute::Max => "max",
            Compute::MostFrequent => "most_frequent",
            Compute::First => "first",
            Compute::Last => "last",
            Compute::Unique => "unique",
            Compute::UniqueCount => "unique_count",
            Compute::Interval => "interval",
        }
    }

    /// Whether it is made of a property, and not of the facts themselves.
    pub fn needs_property(self) -> bool {
        !matches!(self, Compute::Count | Compute::Interval)
    }
}

/// What a property must be. A text that begins with a comparison, as `">= 100"`, compares numbers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Wanted {
    /// Yes or no.
    YesNo(bool),
    /// This number.
    Number(f64),
    /// This text, whatever its case, or a comparison.
    Text(String),
    /// One of these texts.
    OneOf(Vec<String>),
}

impl Wanted {
    /// Whether a value, as text, is what is wanted.
    pub fn is(&self, value: &str) -> bool {
        let same = |text: &str| text.to_lowercase() == value.to_lowercase();
        let number = || value.trim().parse::<f64>().ok();
        match self {
            Wanted::YesNo(yes) => same(if *yes { "true" } else { "false" }),
            Wanted::Number(wanted) => number() == Some(*wanted),
            Wanted::Text(text) => match Self::comparison(text) {
                Some(Ok((comparison, with))) => number().is_some_and(|number| comparison.holds(number, with)),
                _ => same(text),
            },
            Wanted::OneOf(list) => list.iter().any(|text| same(text)),
        }
    }

    /// The comparison that a text is; nothing of other texts.
    pub fn comparison(text: &str) -> Option<Result<(Comparison, f64), ()>> {
        let signs = Comparison::ALL.into_iter().filter(|(_, sign)| text.starts_with(sign));
        let (comparison, sign) = signs.max_by_key(|(_, sign)| sign.len())?;
        let number = text[sign.len()..]
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        Some(number.map(|number| (comparison, number)).ok_or(()))
    }
}

impl ComputedTrait {
    /// How far back.
    pub fn window(&self) -> Option<Duration> {
        duration(self.within.as_deref()?)
    }

    /// The properties that its facts have; nothing where anything may be one.
    fn known_properties(&self) -> Option<&'static [&'static str]> {
        match self.event.as_str() {
            ORDER => Some(&ORDER_PROPERTIES),
            TOUCH => Some(&TOUCH_PROPERTIES),
            _ => None,
        }
    }

    /// Every value that makes no sense, with what would.
    pub(super) fn defects(&self, name: &str) -> Vec<String> {
        let key = format!("traits.{name}");
        let mut defects: Vec<String> = name_defect(name)
            .map(|why| format!("{key}: {why}"))
            .into_iter()
            .collect();
        if self.event.trim().is_empty() {
            defects.push(format!(
                "{key}.event: it is empty; give {ORDER:?}, {TOUCH:?}, or a web event, as \"Product Viewed\""
            ));
        }
        let compute = self.compute.as_str();
        match (&self.property, self.compute.needs_property()) {
            (None, true) => defects.push(format!(
                "{key}: compute = {compute:?} is made of a property: say which, as property = {:?}",
                self.known_properties().map_or("price", |known| known[0])
            )),
            (Some(_), false) => defects.push(format!(
                "{key}.property: compute = {compute:?} is made of whole events: take the property away, or say what it must be in `where`"
            )),
            _ => {}
        }
        let named = self.property.iter().map(|property| ("property", property));
        for (place, property) in named.chain(self.filter.keys().map(|property| ("where", property))) {
            defects.extend(
                self.property_defect(property)
                    .map(|why| format!("{key}.{place}: {why}")),
            );
        }
        for (property, wanted) in &self.filter {
            defects.extend(wanted.defect().map(|why| format!("{key}.where.{property}: {why}")));
        }
        if let Some(within) = self.within.as_ref().filter(|within| duration(within).is_none()) {
            defects.push(format!(
                "{key}.within: {within:?} is no length of time, as \"30 days\" or \"6 months\""
            ));
        }
        defects
    }

    fn property_defect(&self, property: &str) -> Option<String> {
        if property.split('.').any(str::is_empty) {
            return Some(format!(
                "{property:?} names no property, as \"price\" or \"products.category\""
            ));
        }
        let known = self.known_properties().filter(|known| !known.contains(&property))?;
        Some(format!(
            "{property:?} is not known of {:?}: it has {}",
            self.event,
            known.join(", ")
        ))
    }
}

impl Wanted {
    fn defect(&self) -> Option<String> {
        match self {
            Wanted::Text(text) if Self::comparison(text) == Some(Err(())) => {
                Some(format!("{text:?} compares with no number, as \">= 100\""))
            }
            Wanted::OneOf(list) if list.is_empty() => Some("the list is empty, so nothing would count".to_owned()),
            _ => None,
        }
    }
}

/// Why a computed trait cannot be called so.
fn name_defect(name: &str) -> Option<String> {
    if !is_name(name) {
        Some(format!("{name:?} is no name of a-z, 0-9, - and _"))
    } else if STANDARD_TRAITS.contains(&name) {
        Some(format!(
            "{name:?} is what records say of a person: call it something else"
        ))
    } else if BUILT_IN.iter().any(|built_in| built_in.name == name) {
        Some(format!(
            "{name:?} is computed already: take this table away, or call it something else"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Wanted;
    use crate::config::Config;

    const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

    fn told(tables: &str) -> String {
        Config::parse(&format!("{COMPANY}{tables}")).unwrap_err()
    }

    #[test]
    fn every_defect_of_a_computed_trait_names_its_table_and_the_way_out() {
        let told = told(
            "[traits.Views]\ncompute = \"count\"\nevent = \"\"\nproperty = \"a..b\"\nwithin = \"30 dayz\"\n\
             [traits.spent]\ncompute = \"sum\"\nevent = \"order\"\nwhere = { colour = \"red\", value = \"> much\" }\n\
             [traits.email]\ncompute = \"last\"\nevent = \"touch\"\nproperty = \"source\"\n\
             [traits.refunded_orders]\ncompute = \"count\"\nevent = \"order\"\nwhere = { status = [] }\n",
        );
        for part in [
            "traits.Views: \"Views\" is no name",
            "traits.Views.event: it is empty; give \"order\"",
            "traits.Views.property: compute = \"count\" is made of whole events",
            "traits.Views.property: \"a..b\" names no property",
            "traits.Views.within: \"30 dayz\" is no length of time, as \"30 days\"",
            "traits.spent: compute = \"sum\" is made of a property: say which, as property = \"value\"",
            "traits.spent.where: \"colour\" is not known of \"order\": it has value, currency",
            "traits.spent.where.value: \"> much\" compares with no number",
            "traits.email: \"email\" is what records say",
            "traits.refunded_orders: \"refunded_orders\" is computed already",
            "traits.refunded_orders.where.status: the list is empty",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn what_is_wanted_is_a_text_in_any_case_a_number_or_a_comparison() {
        let wanted =
            |toml: &str| toml::from_str::<BTreeMap<String, Wanted>>(&format!("is = {toml}")).unwrap()["is"].clone();
        for (toml, value, passes) in [
            ("\"Shoes\"", "shoes", true),
            ("\"Shoes\"", "shoe", false),
            ("12", "12.0", true),
            ("12.5", "12", false),
            ("true", "true", true),
            ("false", "true", false),
            ("[\"red\", \"blue\"]", "Blue", true),
            ("[\"red\", \"blue\"]", "green", false),
            ("\">= 100\"", "100", true),
            ("\"<100\"", "100", false),
            ("\"!= 3\"", "4", true),
            ("\"> 1\"", "many", false),
        ] {
            assert_eq!(wanted(toml).is(value), passes, "{toml} of {value}");
        }
    }

    #[test]
    fn a_misspelt_key_or_way_names_the_nearest() {
        let way = told("[traits.views]\ncompute = \"cuont\"\nevent = \"Product Viewed\"\n");
        assert!(way.contains("did you mean `count`?"), "{way}");
        let key = told("[traits.views]\ncompute = \"count\"\nevnt = \"Product Viewed\"\n");
        assert!(key.contains("did you mean `event`?"), "{key}");
    }
}
