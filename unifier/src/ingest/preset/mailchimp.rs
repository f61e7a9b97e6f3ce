//! Mailchimp's export of an audience: three files, and the file says who may be written to.
//!
//! The owner of an audience may rename its first columns, so the address is the first column when no known name is there.
//! The addresses from which people signed up are not ours to keep.

use super::{FIRST_COLUMN, Field, FileStatus, PLAIN, Preset, Proof};

/// Members, by one file for each status.
pub const AUDIENCE: Preset = Preset {
    name: "mailchimp-audience",
    source: "mailchimp",
    signature: &[&["LEID"], &["EUID"]],
    some_of: (
        1,
        &[
            &["OPTIN_TIME"],
            &["CONFIRM_TIME"],
            &["MEMBER_RATING"],
            &["UNSUB_TIME"],
            &["CLEAN_TIME"],
        ],
    ),
    key: &["EUID", "LEID"],
    columns: &[
        (
            Field::Email,
            &[
                "Email Address",
                "Email",
                "Adresse e-mail",
                "E-Mail-Adresse",
                FIRST_COLUMN,
            ],
        ),
        (Field::GivenName, &["First Name", "FNAME", "Prénom", "Vorname"]),
        (Field::FamilyName, &["Last Name", "LNAME", "Nom", "Nachname"]),
        (Field::Phone, &["Phone Number", "Phone", "SMS Phone Number"]),
        (
            Field::BirthDate,
            &["Date of birth", "Geburtsdatum", "Date de naissance"],
        ),
        (Field::Language, &["Language"]),
        (Field::CreatedAt, &["OPTIN_TIME", "CONFIRM_TIME"]),
        (Field::UpdatedAt, &["LAST_CHANGED"]),
    ],
    ignored: &[
        "OPTIN_IP",
        "CONFIRM_IP",
        "LATITUDE",
        "LONGITUDE",
        "GMTOFF",
        "DSTOFF",
        "TIMEZONE",
        "CC",
        "REGION",
        "UNSUB_CAMPAIGN_ID",
    ],
    consent_of_file: Some(status),
    ..PLAIN
};

/// Both steps of a double opt-in.
const OPT_IN: &[Proof] = &[
    Proof {
        word: "asked",
        column: &["OPTIN_TIME"],
        dated: true,
    },
    Proof {
        word: "confirmed",
        column: &["CONFIRM_TIME"],
        dated: true,
    },
];

/// `subscribed_members_export_….csv` and its two siblings; a renamed file of unsubscribed people still has their times.
fn status(file_name: &str, header: &[String]) -> Option<FileStatus> {
    let name = file_name.to_lowercase();
    let has = |column: &str| header.iter().any(|header| header == column);
    if name.contains("unsubscribed") || has("unsubtime") {
        Some(FileStatus {
            granted: false,
            evidence: "mailchimp file of unsubscribed members",
            times: &["UNSUB_TIME", "LAST_CHANGED"],
            proofs: &[Proof {
                word: "reason",
                column: &["UNSUB_REASON"],
                dated: false,
            }],
        })
    } else if name.contains("cleaned") || has("cleantime") {
        Some(FileStatus {
            granted: false,
            evidence: "mailchimp file of cleaned members",
            times: &["CLEAN_TIME", "LAST_CHANGED"],
            proofs: &[],
        })
    } else if is_subscribed(&name) {
        Some(FileStatus {
            granted: true,
            evidence: "mailchimp file of subscribed members",
            times: &["CONFIRM_TIME", "OPTIN_TIME"],
            proofs: OPT_IN,
        })
    } else {
        None
    }
}

/// Words before `subscribed` that make the contrary of it.
const CONTRARY: [&str; 8] = ["non", "not", "no", "never", "previously", "formerly", "former", "un"];

/// Whether a name in lower case says of everybody that they are subscribed: a word of it begins so, and none says otherwise.
fn is_subscribed(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    let begins = |word: &str| word.starts_with("subscribed");
    let contrary = |word: &str| CONTRARY.contains(&word) || (word.contains("subscribed") && !begins(word));
    words.clone().any(begins) && !words.any(contrary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(file_name: &str) -> Option<bool> {
        status(file_name, &[]).map(|status| status.granted)
    }

    #[test]
    fn a_file_of_people_who_never_subscribed_grants_nothing() {
        for name in [
            "nonsubscribed_members_export_1a2b3c.csv",
            "not_subscribed.csv",
            "Previously-Subscribed 2024.csv",
            "never subscribed.csv",
            "no longer subscribed.csv",
            "subscribed_and_nonsubscribed.csv",
            "resubscribed.csv",
            "audience.csv",
        ] {
            assert_eq!(granted(name), None, "{name}");
        }
        for name in [
            "subscribed_members_export_1a2b3c.csv",
            "Subscribed.csv",
            "2024-11 shop subscribed.csv",
        ] {
            assert_eq!(granted(name), Some(true), "{name}");
        }
        assert_eq!(granted("unsubscribed_members_export_1a2b3c.csv"), Some(false));
    }
}
