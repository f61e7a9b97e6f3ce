//! The till's two exports: loyalty cards and receipts, in the way of an old Windows program: semicolons, Windows-1252,
//! `31.12.2026`, `12,50`, German headers. No preset knows them, so each has a mapping file beside it.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use encoding_rs::WINDOWS_1252;
use jiff::civil::Date;

use super::catalogue;
use super::dice::Dice;
use super::orders::{Channel, Order};
use super::sighting::{Sighting, Source};
use super::table::{self, Row};

#[rustfmt::skip]
const CARDS: [&str; 13] = [
    "Kundenkarte", "Vorname", "Nachname", "Geburtsdatum", "E-Mail", "Telefon", "Strasse", "Hausnummer", "PLZ", "Ort",
    "Land", "Newsletter", "Ausgestellt am",
];

#[rustfmt::skip]
const RECEIPTS: [&str; 8] = [
    "Belegnummer", "Filiale", "Datum", "Uhrzeit", "Kundenkarte", "Artikel", "Betrag", "Währung",
];

/// `till-cards.csv`.
pub fn cards(sightings: &[Sighting]) -> Result<Vec<u8>> {
    let mut file = table::csv(b';', &CARDS, by_till(sightings).map(card))?;
    // Nothing to know the customer by.
    file.push_str(";Urs;Ohnekarte;02.02.1962;;;;;;;CH;nein;01.10.2026\r\n");
    windows_1252(&crlf(&file))
}

fn by_till(sightings: &[Sighting]) -> impl Iterator<Item = &Sighting> {
    sightings.iter().filter(|sighting| sighting.source == Source::Till)
}

fn card(card: &Sighting) -> Vec<String> {
    let mut dice = Dice::of("card", card.key.parse().unwrap_or_default());
    // Who would not tell the date of birth was entered as this one.
    let birth = card
        .birth
        .filter(|_| is_told(card, &mut dice))
        .unwrap_or(Date::constant(1900, 1, 1));
    let mut row = Row::of(&CARDS)
        .set("Kundenkarte", &card.key)
        .set("Vorname", &card.given)
        .set("Nachname", &card.family)
        .set("Geburtsdatum", german_date(birth))
        .set("E-Mail", &card.email)
        .set("Telefon", &card.phone)
        .set("Newsletter", if card.marketing { "ja" } else { "nein" })
        .set("Ausgestellt am", german_date(card.since));
    if let Some(home) = &card.home {
        row = row
            .set("Strasse", &home.street)
            .set("Hausnummer", &home.number)
            .set("PLZ", home.town.postcode)
            .set("Ort", home.town.name)
            .set("Land", home.country.code());
    }
    row.fields()
}

fn is_told(card: &Sighting, dice: &mut Dice) -> bool {
    const STORY_BIRTHS: [&str; 5] = ["c00619", "c03501", "c08496", "c01890", "c15562"];
    STORY_BIRTHS.contains(&card.truth.as_str()) || dice.chance(75)
}

/// `till-receipts.csv`.
pub fn receipts(sightings: &[Sighting], orders: &[Order]) -> Result<Vec<u8>> {
    let cards: BTreeMap<&str, &str> = by_till(sightings)
        .map(|card| (card.truth.as_str(), card.key.as_str()))
        .collect();
    let receipts = orders.iter().filter(|order| order.channel == Channel::Till);
    let rows =
        receipts.map(|receipt| receipt_row(receipt, cards.get(receipt.buyer.as_str()).copied().unwrap_or_default()));
    let mut file = table::csv(b';', &RECEIPTS, rows)?;
    // A day that does not exist, an amount that is none, a receipt without number, and one with a field too many.
    let card = cards.get("c15562").copied().unwrap_or_default();
    file.push_str(&format!(
        "26-900001;1;31.02.2026;10:15;{card};Limewood spoon;9,90;EUR\n"
    ));
    file.push_str(&format!(
        "26-900002;1;03.03.2026;10:15;{card};Limewood spoon;neun;EUR\n"
    ));
    file.push_str(&format!(";1;03.03.2026;10:16;{card};Limewood spoon;9,90;EUR\n"));
    file.push_str(&format!("26-900004;1;03.03.2026;10:17;{card};Mug; blue;18,90;EUR\n"));
    windows_1252(&crlf(&file))
}

fn receipt_row(receipt: &Order, card: &str) -> Vec<String> {
    let mut dice = Dice::of("receipt", u64::from(receipt.cents));
    let product = catalogue::bought_for(receipt.cents, receipt.pieces, &mut dice);
    Row::of(&RECEIPTS)
        .set("Belegnummer", &receipt.id)
        .set("Filiale", (1 + dice.below(2)).to_string())
        .set("Datum", german_date(receipt.at.date()))
        .set("Uhrzeit", receipt.at.strftime("%H:%M").to_string())
        .set("Kundenkarte", card)
        .set("Artikel", product.name)
        .set("Betrag", format!("{},{:02}", receipt.cents / 100, receipt.cents % 100))
        .set("Währung", "EUR")
        .fields()
}

fn german_date(date: Date) -> String {
    date.strftime("%d.%m.%Y").to_string()
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn windows_1252(text: &str) -> Result<Vec<u8>> {
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    ensure!(!unmappable, "a name of the example cannot be written in Windows-1252");
    Ok(bytes.into_owned())
}
