//! `[predict]` of the configuration: how far to look ahead and when to trust the result. It owns the defaults and what is no
//! sensible value.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::TimeUnit;
use super::propensity::settings::Target;

/// How far to look ahead and when to trust the result.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PredictConfig {
    /// What `p_buy`, `expected_orders` and `expected_value` look ahead, in days; everything is judged over this time.
    pub horizon_days: u32,
    /// The next order is dated within this many days, or not at all.
    pub next_order_horizon_days: u32,
    /// The unit in which fitted parameters are reported.
    pub time_unit: TimeUnit,
    /// Totals need at least so many customers.
    pub minimum_customers: usize,
    /// Totals need at least so many customers who came back.
    pub minimum_repeaters: usize,
    /// Totals need a history of at least so many horizons.
    pub history_horizons: u32,
    /// On how many past days, at most one horizon apart, the candidates are tried; 0 for none.
    pub origins: u32,
    /// A past day counts when at least so many people bought and did not buy within the horizon that followed.
    pub minimum_outcomes: usize,
    /// What else people may do, by a name for each.
    pub propensity: BTreeMap<String, Target>,
}

impl Default for PredictConfig {
    fn default() -> Self {
        Self {
            horizon_days: 90,
            next_order_horizon_days: 365,
            time_unit: TimeUnit::default(),
            minimum_customers: 500,
            minimum_repeaters: 100,
            history_horizons: 3,
            origins: 3,
            minimum_outcomes: 100,
            propensity: BTreeMap::new(),
        }
    }
}

impl PredictConfig {
    /// Longest horizon, ten years: no model here knows more than that.
    const LONGEST: u32 = 3_650;

    /// Every value that makes no sense, with what would.
    pub fn defects(&self) -> Vec<String> {
        let days = 1..=Self::LONGEST;
        let range = |name: &str, value: u32, within: &std::ops::RangeInclusive<u32>| {
            let (low, high) = (within.start(), within.end());
            (!within.contains(&value)).then(|| format!("predict.{name}: {value} is not between {low} and {high}"))
        };
        let above_zero = |name: &str, value: usize| {
            (value == 0).then(|| format!("predict.{name}: 0 would trust anything; give at least 1"))
        };
        let defects = [
            range("horizon_days", self.horizon_days, &days),
            range("next_order_horizon_days", self.next_order_horizon_days, &days),
            range("history_horizons", self.history_horizons, &(1..=100)),
            range("origins", self.origins, &(0..=24)),
            above_zero("minimum_customers", self.minimum_customers),
            above_zero("minimum_repeaters", self.minimum_repeaters),
            above_zero("minimum_outcomes", self.minimum_outcomes),
        ];
        let of_targets = self.propensity.iter().flat_map(|(name, target)| target.defects(name));
        defects.into_iter().flatten().chain(of_targets).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sensible_and_nonsense_is_named() {
        assert_eq!(PredictConfig::default().defects(), Vec::<String>::new());
        let nonsense = PredictConfig {
            horizon_days: 0,
            origins: 1_000,
            minimum_customers: 0,
            ..PredictConfig::default()
        };
        let told = nonsense.defects().join("\n");
        for key in ["predict.horizon_days", "predict.origins", "predict.minimum_customers"] {
            assert!(told.contains(key), "{key} in {told}");
        }
    }
}
