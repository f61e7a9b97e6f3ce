//! Companies' names: their legal forms, and the form in which two spellings are compared.

use super::text;

/// Legal forms as [`text::folded`] leaves them: `S.à r.l.` is `s a r l`. Longest first where one ends another.
const FORMS: &[&str] = &[
    "gmbh co kg",
    "gmbh und co kg",
    "ag co kg",
    "gmbh",
    "ggmbh",
    "mbh",
    "ug haftungsbeschrankt",
    "ug",
    "kgaa",
    "ohg",
    "gbr",
    "e v",
    "ev",
    "eg",
    "ag",
    "kg",
    "se",
    "s a r l",
    "sarl",
    "sas",
    "sasu",
    "eurl",
    "snc",
    "scop",
    "scp",
    "sci",
    "s a s",
    "s a",
    "sa",
    "societe anonyme",
    "spa",
    "s p a",
    "srl",
    "s r l",
    "sagl",
    "snc",
    "bv",
    "b v",
    "nv",
    "n v",
    "bvba",
    "sprl",
    "oy",
    "oyj",
    "ab",
    "a s",
    "aps",
    "sp z o o",
    "sl",
    "s l",
    "limited liability company",
    "incorporated",
    "corporation",
    "limited",
    "company",
    "inc",
    "corp",
    "ltd",
    "llc",
    "l l c",
    "llp",
    "lp",
    "plc",
    "pty ltd",
    "pty",
    "co ltd",
    "co",
];

/// Forms that are names, initials or words, too, and tell nothing by themselves.
const DOUBTFUL: &[&str] = &[
    "ag", "se", "sa", "s a", "ab", "a s", "co", "lp", "eg", "ev", "sl", "spa", "company", "ug", "sas", "sci", "scp",
    "kg",
];

/// Of these, the ones that end more people's names than companies': `Kim SE`, `Li Na CO`.
const NAMES: &[&str] = &["se", "co"];

/// A name of so many words before such a form is hardly a person's.
const WORDS_OF_COMPANY: usize = 3;

/// The name without its legal forms, folded: `Müller & Söhne GmbH` and `MUELLER` do not meet, `Muster AG` and `muster` do.
/// Nothing when nothing but forms stands there.
pub fn key(name: &str) -> Option<String> {
    let folded = text::folded(name);
    let mut rest = folded.as_str();
    while let Some(before) = without_form(rest) {
        rest = before;
    }
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// Whether the name says by its form that it is a company's and no person's: `Muster AG`, `Dupont SARL`.
///
/// A form that may be a name (`Sa`, `Co`) counts only as forms are written: in capitals behind a name that is not all in
/// capitals, without accents and in one piece. One that mostly is a name counts only behind more than two words.
pub fn is_company(name: &str) -> bool {
    let cleaned = text::compatible(name);
    let folded = text::folded(&cleaned);
    let Some(form) = form_of(&folded) else { return false };
    if !DOUBTFUL.contains(&form) {
        return true;
    }
    let written = cleaned.rsplit(' ').next().unwrap_or_default();
    let as_form = written.chars().all(|c| c.is_ascii() && !c.is_lowercase()) && text::folded(written) == form;
    let few_words = folded.split(' ').count() <= WORDS_OF_COMPANY;
    as_form && cleaned.chars().any(char::is_lowercase) && !(NAMES.contains(&form) && few_words)
}

fn form_of(folded: &str) -> Option<&'static str> {
    let ends = |form: &&&str| folded.strip_suffix(**form).is_some_and(|before| before.ends_with(' '));
    FORMS.iter().filter(ends).max_by_key(|form| form.len()).copied()
}

fn without_form(folded: &str) -> Option<&str> {
    Some(folded.strip_suffix(form_of(folded)?)?.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn legal_forms_do_not_tell_companies_apart() {
        for name in [
            "Muster AG",
            "MUSTER",
            "Muster S.A.",
            "Muster GmbH & Co. KG",
            "muster ltd.",
        ] {
            assert_eq!(key(name).as_deref(), Some("muster"), "{name}");
        }
        assert_eq!(key("Kaufhaus Léman S.à r.l.").as_deref(), Some("kaufhaus leman"));
        assert_eq!(key("GmbH").as_deref(), Some("gmbh"));
    }

    #[test]
    fn a_form_tells_a_company_from_a_person() {
        for name in [
            "Muster AG",
            "Dupont SARL",
            "Dupont S.A.",
            "Acme, Inc.",
            "ACME GMBH",
            "Bäckerei Huber e.V.",
        ] {
            assert!(is_company(name), "{name}");
        }
        for name in ["Ann Smith", "Kim Se", "Ana Co", "Anna Sa", "ANNA SA", "Sarl", ""] {
            assert!(!is_company(name), "{name}");
        }
    }

    #[test]
    fn a_person_whose_name_ends_like_a_form_stays_a_person() {
        for name in ["Mariana SÁ", "Ana Silva SÁ", "Ramesh S. A.", "Kim SE", "Li Na CO"] {
            assert!(!is_company(name), "{name}");
        }
        for name in [
            "Dupont SA",
            "Boulangerie du Lac S.A.",
            "Muster KG",
            "Hafen und Lager Nord SE",
        ] {
            assert!(is_company(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "\\PC{0,24}( (AG|GmbH|SA|Ltd|& Co. KG))?") {
            if let Some(once) = key(&name) {
                prop_assert_eq!(key(&once), Some(once));
            }
            let _ = is_company(&name);
        }
    }
}
