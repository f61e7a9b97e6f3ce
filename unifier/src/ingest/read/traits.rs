//! The traits of an identify event, in our words.

use serde_json::{Map, Value};

use crate::ingest::Field;
use crate::ingest::rows::RecordRow;
use crate::normalise::date::{self, DateStyle};
use crate::normalise::placeholder;
use crate::normalise::text::{clean, snake_case};

/// Names by which Segment's spec, and sites, call our fields.
const NAMES: [(&str, Field); 14] = [
    ("first_name", Field::GivenName),
    ("last_name", Field::FamilyName),
    ("name", Field::FullName),
    ("birthday", Field::BirthDate),
    ("organization", Field::Company),
    ("company_name", Field::Company),
    ("company", Field::Company),
    ("address_street", Field::Street),
    ("address_city", Field::City),
    ("address_postal_code", Field::Postcode),
    ("address_state", Field::Region),
    ("address_country", Field::Country),
    ("postal_code", Field::Postcode),
    ("state", Field::Region),
];

/// The traits as a row about a person. Lists, and objects below the first level, are no traits of a person.
pub fn row(traits: &Map<String, Value>) -> RecordRow {
    let mut row = RecordRow {
        person: vec![None; Field::PERSON.len()],
        ..RecordRow::default()
    };
    for (name, value) in traits {
        match value {
            Value::Object(inner) => inner
                .iter()
                .for_each(|(part, value)| put(&mut row, &format!("{name}_{part}"), value)),
            value => put(&mut row, name, value),
        }
    }
    row
}

fn put(row: &mut RecordRow, name: &str, value: &Value) {
    let text = match value {
        Value::String(text) => clean(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(answer) => answer.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return,
    };
    let name = snake_case(name);
    if name.is_empty() || placeholder::is_missing(&text) {
        return;
    }
    let known = NAMES.iter().find(|(alias, _)| *alias == name).map(|(_, field)| *field);
    match known.or_else(|| Field::from_name(&name)).and_then(Field::person_index) {
        Some(index) if index == Field::BirthDate as usize => {
            row.person[index] = date::date(&text, &DateStyle::default()).map(|day| day.to_string());
        }
        Some(index) => row.person[index] = Some(text),
        None => drop(row.traits.insert(name, text)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn segments_names_become_ours() {
        let traits = json!({"firstName": "Ann", "address": {"postalCode": 8001, "geo": {"lat": 1}}, "birthday": "1980-02-29",
            "company": {"name": "Acme"}, "plan": "gold", "tags": ["a"], "email": "n/a"});
        let row = row(traits.as_object().unwrap());
        assert_eq!(row.get(Field::GivenName), Some("Ann"));
        assert_eq!(row.get(Field::Postcode), Some("8001"));
        assert_eq!(row.get(Field::BirthDate), Some("1980-02-29"));
        assert_eq!(row.get(Field::Company), Some("Acme"));
        assert_eq!(row.get(Field::Email), None);
        assert_eq!(
            row.traits.into_iter().collect::<Vec<_>>(),
            [("plan".to_owned(), "gold".to_owned())]
        );
    }
}
