//! The names people of the example get: common given names and surnames of four languages, put together by chance.

/// The language somebody was named in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
    German,
    Italian,
}

impl Language {
    /// Given names, the more common first.
    pub fn given_names(self) -> &'static [&'static str] {
        match self {
            Language::English => &ENGLISH_GIVEN,
            Language::French => &FRENCH_GIVEN,
            Language::German => &GERMAN_GIVEN,
            Language::Italian => &ITALIAN_GIVEN,
        }
    }

    /// Surnames, the more common first.
    pub fn surnames(self) -> &'static [&'static str] {
        match self {
            Language::English => &ENGLISH_FAMILY,
            Language::French => &FRENCH_FAMILY,
            Language::German => &GERMAN_FAMILY,
            Language::Italian => &ITALIAN_FAMILY,
        }
    }
}

#[rustfmt::skip]
const ENGLISH_GIVEN: [&str; 44] = [
    "Olivia", "Jack", "Emily", "Oliver", "Sophie", "Harry", "Grace", "Thomas", "Charlotte", "James", "Lucy", "William",
    "Hannah", "George", "Eleanor", "Edward", "Alice", "Samuel", "Rosie", "Henry", "Imogen", "Arthur", "Phoebe",
    "Daniel", "Beatrice", "Callum", "Harriet", "Rhys", "Megan", "Owen", "Zara", "Dylan", "Niamh", "Aidan", "Freya",
    "Ewan", "Isla", "Hamish", "Fiona", "Priya", "Amir", "Chidi", "Mei", "Siân",
];

#[rustfmt::skip]
const ENGLISH_FAMILY: [&str; 52] = [
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Wright", "Walker",
    "White", "Edwards", "Hughes", "Green", "Hall", "Lewis", "Harris", "Clarke", "Thompson", "Evans", "Roberts",
    "Turner", "Hill", "Cooper", "Ward", "Morris", "Moore", "King", "Baker", "Allen", "Bennett", "Carter", "Ashworth",
    "Blackwood", "Fairclough", "Hargreaves", "Kendrick", "Lockwood", "Marlowe", "Pemberton", "Thornbury", "Whitfield",
    "O'Brien", "O'Connor", "McAllister", "MacDonald", "Okafor", "Rahman", "Chen", "Singh-Gill", "Lloyd-Price",
];

#[rustfmt::skip]
const FRENCH_GIVEN: [&str; 48] = [
    "Camille", "Louis", "Léa", "Gabriel", "Manon", "Raphaël", "Chloé", "Arthur", "Emma", "Jules", "Zoé", "Hugo",
    "Inès", "Lucas", "Jeanne", "Nathan", "Élise", "Théo", "Margaux", "Mathis", "Anaïs", "Antoine", "Hélène", "Maxime",
    "Céline", "Benoît", "Aurélie", "François", "Solène", "Étienne", "Clémence", "Jérôme", "Océane", "Frédéric",
    "Maëlys", "Cédric", "Noémie", "Sébastien", "Marie-Laure", "Jean-Luc", "Anne-Sophie", "Pierre-Yves", "Gwenaëlle",
    "Loïc", "Amélie", "Rémi", "Thérèse", "Grégoire",
];

#[rustfmt::skip]
const FRENCH_FAMILY: [&str; 56] = [
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon",
    "Laurent", "Lefèvre", "Michel", "Garcia", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard", "André",
    "Mercier", "Blanc", "Guérin", "Boyer", "Garnier", "Chevalier", "François", "Legrand", "Gauthier", "Perrin",
    "Robin", "Clément", "Morin", "Nicolas", "Rochat", "Favre", "Bolomey", "Chappuis", "Jaquet", "Pittet", "Rey",
    "Reymond", "Cuénod", "Duperrex", "Châtelain", "Bélanger", "Crépin", "de La Fontaine", "de Saint-Aubin",
    "du Pasquier", "d'Alembert", "Le Goff", "Le Gall", "Hérault-Vidal",
];

#[rustfmt::skip]
const GERMAN_GIVEN: [&str; 48] = [
    "Mia", "Noah", "Lena", "Leon", "Lea", "Luca", "Laura", "Jonas", "Anna", "Tim", "Sarah", "Jan", "Julia", "David",
    "Lisa", "Simon", "Nina", "Fabian", "Katharina", "Lukas", "Sabine", "Thomas", "Ursula", "Andreas", "Monika",
    "Stefan", "Barbara", "Michael", "Petra", "Markus", "Claudia", "Jürgen", "Brigitte", "Günter", "Käthe", "Björn",
    "Bärbel", "Jörg", "Heidi", "Urs", "Regula", "Beat", "Vreni", "Reto", "Annelies", "Hansjörg", "Karl-Heinz",
    "Eva-Maria",
];

#[rustfmt::skip]
const GERMAN_FAMILY: [&str; 60] = [
    "Müller", "Meier", "Schmid", "Keller", "Weber", "Huber", "Schneider", "Meyer", "Steiner", "Fischer", "Gerber",
    "Brunner", "Baumann", "Frei", "Zimmermann", "Moser", "Widmer", "Wyss", "Graf", "Roth", "Suter", "Baumgartner",
    "Bachmann", "Kunz", "Bucher", "Wagner", "Becker", "Schulz", "Hoffmann", "Schäfer", "Koch", "Bauer", "Richter",
    "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Braun", "Krüger", "Hofmann", "Lange", "Krause", "Köhler",
    "Lüthi", "Bühler", "Zürcher", "Aebischer", "Rüegg", "Hügli", "Gröning", "Weiß", "Großmann", "von Arx", "von Känel",
    "von der Heide", "vom Berg", "zur Mühlen", "Ab Egg", "Schmidt-Rottluf",
];

#[rustfmt::skip]
const ITALIAN_GIVEN: [&str; 28] = [
    "Sofia", "Leonardo", "Giulia", "Alessandro", "Aurora", "Lorenzo", "Alice", "Mattia", "Chiara", "Andrea", "Martina",
    "Gabriele", "Elena", "Davide", "Francesca", "Matteo", "Valentina", "Nicolò", "Silvia", "Giuseppe", "Paola",
    "Renato", "Beatrice", "Fabrizio", "Noè", "Donatella", "Maria Grazia", "Gian Luca",
];

#[rustfmt::skip]
const ITALIAN_FAMILY: [&str; 36] = [
    "Bernasconi", "Rossi", "Ferrari", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno", "Gallo",
    "Conti", "De Luca", "Costa", "Fontana", "Crivelli", "Cattaneo", "Lombardi", "Barbieri", "Galli", "Pedrazzini",
    "Ghirlanda", "Camponovo", "Quadri", "Solari", "Tettamanti", "Dell'Acqua", "D'Angelo", "De Santis", "Di Stefano",
    "Lo Presti", "La Rocca", "Della Casa", "Nicolò-Bassi", "Cantù", "Frapolli",
];
