//! Odoo's export of partners, with technical names (import-compatible) or with labels. Companies and people share it.
//!
//! A tax id stays a trait: the contacts of a company carry the company's, so it must not join them.

use event_schema::Purpose;

use super::{ASKED, Consent, Field, PLAIN, Preset};
use crate::ingest::layout::Reading;

/// Partners.
pub const PARTNERS: Preset = Preset {
    name: "odoo-partners",
    source: "odoo",
    signature: &[
        &["External ID", "id", "ID externe", "Identifiant externe", "Externe ID"],
        &[
            "Name",
            "Display Name",
            "Complete Name",
            "Nom",
            "Nom d'affichage",
            "Nom complet",
            "Anzeigename",
        ],
        &["Email", "E-mail", "Courriel"],
        &[
            "Tax ID",
            "vat",
            "parent_id/id",
            "parent_id",
            "Related Company/ID",
            "Related Company",
            "Is a Company",
            "is_company",
            "company_type",
            "commercial_partner_id",
            "country_id",
            "country_id/id",
            "category_id",
            "Company Type",
            "N° TVA",
            "Numéro de TVA",
            "Numéro fiscal",
            "Est une société",
            "Société liée",
            "Société associée",
            "Société liée/ID",
            "USt-IdNr.",
            "Umsatzsteuer-Identifikationsnummer",
            "Steuernummer",
            "Ist ein Unternehmen",
            "Zugehöriges Unternehmen",
            "Zugehöriges Unternehmen/ID",
        ],
    ],
    key: &["External ID", "id", "ID externe", "Identifiant externe", "Externe ID"],
    columns: &[
        (
            Field::FullName,
            &[
                "Name",
                "Display Name",
                "Complete Name",
                "Nom",
                "Nom d'affichage",
                "Nom complet",
                "Anzeigename",
            ],
        ),
        (Field::Title, &["Title", "title/id", "Titre", "Titel", "Anrede"]),
        (Field::Email, &["Email", "E-mail", "Courriel"]),
        (Field::Phone, &["Phone", "Téléphone", "Telefon"]),
        (Field::Mobile, &["Mobile", "Portable", "Mobil"]),
        (
            Field::Company,
            &[
                "Company Name",
                "Related Company",
                "parent_id",
                "parent_id/name",
                "Nom de la société",
                "Société liée",
                "Société associée",
                "Firmenname",
                "Zugehöriges Unternehmen",
            ],
        ),
        (Field::Street, &["Street", "Rue", "Straße"]),
        (Field::City, &["City", "Ville", "Stadt", "Ort"]),
        (Field::Postcode, &["Zip", "Code postal", "PLZ", "Postleitzahl"]),
        (
            Field::Region,
            &["State", "state_id", "État", "Département", "Bundesland"],
        ),
        (
            Field::Country,
            &[
                "Country",
                "country_id",
                "Country/Country Code",
                "country_id/code",
                "Pays",
                "Pays/Code du pays",
                "Land",
            ],
        ),
        (Field::Language, &["Language", "lang", "Langue", "Sprache"]),
        (
            Field::IsCompany,
            &["Is a Company", "is_company", "Est une société", "Ist ein Unternehmen"],
        ),
        (
            Field::CreatedAt,
            &["Created on", "create_date", "Créé le", "Erstellt am"],
        ),
        (
            Field::UpdatedAt,
            &[
                "Last Updated on",
                "write_date",
                "Mis à jour le",
                "Zuletzt aktualisiert am",
            ],
        ),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &["Blacklist", "is_blacklisted", "Opt-Out", "Liste noire", "Sperrliste"],
        reading: Reading::Refusal,
        ..ASKED
    }],
    ..PLAIN
};
