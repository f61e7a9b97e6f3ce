//! The people of the example as they really are. What each source knows of them, and misspells, is `sighting.rs`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::dice::Dice;
use super::email::Mailboxes;
use super::names::Language;
use super::phone::Phone;
use super::places::{Address, Country};
use super::purchases::Purchase;

/// People who never bought anything but are known from the newsletter, the CRM or the web.
const PROSPECTS: u64 = 240;

/// A person.
pub struct Person {
    /// The name of this person in `truth.csv`: `c00004` for customer 4 of the sample, `x001` for others.
    pub truth: String,
    /// What the person's dice are seeded with.
    pub seed: u64,
    /// Given name.
    pub given: String,
    /// Surname.
    pub family: String,
    /// Date of birth.
    pub birth: Date,
    /// Where the person lives.
    pub home: Address,
    /// The mailbox, where there is one.
    pub email: Option<String>,
    /// The mobile number, where there is one.
    pub mobile: Option<Phone>,
    /// The number at home or at work that others share.
    pub shared_line: Option<Phone>,
    /// The day the company first heard of the person.
    pub since: Date,
    /// Who knows the person.
    pub known_to: KnownTo,
    /// Whether the person has a part in the README: nothing about them is left to chance.
    pub in_story: bool,
}

/// Who knows a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownTo {
    pub shop: bool,
    pub till: bool,
    pub crm: bool,
    pub newsletter: bool,
    /// Whether the newsletter may still be sent.
    pub subscribed: bool,
    pub erp: bool,
    pub panel: bool,
}

/// Everybody: the sample's customers in its order, then the prospects.
pub fn everybody(purchases: &[Purchase]) -> Vec<Person> {
    let mut first_day = BTreeMap::new();
    for purchase in purchases {
        first_day.entry(purchase.customer).or_insert(purchase.day);
    }
    let mut registry = Registry::default();
    let mut people: Vec<Person> = Vec::new();
    let mut households = 0;
    for (&customer, &since) in &first_day {
        let mut person = registry.person(format!("c{customer:05}"), customer, since);
        person.known_to = customer_is_known_to(&mut Dice::of("known to", customer));
        if let Some(previous) = people.last_mut().filter(|_| Dice::of("household", customer).chance(5)) {
            households += 1;
            share_household(previous, &mut person, households);
        }
        people.push(person);
    }
    for n in 1..=PROSPECTS {
        let seed = 1_000_000 + n;
        let mut dice = Dice::of("prospect", seed);
        let since = Date::constant(2026, 1 + dice.below(10) as i8, 1 + dice.below(28) as i8);
        let mut person = registry.person(format!("x{n:03}"), seed, since);
        person.known_to = prospect_is_known_to(&mut dice);
        people.push(person);
    }
    people
}

/// What may be given out once only.
#[derive(Default)]
struct Registry {
    mailboxes: Mailboxes,
    mobiles: BTreeMap<Country, usize>,
}

impl Registry {
    fn person(&mut self, truth: String, seed: u64, since: Date) -> Person {
        let mut dice = Dice::of("person", seed);
        let home = Address::somewhere(&mut dice);
        let language = spoken_in(&home, &mut dice);
        let given = (*dice.pick_early(language.given_names())).to_owned();
        let family = (*dice.pick_early(language.surnames())).to_owned();
        let birth = Date::constant(
            1948 + dice.below(59) as i16,
            1 + dice.below(12) as i8,
            1 + dice.below(28) as i8,
        );
        let email = self.mailboxes.assign(&given, &family, birth.year(), &mut dice);
        let mobile = dice.chance(85).then(|| self.mobile(home.country));
        Person {
            truth,
            seed,
            given,
            family,
            birth,
            home,
            email: Some(email),
            mobile,
            shared_line: None,
            since,
            known_to: KnownTo::default(),
            in_story: false,
        }
    }

    fn mobile(&mut self, country: Country) -> Phone {
        let n = self.mobiles.entry(country).or_default();
        *n += 1;
        Phone::mobile(country, *n)
    }
}

/// Mostly the language of the town; one in eight moved there from elsewhere.
fn spoken_in(home: &Address, dice: &mut Dice) -> Language {
    const ALL: [Language; 4] = [Language::English, Language::French, Language::German, Language::Italian];
    if dice.chance(12) {
        *dice.pick(&ALL)
    } else {
        home.town.language
    }
}

/// Four in five buy online only, one in eight at the till only, the others at both.
fn customer_is_known_to(dice: &mut Dice) -> KnownTo {
    let way = dice.below(100);
    let shop = way < 88;
    let newsletter = dice.chance(45);
    KnownTo {
        shop,
        till: way >= 80,
        crm: dice.chance(10),
        newsletter,
        subscribed: newsletter && dice.chance(86),
        erp: dice.chance(6),
        panel: dice.chance(12),
    }
}

fn prospect_is_known_to(dice: &mut Dice) -> KnownTo {
    let newsletter = dice.chance(60);
    KnownTo {
        crm: !newsletter || dice.chance(25),
        newsletter,
        subscribed: newsletter && dice.chance(90),
        ..KnownTo::default()
    }
}

/// Two adults behind one door: same surname, same address, same telephone in the hall; and where the second buys at the
/// till only, half the time the same mailbox.
fn share_household(one: &mut Person, other: &mut Person, n: usize) {
    let hall = Phone::landline(one.home.country, n);
    other.family.clone_from(&one.family);
    other.home = one.home.clone();
    one.shared_line = Some(hall.clone());
    other.shared_line = Some(hall);
    if other.given == one.given {
        other.given = "Robin".to_owned();
    }
    if one.known_to.shop && !other.known_to.shop && Dice::of("family mailbox", other.seed).chance(50) {
        other.email.clone_from(&one.email);
        (other.known_to.newsletter, other.known_to.crm) = (false, false);
    }
}
