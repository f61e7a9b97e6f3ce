//! A pair's evidence in words and bits, as it is published and explained.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why two records are held for one person's, in bits: logarithms to base 2 of odds, so that they add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// The odds that both are one person's: the sum of what follows.
    pub bits: f64,
    /// The mean of the bits of all pairs between the two groups that this pair joins.
    pub mean: f64,
    /// The odds before anything is known of the two: that any two records are one person's.
    pub prior: f64,
    /// What is taken off because the two could be two people of one household, or share nothing but a name; never above 0.
    pub against: f64,
    /// What each field says that both records have.
    pub fields: Vec<Weight>,
}

/// What one field says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// The field.
    pub field: String,
    /// How far it agrees.
    pub level: String,
    /// What that says for one person (above 0) or against it.
    pub bits: f64,
}

impl fmt::Display for Weighed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Weight { field, level, bits } in &self.fields {
            write!(f, "{field} {level} {bits:+.1}, ")?;
        }
        if self.against < 0.0 {
            write!(f, "perhaps two of one household {:+.1}, ", self.against)?;
        }
        write!(
            f,
            "before that {:+.1}: {:+.1} bits in all, {:+.1} in the mean of the records joined",
            self.prior, self.bits, self.mean
        )
    }
}
