//! HubSpot's export of contacts. Its owner picks the columns, so few are asked for.

use event_schema::Purpose;

use super::{Consent, Field, PLAIN, Preset};

/// Contacts.
pub const CONTACTS: Preset = Preset {
    name: "hubspot-contacts",
    source: "hubspot",
    signature: &[
        &["Record ID", "Record ID - Contact"],
        &["First Name"],
        &["Last Name"],
        &["Email"],
    ],
    key: &["Record ID", "Record ID - Contact"],
    columns: &[
        (Field::Title, &["Salutation"]),
        (Field::GivenName, &["First Name"]),
        (Field::FamilyName, &["Last Name"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone Number"]),
        (Field::Mobile, &["Mobile Phone Number", "Mobile Phone"]),
        (Field::BirthDate, &["Date of birth", "Birth date", "Birthday"]),
        (Field::Gender, &["Gender"]),
        (Field::Company, &["Company name", "Company"]),
        (Field::Street, &["Street Address"]),
        (Field::City, &["City"]),
        (Field::Postcode, &["Postal Code", "Zip"]),
        (Field::Region, &["State/Region"]),
        (Field::Country, &["Country/Region", "Country"]),
        (Field::Language, &["Preferred language"]),
        (Field::CreatedAt, &["Create Date"]),
        (Field::UpdatedAt, &["Last Modified Date"]),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &["Unsubscribed from all email", "Opted out of all email"],
        times: &[],
        refusal: true,
    }],
    ..PLAIN
};
