//! What each vendor's export becomes, by fixtures with the traps of each.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::config::Config;
use crate::ingest::reject::RowReject;
use crate::ingest::{Facts, ImportReport, ImportRequest, import, read};
use crate::store::{CONFIG_FILE, Store};

const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"CHF\"\n";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/presets")
        .join(name)
}

/// Imports one file into an empty store.
fn imported(file: &Path) -> (ImportReport, Facts) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(CONFIG_FILE), COMPANY).unwrap();
    let (mut store, config) = (Store::open(folder.path()).unwrap(), Config::parse(COMPANY).unwrap());
    let request = ImportRequest {
        file,
        spooled: None,
        declared: &[],
        preset: None,
        mapping: None,
        source: None,
        as_of: Date::constant(2026, 11, 24),
        dry_run: false,
        show: None,
        suppressed: None,
        progress: &|_, _| {},
    };
    let report = import(&mut store, &config, &request).unwrap();
    assert_eq!(report.read, report.accepted + report.duplicate + report.rejected);
    let facts = read(store.log(), &config).unwrap();
    (report, facts)
}

/// What came of a file, in words.
fn told(name: &str) -> String {
    let (report, facts) = imported(&fixture(name));
    let encoding = report.encoding.as_str();
    let mut text = format!(
        "{} of {} ({encoding}): {} read, {} rejected {:?}, left out {:?}\n",
        report.layout, report.source, report.read, report.rejected, report.reasons, report.left_out
    );
    for record in &facts.records {
        let seen = record.first_seen.map_or_else(|| "-".to_owned(), |at| at.to_string());
        writeln!(text, "{} since {seen}", record.key).unwrap();
        for identifier in &record.identifiers {
            writeln!(text, "  known by {} {}", identifier.kind, identifier.value).unwrap();
        }
        for observation in &record.observations {
            writeln!(text, "  {}: {}", observation.name, observation.value).unwrap();
        }
        for consent in facts.consents.iter().filter(|consent| consent.record == record.id) {
            let answer = if consent.granted { "yes" } else { "no" };
            writeln!(
                text,
                "  {} {answer} {} ({})",
                consent.purpose, consent.at, consent.evidence
            )
            .unwrap();
        }
    }
    for order in &facts.orders {
        let buyer = facts.records.iter().find(|record| order.record == Some(record.id));
        let buyer = buyer.map_or("nobody known", |record| record.key.as_str());
        let (status, at) = (order.status.as_str(), order.ordered_at);
        writeln!(
            text,
            "order {} {at} {} {} {status} by {buyer}",
            order.order_id, order.amount, order.currency
        )
        .unwrap();
    }
    text
}

macro_rules! exports {
    ($($test:ident: $($file:literal),+;)+) => {
        $(
            #[test]
            fn $test() {
                $(insta::assert_snapshot!($file, told($file));)+
            }
        )+

        /// Every file that a test above reads.
        const FILES: &[&str] = &[$($($file),+),+];
    };
}

exports! {
    shopify_customers: "shopify-customers.csv", "shopify-customers-2019.csv";
    shopify_orders: "shopify-orders.csv", "shopify-orders-canceled.csv";
    mailchimp_audience:
        "subscribed_members_export_1a2b3c.csv", "unsubscribed_members_export_1a2b3c.csv", "cleaned_members_export_1a2b3c.csv";
    brevo_contacts: "brevo.csv", "brevo-api.csv";
    klaviyo_profiles_and_suppressions: "klaviyo-profiles.csv", "klaviyo-suppressions.csv";
    hubspot_contacts: "hubspot-contacts.csv", "hubspot-contacts-fr.csv";
    hubspot_companies_and_deals: "hubspot-companies.csv", "hubspot-deals.csv";
    salesforce_contacts: "salesforce-contact.csv", "salesforce-contact-upper.csv", "salesforce-contact-report.csv";
    stripe_customers_and_payments: "stripe-customers.csv", "stripe-payments.csv", "stripe-payments-2018.csv";
    woocommerce_customers: "woocommerce-customers.csv", "woocommerce-customers-fr.csv";
    woocommerce_orders: "woocommerce-orders.csv", "woocommerce-orders-2024.csv";
    prestashop_customers: "prestashop-customers.csv", "prestashop-customers-fr.csv";
    dolibarr_third_parties_and_contacts: "dolibarr-thirdparties-fr.csv", "dolibarr-contacts.csv";
    odoo_partners: "odoo-partners.csv", "odoo-partners-fr.csv";
    sap_business_one: "sap-b1-ocrd.csv", "sap-b1-partners.csv", "sap-b1-documents.csv";
    mautic_contacts: "mautic.csv";
}

