//! Brevo's export of contacts, once Sendinblue: attributes in capitals, in the language of the account, and two vintages of the API.
//!
//! Separated by semicolons, perhaps in Windows-1252; days come first; a telephone number is an international one without its sign.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset};
use crate::ingest::layout::Reading;

/// Contacts.
pub const CONTACTS: Preset = Preset {
    name: "brevo",
    source: "brevo",
    signature: &[&["EMAIL"]],
    some_of: (
        3,
        &[
            &["CONTACT ID"],
            &["SMS"],
            &["WHATSAPP"],
            &["DOUBLE_OPT-IN"],
            &["OPT_IN"],
            &["EXT_ID"],
            &["CONTACT_TIMEZONE"],
            &["LANDLINE_NUMBER"],
            &["ADDED_TIME"],
            &["MODIFIED_TIME"],
            &["emailBlacklisted"],
            &["_listIds", "listIds"],
        ],
    ),
    key: &["CONTACT ID"],
    columns: &[
        (Field::Email, &["EMAIL"]),
        (Field::GivenName, &["FIRSTNAME", "PRENOM", "VORNAME"]),
        (Field::FamilyName, &["LASTNAME", "NOM", "NACHNAME"]),
        (Field::Mobile, &["SMS", "WHATSAPP"]),
        (Field::Phone, &["LANDLINE_NUMBER"]),
        (Field::BirthDate, &["BIRTHDAY", "DATE_NAISSANCE", "GEBURTSDATUM"]),
        (Field::Company, &["COMPANY", "SOCIETE", "FIRMA"]),
        (Field::City, &["CITY", "VILLE", "STADT"]),
        (Field::Postcode, &["ZIP", "CODE_POSTAL", "PLZ"]),
        (Field::Country, &["COUNTRY", "PAYS", "LAND"]),
        (Field::CreatedAt, &["ADDED_TIME", "createdAt"]),
        (Field::UpdatedAt, &["MODIFIED_TIME", "modifiedAt"]),
    ],
    consents: &[
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["OPT_IN"],
            times: &["ADDED_TIME"],
            times_of_yes: true,
            ..ASKED
        },
        // An address that was not confirmed is no refusal.
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["DOUBLE_OPT-IN"],
            times: &["ADDED_TIME"],
            times_of_yes: true,
            reading: Reading::Grant,
            ..ASKED
        },
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["emailBlacklisted", "BLACKLISTED", "EMAIL_BLACKLISTED"],
            times: &["MODIFIED_TIME", "modifiedAt"],
            reading: Reading::Refusal,
            ..ASKED
        },
        Consent {
            purpose: Purpose::SMS_MARKETING,
            column: &["smsBlacklisted", "SMS_BLACKLISTED"],
            times: &["MODIFIED_TIME", "modifiedAt"],
            reading: Reading::Refusal,
            ..ASKED
        },
    ],
    bare_prefixes: true,
    ..PLAIN
};
