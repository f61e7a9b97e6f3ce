//! What a search looks for, and how well a text matches it: without case, accents and the punctuation of telephone numbers.

use std::borrow::Cow;

use serde::Serialize;

/// How a person matches what was looked for; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// It is an id of the person.
    Id,
    /// It is one of the person's e-mail addresses, telephone numbers or other keys.
    Key,
    /// A name, word, key or id begins with it.
    Prefix,
    /// It stands somewhere within.
    Part,
}

/// What is looked for.
#[derive(Debug)]
pub(super) struct Query {
    folded: String,
    words: Vec<String>,
    /// The digits of what may be a telephone number, without zeros before them.
    digits: Option<String>,
}

/// Fewest digits that are taken for part of a telephone number.
const PHONE_DIGITS: usize = 4;

impl Query {
    /// Folds what was typed; nothing when there is nothing in it.
    pub(super) fn new(text: &str) -> Option<Self> {
        let folded = fold(text.trim()).into_owned();
        let words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
        let phone = folded.chars().all(|c| c.is_ascii_digit() || " +-/().".contains(c));
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0').to_owned();
        (!words.is_empty()).then(|| Self {
            folded,
            words,
            digits: (phone && digits.len() >= PHONE_DIGITS).then_some(digits),
        })
    }

    /// What is looked for, if it can be an id or the start of one.
    pub(super) fn id(&self) -> Option<&str> {
        let hexadecimal = self.folded.bytes().all(|byte| byte.is_ascii_hexdigit());
        (self.folded.len() <= 32 && hexadecimal).then_some(self.folded.as_str())
    }

    /// How well an id matches.
    pub(super) fn match_id(&self, id: &str) -> Option<Match> {
        let rest = id.strip_prefix(self.folded.as_str())?;
        Some(if rest.is_empty() { Match::Id } else { Match::Prefix })
    }

    /// How well a name matches: every word must stand in it, in any order.
    pub(super) fn match_name(&self, name: &str) -> Option<Match> {
        let name = fold(name);
        if !self.words.iter().all(|word| name.contains(word.as_str())) {
            return None;
        }
        let starts = |word: &String| name.split_whitespace().any(|part| part.starts_with(word.as_str()));
        Some(if self.words.iter().all(starts) {
            Match::Prefix
        } else {
            Match::Part
        })
    }

    /// How well an e-mail address, a telephone number or another key matches.
    pub(super) fn match_key(&self, key: &str) -> Option<Match> {
        let folded = fold(key);
        match folded.find(self.folded.as_str()) {
            Some(0) if folded.len() == self.folded.len() => Some(Match::Key),
            Some(0) => Some(Match::Prefix),
            Some(_) => Some(Match::Part),
            None => self.match_phone(key),
        }
    }

    fn match_phone(&self, key: &str) -> Option<Match> {
        let digits = self.digits.as_ref()?;
        let number = key.strip_prefix('+')?;
        if number == digits {
            Some(Match::Key)
        } else {
            number.contains(digits.as_str()).then_some(Match::Part)
        }
    }
}

/// Without case and accents. What is plain already is not copied, and most is.
fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        Cow::Owned(deunicode::deunicode(text).to_ascii_lowercase())
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::new(text).unwrap()
    }

    #[test]
    fn names_match_without_accents_and_in_any_order() {
        assert_eq!(query("MULLER").match_name("Jörg Müller"), Some(Match::Prefix));
        assert_eq!(query("müller jo").match_name("Jörg Müller"), Some(Match::Prefix));
        assert_eq!(query("ller").match_name("Jörg Müller"), Some(Match::Part));
        assert_eq!(query("müller anna").match_name("Jörg Müller"), None);
        assert!(Query::new("  ").is_none());
    }

    #[test]
    fn a_number_is_found_as_people_write_it() {
        assert_eq!(query("079 123 45 67").match_key("+41791234567"), Some(Match::Part));
        assert_eq!(query("0041 79 123 45 67").match_key("+41791234567"), Some(Match::Key));
        assert_eq!(query("+41791234567").match_key("+41791234567"), Some(Match::Key));
        assert_eq!(query("079").match_key("+41791234567"), None);
    }

    #[test]
    fn keys_match_whole_before_begun_before_within() {
        let found = ["anna@example.com", "anna@example.com.au", "joanna@example.com", "x"];
        let expected = [Some(Match::Key), Some(Match::Prefix), Some(Match::Part), None];
        assert_eq!(found.map(|key| query("Anna@Example.com").match_key(key)), expected);
    }

    #[test]
    fn ids_match_from_their_start() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(query(id).match_id(id), Some(Match::Id));
        assert_eq!(query("0123456789ABC").match_id(id), Some(Match::Prefix));
        assert_eq!(query("123456").match_id(id), None);
        assert_eq!(query("anna").id(), None);
        assert_eq!(query("ANNA").id(), None);
        assert_eq!(query("BEEF").id(), Some("beef"));
    }
}
