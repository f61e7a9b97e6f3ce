//! Mautic's export of contacts: the columns are the fields' aliases, so what a company added has names of its own.
//!
//! Tags stand in one cell, joined by a vertical bar.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset};
use crate::ingest::layout::Reading;

/// Contacts.
pub const CONTACTS: Preset = Preset {
    name: "mautic",
    source: "mautic",
    signature: &[&["email"], &["firstname"], &["lastname"], &["points"]],
    some_of: (
        1,
        &[
            &["tags"],
            &["stage", "stages"],
            &["date_identified", "dateIdentified"],
            &["last_active", "lastActive"],
            &["attribution"],
            &["preferred_locale"],
            &["ownerbyuser", "owner"],
            &["doNotContact", "donotcontact"],
        ],
    ),
    key: &["id"],
    columns: &[
        (Field::Title, &["title"]),
        (Field::GivenName, &["firstname"]),
        (Field::FamilyName, &["lastname"]),
        (Field::Email, &["email"]),
        (Field::Phone, &["phone"]),
        (Field::Mobile, &["mobile"]),
        (Field::Company, &["company", "companyname"]),
        (Field::Street, &["address1"]),
        (Field::City, &["city"]),
        (Field::Region, &["state"]),
        (Field::Postcode, &["zipcode"]),
        (Field::Country, &["country"]),
        (Field::Language, &["preferred_locale"]),
        (Field::BirthDate, &["birthday", "birthdate", "date_of_birth"]),
        (
            Field::CreatedAt,
            &["date_identified", "dateIdentified", "date_added", "dateAdded"],
        ),
        (Field::UpdatedAt, &["date_modified", "dateModified"]),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &["doNotContact", "dnc", "dnc_email"],
        reading: Reading::Refusal,
        ..ASKED
    }],
    ignored: &["ip", "ipAddresses", "ip_address"],
    ..PLAIN
};
