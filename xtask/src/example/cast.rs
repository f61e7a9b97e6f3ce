//! The people the README tells about. Each stands for a trap that has merged strangers or split customers elsewhere.
//!
//! Most of them are customers of the sample, so they have a history; their names, addresses and sources are set here.

use jiff::civil::Date;

use super::dice::Dice;
use super::names::Language::{self, English, French, German, Italian};
use super::people::{KnownTo, Person};
use super::phone::Phone;
use super::places::Address;
use super::places::Country::{self, France, Germany, Switzerland, UnitedKingdom};
use super::sighting::{self, Sighting, Source};
use super::spelling::typed_without_accents;

/// Where the web day's story people are met again.
pub mod role {
    pub const TABLET_FIRST: &str = "c20111";
    pub const TABLET_SECOND: &str = "c00564";
    pub const NEWSLETTER_READER: &str = "c22355";
    pub const WITHDRAWS_CONSENT: &str = "c04165";
    pub const TWO_DEVICES: &str = "c09120";
    pub const ORDER_STORIES: &str = "c12934";
}

const NOBODY: KnownTo = KnownTo {
    shop: false,
    till: false,
    crm: false,
    newsletter: false,
    subscribed: false,
    erp: false,
    panel: false,
};
const SHOP: KnownTo = KnownTo { shop: true, ..NOBODY };
const TILL: KnownTo = KnownTo { till: true, ..NOBODY };
const CRM: KnownTo = KnownTo { crm: true, ..NOBODY };

/// Name, language, home and date of birth of a part.
type Part = (
    &'static str,
    &'static str,
    &'static str,
    Language,
    Country,
    &'static str,
    Date,
    KnownTo,
);

