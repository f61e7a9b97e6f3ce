//! The fields a rule can speak of: columns of the tables people and scores.

/// What a field holds, and so what it can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, compared without regard to upper and lower case.
    Text,
    /// A number: a count, an amount in the company's currency, or a probability from 0 to 1.
    Number,
    /// A day; a moment counts as its day in UTC.
    Day,
    /// Yes or no.
    YesNo,
}

/// The table a field stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// One row a person.
    People,
    /// At most one row a person.
    Scores,
}

/// A field of the language.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The field's name, and the column's.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Where it stands.
    pub table: Table,
    /// What it means, in a few words.
    pub meaning: &'static str,
}

impl Field {
    /// The field of that name.
    pub fn named(name: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|field| field.name == name)
    }
}

const fn people(name: &'static str, kind: Kind, meaning: &'static str) -> Field {
    Field {
        name,
        kind,
        table: Table::People,
        meaning,
    }
}

const fn scores(name: &'static str, kind: Kind, meaning: &'static str) -> Field {
    Field {
        name,
        kind,
        table: Table::Scores,
        meaning,
    }
}

/// Every field, in the order of the tables' columns.
pub const FIELDS: &[Field] = &[
    people("person_id", Kind::Text, "the person's lasting id"),
    people("given_name", Kind::Text, "given name"),
    people("family_name", Kind::Text, "family name"),
    people("full_name", Kind::Text, "full name"),
    people("email", Kind::Text, "e-mail address"),
    people("phone", Kind::Text, "phone number, as +41791234567"),
    people("birth_date", Kind::Day, "birth date"),
    people("company", Kind::Text, "company"),
    people("street", Kind::Text, "street"),
    people("street_number", Kind::Text, "street number"),
    people("city", Kind::Text, "city"),
    people("postcode", Kind::Text, "postcode"),
    people("region", Kind::Text, "region"),
    people("country", Kind::Text, "country code, as CH"),
    people("language", Kind::Text, "language code, as fr"),
    people("records", Kind::Number, "records that make up the person"),
    people("first_seen", Kind::Day, "first known day"),
    people("orders", Kind::Number, "completed orders"),
    people(
        "revenue",
        Kind::Number,
        "what they paid in all, in the company's currency",
    ),
    people("average_order", Kind::Number, "what an order is worth on average"),
    people("first_order", Kind::Day, "day of the first order"),
    people("last_order", Kind::Day, "day of the last order"),
    people("web_events", Kind::Number, "events on the web"),
    people("web_days", Kind::Number, "days with events on the web"),
    people("first_visit", Kind::Day, "day of the first event on the web"),
    people("last_visit", Kind::Day, "day of the last event on the web"),
    people(
        "confidence",
        Kind::Text,
        "how sure it is that the records are one person's: exact, strong or likely",
    ),
    people("suppressed", Kind::YesNo, "whether nobody may contact them at all"),
    scores("rfm", Kind::Text, "recency, frequency and monetary fifths, 555 is best"),
    scores("recency", Kind::Number, "fifth by recency, 1 to 5"),
    scores("frequency", Kind::Number, "fifth by frequency, 1 to 5"),
    scores("monetary", Kind::Number, "fifth by value, 1 to 5"),
    scores("p_alive", Kind::Number, "probability that they are still a customer"),
    scores(
        "p_buy",
        Kind::Number,
        "probability of an order within the configured horizon",
    ),
    scores("expected_orders", Kind::Number, "orders to expect within that horizon"),
    scores("expected_value", Kind::Number, "what those orders are worth"),
    scores("p_buy_90d", Kind::Number, "probability of an order in the next 90 days"),
    scores(
        "p_buy_percentile",
        Kind::Number,
        "where that stands among all, 100 is best",
    ),
    scores(
        "expected_orders_365d",
        Kind::Number,
        "orders to expect in the next 365 days",
    ),
    scores("expected_value_365d", Kind::Number, "what those orders are worth"),
    scores(
        "next_order_p25",
        Kind::Day,
        "the next order comes by this day with 25 %",
    ),
    scores(
        "next_order_median",
        Kind::Day,
        "the next order comes by this day with 50 %",
    ),
    scores(
        "next_order_p75",
        Kind::Day,
        "the next order comes by this day with 75 %",
    ),
    scores("cluster", Kind::Text, "the group of customers who are alike"),
    scores("model", Kind::Text, "the model that gave the scores"),
];
