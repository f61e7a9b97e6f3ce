//! WooCommerce's reports of customers and orders, with labels in the shop's language. Guests are among the customers.
//!
//! The report of orders has a name and no address: people of one name are many, so an order is nobody's until another source (the
//! web's own event, for one) tells of the same number.

use super::{Field, Kind, PLAIN, Preset};

/// Customers.
pub const CUSTOMERS: Preset = Preset {
    name: "woocommerce-customers",
    source: "woocommerce",
    signature: &[
        &["Name", "Nom"],
        &["Email", "E-mail"],
        &[
            "AOV",
            "Panier moyen",
            "Valeur moyenne des commandes",
            "Durchschnittlicher Bestellwert",
        ],
    ],
    some_of: (
        2,
        &[
            &["Username", "Identifiant", "Benutzername"],
            &["Last Active", "Dernière activité", "Zuletzt aktiv"],
            &["Sign Up", "Inscription", "Date d'inscription", "Registrierung"],
            &["Orders", "Commandes", "Bestellungen"],
            &["Total Spend", "Total dépensé", "Dépenses totales", "Gesamtausgaben"],
        ],
    ),
    columns: &[
        (Field::FullName, &["Name", "Nom"]),
        (Field::Email, &["Email", "E-mail"]),
        (Field::Phone, &["Billing Phone", "Téléphone de facturation"]),
        (Field::Mobile, &["Shipping Phone", "Téléphone de livraison"]),
        (
            Field::Country,
            &[
                "Country / Region",
                "Country",
                "Pays / Région",
                "Pays",
                "Land / Region",
                "Land",
            ],
        ),
        (Field::City, &["City", "Ville", "Stadt", "Ort"]),
        (Field::Region, &["Region", "Région"]),
        (Field::Postcode, &["Postal Code", "Code postal", "Postleitzahl"]),
        (
            Field::CreatedAt,
            &["Sign Up", "Inscription", "Date d'inscription", "Registrierung"],
        ),
    ],
    ..PLAIN
};

/// Orders.
pub const ORDERS: Preset = Preset {
    name: "woocommerce-orders",
    source: "woocommerce",
    kind: Kind::Orders,
    signature: &[
        &["Date", "Datum"],
        &[
            "Order #",
            "N° de commande",
            "Commande n°",
            "Bestellung Nr.",
            "Bestellnummer",
        ],
        &[
            "N. Revenue (formatted)",
            "N. Revenue",
            "Net Sales",
            "Ventes nettes",
            "Nettoumsatz",
        ],
        &["Status", "État", "Statut"],
    ],
    columns: &[
        (
            Field::OrderId,
            &[
                "Order #",
                "N° de commande",
                "Commande n°",
                "Bestellung Nr.",
                "Bestellnummer",
            ],
        ),
        (Field::OrderedAt, &["Date", "Datum"]),
        (
            Field::Amount,
            &[
                "N. Revenue (formatted)",
                "N. Revenue",
                "Net Sales",
                "Ventes nettes",
                "Nettoumsatz",
            ],
        ),
        (Field::Status, &["Status", "État", "Statut"]),
    ],
    ..PLAIN
};
