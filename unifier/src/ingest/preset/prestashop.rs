//! PrestaShop's list of customers: semicolons, headers in the language of the back office. Newsletter and partner offers are
//! two questions. What stands there is how it is today, so a no is not as old as the account.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset, Spellings};

const NEWSLETTER: Spellings = &["Newsletter", "Lettre d'informations", "Lettre d'information"];
const PARTNERS: Spellings = &[
    "Partner offers",
    "Offres partenaires",
    "Offres des partenaires",
    "Partnerangebote",
    "Opt-in",
];
const REGISTERED: Spellings = &[
    "Registration",
    "Inscription",
    "Date d'inscription",
    "Registrierung",
    "Anmeldung",
];

/// Customers.
pub const CUSTOMERS: Preset = Preset {
    name: "prestashop-customers",
    source: "prestashop",
    signature: &[
        &["ID"],
        &["Email address", "Adresse e-mail", "E-Mail-Adresse", "Email"],
        &["Last name", "Nom", "Nom de famille", "Nachname"],
    ],
    some_of: (
        2,
        &[
            NEWSLETTER,
            PARTNERS,
            REGISTERED,
            &["Social title", "Titre de civilité", "Titre", "Anrede"],
            &["Last visit", "Dernière visite", "Dernière connexion", "Letzter Besuch"],
        ],
    ),
    key: &["ID"],
    columns: &[
        (Field::Title, &["Social title", "Titre de civilité", "Titre", "Anrede"]),
        (Field::GivenName, &["First name", "Prénom", "Vorname"]),
        (Field::FamilyName, &["Last name", "Nom", "Nom de famille", "Nachname"]),
        (
            Field::Email,
            &["Email address", "Adresse e-mail", "E-Mail-Adresse", "Email"],
        ),
        (
            Field::Company,
            &["Company", "Entreprise", "Société", "Unternehmen", "Firma"],
        ),
        (Field::CreatedAt, REGISTERED),
    ],
    consents: &[
        Consent {
            purpose: Purpose::EMAIL_MARKETING,
            column: NEWSLETTER,
            times: REGISTERED,
            times_of_yes: true,
            ..ASKED
        },
        Consent {
            purpose: "partner_offers",
            column: PARTNERS,
            times: REGISTERED,
            times_of_yes: true,
            ..ASKED
        },
    ],
    ..PLAIN
};
