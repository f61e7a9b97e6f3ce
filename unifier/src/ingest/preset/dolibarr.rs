//! Dolibarr's exports of third parties and of their contacts. The user picks the fields; labels follow their language.
//!
//! The export of contacts carries the company's address, telephone and e-mail under the same labels behind the contact's: the first
//! column of a label is the person's, the second is kept as a trait and joins nobody. Third parties are a source of their own,
//! because their numbers may be a contact's, too.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset, Spellings};
use crate::ingest::layout::Reading;

const STREET: Spellings = &["Address", "Adresse"];
const POSTCODE: Spellings = &["Zip", "Zip Code", "Code postal", "PLZ", "Postleitzahl"];
const TOWN: Spellings = &["Town", "City", "Ville", "Ort", "Stadt"];
const COUNTRY: Spellings = &["CountryCode", "Code pays", "Ländercode", "Country", "Pays", "Land"];
const REGION: Spellings = &["State", "State/Province", "Département/Canton", "Bundesland"];
const PHONE: Spellings = &["Phone", "Tél pro.", "Téléphone", "Telefon"];
const EMAIL: Spellings = &["Email", "E-Mail"];
const CREATED: Spellings = &[
    "DateCreation",
    "Creation date",
    "Date création",
    "Date de création",
    "Erstellungsdatum",
];
const CHANGED: Spellings = &[
    "DateLastModification",
    "Last modification date",
    "Date dernière modification",
    "Date de dernière modification",
    "Datum der letzten Änderung",
];
const CUSTOMER_CODE: Spellings = &[
    "CustomerCode",
    "Customer Code",
    "Code client",
    "Kundennummer",
    "Kunden-Code",
];
const REFUSED: Spellings = &[
    "No_Email",
    "Refuse mass emailing",
    "Refuser les e-mails de masse",
    "Refuse les emailings",
];

/// Third parties: companies, and people who are customers themselves.
pub const THIRD_PARTIES: Preset = Preset {
    name: "dolibarr-thirdparties",
    source: "dolibarr-thirdparties",
    signature: &[
        &[
            "Id",
            "Third-party ID",
            "Id tiers",
            "IdThirdParty",
            "Partner-ID",
            "rowid",
        ],
        &[
            "Name",
            "Third-party name",
            "Nom",
            "Nom du tiers",
            "ThirdPartyName",
            "Raison sociale",
            "Partnername",
        ],
    ],
    some_of: (
        2,
        &[
            CUSTOMER_CODE,
            &["SupplierCode", "Vendor Code", "Code fournisseur", "Lieferantennummer"],
            &[
                "AliasNames",
                "Alias names",
                "Alias name",
                "Nom alternatif",
                "Noms alternatifs",
                "AliasNameShort",
            ],
            &["Customer", "Client", "Customer/Prospect", "Kunde"],
            &["Supplier", "Vendor", "Fournisseur", "Lieferant"],
            &["Prof. id 1 (SIREN)", "SIREN", "ProfId1"],
            &["SIRET", "ProfId2"],
            &["VATIntra", "Num TVA", "Numéro de TVA", "VAT ID", "USt-IdNr."],
            &[
                "ThirdPartyType",
                "Third-party type",
                "Type du tiers",
                "Type de tiers",
                "Partnertyp",
            ],
            &[
                "JuridicalStatus",
                "Business entity type",
                "Forme juridique",
                "Rechtsform",
            ],
        ],
    ),
    key: &[
        "Id",
        "Third-party ID",
        "Id tiers",
        "IdThirdParty",
        "Partner-ID",
        "rowid",
    ],
    columns: &[
        (
            Field::FullName,
            &[
                "Name",
                "Third-party name",
                "Nom",
                "Nom du tiers",
                "ThirdPartyName",
                "Raison sociale",
                "Partnername",
            ],
        ),
        (Field::Street, STREET),
        (Field::Postcode, POSTCODE),
        (Field::City, TOWN),
        (Field::Region, REGION),
        (Field::Country, COUNTRY),
        (Field::Phone, PHONE),
        (Field::Email, EMAIL),
        (
            Field::Language,
            &[
                "DefaultLang",
                "Default language",
                "Langue par défaut",
                "Standardsprache",
            ],
        ),
        (Field::CreatedAt, CREATED),
        (Field::UpdatedAt, CHANGED),
    ],
    ..PLAIN
};

/// Contacts.
pub const CONTACTS: Preset = Preset {
    name: "dolibarr-contacts",
    source: "dolibarr",
    signature: &[
        &["IdContact", "Contact ID", "Id contact", "Kontakt-ID"],
        &["Lastname", "Last name", "Nom", "Nachname"],
    ],
    some_of: (
        2,
        &[
            &["CivilityCode", "Title code", "Code civilité", "Anredecode"],
            &["PostOrFunction", "Job position", "Poste/Fonction", "Position"],
            &["ContactPrivate", "Private", "Contact privé", "Privat"],
            &["IdCompany", "Company ID", "Id société", "Firmen-ID"],
            &["CompanyName", "Company name", "Raison sociale", "Firmenname"],
            CUSTOMER_CODE,
        ],
    ),
    key: &["IdContact", "Contact ID", "Id contact", "Kontakt-ID"],
    columns: &[
        (
            Field::Title,
            &["CivilityCode", "Title code", "Code civilité", "Anredecode"],
        ),
        (Field::FamilyName, &["Lastname", "Last name", "Nom", "Nachname"]),
        (Field::GivenName, &["Firstname", "First name", "Prénom", "Vorname"]),
        (
            Field::Company,
            &["CompanyName", "Company name", "Raison sociale", "Firmenname"],
        ),
        (Field::BirthDate, &["Birthday", "Date de naissance", "Geburtsdatum"]),
        (Field::Street, STREET),
        (Field::Postcode, POSTCODE),
        (Field::City, TOWN),
        (Field::Region, REGION),
        (Field::Country, COUNTRY),
        (Field::Phone, PHONE),
        (
            Field::Mobile,
            &["Mobile", "Tél portable", "Portable", "Mobiltelefon", "Mobil"],
        ),
        (Field::Email, EMAIL),
        (Field::CreatedAt, CREATED),
        (Field::UpdatedAt, CHANGED),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: REFUSED,
        reading: Reading::Refusal,
        ..ASKED
    }],
    ..PLAIN
};
