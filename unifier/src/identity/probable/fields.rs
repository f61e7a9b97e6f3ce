//! What records say of people, as columns in the form in which they are compared.
//!
//! Owns which fields take part: the known ones, the source's identifiers that several records share, and the traits that can tell
//! people apart. Decides nothing about pairs.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::super::compatible::Name;
use super::address;
use super::column::{Builder, Column, MISSING};
use super::{LinkModel, Mute};
use crate::normalise::text::folded;
use crate::normalise::{company, email, name};
use crate::record::{Identifier, Record};

/// Further identifier types and traits that take part at most, each.
const FURTHER: usize = 5;
/// A trait takes part when at least this share of the records has it.
const TOLD_BY: f64 = 0.02;
/// Records that are read at a time.
const ROWS: usize = 1 << 15;
/// A trait longer than this is prose.
const LONGEST: usize = 80;
/// Types that are compared by fields of their own, or say nothing of a person.
const NOT_FURTHER: [&str; 3] = ["email", "phone", "anonymous_id"];

/// The columns of all records that take part.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) given: Column,
    pub(super) family: Column,
    pub(super) birth: Column,
    pub(super) email: Column,
    pub(super) phone: Column,
    pub(super) mobile: Column,
    pub(super) street: Column,
    pub(super) number: Column,
    pub(super) postcode: Column,
    pub(super) city: Column,
    pub(super) region: Column,
    /// A street with its number, as one value.
    pub(super) door: Column,
    pub(super) source: Column,
    /// Identifier types besides e-mail and telephone, by name.
    pub(super) identifiers: Vec<(String, Column)>,
    /// Traits besides the fields above, by name.
    pub(super) traits: Vec<(String, Column)>,
}

impl Fields {
    /// Reads the columns out of the records at `positions`, in that order, without the identifiers that are `mute`. A `kept` model
    /// says which further fields take part; otherwise the records do.
    pub(super) fn read(records: &[Record], positions: &[u32], mute: &Mute, kept: Option<&LinkModel>) -> Self {
        let known: [fn(&Row) -> &str; 12] = [
            |row| &row.given,
            |row| &row.family,
            |row| &row.birth,
            |row| &row.email,
            |row| &row.phone,
            |row| &row.mobile,
            |row| &row.address.street,
            |row| &row.address.number,
            |row| &row.postcode,
            |row| &row.city,
            |row| &row.region,
            |row| &row.door,
        ];
        let mut columns = known.map(|_| Builder::default());
        // Not all rows at once: they are larger than the columns.
        for positions in positions.chunks(ROWS) {
            let read = |&position: &u32| Row::read(&records[position as usize], mute);
            let rows: Vec<Row> = positions.par_iter().map(read).collect();
            let told = |(column, of): (&mut Builder, fn(&Row) -> &str)| column.extend(rows.iter().map(of));
            columns.par_iter_mut().zip(known).for_each(told);
        }
        let [
            given,
            family,
            birth,
            email,
            phone,
            mobile,
            street,
            number,
            postcode,
            city,
            region,
            door,
        ] = columns.map(Builder::finish);
        Self {
            source: Column::new(positions.iter().map(|&position| &records[position as usize].source)),
            identifiers: further_identifiers(records, positions, mute, &given, kept),
            traits: further_traits(records, positions, [&given, &family], kept),
            given,
            family,
            birth,
            email,
            phone,
            mobile,
            street,
            number,
            postcode,
            city,
            region,
            door,
        }
    }

    /// How many records take part.
    pub(super) fn len(&self) -> u32 {
        self.given.values.len() as u32
    }
}

/// One record's fields, folded.
#[derive(Debug, Default)]
struct Row {
    given: String,
    family: String,
    birth: String,
    email: String,
    phone: String,
    mobile: String,
    address: address::Street,
    postcode: String,
    city: String,
    region: String,
    door: String,
}

