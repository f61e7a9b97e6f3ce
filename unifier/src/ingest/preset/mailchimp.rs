//! Mailchimp's export of an audience: three files, and the file says who may be written to.
//!
//! The owner of an audience may rename its first columns, so the address is the first column when no known name is there.
//! The addresses from which people signed up are not ours to keep.

use super::{FIRST_COLUMN, Field, FileStatus, PLAIN, Preset};

/// Members, by one file for each status.
pub const AUDIENCE: Preset = Preset {
    name: "mailchimp-audience",
    source: "mailchimp",
    signature: &[&["OPTIN_TIME"], &["LEID"], &["EUID"]],
    key: &["EUID", "LEID"],
    columns: &[
        (Field::Email, &["Email Address", "Email", FIRST_COLUMN]),
        (Field::GivenName, &["First Name", "FNAME"]),
        (Field::FamilyName, &["Last Name", "LNAME"]),
        (Field::Phone, &["Phone Number", "Phone"]),
        (Field::Country, &["CC"]),
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
        "UNSUB_CAMPAIGN_ID",
    ],
    consent_of_file: Some(status),
    ..PLAIN
};

/// `subscribed_members_export_….csv` and its two siblings; a renamed file of unsubscribed people still has their times.
fn status(file_name: &str, header: &[String]) -> Option<FileStatus> {
    let name = file_name.to_lowercase();
    let has = |column: &str| header.iter().any(|header| header == column);
    if name.contains("unsubscribed") || has("unsub time") {
        Some(FileStatus {
            granted: false,
            evidence: "mailchimp file of unsubscribed members",
            times: &["UNSUB_TIME", "LAST_CHANGED"],
        })
    } else if name.contains("cleaned") || has("clean time") {
        Some(FileStatus {
            granted: false,
            evidence: "mailchimp file of cleaned members",
            times: &["CLEAN_TIME", "LAST_CHANGED"],
        })
    } else if name.contains("subscribed") {
        Some(FileStatus {
            granted: true,
            evidence: "mailchimp file of subscribed members",
            times: &["CONFIRM_TIME", "OPTIN_TIME"],
        })
    } else {
        None
    }
}
