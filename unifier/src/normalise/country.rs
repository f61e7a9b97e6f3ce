//! Countries as ISO 3166-1 alpha-2 codes, from codes and from names in English, French and German.

/// Code, alpha-3 code, and names in lower case without accents.
const COUNTRIES: [(&str, &str, &[&str]); 42] = [
    ("AT", "AUT", &["austria", "autriche", "osterreich"]),
    ("AU", "AUS", &["australia", "australie", "australien"]),
    ("BE", "BEL", &["belgium", "belgique", "belgien", "belgie"]),
    ("BG", "BGR", &["bulgaria", "bulgarie", "bulgarien"]),
    ("BR", "BRA", &["brazil", "bresil", "brasilien", "brasil"]),
    ("CA", "CAN", &["canada", "kanada"]),
    ("CH", "CHE", &["switzerland", "suisse", "schweiz", "svizzera"]),
    ("CN", "CHN", &["china", "chine"]),
    ("CY", "CYP", &["cyprus", "chypre", "zypern"]),
    (
        "CZ",
        "CZE",
        &[
            "czechia",
            "czech republic",
            "tchequie",
            "republique tcheque",
            "tschechien",
        ],
    ),
    ("DE", "DEU", &["germany", "allemagne", "deutschland"]),
    ("DK", "DNK", &["denmark", "danemark", "danmark"]),
    ("EE", "EST", &["estonia", "estonie", "estland"]),
    ("ES", "ESP", &["spain", "espagne", "spanien", "espana"]),
    ("FI", "FIN", &["finland", "finlande", "finnland"]),
    ("FR", "FRA", &["france", "frankreich"]),
    (
        "GB",
        "GBR",
        &[
            "united kingdom",
            "great britain",
            "england",
            "scotland",
            "wales",
            "royaume-uni",
            "grossbritannien",
            "vereinigtes konigreich",
            "uk",
        ],
    ),
    ("GR", "GRC", &["greece", "grece", "griechenland"]),
    ("HR", "HRV", &["croatia", "croatie", "kroatien"]),
    ("HU", "HUN", &["hungary", "hongrie", "ungarn"]),
    ("IE", "IRL", &["ireland", "irlande", "irland"]),
    ("IN", "IND", &["india", "inde", "indien"]),
    ("IT", "ITA", &["italy", "italie", "italien", "italia"]),
    ("JP", "JPN", &["japan", "japon"]),
    ("LI", "LIE", &["liechtenstein"]),
    ("LT", "LTU", &["lithuania", "lituanie", "litauen"]),
    ("LU", "LUX", &["luxembourg", "luxemburg"]),
    ("LV", "LVA", &["latvia", "lettonie", "lettland"]),
    ("MC", "MCO", &["monaco"]),
    ("MT", "MLT", &["malta", "malte"]),
    ("MX", "MEX", &["mexico", "mexique", "mexiko"]),
    (
        "NL",
        "NLD",
        &[
            "netherlands",
            "the netherlands",
            "pays-bas",
            "niederlande",
            "holland",
            "nederland",
        ],
    ),
    ("NO", "NOR", &["norway", "norvege", "norwegen", "norge"]),
    ("NZ", "NZL", &["new zealand", "nouvelle-zelande", "neuseeland"]),
    ("PL", "POL", &["poland", "pologne", "polen", "polska"]),
    ("PT", "PRT", &["portugal"]),
    ("RO", "ROU", &["romania", "roumanie", "rumanien"]),
    ("SE", "SWE", &["sweden", "suede", "schweden", "sverige"]),
    ("SI", "SVN", &["slovenia", "slovenie", "slowenien"]),
    ("SK", "SVK", &["slovakia", "slovaquie", "slowakei"]),
    ("TR", "TUR", &["turkey", "turquie", "turkei", "turkiye"]),
    (
        "US",
        "USA",
        &[
            "united states",
            "united states of america",
            "etats-unis",
            "vereinigte staaten",
            "usa",
            "u.s.a.",
        ],
    ),
];

/// The country's code. A two-letter code that the table does not have is taken as it is, in capitals; any other unknown
/// name is `None`.
pub fn normalise(text: &str) -> Option<String> {
    let folded = deunicode::deunicode(text.trim()).to_lowercase();
    let known = COUNTRIES.iter().find(|(code, alpha3, names)| {
        folded.eq_ignore_ascii_case(code) || folded.eq_ignore_ascii_case(alpha3) || names.contains(&folded.as_str())
    });
    match known {
        Some((code, _, _)) => Some((*code).to_owned()),
        None if folded.len() == 2 && folded.bytes().all(|b| b.is_ascii_lowercase()) => Some(folded.to_uppercase()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_three_languages_are_one_country() {
        for text in ["CH", "che", " Suisse ", "Schweiz", "Switzerland"] {
            assert_eq!(normalise(text).as_deref(), Some("CH"), "{text}");
        }
        assert_eq!(normalise("Österreich").as_deref(), Some("AT"));
        assert_eq!(normalise("UK").as_deref(), Some("GB"));
        assert_eq!(normalise("kr").as_deref(), Some("KR"));
        assert_eq!(normalise("Atlantis"), None);
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in "[A-Za-z]{2,3}|\\PC{0,12}") {
            if let Some(once) = normalise(&text) {
                prop_assert_eq!(normalise(&once), Some(once));
            }
        }
    }
}
