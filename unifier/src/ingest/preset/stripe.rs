//! Stripe's exports of customers and payments, in the vintages seen. Nothing of a card is kept.

use super::{Field, Kind, PLAIN, Preset, Void};
use crate::normalise::money::Decimal;

/// Customers.
pub const CUSTOMERS: Preset = Preset {
    name: "stripe-customers",
    source: "stripe",
    signature: &[&["id"], &["Email"], &["Created (UTC)", "Created"], &["Delinquent"]],
    key: &["id"],
    columns: &[
        (Field::FullName, &["Name", "Card Name"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone"]),
        (Field::Street, &["Address Line1", "Card Address Line1"]),
        (Field::City, &["Address City", "Card Address City"]),
        (Field::Region, &["Address State", "Card Address State"]),
        (Field::Postcode, &["Address Postal Code", "Card Address Zip"]),
        (Field::Country, &["Address Country", "Card Address Country"]),
        (Field::CreatedAt, &["Created (UTC)", "Created"]),
    ],
    ignored: &[
        "Card ID",
        "Card Last4",
        "Card Brand",
        "Card Funding",
        "Card Exp Month",
        "Card Exp Year",
        "Card Fingerprint",
        "Card Issue Country",
        "Card CVC Status",
        "Card AVS Zip Status",
        "Card AVS Line1 Status",
        "Card Tokenization Method",
    ],
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
