//! What a row says of a person, normalised: the keys it carries, and its observations.

use std::sync::Arc;

use crate::ingest::Field;
use crate::ingest::rows::RecordRow;
use crate::normalise::{company, country, email, key, name, phone, text};
use crate::record::{Identifier, Observation, Telling};

/// How a row says the person is reached. Read once, since each is a key and a value.
struct Reach {
    email: Option<email::Email>,
    phone: Option<String>,
    mobile: Option<String>,
}

impl Reach {
    /// `company_country` reads telephone numbers without a prefix where the row names no country.
    fn of(row: &RecordRow, company_country: &str) -> Self {
        let own = row.get(Field::Country).and_then(country::normalise);
        let country = own.as_deref().unwrap_or(company_country);
        let number = |field: Field| row.get(field).and_then(|number| phone::normalise(number, country));
        Self {
            email: row.get(Field::Email).and_then(email::normalise),
            phone: number(Field::Phone),
            mobile: number(Field::Mobile),
        }
    }

    /// In how many ways.
    fn count(&self) -> usize {
        let numbers = [&self.phone, &self.mobile].into_iter().flatten().count();
        numbers + usize::from(self.email.is_some())
    }
}

/// The identifiers of a row, in no order. `company_country` reads telephone numbers without a prefix.
pub fn identifiers(row: &RecordRow, company_country: &str) -> Vec<Identifier> {
    keys(row, &Reach::of(row, company_country))
}

/// The identifiers of a row, and what it says of the person.
pub fn read(row: &RecordRow, company_country: &str, told: Telling) -> (Vec<Identifier>, Vec<Observation>) {
    let reach = Reach::of(row, company_country);
    (keys(row, &reach), observations(row, &reach, &Arc::new(told)))
}

fn keys(row: &RecordRow, reach: &Reach) -> Vec<Identifier> {
    let identifier = |kind: &str, value: String| Identifier {
        kind: kind.into(),
        value: value.into(),
    };
    let mailbox = reach.email.iter().filter_map(|email| email.mailbox.clone());
    let numbers = [&reach.phone, &reach.mobile].into_iter().flatten().cloned();
    let further = row
        .identifiers
        .iter()
        .filter_map(|(kind, value)| Some(identifier(kind, key::normalise(kind, value)?)));
    // A record is kept all night, so it is given no more room than it needs.
    let mut keys = Vec::with_capacity(reach.count() + row.identifiers.len());
    keys.extend(mailbox.map(|mailbox| identifier("email", mailbox)));
    keys.extend(numbers.map(|number| identifier("phone", number)));
    keys.extend(further);
    keys
}

fn observations(row: &RecordRow, reach: &Reach, telling: &Arc<Telling>) -> Vec<Observation> {
    let mut told: Vec<(&str, String)> = Vec::new();
    for field in Field::PERSON {
        if let Some(value) = row.get(*field).and_then(|value| value_of(reach, *field, value)) {
            told.push((field.as_str(), value));
        }
    }
    split_name(row, &mut told);
    let phone = |told: &[(&str, String)], name: &str| told.iter().position(|(named, _)| *named == name);
    if let (None, Some(mobile)) = (phone(&told, "phone"), phone(&told, "mobile")) {
        told[mobile].0 = Field::Phone.as_str();
    }
    told.extend(row.traits.iter().map(|(name, value)| (name.as_str(), value.clone())));
    told.into_iter()
        .map(|(name, value)| Observation {
            name: name.into(),
            value: value.into(),
            told: telling.clone(),
        })
        .collect()
}

fn value_of(reach: &Reach, field: Field, value: &str) -> Option<String> {
    match field {
        Field::Email => reach.email.as_ref().map(|email| email.address.clone()),
        Field::Phone => reach.phone.clone(),
        Field::Mobile => reach.mobile.clone(),
        Field::GivenName => name::given(value),
        // A name that is a company's is the company's, wherever the source keeps it.
        Field::FullName if company::is_company(value) => None,
        Field::Company => Some(text::compatible(value)),
        Field::FamilyName | Field::FullName | Field::City => name::part(value),
        Field::Country => country::normalise(value).or_else(|| Some(text::clean(value))),
        Field::Postcode => Some(text::clean(value).to_uppercase()),
        Field::Language => Some(text::clean(value).replace('_', "-")),
        _ => Some(text::clean(value)),
    }
}

/// Where a row has a full name only, its parts.
fn split_name(row: &RecordRow, told: &mut Vec<(&str, String)>) {
    let Some(full) = row.get(Field::FullName) else { return };
    if company::is_company(full) {
        if row.get(Field::Company).is_none() {
            told.push((Field::Company.as_str(), text::compatible(full)));
        }
        return;
    }
    if row.get(Field::GivenName).is_some() || row.get(Field::FamilyName).is_some() {
        return;
    }
    let name = name::split(full);
    let title = name.title.filter(|_| row.get(Field::Title).is_none());
    let parts = [
        (Field::Title, title),
        (Field::GivenName, name.given),
        (Field::FamilyName, name.family),
    ];
    told.extend(
        parts
            .into_iter()
            .filter_map(|(field, part)| Some((field.as_str(), part?))),
    );
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::*;
    use crate::record::Origin;

    fn row(values: &[(Field, &str)]) -> RecordRow {
        let mut person = vec![None; Field::PERSON.len()];
        for (field, value) in values {
            person[field.person_index().unwrap()] = Some((*value).to_owned());
        }
        RecordRow {
            person,
            ..RecordRow::default()
        }
    }

    fn told(values: &[(Field, &str)]) -> Vec<(String, String)> {
        let telling = Telling {
            at: Timestamp::from_millis(0),
            origin: Origin {
                file: "a.csv".into(),
                line: 2,
            },
        };
        let (_, observed) = read(&row(values), "CH", telling);
        observed
            .into_iter()
            .map(|observation| (observation.name.to_string(), observation.value.into()))
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_full_name_alone_is_told_in_parts_too() {
        let expected = pairs(&[
            ("full_name", "Ann Smith"),
            ("given_name", "Ann"),
            ("family_name", "Smith"),
        ]);
        assert_eq!(told(&[(Field::FullName, "ANN SMITH")]), expected);
        assert_eq!(told(&[(Field::FullName, "Ann S."), (Field::GivenName, "Ann")]).len(), 2);
    }

    #[test]
    fn a_full_name_with_a_legal_form_is_a_companys() {
        assert_eq!(
            told(&[(Field::FullName, "Muster AG")]),
            pairs(&[("company", "Muster AG")])
        );
        assert_eq!(told(&[(Field::FullName, "Ann Muster")]).len(), 3);
    }

    #[test]
    fn a_mobile_number_alone_is_the_telephone_number() {
        assert_eq!(
            told(&[(Field::Mobile, "079 111 22 33")]),
            pairs(&[("phone", "+41791112233")])
        );
    }

    #[test]
    fn a_number_without_prefix_is_read_in_the_persons_country() {
        let german = row(&[(Field::Phone, "030 1234 5678"), (Field::Country, "Deutschland")]);
        assert_eq!(identifiers(&german, "CH")[0].value, "+493012345678");
    }

    #[test]
    fn a_shared_mailbox_and_a_filler_are_no_identifiers() {
        let mut row = row(&[(Field::Email, "info@example.org"), (Field::Phone, "000000")]);
        row.identifiers.insert("national_id".to_owned(), "0000000".to_owned());
        assert_eq!(identifiers(&row, "CH"), []);
    }
}
