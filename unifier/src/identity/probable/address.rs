//! Streets in the form in which they are compared: the name without its kind, and the number of the house.

use crate::normalise::text::folded;

/// Kinds of streets and what belongs to a flat, in English, French, German and Italian, folded.
const KINDS: &[&str] = &[
    "st",
    "street",
    "ave",
    "avenue",
    "av",
    "rd",
    "road",
    "dr",
    "drive",
    "ln",
    "lane",
    "ct",
    "court",
    "blvd",
    "boulevard",
    "bd",
    "way",
    "pl",
    "place",
    "cir",
    "circle",
    "circuit",
    "cct",
    "crescent",
    "cres",
    "close",
    "terrace",
    "tce",
    "parade",
    "pde",
    "highway",
    "hwy",
    "square",
    "sq",
    "rue",
    "chemin",
    "ch",
    "route",
    "rte",
    "allee",
    "impasse",
    "quai",
    "strasse",
    "str",
    "weg",
    "gasse",
    "platz",
    "via",
    "viale",
    "piazza",
];
/// Words before the number of a flat.
const UNITS: &[&str] = &["apt", "apartment", "unit", "flat", "suite", "ste", "no", "app", "appt"];

/// A street and the number of a house in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Street {
    /// The name of the street, without its kind.
    pub(super) street: String,
    /// The number of the house.
    pub(super) number: String,
}

impl Street {
    /// Takes a street line apart; `number` is the house's number where it has a field of its own.
    pub(super) fn read(line: &str, number: &str) -> Self {
        let line = line.replace('#', " unit ");
        let line = folded(&line);
        let mut words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        if let Some(unit) = words.iter().skip(1).position(|word| UNITS.contains(word)) {
            words.truncate(unit + 1);
        }
        let mut number = folded(number);
        let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        if number.is_empty() {
            // Before the name as in `12 Main Street`, or after it as in `Hauptstrasse 12`.
            let place = match (words.first(), words.last()) {
                (Some(first), _) if words.len() > 1 && is_number(first) => Some(0),
                (_, Some(last)) if words.len() > 1 && is_number(last) => Some(words.len() - 1),
                _ => None,
            };
            if let Some(place) = place {
                number = words.remove(place).to_owned();
            }
        }
        let named: Vec<&str> = words.iter().copied().filter(|word| !KINDS.contains(word)).collect();
        let street = if named.is_empty() {
            words.join(" ")
        } else {
            named.join(" ")
        };
        Self { street, number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_street_however_written() {
        for (line, number) in [
            ("12 Main Street Apt 4B", ""),
            ("12 MAIN ST #4B", ""),
            ("Main St.", "12"),
            ("main 12", ""),
        ] {
            let expected = Street {
                street: "main".to_owned(),
                number: "12".to_owned(),
            };
            assert_eq!(Street::read(line, number), expected, "{line}");
        }
        assert_eq!(Street::read("", ""), Street::default());
        assert_eq!(Street::read("Avenue", "").street, "avenue");
    }
}
