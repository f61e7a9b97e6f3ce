//! Where people of the example live: real towns with a post code of theirs, and the street names any town has.

use super::dice::Dice;
use super::names::Language;

/// A country the shop sells to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Country {
    Switzerland,
    France,
    Germany,
    UnitedKingdom,
}

impl Country {
    /// All of them, the one with most customers first.
    pub const ALL: [Country; 4] = [
        Country::Switzerland,
        Country::France,
        Country::Germany,
        Country::UnitedKingdom,
    ];

    /// ISO 3166-1 alpha-2.
    pub fn code(self) -> &'static str {
        match self {
            Country::Switzerland => "CH",
            Country::France => "FR",
            Country::Germany => "DE",
            Country::UnitedKingdom => "GB",
        }
    }

    fn towns(self) -> &'static [Town] {
        match self {
            Country::Switzerland => &SWISS,
            Country::France => &FRENCH,
            Country::Germany => &GERMAN,
            Country::UnitedKingdom => &BRITISH,
        }
    }
}

/// A town with the language of its street signs.
#[derive(Clone, Copy, Debug)]
pub struct Town {
    /// Its name.
    pub name: &'static str,
    /// One of its post codes.
    pub postcode: &'static str,
    /// Canton, where there are cantons; otherwise empty.
    pub region: &'static str,
    /// The language of its street signs.
    pub language: Language,
}

/// A postal address.
#[derive(Clone, Debug)]
pub struct Address {
    /// The street, without number.
    pub street: String,
    /// The house number, as `12` or `12b`.
    pub number: String,
    /// The town.
    pub town: Town,
    /// The country.
    pub country: Country,
}

impl Address {
    /// An address somewhere in the four countries: 45 in 100 Swiss, 25 French, 20 German, 10 British.
    pub fn somewhere(dice: &mut Dice) -> Self {
        let country = match dice.below(100) {
            0..45 => Country::Switzerland,
            45..70 => Country::France,
            70..90 => Country::Germany,
            _ => Country::UnitedKingdom,
        };
        Self::in_town(country, *dice.pick_early(country.towns()), dice)
    }

    /// An address in the town of that name.
    pub fn in_town_named(name: &str, dice: &mut Dice) -> Option<Self> {
        let towns = Country::ALL
            .into_iter()
            .flat_map(|country| country.towns().iter().map(move |town| (country, town)));
        let (country, town) = towns.into_iter().find(|(_, town)| town.name == name)?;
        Some(Self::in_town(country, *town, dice))
    }

    fn in_town(country: Country, town: Town, dice: &mut Dice) -> Self {
        let letter = if dice.chance(8) {
            *dice.pick(&["a", "b", "c"])
        } else {
            ""
        };
        Self {
            street: (*dice.pick(streets(town.language))).to_owned(),
            number: format!("{}{letter}", 1 + dice.below(94)),
            town,
            country,
        }
    }

    /// Street and number in the order of the town's language: `Lindenweg 4`, `4 Rue du Moulin`.
    pub fn line(&self) -> String {
        match self.town.language {
            Language::German | Language::Italian => format!("{} {}", self.street, self.number),
            Language::French | Language::English => format!("{} {}", self.number, self.street),
        }
    }
}

fn streets(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &ENGLISH_STREETS,
        Language::French => &FRENCH_STREETS,
        Language::German => &GERMAN_STREETS,
        Language::Italian => &ITALIAN_STREETS,
    }
}

#[rustfmt::skip]
const ENGLISH_STREETS: [&str; 20] = [
    "High Street", "Station Road", "Church Lane", "Mill Road", "Park Avenue", "Victoria Road", "Green Lane",
    "Kings Road", "Queens Road", "Orchard Close", "Elm Grove", "Meadow View", "The Crescent", "Albert Street",
    "Chapel Hill", "Bridge Street", "School Lane", "North Parade", "St John's Road", "Linden Gardens",
];

#[rustfmt::skip]
const FRENCH_STREETS: [&str; 22] = [
    "Rue de la Gare", "Rue du Moulin", "Avenue des Tilleuls", "Chemin des Vignes", "Rue de l'Église", "Route de Berne",
    "Rue des Écoles", "Place du Marché", "Avenue de la République", "Rue du Lac", "Chemin du Bois", "Rue Neuve",
    "Rue Saint-Jean", "Boulevard Voltaire", "Rue de l\u{2019}Hôpital", "Impasse des Lilas", "Quai des Orfèvres",
    "Rue des Fossés", "Allée des Érables", "Chemin de la Forêt", "Rue du Château", "Rue Basse",
];

