//! What an (invented) data seller knows of some households: third-party enrichment, matched by name and address.

use anyhow::Result;

use super::dice::Dice;
use super::sighting::{Sighting, Source};
use super::table::{self, Row};

#[rustfmt::skip]
const HOUSEHOLDS: [&str; 14] = [
    "ref", "forename", "surname", "dob", "street", "house_no", "postcode", "town", "country", "telephone",
    "household_size", "dwelling", "garden", "purchasing_power_index",
];

/// `panel-households.csv`.
pub fn households(sightings: &[Sighting]) -> Result<String> {
    let rows = sightings
        .iter()
        .filter(|sighting| sighting.source == Source::Panel)
        .map(household);
    table::csv(b',', &HOUSEHOLDS, rows)
}

fn household(row: &Sighting) -> Vec<String> {
    let number = row.key.trim_start_matches('P').parse().unwrap_or_default();
    let mut dice = Dice::of("household facts", number);
    let mut fields = Row::of(&HOUSEHOLDS)
        .set("ref", &row.key)
        .set("forename", &row.given)
        .set("surname", &row.family)
        .set("dob", row.birth.map(|birth| birth.to_string()).unwrap_or_default())
        .set("telephone", &row.phone)
        .set("household_size", (1 + dice.below(5)).to_string())
        .set(
            "dwelling",
            *dice.pick(&["flat", "flat", "terraced house", "detached house"]),
        )
        .set("garden", if dice.chance(40) { "yes" } else { "no" })
        .set("purchasing_power_index", (70 + dice.below(70)).to_string());
    if let Some(home) = &row.home {
        fields = fields
            .set("street", &home.street)
            .set("house_no", &home.number)
            .set("postcode", home.town.postcode)
            .set("town", home.town.name)
            .set("country", home.country.code());
    }
    fields.fields()
}