impl Row {
    fn read(record: &Record, mute: &Mute) -> Self {
        let mut row = Self::default();
        let (mut given, mut family, mut full, mut street, mut number) = ("", "", "", "", "");
        // Observations come oldest first: the last one of each trait is what the record says now.
        for observation in &record.observations {
            let value = observation.value.as_str();
            match observation.name.as_str() {
                "given_name" => given = value,
                "family_name" => family = value,
                "full_name" => full = value,
                "birth_date" => row.birth = value.chars().filter(char::is_ascii_digit).collect(),
                "email" => row.email = value.to_lowercase(),
                "phone" => row.phone = digits(value),
                "mobile" => row.mobile = digits(value),
                "street" => street = value,
                "street_number" => number = value,
                "postcode" => row.postcode = value.chars().filter(char::is_ascii_alphanumeric).collect(),
                "city" => row.city = folded(value),
                "region" => row.region = folded(value),
                _ => {}
            }
        }
        let (given, family) = (name_words(given), name_words(family));
        if let Some(name) = Name::new(&given, &family).or_else(|| Name::from_full(&name_words(full))) {
            (row.given, row.family) = name.into_parts();
        }
        let says_nothing = |identifier: &&Identifier| mute.silences(identifier, row.given.is_empty());
        // An address that names a function and not a person is told all the same, and joins nobody.
        let mailbox = email::normalise(&row.email).and_then(|email| email.mailbox);
        if mailbox.is_none() {
            row.email.clear();
        }
        for identifier in record.identifiers.iter().filter(says_nothing) {
            match identifier.kind.as_str() {
                "email" if mailbox.as_deref() == Some(identifier.value.as_str()) => row.email.clear(),
                "phone" if digits(&identifier.value) == row.phone => row.phone.clear(),
                "phone" => row.mobile.clear(),
                _ => {}
            }
        }
        if row.birth.len() != 8 {
            row.birth.clear();
        }
        row.address = address::Street::read(street, number);
        if !row.address.street.is_empty() && !row.address.number.is_empty() {
            row.door = format!("{} {}", row.address.number, row.address.street);
        }
        row
    }
}

/// The words of a name: not its numerals, as in `3rd`, nor what only follows one, as in `Jr.`
fn name_words(text: &str) -> String {
    let is_name = |word: &&str| !word.bytes().any(|c| c.is_ascii_digit()) && !name::is_suffix(word);
    text.split_whitespace().filter(is_name).collect::<Vec<_>>().join(" ")
}

/// A trait in the form in which it is compared: a company without its legal form.
fn trait_text(name: &str, value: &str) -> String {
    match name {
        "company" => company::key(value).unwrap_or_default(),
        _ => folded(value),
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The identifier types that some value of joins records: a source's own numbers, which never occur twice, tell nothing.
fn further_identifiers(
    records: &[Record],
    positions: &[u32],
    mute: &Mute,
    given: &Column,
    kept: Option<&LinkModel>,
) -> Vec<(String, Column)> {
    let told = || positions.iter().map(|&position| &records[position as usize]);
    let column = |kind: &str| {
        Column::new(told().zip(&given.values).map(|(record, &given)| {
            let says =
                |identifier: &&Identifier| identifier.kind == kind && !mute.silences(identifier, given == MISSING);
            let of_kind = record.identifiers.iter().find(says);
            of_kind.map_or("", |identifier| identifier.value.as_str())
        }))
    };
    let named = |kind: &str| (kind.to_owned(), column(kind));
    if let Some(kept) = kept {
        return kept.identifiers.iter().map(|kind| named(kind)).collect();
    }
    let carried = told().flat_map(|record| &record.identifiers);
    let kinds: BTreeSet<&str> = carried.map(|identifier| identifier.kind.as_str()).collect();
    let further = kinds.into_iter().filter(|kind| !NOT_FURTHER.contains(kind));
    let mut columns: Vec<(String, Column)> = further.map(named).collect();
    columns.retain(|(_, column)| (column.distinct() as u32) < column.known);
    columns.sort_by_key(|(_, column)| std::cmp::Reverse(column.known));
    columns.truncate(FURTHER);
    columns
}

/// Traits that are compared as fields of their own, or say nothing of who somebody is.
const NO_TRAIT: [&str; 15] = [
    "given_name",
    "family_name",
    "full_name",
    "title",
    "birth_date",
    "email",
    "phone",
    "mobile",
    "street",
    "street_number",
    "postcode",
    "city",
    "region",
    "country",
    "language",
];

/// The traits that can tell people apart, those first that most records tell: told by enough records, short, neither the same for
/// all nor another writing of the name.
fn further_traits(
    records: &[Record],
    positions: &[u32],
    names: [&Column; 2],
    kept: Option<&LinkModel>,
) -> Vec<(String, Column)> {
    let mut told = told_last(records, positions);
    let column = |(name, told): (&str, Vec<(usize, &str)>)| {
        let mut texts = vec![String::new(); positions.len()];
        told.into_iter()
            .for_each(|(record, value)| texts[record] = trait_text(name, value));
        (name.to_owned(), Column::new(texts))
    };
    if let Some(kept) = kept {
        let mut last = |name: &String| told.remove(name.as_str()).unwrap_or_default();
        return kept
            .traits
            .iter()
            .map(|name| column((name.as_str(), last(name))))
            .collect();
    }
    let enough = (TOLD_BY * positions.len() as f64).max(2.0);
    told.retain(|_, told| told.len() as f64 >= enough);
    let mut traits: Vec<(&str, Vec<(usize, &str)>)> = told.into_iter().collect();
    traits.sort_by_key(|(_, told)| std::cmp::Reverse(told.len()));
    let can_tell = |(_, column): &(String, Column)| tells_apart(column) && !repeats_the_name(column, names);
    traits.into_iter().map(column).filter(can_tell).take(FURTHER).collect()
}

/// By trait: the records that tell it, ascending, and what each told last.
fn told_last<'r>(records: &'r [Record], positions: &[u32]) -> BTreeMap<&'r str, Vec<(usize, &'r str)>> {
    let mut told: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for (record, &position) in positions.iter().enumerate() {
        let observations = records[position as usize].observations.iter().rev();
        for observation in observations.filter(|observation| !NO_TRAIT.contains(&observation.name.as_str())) {
            let values = told.entry(&observation.name).or_default();
            if values.last().is_none_or(|(last, _)| *last != record) {
                values.push((record, &observation.value));
            }
        }
    }
    told
}