#[test]
fn every_fixture_is_read_and_every_preset_has_one() {
    let mut names: Vec<String> = fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let mut files: Vec<&str> = FILES.to_vec();
    names.sort_unstable();
    files.sort_unstable();
    assert_eq!(names, files);
    let read: Vec<&str> = FILES.iter().map(|file| preset_of(file).name).collect();
    for preset in ALL {
        assert!(read.contains(&preset.name), "{} has no fixture", preset.name);
    }
}

/// The header of a fixture, by its own separator.
fn header_of(file: &str) -> Vec<String> {
    let bytes = fs::read(fixture(file)).unwrap();
    let (text, _) = encoding_rs::UTF_8.decode_with_bom_removal(&bytes);
    let text = if text.contains('\u{fffd}') {
        encoding_rs::WINDOWS_1252.decode(&bytes).0
    } else {
        text
    };
    let line = text.lines().next().unwrap();
    let separator = [',', ';', '\t']
        .into_iter()
        .max_by_key(|c| line.matches(*c).count())
        .unwrap();
    line.split(separator)
        .map(|column| column.trim_matches('"').to_owned())
        .collect()
}

fn preset_of(file: &str) -> &'static Preset {
    let header = header_of(file);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    detect(&header).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn neither_order_nor_case_nor_signs_of_the_columns_matter() {
    for file in FILES {
        let header = header_of(file);
        let mut turned: Vec<String> = header
            .iter()
            .rev()
            .map(|column| column.to_uppercase().replace('_', " "))
            .collect();
        turned.push("Something new".to_owned());
        let turned: Vec<&str> = turned.iter().map(String::as_str).collect();
        assert_eq!(
            detect(&turned).map(|preset| preset.name).ok(),
            Some(preset_of(file).name),
            "{file}"
        );
    }
}

#[test]
fn a_file_that_no_preset_knows_is_refused_with_the_nearest_and_the_way_out() {
    let told = detect(&["id", "name", "email"]).err().unwrap().to_string();
    assert!(
        told.contains("--propose") && told.contains("--map MAP.toml") && told.contains(" lacks "),
        "{told}"
    );
    let told = named("hubspot", &["id"]).err().unwrap().to_string();
    assert!(told.contains("hubspot-contacts"), "{told}");
    let told = named("hubspot-contacts", &["Record ID", "Email"])
        .err()
        .unwrap()
        .to_string();
    assert!(told.contains("it lacks 2 of First Name, Last Name"), "{told}");
}

#[test]
fn columns_that_a_preset_of_people_does_not_know_become_traits_of_their_own() {
    let columns = [
        "Record ID",
        "First Name",
        "Last Name",
        "Email",
        "Favourite Colour",
        "Favourite colour",
        "Mobile",
    ];
    let layout = detect(&columns)
        .ok()
        .unwrap()
        .resolve(&columns, "contacts.csv", "hubspot");
    let traits: Vec<(&str, usize)> = layout
        .traits
        .iter()
        .map(|(name, column)| (name.as_str(), *column))
        .collect();
    assert_eq!(
        traits,
        [("favourite_colour", 4), ("favourite_colour_2", 5), ("mobile_2", 6)]
    );
}

#[test]
fn no_two_spellings_of_one_preset_ask_for_two_fields() {
    for preset in ALL {
        let mut seen: Vec<(String, Field)> = Vec::new();
        for (field, spellings) in preset.columns {
            for spelling in *spellings {
                let spelling = fold(spelling);
                let other = seen.iter().find(|(taken, by)| *taken == spelling && by != field);
                assert!(
                    other.is_none(),
                    "{}: {spelling} is {field:?} and {other:?}",
                    preset.name
                );
                seen.push((spelling, *field));
            }
        }
    }
}

#[test]
fn a_no_without_a_time_of_its_own_counts_from_the_imports_day() {
    for (file, column) in [
        ("prestashop-customers.csv", "Partner offers"),
        ("prestashop-customers-fr.csv", "Newsletter"),
        ("brevo.csv", "OPT_IN"),
    ] {
        let (_, facts) = imported(&fixture(file));
        let of_column = |evidence: &str| evidence.starts_with(&format!("column {column}"));
        let refusals: Vec<String> = facts
            .consents
            .iter()
            .filter(|consent| !consent.granted && of_column(&consent.evidence))
            .map(|consent| consent.at.to_string())
            .collect();
        assert_eq!(refusals, ["2026-11-24T00:00:00.000Z"], "{file}");
        let granted: Vec<_> = facts.consents.iter().filter(|consent| consent.granted).collect();
        assert!(!granted.is_empty(), "{file}");
        assert!(
            granted.iter().all(|consent| consent.at.to_string().as_str() < "2024"),
            "{file}"
        );
    }
}

#[test]
fn a_table_of_returns_is_no_list_of_suppressed_profiles() {
    assert!(detect(&["Email", "Reason", "Timestamp"]).is_err());
}

