//! Our names for what a column holds, and the kinds of file.

use serde::Deserialize;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One person a row.
    #[default]
    People,
    /// One order a row.
    Orders,
    /// One event a row.
    Events,
    /// One answer to one purpose a row.
    Consents,
}

impl Kind {
    /// The kind of that name; people where there is none of it.
    pub fn from_name(name: &str) -> Self {
        let kinds = [Kind::Orders, Kind::Events, Kind::Consents];
        kinds.into_iter().find(|kind| kind.as_str() == name).unwrap_or_default()
    }

    /// The name in mapping files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::People => "people",
            Kind::Orders => "orders",
            Kind::Events => "events",
            Kind::Consents => "consents",
        }
    }
}

macro_rules! fields {
    ($($field:ident $name:literal $meaning:literal),+ $(,)?) => {
        /// A column in our words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = $meaning] $field),+
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Field] = &[$(Field::$field),+];

            /// The name in mapping files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Field::$field => $name),+
                }
            }
        }
    };
}

fields! {
    Title "title" "Form of address or academic title.",
    GivenName "given_name" "Given names.",
    FamilyName "family_name" "Family name.",
    FullName "full_name" "The whole name, where it is not in parts.",
    BirthDate "birth_date" "Day of birth.",
    Gender "gender" "Gender, in the source's words.",
    Email "email" "E-mail address.",
    Phone "phone" "Telephone number.",
    Mobile "mobile" "A second telephone number.",
    Company "company" "The company the person stands for.",
    Street "street" "Street, with the number where it has no column of its own.",
    StreetNumber "street_number" "Number of the house.",
    City "city" "Town.",
    Postcode "postcode" "Postal code.",
    Region "region" "State, province or canton.",
    Country "country" "Country, as a code or a name.",
    Language "language" "Language, as `fr` or `fr-CH`.",
    CreatedAt "created_at" "When the source came to know the person.",
    UpdatedAt "updated_at" "When the source last changed the row.",
    IsCompany "is_company" "Whether the row is a company and its name no person's.",
    OrderId "order_id" "Number of the order.",
    Customer "customer" "The customer's key in the same source.",
    OrderedAt "ordered_at" "When the order was placed.",
    Amount "amount" "What was paid.",
    Refunded "refunded" "What was paid back.",
    Currency "currency" "ISO 4217 code.",
    Status "status" "What became of the order.",
    CancelledAt "cancelled_at" "When the order was cancelled.",
    Cancelled "cancelled" "Whether the order was cancelled.",
    Purpose "purpose" "What was asked for.",
    Granted "granted" "The answer.",
    AnsweredAt "answered_at" "When it was given.",
    Evidence "evidence" "What shows it: a form's name, a letter's reference.",
    Type "type" "track, page, identify, alias or group.",
    Event "event" "Name of the event.",
    MessageId "message_id" "The id under which the event is de-duplicated.",
    AnonymousId "anonymous_id" "The visitor's first-party id.",
    UserId "user_id" "The id under which the site knows the person.",
    Timestamp "timestamp" "When the event happened.",
    Url "url" "Address of the page.",
    Properties "properties" "Properties or traits of the event, as a JSON object.",
}

impl Field {
    /// The fields of a person that are kept as text, in the order of their columns in the log.
    pub const PERSON: &[Field] = Field::ALL.split_at(17).0;

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == name)
    }

    /// The position among [`Field::PERSON`]; nothing for other fields.
    pub fn person_index(self) -> Option<usize> {
        // The first fields of ALL are those of PERSON, in the same order.
        Some(self as usize).filter(|index| *index < Self::PERSON.len())
    }

    /// Whether it holds a day or a moment.
    pub fn is_date(self) -> bool {
        use Field::{AnsweredAt, BirthDate, CancelledAt, CreatedAt, OrderedAt, Timestamp, UpdatedAt};
        matches!(
            self,
            BirthDate | CreatedAt | UpdatedAt | OrderedAt | CancelledAt | AnsweredAt | Timestamp
        )
    }

    /// Whether it holds an amount of money.
    pub fn is_amount(self) -> bool {
        matches!(self, Field::Amount | Field::Refunded)
    }
}

/// The name in `known` that `unknown` was most likely meant to be.
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(unknown);
    let distances = known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&folded, &fold(name)), name));
    distances
        .min()
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .map(|(_, name)| name)
}

/// A header in the form in which headers are compared: Latin letters without accents and digits, in lower case. So
/// `E-Mail`, `EMAIL` and `e_mail` are one, and `First Name` and `FirstName`.
pub fn fold(header: &str) -> String {
    let latin = deunicode::deunicode(header);
    let kept = latin.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_person_end_with_the_language() {
        assert_eq!(Field::PERSON.last(), Some(&Field::Language));
        assert_eq!(Field::Language.person_index(), Some(16));
        assert_eq!(Field::CreatedAt.person_index(), None);
        assert_eq!(Field::from_name("birth_date"), Some(Field::BirthDate));
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("emial", ["email", "phone"]), Some("email"));
        assert_eq!(nearest("E_MAIL", ["email", "phone"]), Some("email"));
        assert_eq!(nearest("shoe size", ["email", "phone"]), None);
    }
}