const fn born(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

/// Parts played by customers of the sample.
const PARTS: [Part; 21] = [
    (
        "c12476",
        "Claire",
        "Perret",
        French,
        Switzerland,
        "Lausanne",
        born(1979, 4, 12),
        SHOP,
    ),
    (
        "c01760",
        "Julien",
        "Perret",
        French,
        Switzerland,
        "Lausanne",
        born(1977, 9, 3),
        TILL,
    ),
    (
        role::TABLET_FIRST,
        "Lena",
        "Brunner",
        German,
        Switzerland,
        "Zürich",
        born(1988, 6, 21),
        SHOP,
    ),
    (
        role::TABLET_SECOND,
        "Jonas",
        "Brunner",
        German,
        Switzerland,
        "Zürich",
        born(1986, 2, 8),
        SHOP,
    ),
    (
        "c15562",
        "Zoë",
        "Lüthi",
        German,
        Switzerland,
        "Bern",
        born(1991, 11, 30),
        KnownTo {
            shop: true,
            till: true,
            crm: true,
            newsletter: true,
            subscribed: true,
            erp: true,
            panel: true,
        },
    ),
    (
        "c20873",
        "Tobias",
        "Vogt",
        German,
        Germany,
        "Konstanz",
        born(1983, 1, 17),
        KnownTo {
            newsletter: true,
            ..SHOP
        },
    ),
    (
        "c00619",
        "Jean-Pierre",
        "Dumont",
        French,
        France,
        "Annecy",
        born(1951, 7, 5),
        KnownTo { till: true, ..SHOP },
    ),
    (
        "c03501",
        "Jean-Pierre",
        "Dumont",
        French,
        France,
        "Annecy",
        born(1982, 3, 19),
        KnownTo { till: true, ..SHOP },
    ),
    (
        "c19060",
        "Marguerite",
        "Favre",
        French,
        Switzerland,
        "Vevey",
        born(1946, 12, 24),
        KnownTo { till: true, ..SHOP },
    ),
    (
        "c08496",
        "Emma",
        "Schneider",
        German,
        Germany,
        "Freiburg im Breisgau",
        born(1994, 5, 9),
        KnownTo { till: true, ..SHOP },
    ),
    (
        "c01890",
        "Emil",
        "Schneider",
        German,
        Germany,
        "Freiburg im Breisgau",
        born(1994, 5, 9),
        TILL,
    ),
    (
        "c10600",
        "Beatrix",
        "von Arx",
        German,
        Switzerland,
        "Solothurn",
        born(1969, 8, 14),
        KnownTo { crm: true, ..SHOP },
    ),
    (
        "c03041",
        "Sophie",
        "Martin",
        French,
        France,
        "Lyon",
        born(1990, 10, 2),
        KnownTo {
            crm: true,
            newsletter: true,
            subscribed: true,
            ..SHOP
        },
    ),
    (
        "c05420",
        "Thomas",
        "Müller",
        German,
        Switzerland,
        "Bern",
        born(1975, 6, 6),
        SHOP,
    ),
    (
        "c13403",
        "Thomas",
        "Müller",
        German,
        Switzerland,
        "Winterthur",
        born(1984, 9, 27),
        SHOP,
    ),
    (
        "c17482",
        "William",
        "Hughes",
        English,
        UnitedKingdom,
        "Leeds",
        born(1987, 2, 14),
        KnownTo {
            erp: true,
            crm: true,
            ..SHOP
        },
    ),
    (
        role::NEWSLETTER_READER,
        "Nora",
        "Keller",
        German,
        Switzerland,
        "Luzern",
        born(1996, 3, 3),
        KnownTo {
            newsletter: true,
            subscribed: true,
            ..TILL
        },
    ),
    (
        role::WITHDRAWS_CONSENT,
        "David",
        "Roth",
        German,
        Switzerland,
        "Zug",
        born(1980, 8, 8),
        SHOP,
    ),
    (
        role::TWO_DEVICES,
        "Amir",
        "Rahman",
        English,
        UnitedKingdom,
        "London",
        born(1992, 7, 22),
        SHOP,
    ),
    (
        role::ORDER_STORIES,
        "Hélène",
        "Guérin",
        French,
        France,
        "Besançon",
        born(1973, 5, 25),
        SHOP,
    ),
    (
        "c07323",
        "Chiara",
        "Crivelli",
        Italian,
        Switzerland,
        "Lugano",
        born(1985, 12, 1),
        SHOP,
    ),
];

/// Who works behind the one telephone number of the (invented) Hotel Belvoir.
const HOTEL: [(&str, &str); 12] = [
    ("Alessandro", "Bianchi"),
    ("Aurélie", "Chappuis"),
    ("Björn", "Lange"),
    ("Camille", "Rochat"),
    ("Davide", "Conti"),
    ("Elena", "Solari"),
    ("Fabian", "Suter"),
    ("Hannah", "Whitfield"),
    ("Jérôme", "Pittet"),
    ("Käthe", "Widmer"),
    ("Loïc", "Jaquet"),
    ("Martina", "Quadri"),
];

/// Gives the story's people their parts, and adds those the sample has no place for.
pub fn enter(people: &mut Vec<Person>) {
    for (n, part) in PARTS.into_iter().enumerate() {
        if let Some(person) = people.iter_mut().find(|person| person.truth == part.0) {
            play(person, part, n);
        }
    }
    families(people);
    people.extend((0..HOTEL.len()).map(hotel_contact));
}

fn play(person: &mut Person, (_, given, family, language, country, town, birth, known_to): Part, n: usize) {
    person.given = given.to_owned();
    person.family = family.to_owned();
    person.language = language;
    person.home = Address::in_town_named(country, town, &mut Dice::of("story home", n as u64));
    person.birth = birth;
    let folded = typed_without_accents(&format!("{given}.{family}"))
        .to_lowercase()
        .replace(' ', "");
    person.email = Some(format!("{folded}@boite.example.org"));
    person.mobile = Some(Phone::mobile(country, 9_900 + n));
    person.shared_line = None;
    person.known_to = known_to;
    person.in_story = true;
}

fn families(people: &mut [Person]) {
    let mut with = |truth: &str, change: &dyn Fn(&mut Person)| {
        people
            .iter_mut()
            .filter(|person| person.truth == truth)
            .for_each(change);
    };
    for truth in ["c12476", "c01760"] {
        with(truth, &|person| {
            person.email = Some("famille.perret@example.org".to_owned());
            person.home = same_door(Switzerland, "Lausanne");
        });
    }
    for truth in ["c00619", "c03501"] {
        with(truth, &|person| person.home = same_door(France, "Annecy"));
    }
    with("c03501", &|person| {
        person.email = Some("jp.dumont.fils@boite.example.org".to_owned())
    });
    for truth in ["c08496", "c01890"] {
        with(truth, &|person| {
            person.home = same_door(Germany, "Freiburg im Breisgau");
            person.shared_line = Some(Phone::landline(Germany, 501));
        });
    }
    for truth in [role::TABLET_FIRST, role::TABLET_SECOND] {
        with(truth, &|person| person.home = same_door(Switzerland, "Zürich"));
    }
    with("c13403", &|person| {
        person.email = Some("thomas.mueller84@boite.example.org".to_owned())
    });
    with("c19060", &|person| person.email = None);
}

fn same_door(country: Country, town: &str) -> Address {
    Address::in_town_named(country, town, &mut Dice::of("same door", 1))
}

fn hotel_contact(n: usize) -> Person {
    let (given, family) = HOTEL[n];
    let truth = format!("x9{n:02}");
    let local = typed_without_accents(given).to_lowercase();
    Person {
        seed: 9_000_000 + n as u64,
        given: given.to_owned(),
        family: family.to_owned(),
        language: French,
        birth: born(1980, 1, 1),
        home: same_door(Switzerland, "Genève"),
        email: Some(format!("{local}@hotel-belvoir.example.net")),
        mobile: None,
        shared_line: Some(Phone::landline(Switzerland, 1_010)),
        since: Date::constant(2025, 9, 1),
        known_to: KnownTo { erp: n < 3, ..CRM },
        in_story: true,
        truth,
    }
}

/// Spells what the story needs spelled in a certain way, and adds rows the story needs.
pub fn rewrite(sightings: &mut Vec<Sighting>, people: &[Person]) {
    for sighting in sightings.iter_mut() {
        respell(sighting);
    }
    let second_account = people.iter().find(|person| person.truth == "c07323").map(|person| {
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
            row.home = Some(Address::in_town_named(
                UnitedKingdom,
                "Bristol",
                &mut Dice::of("moved", 1),
            ));
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
