//! What each source knows of a person: one row of one export, spelled as that source spells it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::dice::Dice;
use super::email::{retyped, tagged};
use super::people::Person;
use super::places::Address;
use super::spelling::misspelled;

/// A source of rows about people, by the name the unifier knows it under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Shopify,
    Till,
    Hubspot,
    Mailchimp,
    Odoo,
    Panel,
}

impl Source {
    /// The name of the source.
    pub fn name(self) -> &'static str {
        match self {
            Source::Shopify => "shopify",
            Source::Till => "till",
            Source::Hubspot => "hubspot",
            Source::Mailchimp => "mailchimp",
            Source::Odoo => "odoo",
            Source::Panel => "panel",
        }
    }
}

/// One row about a person.
#[derive(Clone)]
pub struct Sighting {
    /// Who wrote it.
    pub source: Source,
    /// The source's own key, once [`number`] has given it.
    pub key: String,
    /// Who it really is.
    pub truth: String,
    /// Given name as written.
    pub given: String,
    /// Surname as written.
    pub family: String,
    /// E-mail address as written; may be empty.
    pub email: String,
    /// Telephone number as written; may be empty.
    pub phone: String,
    /// Date of birth, where the source asks for it, as a date of our calendar.
    pub birth: Option<Date>,
    /// Postal address, where the source asks for it.
    pub home: Option<Address>,
    /// When the source first wrote it down.
    pub since: Date,
    /// What the source says of marketing by e-mail.
    pub marketing: bool,
}

/// All rows about one person.
pub fn of(person: &Person) -> Vec<Sighting> {
    let known = person.known_to;
    let sources = [
        (known.shop, Source::Shopify),
        (known.till, Source::Till),
        (known.crm, Source::Hubspot),
        (known.newsletter, Source::Mailchimp),
        (known.erp, Source::Odoo),
        (known.panel, Source::Panel),
    ];
    sources
        .into_iter()
        .filter(|(knows, _)| *knows)
        .map(|(_, source)| by(source, person))
        .collect()
}

/// What `source` writes of `person`. People of the story are spelled as they spell themselves.
pub fn by(source: Source, person: &Person) -> Sighting {
    let mut dice = Dice::of(source.name(), person.seed);
    let mut sighting = clean(source, person, &mut dice);
    if !person.in_story {
        blur(&mut sighting, person, &mut dice);
    }
    sighting
}

fn clean(source: Source, person: &Person, dice: &mut Dice) -> Sighting {
    let line = match source {
        Source::Shopify => person.mobile.as_ref(),
        _ => person.shared_line.as_ref().or(person.mobile.as_ref()),
    };
    let asks_for_birth = matches!(source, Source::Till | Source::Panel);
    let asks_for_home = !matches!(source, Source::Hubspot | Source::Mailchimp);
    // The shop and the till meet their customers on the day of the first purchase, the others later.
    let later = if matches!(source, Source::Shopify | Source::Till) {
        0
    } else {
        dice.below(60) as i64
    };
    Sighting {
        source,
        key: String::new(),
        truth: person.truth.clone(),
        given: person.given.clone(),
        family: person.family.clone(),
        email: person.email.clone().unwrap_or_default(),
        phone: line
            .map(|phone| phone.spelled(usize::from(source != Source::Shopify)))
            .unwrap_or_default(),
        birth: asks_for_birth.then_some(person.birth),
        home: asks_for_home.then(|| person.home.clone()),
        since: person
            .since
            .saturating_add(later.days())
            .min(Date::constant(2026, 11, 18)),
        marketing: if source == Source::Mailchimp {
            person.known_to.subscribed
        } else {
            dice.chance(60)
        },
    }
}

/// Everyday mess. What a source is careful about stays: Shopify checks addresses and numbers, the newsletter tool checks
/// addresses, the panel has neither.
fn blur(sighting: &mut Sighting, person: &Person, dice: &mut Dice) {
    let line = person.shared_line.as_ref().or(person.mobile.as_ref());
    let respelled_phone = |dice: &mut Dice| line.map(|phone| phone.spelled(dice.below(6))).unwrap_or_default();
    let slips = match sighting.source {
        Source::Shopify => 2,
        Source::Mailchimp | Source::Odoo => 5,
        Source::Till | Source::Panel => 8,
        Source::Hubspot => 12,
    };
    if dice.chance(slips) {
        sighting.given = misspelled(&sighting.given, dice);
    }
    if dice.chance(slips) {
        sighting.family = misspelled(&sighting.family, dice);
    }
    match sighting.source {
        Source::Shopify => {
            sighting.phone = person
                .mobile
                .as_ref()
                .filter(|_| dice.chance(70))
                .map(|phone| phone.e164())
                .unwrap_or_default();
        }
        Source::Till => {
            sighting.phone = respelled_phone(dice);
            if dice.chance(40) {
                sighting.email = retyped(&sighting.email, dice);
            }
        }
        Source::Hubspot => {
            if dice.chance(15) && !sighting.phone.is_empty() {
                sighting.email.clear();
            } else if dice.chance(8) {
                sighting.email = tagged(&sighting.email);
            } else if dice.chance(20) {
                sighting.email = retyped(&sighting.email, dice);
            }
        }
        Source::Mailchimp => {
            sighting.phone.clear();
            if dice.chance(30) {
                sighting.given.clear();
                sighting.family.clear();
            }
        }
        Source::Odoo => sighting.phone = respelled_phone(dice),
        Source::Panel => {
            sighting.phone = if dice.chance(50) {
                respelled_phone(dice)
            } else {
                String::new()
            };
            sighting.email.clear();
        }
    }
}

/// Sorts the rows as the exports list them, oldest first, and gives each the key its source would.
pub fn number(sightings: &mut [Sighting]) {
    sightings.sort_by(|one, other| {
        (one.source, one.since, &one.truth, &one.email).cmp(&(other.source, other.since, &other.truth, &other.email))
    });
    let mut n = 0;
    let mut source = None;
    for sighting in sightings {
        n = if source == Some(sighting.source) { n + 1 } else { 1 };
        source = Some(sighting.source);
        sighting.key = key(sighting, n);
    }
}

fn key(sighting: &Sighting, n: u64) -> String {
    match sighting.source {
        Source::Shopify => format!("{}", 7_104_200_000_000 + n * 32_768),
        Source::Till => format!("{:07}", 20_000 + n * 7),
        Source::Hubspot => format!("{}", 5_001 + n * 50),
        Source::Mailchimp => format!("{:010x}", Dice::of("mailchimp id", n).roll() >> 24),
        Source::Odoo => format!(
            "__export__.res_partner_{}_{:08x}",
            41 + n,
            Dice::of("odoo id", n).roll() as u32
        ),
        Source::Panel => format!("P{n:05}"),
    }
}
