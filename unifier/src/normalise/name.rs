//! People's names: spacing, case, titles and particles. What a person is called is never shortened or translated.

use super::{placeholder, text};

/// A person's name in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The form of address or academic title, as written.
    pub title: Option<String>,
    /// Given names.
    pub given: Option<String>,
    /// The family name, with its particles.
    pub family: Option<String>,
}

/// Titles in English, French, German and Italian, without the final dot and in lower case.
const TITLES: [&str; 36] = [
    "rev",
    "lady",
    "lord",
    "dame",
    "madam",
    "maître",
    "docteur",
    "professeur",
    "professor",
    "doktor",
    "ing",
    "dott",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "sir",
    "dr",
    "prof",
    "m",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "me",
    "herr",
    "frau",
    "hr",
    "fr",
    "sig",
    "sig.ra",
    "signor",
    "signora",
    "dipl.-ing",
];

/// Words that begin a family name and stay in lower case.
const PARTICLES: [&str; 33] = [
    "de", "du", "des", "da", "do", "dos", "das", "di", "del", "della", "dei", "la", "le", "von", "vom", "zu", "zum",
    "zur", "van", "der", "den", "ter", "ten", "af", "av", "bin", "ibn", "el", "dalla", "degli", "y", "'t", "’t",
];

/// What follows a family name and is part of no name that is compared: generations, degrees.
const SUFFIXES: [&str; 20] = [
    "jr", "sr", "junior", "senior", "ii", "iii", "iv", "phd", "ph.d", "md", "m.d", "mba", "msc", "bsc", "llm", "esq",
    "bt", "bart", "knt", "obe",
];

/// One part of a name: cleaned, and in mixed case where it was written in capitals or in small letters only.
pub fn part(value: &str) -> Option<String> {
    let cleaned = text::compatible(value);
    let named = !placeholder::is_no_name(&cleaned) && cleaned.chars().any(char::is_alphabetic);
    named.then(|| {
        if is_single_case(&cleaned) {
            mixed_case(&cleaned)
        } else {
            cleaned
        }
    })
}

/// A given name without its title: `Dr. Anna` is `Anna`.
pub fn given(value: &str) -> Option<String> {
    let (_, rest) = without_title(&text::compatible(value));
    part(&rest)
}

/// A full name in its parts: `Dr. Anna Maria von Arx`, or `von Arx, Anna Maria`.
pub fn split(full: &str) -> Name {
    let cleaned = text::compatible(full);
    let (title, rest) = without_title(&cleaned);
    if let Some((family, given_names)) = rest.split_once(',')
        && !given_names
            .split([' ', ','])
            .all(|word| word.is_empty() || is_suffix(word))
    {
        let (inner, given_names) = without_title(given_names.trim());
        return Name {
            title: title.or(inner),
            given: part(&given_names),
            family: part(family),
        };
    }
    let mut words: Vec<&str> = rest.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| is_suffix(word)) {
        words.pop();
    }
    let Some(last) = words.len().checked_sub(1) else {
        return Name {
            title,
            ..Name::default()
        };
    };
    if last == 0 {
        return Name {
            title,
            given: part(words[0]),
            family: None,
        };
    }
    // The family name is the last word and the particles before it; the first word is always a given name.
    let start = (1..last)
        .find(|&at| words[at..last].iter().all(|word| is_particle(word)))
        .unwrap_or(last);
    Name {
        title,
        given: part(&words[..start].join(" ")),
        family: part(&words[start..].join(" ")),
    }
}

fn without_title(name: &str) -> (Option<String>, String) {
    let mut rest = name;
    while let Some((first, after)) = rest.split_once(' ') {
        // A lone `M` or `Me` is a title in French, and an initial or a name everywhere else unless more than one word follows.
        let bare = first.trim_end_matches('.').to_lowercase();
        let doubtful = matches!(bare.as_str(), "m" | "me" | "fr" | "hr") && !after.contains(' ');
        if !TITLES.contains(&bare.as_str()) || doubtful {
            break;
        }
        rest = after;
    }
    let title = name[..name.len() - rest.len()].trim();
    ((!title.is_empty()).then(|| title.to_owned()), rest.to_owned())
}

