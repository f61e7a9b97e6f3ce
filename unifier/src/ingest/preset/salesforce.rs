//! Salesforce's contacts: the weekly export and Data Loader with API names in any case, and reports with labels.
//!
//! A contact that was merged into another is deleted and names the one that stayed: it is kept, under the other's id, so that what
//! other files say of the old id still finds the person. Other deleted contacts count for nothing.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset, Void};
use crate::ingest::layout::Reading;

/// Contacts.
pub const CONTACTS: Preset = Preset {
    name: "salesforce-contact",
    source: "salesforce",
    signature: &[
        &["Id", "Contact ID", "Contact ID 18", "Kontakt-ID", "ID du contact"],
        &["LastName", "Full Name", "Nom", "Nachname"],
    ],
    some_of: (
        2,
        &[
            &["AccountId", "Account ID", "Account Name"],
            &["MasterRecordId"],
            &["IsDeleted"],
            &["MailingStreet", "Mailing Street"],
            &["MailingCity", "Mailing City"],
            &["ReportsToId", "Reports To"],
            &["HasOptedOutOfEmail", "Email Opt Out"],
            &["DoNotCall", "Do Not Call"],
            &["LeadSource", "Lead Source"],
            &["SystemModstamp"],
            &["OwnerId", "Contact Owner"],
        ],
    ),
    key: &["Id", "Contact ID", "Contact ID 18", "Kontakt-ID", "ID du contact"],
    columns: &[
        (Field::Title, &["Salutation"]),
        (Field::GivenName, &["FirstName", "Prénom", "Vorname"]),
        (Field::FamilyName, &["LastName", "Nom", "Nachname"]),
        (Field::FullName, &["Full Name", "Name"]),
        (Field::BirthDate, &["Birthdate"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone", "HomePhone", "Home Phone"]),
        (Field::Mobile, &["MobilePhone", "Mobile"]),
        (Field::Company, &["Account Name", "Company"]),
        (
            Field::Street,
            &["MailingStreet", "Mailing Street", "Mailing Address Line 1"],
        ),
        (Field::City, &["MailingCity"]),
        (Field::Postcode, &["MailingPostalCode", "Mailing Zip/Postal Code"]),
        (Field::Region, &["MailingState", "Mailing State/Province"]),
        (Field::Country, &["MailingCountry"]),
        (Field::CreatedAt, &["CreatedDate"]),
        (Field::UpdatedAt, &["LastModifiedDate", "SystemModstamp"]),
    ],
    identifiers: &[
        (
            "salesforce:contact_id",
            &["Id", "Contact ID", "Contact ID 18", "Kontakt-ID", "ID du contact"],
        ),
        ("salesforce:contact_id", &["MasterRecordId"]),
    ],
    consents: &[
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["HasOptedOutOfEmail", "Email Opt Out"],
            reading: Reading::Refusal,
            ..ASKED
        },
        Consent {
            purpose: "phone_marketing",
            column: &["DoNotCall", "Do Not Call"],
            reading: Reading::Refusal,
            ..ASKED
        },
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["EmailBouncedReason"],
            times: &["EmailBouncedDate"],
            reading: Reading::Reason,
            ..ASKED
        },
    ],
    traits: &[("job_title", &["Title"])],
    void: &[Void {
        column: &["IsDeleted"],
        words: &["true", "1", "yes"],
        unless: &["MasterRecordId"],
    }],
    ..PLAIN
};
