//! Shopify's exports of customers and of orders, in the vintages seen.
//!
//! Numbers may carry a leading apostrophe. An order with several items has one line for each: the first holds the order,
//! the others repeat its name and leave the rest blank.

use event_schema::Purpose;

use crate::normalise::money::Decimal;

use super::{ASKED, Consent, Field, Kind, PLAIN, Preset};

/// Customers.
pub const CUSTOMERS: Preset = Preset {
    name: "shopify-customers",
    source: "shopify",
    signature: &[
        &["First Name"],
        &["Last Name"],
        &["Email"],
        &["Accepts Email Marketing", "Accepts Marketing"],
    ],
    some_of: (1, &[&["Total Spent"], &["Total Orders"], &["Tax Exempt"]]),
    key: &["Customer ID"],
    columns: &[
        (Field::GivenName, &["First Name"]),
        (Field::FamilyName, &["Last Name"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone"]),
        (Field::Mobile, &["Default Address Phone"]),
        (Field::Company, &["Default Address Company", "Company"]),
        (Field::Street, &["Default Address Address1", "Address1"]),
        (Field::City, &["Default Address City", "City"]),
        (Field::Postcode, &["Default Address Zip", "Zip"]),
        (
            Field::Region,
            &["Default Address Province Code", "Province Code", "Province"],
        ),
        (
            Field::Country,
            &["Default Address Country Code", "Country Code", "Country"],
        ),
    ],
    consents: &[
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: &["Accepts Email Marketing", "Accepts Marketing"],
            ..ASKED
        },
        Consent {
            purpose: Purpose::SMS_MARKETING,
            column: &["Accepts SMS Marketing"],
            ..ASKED
        },
        Consent {
            purpose: "whatsapp_marketing",
            column: &["Accepts WhatsApp Marketing"],
            ..ASKED
        },
    ],
    decimal: Some(Decimal::Point),
    ..PLAIN
};

/// Orders.
pub const ORDERS: Preset = Preset {
    name: "shopify-orders",
    source: "shopify",
    kind: Kind::Orders,
    signature: &[
        &["Name"],
        &["Financial Status"],
        &["Total"],
        &["Created at"],
        &["Lineitem quantity"],
    ],
    columns: &[
        (Field::OrderId, &["Name"]),
        (Field::OrderedAt, &["Created at"]),
        (Field::Amount, &["Total"]),
        (Field::Refunded, &["Refunded Amount"]),
        (Field::Currency, &["Currency"]),
        (Field::Status, &["Financial Status"]),
        (Field::CancelledAt, &["Cancelled at", "Canceled at"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone", "Billing Phone", "Shipping Phone"]),
        (Field::FullName, &["Billing Name", "Shipping Name"]),
        (Field::Company, &["Billing Company"]),
        (Field::Street, &["Billing Street", "Billing Address1"]),
        (Field::City, &["Billing City"]),
        (Field::Postcode, &["Billing Zip"]),
        (Field::Region, &["Billing Province"]),
        (Field::Country, &["Billing Country"]),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &["Accepts Marketing"],
        times: &["Created at"],
        ..ASKED
    }],
    decimal: Some(Decimal::Point),
    continued: &["Financial Status", "Created at", "Total"],
    ..PLAIN
};
