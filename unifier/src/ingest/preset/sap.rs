//! SAP Business One: business partners and sales documents, with the names of the tables or those of the Service Layer.
//!
//! A partner's name may be a company's or a person's; its legal form tells. A document names its buyer by `CardCode`, which is the
//! partner's key. An order and its own invoice are two documents about one purchase: one of the two is to be imported.

use super::{Field, Kind, PLAIN, Preset, fold};

/// Business partners: OCRD.
pub const PARTNERS: Preset = Preset {
    name: "sap-b1-partners",
    source: "sap-b1",
    signature: &[&["CardCode"], &["CardName"], &["CardType"]],
    key: &["CardCode"],
    columns: &[
        (Field::FullName, &["CardName"]),
        (Field::Email, &["E_Mail", "EmailAddress"]),
        (Field::Phone, &["Phone1", "Phone2"]),
        (Field::Mobile, &["Cellular"]),
        (Field::Street, &["Address", "MailAddres", "MailAddress", "Street"]),
        (Field::Postcode, &["ZipCode", "MailZipCod", "MailZipCode"]),
        (Field::City, &["City", "MailCity"]),
        (Field::Country, &["Country", "MailCountr", "MailCountry"]),
        (Field::Language, &["LangCode"]),
        (Field::CreatedAt, &["CreateDate"]),
        (Field::UpdatedAt, &["UpdateDate"]),
    ],
    ..PLAIN
};

/// Sales documents: orders and invoices.
pub const DOCUMENTS: Preset = Preset {
    name: "sap-b1-documents",
    source: "sap-b1",
    kind: Kind::Orders,
    signature: &[&["DocNum"], &["DocDate"], &["CardCode"], &["DocTotal"]],
    columns: &[
        (Field::OrderId, &["DocNum", "DocEntry"]),
        (Field::Customer, &["CardCode"]),
        (Field::OrderedAt, &["DocDate"]),
        (Field::Amount, &["DocTotal"]),
        (Field::Currency, &["DocCurrency", "DocCur"]),
        (Field::Status, &["DocumentStatus", "DocStatus"]),
        (Field::Cancelled, &["Cancelled", "CANCELED", "Canceled"]),
    ],
    order_prefix: numbers,
    ..PLAIN
};

/// What tells a file of invoices by its name, table or entity.
const INVOICES: [&str; 4] = ["invoice", "oinv", "rechnung", "facture"];

/// Orders and invoices have numbers of their own and the same columns, so the file's name tells which they are.
fn numbers(file_name: &str) -> &'static str {
    let name = fold(file_name);
    if INVOICES.iter().any(|word| name.contains(word)) {
        "sap:invoice:"
    } else {
        "sap:"
    }
}
