//! What was bought and when: the purchases of 2,357 real customers of CDNOW, an early music shop, moved to our years.
//!
//! Days move by a whole number of weeks, so weekdays and the gaps between purchases stay as they were, and a model fitted
//! to the example finds the parameters that were published for this sample.

use anyhow::{Context, Result};
use jiff::ToSpan;
use jiff::civil::Date;

/// Weeks from 1997 to the example: the sample's last day, 1998-06-30, becomes 2026-11-17.
const WEEKS: i64 = 1481;

/// What a purchase costs at least. Eight of the sample cost nothing, which the models published for it count as purchases
/// and the unifier, like any shop, does not.
const LEAST_CENTS: u32 = 1;

const SAMPLE: &str = include_str!("../../../examples/shop/purchases/cdnow_sample.csv");

/// One purchase.
pub struct Purchase {
    /// The number of the customer in the sample.
    pub customer: u64,
    /// The day, in the example's years.
    pub day: Date,
    /// How many pieces.
    pub pieces: u32,
    /// What was paid, in cents.
    pub cents: u32,
}

/// The whole sample, in the order of its file: by customer, then day.
pub fn all() -> Result<Vec<Purchase>> {
    csv::Reader::from_reader(SAMPLE.as_bytes())
        .into_records()
        .map(|row| purchase(&row?).context("a row of cdnow_sample.csv is not as expected"))
        .collect()
}

fn purchase(row: &csv::StringRecord) -> Result<Purchase> {
    let field = |at: usize| row.get(at).context("a field is missing");
    let day: Date = field(2)?.parse()?;
    let (euros, cents) = field(4)?.split_once('.').unwrap_or((field(4)?, "0"));
    Ok(Purchase {
        customer: field(0)?.parse()?,
        day: day.checked_add(WEEKS.weeks())?,
        pieces: field(3)?.parse()?,
        cents: (euros.parse::<u32>()? * 100 + format!("{cents:0<2}").parse::<u32>()?).max(LEAST_CENTS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_ends_shortly_before_the_night_of_the_example() {
        let purchases = all().unwrap();
        let last = purchases.iter().map(|purchase| purchase.day).max();
        assert_eq!((purchases.len(), last), (6_919, Some("2026-11-17".parse().unwrap())));
        let first = &purchases[0];
        assert_eq!((first.customer, first.pieces, first.cents), (4, 2, 2_933));
        assert_eq!(
            purchases
                .iter()
                .filter(|purchase| purchase.cents == LEAST_CENTS)
                .count(),
            8
        );
    }
}
