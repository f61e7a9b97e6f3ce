//! The people the README tells about. Each stands for a trap that has merged strangers or split customers elsewhere.
//!
//! `cast.csv` says who they are. Most of them are customers of the sample, so they have a history.

use anyhow::{Context, Result};
use jiff::civil::Date;

use super::dice::Dice;
use super::people::{KnownTo, Person};
use super::phone::Phone;
use super::places::Address;
use super::sighting::{self, Sighting, Source};

const CAST: &str = include_str!("cast.csv");

/// The people whose visits and orders have a story.
pub mod role {
    pub const TABLET_FIRST: &str = "c20111";
    pub const TABLET_SECOND: &str = "c00564";
    pub const NEWSLETTER_READER: &str = "c22355";
    pub const WITHDRAWS_CONSENT: &str = "c04165";
    pub const TWO_DEVICES: &str = "c09120";
    pub const ORDER_STORIES: &str = "c12934";
}

const SECOND_ACCOUNT: &str = "c07323";

/// Gives the story's people their parts, and adds those the sample has no place for.
pub fn enter(people: &mut Vec<Person>) -> Result<()> {
    for (n, row) in csv::Reader::from_reader(CAST.as_bytes()).into_records().enumerate() {
        let person = part(&row?, n).context("a row of cast.csv is not as expected")?;
        match people.iter_mut().find(|customer| customer.truth == person.truth) {
            Some(customer) => {
                *customer = Person {
                    since: customer.since,
                    ..person
                }
            }
            None => people.push(person),
        }
    }
    Ok(())
}

fn part(row: &csv::StringRecord, n: usize) -> Result<Person> {
    let field = |at: usize| row.get(at).context("a field is missing");
    let truth = field(0)?.to_owned();
    let door: u64 = field(4)?.parse()?;
    let home = Address::in_town_named(field(3)?, &mut Dice::of("story home", door)).context("no such town")?;
    let country = home.country;
    let shared_line = match truth.as_str() {
        "c08496" | "c01890" => Some(Phone::landline(country, 501)),
        _ if works_at_hotel(&truth) => Some(Phone::landline(country, 1_010)),
        _ => None,
    };
    Ok(Person {
        seed: 9_000_000 + n as u64,
        given: field(1)?.to_owned(),
        family: field(2)?.to_owned(),
        birth: field(5)?.parse()?,
        home,
        email: Some(field(6)?.to_owned()).filter(|email| !email.is_empty()),
        mobile: Some(Phone::mobile(country, 9_900 + n)),
        shared_line,
        since: Date::constant(2025, 9, 1),
        known_to: known_to(field(7)?)?,
        in_story: true,
        truth,
    })
}

/// Whether the person works behind the one telephone number of the (invented) Hotel Belvoir.
pub fn works_at_hotel(truth: &str) -> bool {
    truth.starts_with("x9")
}

fn known_to(words: &str) -> Result<KnownTo> {
    let mut known_to = KnownTo::default();
    for word in words.split(' ') {
        match word {
            "shop" => known_to.shop = true,
            "till" => known_to.till = true,
            "crm" => known_to.crm = true,
            "newsletter" => (known_to.newsletter, known_to.subscribed) = (true, true),
            "unsubscribed" => known_to.newsletter = true,
            "erp" => known_to.erp = true,
            "panel" => known_to.panel = true,
            _ => anyhow::bail!("{word} is no source"),
        }
    }
    Ok(known_to)
}

/// Spells what the story needs spelled in a certain way, and adds rows the story needs.
pub fn rewrite(sightings: &mut Vec<Sighting>, people: &[Person]) {
    for sighting in sightings.iter_mut() {
        respell(sighting);
    }
    let second_account = people
        .iter()
        .find(|person| person.truth == SECOND_ACCOUNT)
        .map(|person| {
            let mut row = sighting::by(Source::Shopify, person);
            row.email = "chiara.crivelli@posta.example.net".to_owned();
            row.since = Date::constant(2026, 10, 5);
            row
        });
    sightings.extend(second_account);
    sightings.extend(placeholders());
}

fn respell(row: &mut Sighting) {
    match (row.truth.as_str(), row.source) {
        ("c15562", Source::Till) => {
            row.family = "Lüthy".to_owned();
            row.email = "Zoe.Luethi+Laden@Boite.Example.ORG".to_owned();
            row.phone = row.phone.replace("+41 ", "0");
        }
        ("c15562", Source::Hubspot) => {
            (row.given, row.family) = ("Zoe".to_owned(), "Luethi".to_owned());
            row.email = " zoe.luethi@boite.example.org ".to_owned();
        }
        ("c15562", Source::Mailchimp) => {
            (row.given, row.family) = ("ZOË".to_owned(), "LÜTHI".to_owned());
            row.email = "ZOE.LUETHI@boite.example.org".to_owned();
        }
        ("c15562", Source::Odoo) => {
            row.family = "Luethi".to_owned();
            row.email.clear();
            row.phone = row.phone.replace("+41 ", "0041").replace(' ', "");
        }
        ("c19060", Source::Till) => row.phone = row.phone.replace("+41 ", "0").replace(' ', "."),
        ("c10600", Source::Hubspot) => (row.given, row.family) = ("Trix".to_owned(), "Arx".to_owned()),
        ("c03041", Source::Hubspot | Source::Mailchimp) => row.family = "Garnier".to_owned(),
        ("c17482", Source::Odoo) => {
            row.home = Address::in_town_named("Bristol", &mut Dice::of("moved", 1));
        }
        ("c20873", Source::Shopify) => row.marketing = true,
        ("x900" | "x901" | "x902", Source::Odoo) => row.email = "info@hotel-belvoir.example.net".to_owned(),
        _ => {}
    }
}

/// Six people the CRM knows next to nothing of. What they have in common means nothing.
fn placeholders() -> Vec<Sighting> {
    const ROWS: [(&str, &str, &str, &str); 6] = [
        ("Anna", "Nowak", "n/a", "000000"),
        ("Peter", "Lang", "n/a", "0000000000"),
        ("Test", "Test", "test@test", "000000"),
        ("Marie", "Blanc", "test@test", "n/a"),
        ("Unknown", "Unknown", "none", "-"),
        ("Luca", "Rossi", "noemail@example.com", "000000"),
    ];
    let row = |(n, (given, family, email, phone)): (usize, (&str, &str, &str, &str))| Sighting {
        source: Source::Hubspot,
        key: String::new(),
        truth: format!("x8{n:02}"),
        given: given.to_owned(),
        family: family.to_owned(),
        email: email.to_owned(),
        phone: phone.to_owned(),
        birth: None,
        home: None,
        since: Date::constant(2026, 3, 2),
        marketing: false,
    };
    ROWS.into_iter().enumerate().map(row).collect()
}
