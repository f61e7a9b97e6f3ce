//! The program's own names in the reader's words: standard fields, identifiers, purposes, rules, reasons. A name that is the
//! company's own, such as a free trait, stays as it is.

use super::Language;
use crate::identity::{DECISION, LIKENESS};

/// Name, English, French.
type Words = (&'static str, &'static str, &'static str);

const FIELDS: &[Words] = &[
    ("title", "title", "titre"),
    ("given_name", "given name", "prénom"),
    ("family_name", "family name", "nom de famille"),
    ("full_name", "full name", "nom complet"),
    ("birth_date", "birth date", "date de naissance"),
    ("gender", "gender", "genre"),
    ("email", "e-mail", "e-mail"),
    ("phone", "telephone", "téléphone"),
    ("mobile", "mobile telephone", "téléphone mobile"),
    ("company", "company", "entreprise"),
    ("street", "street", "rue"),
    ("street_number", "street number", "numéro de rue"),
    ("city", "town", "ville"),
    ("postcode", "postcode", "code postal"),
    ("region", "region", "région"),
    ("country", "country", "pays"),
    ("language", "language", "langue"),
    ("user_id", "customer number", "numéro de client"),
    ("anonymous_id", "browser", "navigateur"),
    ("national_id", "national id", "numéro national d'identité"),
    (DECISION, "somebody's decision", "décision d'une personne"),
    (LIKENESS, "likeness", "ressemblance"),
];

const PURPOSES: &[Words] = &[
    ("analytics", "analytics", "mesure d'audience"),
    ("personalisation", "personalisation", "personnalisation"),
    ("email_marketing", "marketing by e-mail", "marketing par e-mail"),
    ("sms_marketing", "marketing by SMS", "marketing par SMS"),
    ("profiling", "profiling", "profilage"),
];

const RULES: &[Words] = &[
    ("source_rank", "the best-ranked source", "la source la mieux classée"),
    ("most_recent", "the most recent value", "la valeur la plus récente"),
    ("oldest", "the oldest value", "la valeur la plus ancienne"),
    (
        "most_frequent",
        "the most frequent value",
        "la valeur la plus fréquente",
    ),
    ("longest", "the longest value", "la valeur la plus longue"),
    ("min", "the smallest value", "la plus petite valeur"),
    ("max", "the largest value", "la plus grande valeur"),
    ("sum", "the sum", "la somme"),
    ("union", "all of them together", "toutes ensemble"),
    ("count", "how many there are", "leur nombre"),
    ("mean", "the mean", "la moyenne"),
    ("first", "the first one", "la première"),
    ("last", "the last one", "la dernière"),
    ("unique", "each one once", "chacune une fois"),
    (
        "unique_count",
        "how many different ones",
        "le nombre de valeurs différentes",
    ),
    (
        "interval",
        "the median number of days between",
        "le nombre médian de jours entre deux",
    ),
    ("share", "a share", "une part"),
    ("most_restrictive", "a no before a yes", "un non avant un oui"),
    ("only", "the only value", "la seule valeur"),
    ("most_complete", "the most complete one", "la plus complète"),
    (
        "filled_gap",
        "fills a gap of the winning one",
        "comble un vide de la gagnante",
    ),
    ("tie_break", "as good as the others", "aussi bonne que les autres"),
];

const CONFLICTS: &[Words] = &[
    ("decision", "somebody's decision", "décision d'une personne"),
    ("blocked_value", "blocked value", "valeur bloquée"),
    ("blocked_pattern", "blocked pattern", "motif bloqué"),
    ("shared_by_many", "shared by many", "partagé par beaucoup"),
    ("limit", "too many for one person", "trop nombreux pour une personne"),
    ("different_people", "two different people", "deux personnes différentes"),
];

/// A standard field, or what joins records.
pub(super) fn field(language: Language, name: &str) -> &str {
    look_up(FIELDS, language, name)
}

/// A purpose that people are asked about.
pub(super) fn purpose(language: Language, name: &str) -> &str {
    look_up(PURPOSES, language, name)
}

/// What decided that a value won.
pub(super) fn rule(language: Language, name: &str) -> &str {
    look_up(RULES, language, name)
}

/// Why an identifier joins nobody.
pub(super) fn conflict(language: Language, name: &str) -> &str {
    look_up(CONFLICTS, language, name)
}

fn look_up<'a>(words: &[Words], language: Language, name: &'a str) -> &'a str {
    let entry = words.iter().find(|(known, ..)| *known == name);
    entry.map_or(name, |(_, english, french)| language.say(english, french))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::identity::ConflictReason;

    #[test]
    fn our_names_are_told_in_words_and_the_companys_own_stay() {
        assert_eq!(field(Language::French, "given_name"), "prénom");
        assert_eq!(field(Language::French, "garden"), "garden");
    }

    #[test]
    fn every_default_purpose_has_words() {
        let config = Config::parse("[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n").unwrap();
        for name in &config.purposes {
            assert!(PURPOSES.iter().any(|(known, ..)| known == name), "{name}");
        }
    }

    #[test]
    fn whatever_joins_records_or_keeps_them_apart_has_words() {
        let config = Config::parse("[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n").unwrap();
        let types = config.identity.identifiers.iter().map(|rule| rule.kind.as_str());
        for name in types.chain([DECISION, LIKENESS]) {
            assert!(FIELDS.iter().any(|(known, ..)| *known == name), "{name}");
        }
        for name in ConflictReason::ALL.map(ConflictReason::as_str) {
            assert!(CONFLICTS.iter().any(|(known, ..)| *known == name), "{name}");
        }
    }
}
