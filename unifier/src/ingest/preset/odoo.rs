//! Odoo's export of partners, with technical names (import-compatible) or with labels. Companies and people share it.
//!
//! A tax id stays a trait: the contacts of a company carry the company's, so it must not join them.

use event_schema::Purpose;

use super::{Consent, Field, PLAIN, Preset};

/// Partners.
pub const PARTNERS: Preset = Preset {
    name: "odoo-partners",
    source: "odoo",
    signature: &[
        &["External ID", "id"],
        &["Name", "Display Name", "display_name", "Complete Name"],
        &["Email"],
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
        ],
    ],
    key: &["External ID", "id"],
    columns: &[
        (Field::FullName, &["Name", "Display Name", "Complete Name"]),
        (Field::Title, &["Title", "title/id"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone"]),
        (Field::Mobile, &["Mobile"]),
        (
            Field::Company,
            &["Company Name", "Related Company", "parent_id", "parent_id/name"],
        ),
        (Field::Street, &["Street"]),
        (Field::City, &["City"]),
        (Field::Postcode, &["Zip"]),
        (Field::Region, &["State", "state_id"]),
        (
            Field::Country,
            &["Country", "country_id", "Country/Country Code", "country_id/code"],
        ),
        (Field::Language, &["Language", "lang"]),
        (Field::IsCompany, &["Is a Company", "is_company"]),
        (Field::CreatedAt, &["Created on", "create_date"]),
        (Field::UpdatedAt, &["Last Updated on", "write_date"]),
    ],
    consents: &[Consent {
        purpose: Purpose::EMAIL_MARKETING,
        column: &["Blacklist", "is_blacklisted", "Opt-Out", "opt_out"],
        times: &[],
        refusal: true,
    }],
    ..PLAIN
};