#[rustfmt::skip]
const GERMAN_STREETS: [&str; 24] = [
    "Bahnhofstrasse", "Hauptstrasse", "Dorfstrasse", "Lindenweg", "Schulstrasse", "Kirchgasse", "Gartenstrasse",
    "Bergstrasse", "Seestrasse", "Mühleweg", "Birkenweg", "Poststrasse", "Rosenweg", "Waldstrasse", "Feldweg",
    "Sonnenhalde", "Am Bächli", "Im Grüt", "Obere Gasse", "Alte Landstrasse", "Goethestraße", "Schillerstraße",
    "Lange Straße", "Zürcherstrasse",
];

#[rustfmt::skip]
const ITALIAN_STREETS: [&str; 10] = [
    "Via Stazione", "Via San Gottardo", "Via Nassa", "Via delle Scuole", "Piazza Grande", "Via al Lago",
    "Via Cantonale", "Via Monte Verità", "Vicolo Sottocorte", "Via dei Pioppi",
];

const fn town(name: &'static str, postcode: &'static str, region: &'static str, language: Language) -> Town {
    Town {
        name,
        postcode,
        region,
        language,
    }
}

const SWISS: [Town; 24] = [
    town("Zürich", "8001", "ZH", Language::German),
    town("Lausanne", "1003", "VD", Language::French),
    town("Bern", "3011", "BE", Language::German),
    town("Genève", "1204", "GE", Language::French),
    town("Basel", "4051", "BS", Language::German),
    town("Winterthur", "8400", "ZH", Language::German),
    town("Luzern", "6003", "LU", Language::German),
    town("St. Gallen", "9000", "SG", Language::German),
    town("Lugano", "6900", "TI", Language::Italian),
    town("Fribourg", "1700", "FR", Language::French),
    town("Biel/Bienne", "2502", "BE", Language::German),
    town("Thun", "3600", "BE", Language::German),
    town("Neuchâtel", "2000", "NE", Language::French),
    town("Köniz", "3098", "BE", Language::German),
    town("Vevey", "1800", "VD", Language::French),
    town("Chur", "7000", "GR", Language::German),
    town("Bellinzona", "6500", "TI", Language::Italian),
    town("Yverdon-les-Bains", "1400", "VD", Language::French),
    town("Aarau", "5000", "AG", Language::German),
    town("Zug", "6300", "ZG", Language::German),
    town("Schaffhausen", "8200", "SH", Language::German),
    town("Solothurn", "4500", "SO", Language::German),
    town("La Chaux-de-Fonds", "2300", "NE", Language::French),
    town("Locarno", "6600", "TI", Language::Italian),
];

const FRENCH: [Town; 16] = [
    town("Paris", "75011", "", Language::French),
    town("Lyon", "69003", "", Language::French),
    town("Strasbourg", "67000", "", Language::French),
    town("Annecy", "74000", "", Language::French),
    town("Besançon", "25000", "", Language::French),
    town("Grenoble", "38000", "", Language::French),
    town("Nantes", "44000", "", Language::French),
    town("Dijon", "21000", "", Language::French),
    town("Mulhouse", "68100", "", Language::French),
    town("Montpellier", "34000", "", Language::French),
    town("Rennes", "35000", "", Language::French),
    town("Nîmes", "30000", "", Language::French),
    town("Saint-Étienne", "42000", "", Language::French),
    town("Chambéry", "73000", "", Language::French),
    town("Angoulême", "16000", "", Language::French),
    town("Bourg-en-Bresse", "01000", "", Language::French),
];

const GERMAN: [Town; 14] = [
    town("Berlin", "10115", "", Language::German),
    town("Hamburg", "20095", "", Language::German),
    town("München", "80331", "", Language::German),
    town("Köln", "50667", "", Language::German),
    town("Freiburg im Breisgau", "79098", "", Language::German),
    town("Stuttgart", "70173", "", Language::German),
    town("Konstanz", "78462", "", Language::German),
    town("Düsseldorf", "40213", "", Language::German),
    town("Leipzig", "04109", "", Language::German),
    town("Nürnberg", "90402", "", Language::German),
    town("Göttingen", "37073", "", Language::German),
    town("Lübeck", "23552", "", Language::German),
    town("Tübingen", "72070", "", Language::German),
    town("Gießen", "35390", "", Language::German),
];

const BRITISH: [Town; 12] = [
    town("London", "N1 9GU", "", Language::English),
    town("Bristol", "BS1 4ST", "", Language::English),
    town("Leeds", "LS1 4AP", "", Language::English),
    town("Edinburgh", "EH1 1YZ", "", Language::English),
    town("Manchester", "M1 2WD", "", Language::English),
    town("Bath", "BA1 1SU", "", Language::English),
    town("Cardiff", "CF10 1EP", "", Language::English),
    town("York", "YO1 7HH", "", Language::English),
    town("Brighton", "BN1 1EE", "", Language::English),
    town("Norwich", "NR2 1RL", "", Language::English),
    town("Oxford", "OX1 1BX", "", Language::English),
    town("Exeter", "EX4 3LS", "", Language::English),
];