/// What came of a file that is made up of lines.
fn imported_lines(name: &str, lines: &[&str]) -> (ImportReport, Facts) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, lines.join("\n")).unwrap();
    imported(&path)
}

/// The names of what a file tells of its people.
fn observed(facts: &Facts) -> Vec<&str> {
    let told = facts.records.iter().flat_map(|record| &record.observations);
    let mut names: Vec<&str> = told.map(|observation| observation.name.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn nothing_of_a_card_is_kept_in_no_vintage() {
    let header = "id,Email,Created (UTC),Delinquent,Card Name,Card Address Line1,Card Address City,Card Address State,\
                  Card Address Zip,Card Address Country,Card Last4,Card Something New";
    let row = "cus_1,ann@example.org,2023-05-01 10:00,false,Ann Smith,Lake Road 4,Bern,BE,3000,CH,4242,yes";
    let (_, facts) = imported_lines("customers.csv", &[header, row]);
    assert_eq!(observed(&facts), ["delinquent", "email"]);
}

#[test]
fn places_guessed_from_an_address_of_a_computer_are_not_kept() {
    let header = "Email Address,MEMBER_RATING,OPTIN_TIME,CC,REGION,LEID,EUID";
    let row = "ann@example.org,2,2023-01-01 08:00:00,ch,vd,11,e1";
    let (_, facts) = imported_lines("audience.csv", &[header, row]);
    assert_eq!(observed(&facts), ["email", "member_rating"]);
    let header = "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,Create Date,IP City,IP Country Code,Ville (IP)";
    let row = "1,Ann,Smith,ann@example.org,Bea,lead,2023-01-01 08:00,Lausanne,ch,Lausanne";
    let (_, facts) = imported_lines("contacts.csv", &[header, row]);
    let names = observed(&facts);
    assert!(names.contains(&"lifecycle_stage"), "{names:?}");
    assert!(
        names.iter().all(|name| !name.split('_').any(|word| word == "ip")),
        "{names:?}"
    );
}

#[test]
fn what_a_person_wrote_is_no_evidence() {
    let header = "Email Address,OPTIN_TIME,LEID,EUID,UNSUB_TIME,UNSUB_REASON";
    let row = "ann@example.org,2023-01-01 08:00:00,11,e1,2024-01-01 09:00:00,Mary Jones is too pushy";
    let (_, facts) = imported_lines("unsubscribed.csv", &[header, row]);
    assert_eq!(facts.consents[0].evidence, "mailchimp file of unsubscribed members");
}

#[test]
fn an_order_and_an_invoice_of_one_number_are_two_documents() {
    let lines = ["DocNum,DocDate,CardCode,DocTotal", "1001,2024-05-01,C1,80"];
    let id = |name: &str| imported_lines(name, &lines).1.orders[0].order_id.clone();
    assert_eq!(id("Orders.csv"), "sap:1001");
    for name in ["Invoices 2024.csv", "OINV.csv", "Rechnungen.csv", "factures.csv"] {
        assert_eq!(id(name), "sap:invoice:1001", "{name}");
    }
}

#[test]
fn a_deal_that_is_open_is_no_broken_row_whatever_it_lacks() {
    let header = "Record ID,Deal Name,Deal Stage,Amount,Close Date";
    let rows = [
        "7001,Chairs,Appointment scheduled,,2025-12-01 10:00",
        "7002,Lamps,Appointment scheduled,300,",
        "7003,Beds,Closed won,,2025-12-01 10:00",
    ];
    let (report, _) = imported_lines("deals.csv", &[&[header], &rows[..]].concat());
    let reasons = [(RowReject::MissingAmount, 1), (RowReject::NeverPlaced, 2)];
    assert_eq!(report.reasons, reasons.into());
}

proptest! {
    #[test]
    fn any_header_has_a_preset_or_a_reason(columns in prop::collection::vec("\\PC{0,12}|Email|Record ID|First Name|CardCode|id|Name", 0..12)) {
        let header: Vec<&str> = columns.iter().map(String::as_str).collect();
        if let Ok(preset) = detect(&header) {
            let layout = preset.resolve(&header, "a.csv", preset.source);
            prop_assert!(layout.date_columns().iter().all(|column| *column < header.len()));
            prop_assert!(layout.traits.iter().all(|(_, column)| *column < header.len()));
        }
    }

    #[test]
    fn any_bytes_behind_a_known_header_are_read_or_refused(
        rows in prop::collection::vec("\\PC{0,40}", 0..8),
        raw in prop::collection::vec(any::<u8>(), 0..60),
        file in prop::sample::select(FILES),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        let mut content = fs::read(fixture(file)).unwrap();
        content.extend(rows.join("\n").into_bytes());
        content.extend(raw);
        fs::write(&path, content).unwrap();
        let (report, _) = imported(&path);
        prop_assert!(report.read > 0);
    }
}
