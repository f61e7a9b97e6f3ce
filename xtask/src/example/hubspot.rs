//! The CRM's export, as HubSpot writes it: the columns its owner picked.

use anyhow::Result;

use super::cast;
use super::dice::Dice;
use super::sighting::{Sighting, Source};
use super::table::{self, Row};

#[rustfmt::skip]
const CONTACTS: [&str; 11] = [
    "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Lifecycle Stage", "Lead Status", "Contact owner",
    "Create Date", "Original Source", "Associated Company IDs",
];

/// `hubspot-contacts.csv`.
pub fn contacts(sightings: &[Sighting]) -> Result<String> {
    let rows = sightings
        .iter()
        .filter(|sighting| sighting.source == Source::Hubspot)
        .map(contact);
    let mut file = table::csv(b',', &CONTACTS, rows)?;
    // Nothing to know the contact by; and a line with a comma too many.
    file.push_str(",Nora,Namenlos,,,lead,,,2026-10-01 09:00,Offline Sources,\n");
    file.push_str("99001,Max,Komma,Jr.,max.komma@boite.example.org,,lead,,,2026-10-01 09:00,Offline Sources,\n");
    Ok(file)
}

fn contact(contact: &Sighting) -> Vec<String> {
    let mut dice = Dice::of("hubspot stage", contact.key.parse().unwrap_or_default());
    let customer = contact.truth.starts_with('c');
    let hotel = cast::works_at_hotel(&contact.truth);
    Row::of(&CONTACTS)
        .set("Record ID", &contact.key)
        .set("First Name", &contact.given)
        .set("Last Name", &contact.family)
        .set("Email", &contact.email)
        .set("Phone Number", &contact.phone)
        .set(
            "Lifecycle Stage",
            if customer {
                "customer"
            } else {
                dice.pick(&["lead", "subscriber", "opportunity"])
            },
        )
        .set(
            "Lead Status",
            if customer {
                ""
            } else {
                dice.pick(&["NEW", "OPEN", "IN_PROGRESS", ""])
            },
        )
        .set("Contact owner", *dice.pick(&["Odile Tilleul", "Ruedi Amsler", ""]))
        .set("Create Date", contact.since.strftime("%Y-%m-%d 09:00").to_string())
        .set(
            "Original Source",
            *dice.pick(&["Offline Sources", "Direct Traffic", "Organic Search", "Email Marketing"]),
        )
        .set("Associated Company IDs", if hotel { "8100200300" } else { "" })
        .fields()
}
