//! The ERP's export, as Odoo writes it for a later import: technical names, external ids.

use anyhow::Result;

use super::cast;
use super::places::Country;
use super::sighting::{Sighting, Source};
use super::table::{self, Row};

#[rustfmt::skip]
const PARTNERS: [&str; 12] = [
    "id", "name", "is_company", "parent_id/id", "email", "phone", "street", "street2", "zip", "city", "country_id",
    "lang",
];

/// `odoo-partners.csv`.
pub fn partners(sightings: &[Sighting]) -> Result<String> {
    let rows = sightings
        .iter()
        .filter(|sighting| sighting.source == Source::Odoo)
        .map(partner);
    let mut file = table::csv(b',', &PARTNERS, rows)?;
    // Nothing to know the partner by; and a line was cut off.
    file.push_str(",Otto Ohnenummer,False,,,,,,,,Germany,de_DE\n");
    file.push_str("__export__.res_partner_9999_00000000,Rita Abgebro\n");
    Ok(file)
}

fn partner(partner: &Sighting) -> Vec<String> {
    let hotel = cast::works_at_hotel(&partner.truth);
    let mut row = Row::of(&PARTNERS)
        .set("id", &partner.key)
        .set("name", format!("{} {}", partner.given, partner.family))
        .set("is_company", "False")
        .set(
            "parent_id/id",
            if hotel {
                "__export__.res_partner_17_0be1f0e5"
            } else {
                ""
            },
        )
        .set("email", &partner.email)
        .set("phone", &partner.phone);
    if let Some(home) = &partner.home {
        let (country, lang) = match home.country {
            Country::Switzerland => ("Switzerland", "fr_CH"),
            Country::France => ("France", "fr_FR"),
            Country::Germany => ("Germany", "de_DE"),
            Country::UnitedKingdom => ("United Kingdom", "en_GB"),
        };
        row = row
            .set("street", home.line())
            .set("zip", home.town.postcode)
            .set("city", home.town.name)
            .set("country_id", country)
            .set("lang", lang);
    }
    row.fields()
}
