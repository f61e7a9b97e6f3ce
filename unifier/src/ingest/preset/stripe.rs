//! Stripe's exports of customers and payments, in the vintages seen. Nothing of a card is kept, its owner's name and address
//! included: every such column begins with `Card`.

use super::{Field, Kind, PLAIN, Preset, Void};
use crate::normalise::money::Decimal;

/// Customers.
pub const CUSTOMERS: Preset = Preset {
    name: "stripe-customers",
    source: "stripe",
    signature: &[&["id"], &["Email"], &["Created (UTC)", "Created"], &["Delinquent"]],
    key: &["id"],
    columns: &[
        (Field::FullName, &["Name"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone"]),
        (Field::Street, &["Address Line1"]),
        (Field::City, &["Address City"]),
        (Field::Region, &["Address State"]),
        (Field::Postcode, &["Address Postal Code"]),
        (Field::Country, &["Address Country"]),
        (Field::CreatedAt, &["Created (UTC)", "Created"]),
    ],
    ignored_word: "card",
    decimal: Some(Decimal::Point),
    ..PLAIN
};

/// Payments. What was tried in test mode is no payment.
pub const PAYMENTS: Preset = Preset {
    name: "stripe-payments",
    source: "stripe",
    kind: Kind::Orders,
    signature: &[
        &["id"],
        &["Amount"],
        &["Amount Refunded"],
        &["Currency"],
        &["Status"],
        &["Created (UTC)", "Created"],
    ],
    columns: &[
        (Field::OrderId, &["id"]),
        (Field::Customer, &["Customer ID"]),
        (Field::OrderedAt, &["Created (UTC)", "Created", "Created date (UTC)"]),
        (Field::Amount, &["Amount"]),
        (Field::Refunded, &["Amount Refunded"]),
        (Field::Currency, &["Currency"]),
        (Field::Status, &["Status"]),
        (Field::Email, &["Customer Email"]),
        (Field::Phone, &["Customer Phone"]),
    ],
    decimal: Some(Decimal::Point),
    void: &[Void {
        column: &["Mode"],
        words: &["test"],
        unless: &[],
    }],
    ..PLAIN
};
