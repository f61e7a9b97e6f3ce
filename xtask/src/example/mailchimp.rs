//! The newsletter's export, as Mailchimp writes it: one file per status.

use anyhow::Result;
use jiff::civil::Date;

use super::dice::Dice;
use super::sighting::{Sighting, Source};
use super::table::{self, Row};

#[rustfmt::skip]
const SUBSCRIBED: [&str; 20] = [
    "Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME",
    "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC", "REGION", "LAST_CHANGED", "LEID",
    "EUID", "NOTES", "TAGS",
];

#[rustfmt::skip]
const UNSUBSCRIBED: [&str; 25] = [
    "Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME",
    "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC", "REGION", "LAST_CHANGED", "LEID",
    "EUID", "NOTES", "TAGS", "UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON",
    "UNSUB_REASON_OTHER",
];

/// `subscribed_members_export.csv`.
pub fn subscribed(sightings: &[Sighting]) -> Result<String> {
    let header = &SUBSCRIBED;
    let rows = members(sightings, true).map(|(n, member)| row(header, n, member).fields());
    let mut file = table::csv(b',', header, rows)?;
    // An address that is none, and no id.
    file.push_str("nobody-at-nowhere,,,2,2026-05-04 08:00:00,,,,,,,,,,,2026-05-04 08:00:00,,,,\n");
    Ok(file)
}

/// `unsubscribed_members_export.csv`.
pub fn unsubscribed(sightings: &[Sighting]) -> Result<String> {
    let rows = members(sightings, false).map(|(n, member)| {
        let mut dice = Dice::of("unsubscribed", n);
        // After the first mailing of the winter, most of them: later than anything else they said.
        let day = Date::constant(2026, 11, 4 + dice.below(15) as i8).max(member.since);
        row(&UNSUBSCRIBED, n, member)
            .set("LAST_CHANGED", format!("{day} 19:12:40"))
            .set("UNSUB_TIME", format!("{day} 19:12:40"))
            .set(
                "UNSUB_CAMPAIGN_TITLE",
                *dice.pick(&["Winter candles", "Advent wreaths"]),
            )
            .set("UNSUB_CAMPAIGN_ID", format!("{:010x}", dice.roll() >> 24))
            .set("UNSUB_REASON", *dice.pick(&["NORMAL", "NORMAL", "NOSIGNUP", "OTHER"]))
            .fields()
    });
    table::csv(b',', &UNSUBSCRIBED, rows)
}

fn members(sightings: &[Sighting], subscribed: bool) -> impl Iterator<Item = (u64, &Sighting)> {
    let members = sightings.iter().filter(|sighting| sighting.source == Source::Mailchimp);
    (1..)
        .zip(members)
        .filter(move |(_, member)| member.marketing == subscribed)
}

fn row<'a>(header: &'a [&'a str], n: u64, member: &Sighting) -> Row<'a> {
    let mut dice = Dice::of("mailchimp", n);
    let opted_in = member.since.strftime("%Y-%m-%d 17:30:00").to_string();
    let tags = *dice.pick(&["", "\"linen\"", "\"linen\",\"candles\"", "\"shop window 2026\""]);
    Row::of(header)
        .set("Email Address", &member.email)
        .set("First Name", &member.given)
        .set("Last Name", &member.family)
        .set("MEMBER_RATING", (1 + dice.below(5)).to_string())
        .set("OPTIN_TIME", &opted_in)
        // An address from a range kept free for documentation (RFC 5737).
        .set("OPTIN_IP", format!("198.51.100.{}", 1 + dice.below(254)))
        .set("CONFIRM_TIME", &opted_in)
        .set("TIMEZONE", "Europe/Zurich")
        .set("LAST_CHANGED", &opted_in)
        .set("LEID", (880_000 + n).to_string())
        .set("EUID", &member.key)
        .set("TAGS", tags)
}
