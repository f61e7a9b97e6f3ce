//! `cargo xtask example`: writes the example company under `examples/shop`.
//!
//! Everything is made from the CDNOW sample, a few lists of names and towns, and seeded dice: the same program always
//! writes the same bytes. People first, then what each source knows of them, then what they did.

mod cast;
mod catalogue;
mod dice;
mod email;
mod hubspot;
mod mailchimp;
mod names;
mod odoo;
mod orders;
mod panel;
mod people;
mod phone;
mod places;
mod purchases;
mod shopify;
mod sighting;
mod spelling;
mod table;
mod till;
mod truth;
mod web;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::{Date, DateTime};

use crate::workspace::{Workspace, say};

/// When the shop's exports were made; what was ordered later is known from the web alone.
const EXPORTED_AT: DateTime = Date::constant(2026, 11, 19).at(14, 0, 0, 0);

/// Folders that hold nothing but what is written here.
const OWN_FOLDERS: [&str; 2] = ["web/seg", "web/spill"];

/// Writes the example.
pub fn run(workspace: &Workspace) -> Result<()> {
    let shop = workspace.root.join("examples/shop");
    for folder in OWN_FOLDERS
        .map(|folder| shop.join(folder))
        .iter()
        .filter(|folder| folder.exists())
    {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let files = files()?;
    let bytes: usize = files.values().map(Vec::len).sum();
    for (name, content) in &files {
        write(&shop.join(name), content)?;
    }
    say(&format!(
        "example: {} files, {bytes} bytes in {}",
        files.len(),
        shop.display()
    ));
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Every generated file, by its path below `examples/shop`.
fn files() -> Result<BTreeMap<String, Vec<u8>>> {
    let purchases = purchases::all()?;
    let mut people = people::everybody(&purchases);
    cast::enter(&mut people)?;

    let mut sightings: Vec<_> = people.iter().flat_map(sighting::of).collect();
    cast::rewrite(&mut sightings, &people);
    sighting::number(&mut sightings);

    let visits = web::visits(&people, &sightings);
    let mut orders = orders::of(&purchases, &people);
    orders.extend(web::orders(&visits));
    orders::number(&mut orders);

    let mut truth = truth::Truth::default();
    truth.add_sightings(&sightings)?;
    for (_, customer) in shopify::exported(&sightings, &orders, EXPORTED_AT) {
        truth.add("shopify", &shopify::key_in_orders(customer), &customer.truth)?;
    }
    let log = web::record(&visits, &orders, &mut truth)?;

    let exports = [
        (
            "shopify-customers.csv",
            shopify::customers(&sightings, &orders)?.into_bytes(),
        ),
        (
            "shopify-orders.csv",
            shopify::orders(&sightings, &orders, EXPORTED_AT)?.into_bytes(),
        ),
        ("hubspot-contacts.csv", hubspot::contacts(&sightings)?.into_bytes()),
        (
            "subscribed_members_export.csv",
            mailchimp::subscribed(&sightings)?.into_bytes(),
        ),
        (
            "unsubscribed_members_export.csv",
            mailchimp::unsubscribed(&sightings)?.into_bytes(),
        ),
        ("odoo-partners.csv", odoo::partners(&sightings)?.into_bytes()),
        ("till-cards.csv", till::cards(&sightings)?),
        ("till-receipts.csv", till::receipts(&sightings, &orders)?),
        ("panel-households.csv", panel::households(&sightings)?.into_bytes()),
    ];
    let exports = exports.map(|(name, content)| (format!("exports/{name}"), content));
    let web = log.into_iter().map(|(key, content)| (format!("web/{key}"), content));
    let truth = [("truth.csv".to_owned(), truth.file()?.into_bytes())];
    Ok(exports.into_iter().chain(web).chain(truth).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_example_is_what_the_generator_writes() {
        let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop");
        for (name, content) in files().unwrap() {
            let committed = fs::read(shop.join(&name)).unwrap_or_default();
            assert!(committed == content, "{name} differs: run cargo xtask example");
        }
    }
}
