//! E-mail addresses on the domains that are reserved for examples (RFC 2606), each handed out once.

use std::collections::BTreeSet;

use super::dice::Dice;

const DOMAINS: [&str; 10] = [
    "example.com",
    "example.org",
    "example.net",
    "mail.example.org",
    "post.example.net",
    "courriel.example.com",
    "inbox.example.com",
    "briefe.example.org",
    "posta.example.net",
    "home.example.com",
];

/// Hands out addresses, and remembers which are taken.
#[derive(Default)]
pub struct Mailboxes(BTreeSet<String>);

impl Mailboxes {
    /// Takes an address for a person; the year of birth keeps namesakes apart, as it does in life.
    pub fn assign(&mut self, given: &str, family: &str, birth_year: i16, dice: &mut Dice) -> String {
        let (given, family) = (plain(given), plain(family));
        let initial = &given[..1];
        let domain = dice.pick(&DOMAINS);
        let local = match dice.below(6) {
            0 | 1 => format!("{given}.{family}"),
            2 => format!("{initial}.{family}"),
            3 => format!("{given}{family}"),
            4 => format!("{family}.{given}"),
            _ => format!("{given}_{family}"),
        };
        let years = (0..).map(|more| format!("{local}{:02}@{domain}", (birth_year + more) % 100));
        let address = std::iter::once(format!("{local}@{domain}"))
            .chain(years)
            .find(|address| self.reserve(address));
        address.unwrap_or(local)
    }

    /// Takes this very address; false when somebody has it, or has one that differs in dots alone.
    pub fn reserve(&mut self, address: &str) -> bool {
        self.0.insert(address.replace(['.', '_'], ""))
    }
}

/// The same address as people type it: in capitals, or with white space around it.
pub fn retyped(address: &str, dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => address.to_uppercase(),
        1 => format!(" {address} "),
        _ => capitalised(address),
    }
}

/// An address of the same person with a tag: `ann+maison@example.org`.
pub fn tagged(address: &str) -> String {
    address.replacen('@', "+maison@", 1)
}

fn capitalised(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}

/// A name in `a-z`, as it stands in an address: `Jürgen` is `juergen`, `de La Fontaine` is `delafontaine`.
pub fn plain(name: &str) -> String {
    name.to_lowercase().chars().map(plain_letter).collect()
}

fn plain_letter(letter: char) -> &'static str {
    const ASCII: &str = "abcdefghijklmnopqrstuvwxyz";
    match letter {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'â' => "a",
        'ç' => "c",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'î' | 'ï' => "i",
        'ò' | 'ô' => "o",
        'ù' | 'û' => "u",
        _ => ASCII.find(letter).map_or("", |at| &ASCII[at..=at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namesakes_get_different_addresses() {
        let mut mailboxes = Mailboxes::default();
        let mut assign = || mailboxes.assign("Jürgen", "von Känel", 1970, &mut Dice::of("email", 1));
        let (one, other) = (assign(), assign());
        assert_ne!(one, other);
        assert!(one.is_ascii() && other.contains("70@"), "{one} {other}");
    }
}