fn tells_apart(column: &Column) -> bool {
    let longest = column.texts().map(str::len).max().unwrap_or(0);
    column.distinct() > 1 && longest <= LONGEST && (column.distinct() as u32) < column.known
}

/// Whether most values are made of the record's name.
fn repeats_the_name(column: &Column, names: [&Column; 2]) -> bool {
    let repeats = |record: &u32| {
        let (text, names) = (column.text(*record), names.map(|name| name.text(*record)));
        !text.is_empty() && text.split(' ').all(|word| names.iter().any(|name| name.contains(word)))
    };
    let repeated = (0..column.values.len() as u32).filter(repeats).count();
    repeated * 2 > column.known as usize
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{With, record};
    use super::*;

    fn read(records: &[Record], mute: &Mute) -> Fields {
        let positions: Vec<u32> = (0..records.len() as u32).collect();
        Fields::read(records, &positions, mute, None)
    }

    fn identifier(kind: &str, value: &str) -> Identifier {
        Identifier {
            kind: kind.into(),
            value: value.into(),
        }
    }

    #[test]
    fn a_mailbox_that_joins_nobody_is_no_evidence() {
        let records = [
            record("role", 1).says("email", "info@shop.example"),
            record("own", 1)
                .says("email", "Ann.Smith@gmail.com")
                .with("email", "annsmith@gmail.com"),
            record("both", 1)
                .says("email", "ann@shop.example")
                .with("email", "ann@shop.example")
                .with("email", "desk@shop.example"),
        ];
        let desk = identifier("email", "desk@shop.example");
        let mut mute = Mute::default();
        mute.nobodys.insert(&desk);
        let email = read(&records, &mute).email;
        let told = [0, 1, 2].map(|record| email.text(record));
        assert_eq!(told, ["", "ann.smith@gmail.com", "ann@shop.example"]);
        let own = identifier("email", "annsmith@gmail.com");
        mute.nobodys.insert(&own);
        assert_eq!(read(&records, &mute).email.text(1), "");
    }

    #[test]
    fn a_contested_identifier_is_no_evidence_for_who_says_no_name() {
        let row = |key: &str| record(key, 1).with("crm:household", "7");
        let records = [row("a").named("Anna Meier"), row("b").named("Bruno Meier"), row("c")];
        let shared = identifier("crm:household", "7");
        let mut mute = Mute::default();
        mute.contested.insert(&shared);
        let (_, column) = &read(&records, &mute).identifiers[0];
        assert_eq!([0, 1, 2].map(|record| column.text(record)), ["7", "7", ""]);
    }

    #[test]
    fn the_five_traits_that_most_records_tell_are_compared() {
        let row = |number: usize| {
            let told = (0..7).filter(|name| !number.is_multiple_of(name + 2));
            told.fold(record("", 1), |row, name| {
                row.says(&format!("trait{name}"), &format!("v{}", number % 30))
            })
        };
        let records: Vec<Record> = (0..120).map(row).collect();
        let names: Vec<String> = read(&records, &Mute::default())
            .traits
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["trait6", "trait5", "trait4", "trait3", "trait2"]);
    }
}
