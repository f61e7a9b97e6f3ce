//! `[predict.propensity.NAME]` of the configuration: what somebody may do, and within how long. It owns the defaults and what is no
//! sensible value.

use serde::Deserialize;

use crate::config::is_name;

/// What stands for an order in [`Target::event`], wherever it is placed.
pub const ORDER: &str = "order";

/// What somebody may do, and within how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// `order`, or a web event's name just as the page sends it.
    pub event: String,
    /// Days looked ahead.
    #[serde(default = "thirty")]
    pub horizon_days: u32,
}

fn thirty() -> u32 {
    30
}

impl Target {
    /// Longest horizon, in days.
    const LONGEST: u32 = 730;

    /// Every value that makes no sense, with what would.
    pub fn defects(&self, name: &str) -> Vec<String> {
        let key = format!("predict.propensity.{name}");
        let mut defects = Vec::new();
        if !is_name(name) {
            defects.push(format!("{key}: {name:?} is no name of a-z, 0-9, - and _"));
        }
        if self.event.trim().is_empty() {
            defects.push(format!(
                "{key}.event: it is empty; give {ORDER:?} or a web event, as \"Cart Viewed\""
            ));
        }
        if !(1..=Self::LONGEST).contains(&self.horizon_days) {
            let (days, longest) = (self.horizon_days, Self::LONGEST);
            defects.push(format!("{key}.horizon_days: {days} is not between 1 and {longest}"));
        }
        defects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_named_with_its_key() {
        let target = Target {
            event: " ".to_owned(),
            horizon_days: 0,
        };
        let told = target.defects("Big Order").join("\n");
        for part in ["\"Big Order\" is no name", "Big Order.event", "Big Order.horizon_days"] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
