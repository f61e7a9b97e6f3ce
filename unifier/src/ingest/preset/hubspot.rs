//! HubSpot's exports of contacts, companies and deals. Their owner picks the columns, and labels follow the user's language, so few
//! are asked for.
//!
//! A deal is an order once it is won; its first contact is the customer. Companies are a source of their own, because their
//! numbers may be a contact's, too.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, Kind, PLAIN, Preset, Spellings};
use crate::ingest::layout::Reading;

const RECORD_ID: Spellings = &[
    "Record ID",
    "Record ID - Contact",
    "Record ID - Company",
    "Record ID - Deal",
    "hs_object_id",
    "Contact ID",
    "ID de fiche d'informations",
    "ID d'enregistrement",
    "Datensatz-ID",
];
const CREATED: Spellings = &[
    "Create Date",
    "createdate",
    "Date de création",
    "Erstellungsdatum",
    "Erstelldatum",
];
const UPDATED: Spellings = &[
    "Last Modified Date",
    "lastmodifieddate",
    "Date de dernière modification",
    "Datum der letzten Änderung",
];

/// Contacts.
pub const CONTACTS: Preset = Preset {
    name: "hubspot-contacts",
    source: "hubspot",
    signature: &[RECORD_ID],
    some_of: (
        3,
        &[
            &["First Name", "Prénom", "Vorname"],
            &["Last Name", "Nom", "Nom de famille", "Nachname"],
            &["Email", "E-mail", "Adresse e-mail"],
            &["Lifecycle Stage", "Phase du cycle de vie", "Lifecycle-Phase"],
            &["Lead Status", "Statut du lead", "Leadstatus"],
            &["Contact owner", "Propriétaire du contact", "Zuständiger Mitarbeiter"],
            &["Original Source", "Source d'origine", "Originalquelle"],
        ],
    ),
    key: RECORD_ID,
    columns: &[
        (Field::Title, &["Salutation", "Anrede"]),
        (Field::GivenName, &["First Name", "Prénom", "Vorname"]),
        (Field::FamilyName, &["Last Name", "Nom", "Nom de famille", "Nachname"]),
        (Field::Email, &["Email", "E-mail", "Adresse e-mail"]),
        (Field::Phone, &["Phone Number", "Numéro de téléphone", "Telefonnummer"]),
        (
            Field::Mobile,
            &[
                "Mobile Phone Number",
                "Mobile Phone",
                "Numéro de téléphone portable",
                "Mobiltelefonnummer",
            ],
        ),
        (
            Field::BirthDate,
            &[
                "Date of birth",
                "Birth date",
                "Birthday",
                "Date de naissance",
                "Geburtsdatum",
            ],
        ),
        (Field::Gender, &["Gender", "Sexe", "Geschlecht"]),
        (
            Field::Company,
            &["Company name", "Company", "Nom de l'entreprise", "Unternehmensname"],
        ),
        (
            Field::Street,
            &["Street Address", "Adresse postale", "Straße und Hausnummer", "Straße"],
        ),
        (Field::City, &["City", "Ville", "Stadt", "Ort"]),
        (Field::Postcode, &["Postal Code", "Zip", "Code postal", "Postleitzahl"]),
        (Field::Region, &["State/Region", "État/Région", "Bundesland/Region"]),
        (
            Field::Country,
            &[
                "Country/Region",
                "Country",
                "Pays/Région",
                "Pays",
                "Land/Region",
                "Land",
            ],
        ),
        (
            Field::Language,
            &["Preferred language", "Langue de préférence", "Bevorzugte Sprache"],
        ),
        (Field::CreatedAt, CREATED),
        (Field::UpdatedAt, UPDATED),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &[
            "Unsubscribed from all email",
            "Opted out of all email",
            "Désabonné(e) de tous les e-mails",
            "Alle E-Mails abgemeldet",
        ],
        reading: Reading::Refusal,
        ..ASKED
    }],
    ..PLAIN
};

/// Companies.
pub const COMPANIES: Preset = Preset {
    name: "hubspot-companies",
    source: "hubspot-companies",
    signature: &[RECORD_ID, &["Company name", "Nom de l'entreprise", "Unternehmensname"]],
    some_of: (
        1,
        &[
            &[
                "Company owner",
                "Propriétaire de l'entreprise",
                "Für Unternehmen zuständiger Mitarbeiter",
            ],
            &["Website URL", "URL du site web", "Website-URL"],
            &[
                "Company Domain Name",
                "Nom de domaine de l'entreprise",
                "Domain-Name des Unternehmens",
            ],
            &["Associated Contact IDs"],
        ],
    ),
    key: RECORD_ID,
    columns: &[
        (
            Field::Company,
            &["Company name", "Nom de l'entreprise", "Unternehmensname"],
        ),
        (Field::Phone, &["Phone Number", "Numéro de téléphone", "Telefonnummer"]),
        (Field::Street, &["Street Address", "Adresse postale", "Straße"]),
        (Field::City, &["City", "Ville", "Stadt"]),
        (Field::Postcode, &["Postal Code", "Code postal", "Postleitzahl"]),
        (Field::Region, &["State/Region", "État/Région", "Bundesland/Region"]),
        (
            Field::Country,
            &["Country/Region", "Country", "Pays/Région", "Land/Region"],
        ),
        (Field::CreatedAt, CREATED),
        (Field::UpdatedAt, UPDATED),
    ],
    ..PLAIN
};

/// Deals.
pub const DEALS: Preset = Preset {
    name: "hubspot-deals",
    source: "hubspot",
    kind: Kind::Orders,
    signature: &[
        RECORD_ID,
        &["Deal Name", "Nom de la transaction", "Dealname", "Deal-Name"],
        &["Deal Stage", "Phase de la transaction", "Dealphase", "Deal-Phase"],
        &["Amount", "Montant", "Betrag"],
    ],
    columns: &[
        (Field::OrderId, RECORD_ID),
        (
            Field::Customer,
            &[
                "Associated Contact IDs",
                "ID de contact associés",
                "Zugeordnete Kontakt-IDs",
            ],
        ),
        (
            Field::OrderedAt,
            &[
                "Close Date",
                "Date de clôture",
                "Date de fermeture",
                "Abschlussdatum",
                "Create Date",
                "Date de création",
                "Erstellungsdatum",
            ],
        ),
        (Field::Amount, &["Amount", "Montant", "Betrag"]),
        (Field::Currency, &["Currency", "Devise", "Währung"]),
        (
            Field::Status,
            &["Deal Stage", "Phase de la transaction", "Dealphase", "Deal-Phase"],
        ),
    ],
    won_only: true,
    order_prefix: |_| "deal:",
    ..PLAIN
};
