//! Klaviyo's exports: profiles, and the list of suppressed ones.
//!
//! A suppression is a refusal whatever its reason: an address that bounced must not be written to either. Where people were when
//! they signed up is not ours to keep.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset, Proof};
use crate::ingest::layout::Reading;
use crate::normalise::money::Decimal;

/// Profiles.
pub const PROFILES: Preset = Preset {
    name: "klaviyo-profiles",
    source: "klaviyo",
    signature: &[&["Email"], &["Klaviyo ID"]],
    key: &["Klaviyo ID"],
    columns: &[
        (Field::GivenName, &["First Name"]),
        (Field::FamilyName, &["Last Name"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone Number", "Phone"]),
        (Field::Company, &["Organization"]),
        (Field::Street, &["Address"]),
        (Field::City, &["City"]),
        (Field::Region, &["State / Region", "Region"]),
        (Field::Country, &["Country"]),
        (Field::Postcode, &["Zip Code", "Zip"]),
        (Field::Language, &["Locale"]),
        (Field::CreatedAt, &["Profile Created On", "Date Added", "First Active"]),
        (Field::UpdatedAt, &["Last Updated", "Updated"]),
    ],
    consents: &[
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["Email Marketing Consent"],
            times: &["Email Marketing Consent Timestamp"],
            proofs: &[Proof {
                word: "method",
                column: &["Email Marketing Consent Method", "Consent Method"],
                dated: false,
            }],
            ..ASKED
        },
        Consent {
            purpose: Purpose::SMS_MARKETING,
            column: &["SMS Marketing Consent", "SMS Consent"],
            times: &["SMS Marketing Consent Timestamp", "SMS Consent Timestamp"],
            ..ASKED
        },
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["Email Suppressions"],
            reading: Reading::Reason,
            ..ASKED
        },
    ],
    traits: &[("job_title", &["Title"])],
    ignored: &["IP Address", "Latitude", "Longitude"],
    decimal: Some(Decimal::Point),
    ..PLAIN
};

/// Suppressed profiles.
pub const SUPPRESSIONS: Preset = Preset {
    name: "klaviyo-suppressions",
    source: "klaviyo-suppressions",
    signature: &[
        &["Email", "Email Address"],
        &["Suppression Reason", "Suppression Reasons", "Email Suppressions"],
        &["Suppression Timestamp", "Suppressed At", "Date Suppressed"],
    ],
    columns: &[(Field::Email, &["Email", "Email Address"])],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &["Suppression Reason", "Suppression Reasons", "Email Suppressions"],
        times: &["Suppression Timestamp", "Suppressed At", "Date Suppressed"],
        reading: Reading::Reason,
        ..ASKED
    }],
    ..PLAIN
};
