//! `[quality]`: what stops a night.

use serde::Deserialize;

/// What stops a night, so that the one before stays in force. A limit that is absent stops nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gates {
    /// The most records that one person may have.
    #[serde(default)]
    pub largest: Option<u64>,
    /// The most people who can hardly be one: two birth dates, two national ids that are more than a slip apart, ten given names.
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

impl Gates {
    pub(super) fn defects(&self) -> Vec<String> {
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