/// Whether a word only follows a name, as `Jr.`
pub fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(&word.trim_end_matches(['.', ',']).to_lowercase().as_str())
}

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word.to_lowercase().as_str())
}

fn is_single_case(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1 && (!name.chars().any(char::is_lowercase) || !name.chars().any(char::is_uppercase))
}

fn mixed_case(name: &str) -> String {
    let words = name.split(' ').enumerate().map(|(at, word)| {
        if at == 0 && !name.contains(' ') || !is_particle(word) {
            capitalised(word)
        } else {
            word.to_lowercase()
        }
    });
    text::clean(&words.collect::<Vec<_>>().join(" "))
}

/// A capital after every hyphen and apostrophe, and after `Mc`.
fn capitalised(word: &str) -> String {
    let mut cased = String::with_capacity(word.len());
    let mut start = true;
    for c in word.chars() {
        cased.push(if start {
            single(c.to_uppercase(), c)
        } else {
            single(c.to_lowercase(), c)
        });
        start = matches!(c, '-' | '\'' | '’' | '.') || cased == "Mc";
    }
    cased
}

/// The other case of a character, where that is one character too.
fn single(mut mapped: impl ExactSizeIterator<Item = char>, c: char) -> char {
    if mapped.len() == 1 {
        mapped.next().unwrap_or(c)
    } else {
        c
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(full: &str) -> (Option<String>, Option<String>, Option<String>) {
        let name = split(full);
        (name.title, name.given, name.family)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn capitals_become_a_name_and_mixed_case_is_left_alone() {
        assert_eq!(part("  MARIE-CLAIRE "), some("Marie-Claire"));
        assert_eq!(part("o'neill"), some("O'Neill"));
        assert_eq!(part("MCDONALD"), some("McDonald"));
        assert_eq!(part("VON ARX"), some("von Arx"));
        assert_eq!(part("DeVito"), some("DeVito"));
        assert_eq!(part("n/a"), None);
        assert_eq!(part("12"), None);
    }

    #[test]
    fn a_full_name_splits_at_its_particles() {
        assert_eq!(
            parts("Dr. Anna Maria von der Arx"),
            (some("Dr."), some("Anna Maria"), some("von der Arx"))
        );
        assert_eq!(parts("VAN DER BERG, JAN"), (None, some("Jan"), some("van der Berg")));
        assert_eq!(parts("Léa 't Hooft"), (None, some("Léa"), some("'t Hooft")));
        assert_eq!(parts("Ann Smith"), (None, some("Ann"), some("Smith")));
        assert_eq!(parts("Cher"), (None, some("Cher"), None));
        assert_eq!(
            parts("Herr Prof. Dr. Max Muster"),
            (some("Herr Prof. Dr."), some("Max"), some("Muster"))
        );
        assert_eq!(parts(" "), (None, None, None));
        assert_eq!(parts("John Smith Jr."), (None, some("John"), some("Smith")));
        assert_eq!(parts("John Smith, PhD"), (None, some("John"), some("Smith")));
        assert_eq!(parts("Ｍarie ﬁnk"), (None, some("Marie"), some("Fink")));
        assert_eq!(parts("M. Night"), (None, some("M."), some("Night")));
    }

    #[test]
    fn titles_are_no_given_names() {
        assert_eq!(given("Mme Léa"), some("Léa"));
        assert_eq!(given("Dr"), some("Dr"));
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(name in "\\PC{0,24}") {
            if let Some(once) = part(&name) {
                prop_assert_eq!(part(&once), Some(once));
            }
            if let Some(once) = given(&name) {
                prop_assert_eq!(part(&once), Some(once));
            }
            let _ = split(&name);
        }
    }
}
