//! The web shop's two exports, as Shopify writes them: customers, and orders with one line per line item.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::civil::DateTime;

use super::catalogue::{self, Product};
use super::dice::Dice;
use super::orders::{Channel, Fate, Order};
use super::sighting::{Sighting, Source};
use super::table::{self, Row, decimal};

#[rustfmt::skip]
const CUSTOMERS: [&str; 20] = [
    "Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing", "Default Address Company",
    "Default Address Address1", "Default Address Address2", "Default Address City", "Default Address Province Code",
    "Default Address Country Code", "Default Address Zip", "Default Address Phone", "Phone", "Accepts SMS Marketing",
    "Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags",
];

#[rustfmt::skip]
const ORDERS: [&str; 79] = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Billing Name", "Billing Street",
    "Billing Address1", "Billing Address2", "Billing Company", "Billing City", "Billing Zip", "Billing Province",
    "Billing Country", "Billing Phone", "Shipping Name", "Shipping Street", "Shipping Address1", "Shipping Address2",
    "Shipping Company", "Shipping City", "Shipping Zip", "Shipping Province", "Shipping Country", "Shipping Phone",
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor",
    "Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source",
    "Lineitem discount", "Tax 1 Name", "Tax 1 Value", "Tax 2 Name", "Tax 2 Value", "Tax 3 Name", "Tax 3 Value",
    "Tax 4 Name", "Tax 4 Value", "Tax 5 Name", "Tax 5 Value", "Phone", "Receipt Number", "Duties",
    "Billing Province Name", "Shipping Province Name", "Payment ID", "Payment Terms Name", "Next Payment Due At",
    "Payment References",
];

/// Orders with at least this many pieces are listed on two lines.
const PIECES_ON_TWO_LINES: u32 = 6;

/// `shopify-customers.csv`.
pub fn customers(sightings: &[Sighting], orders: &[Order]) -> Result<String> {
    let mut totals: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for order in orders
        .iter()
        .filter(|order| order.channel == Channel::Shop && order.fate != Fate::Cancelled)
    {
        let (count, cents) = totals.entry(&order.buyer).or_default();
        *count += 1;
        *cents += order.cents;
    }
    // Whoever has two accounts ordered through the first.
    let rows = by_shop(sightings)
        .map(|customer| customer_row(customer, totals.remove(customer.truth.as_str()).unwrap_or_default()));
    let mut file = table::csv(b',', &CUSTOMERS, rows)?;
    // Nothing to know the customer by: no number, no address, no telephone. And one line was cut off in the middle.
    file.push_str(",Ines,Sansnuméro,,no,,,,,,,,,,no,0.00,0,,no,\n");
    file.push_str("'7104299999999,Paul,Abgeschni\n");
    Ok(file)
}

/// The key under which the unifier knows the customer of an order in the export, which has no customer numbers: the e-mail
/// address, else the telephone number.
pub fn key_in_orders(customer: &Sighting) -> String {
    match customer.email.as_str() {
        "" => format!("phone:{}", customer.phone),
        address => format!("email:{address}"),
    }
}

fn by_shop(sightings: &[Sighting]) -> impl Iterator<Item = &Sighting> {
    sightings.iter().filter(|sighting| sighting.source == Source::Shopify)
}

fn customer_row(customer: &Sighting, (count, cents): (u32, u32)) -> Vec<String> {
    let phone = apostrophe(&customer.phone);
    let mut row = Row::of(&CUSTOMERS)
        .set("Customer ID", apostrophe(&customer.key))
        .set("First Name", &customer.given)
        .set("Last Name", &customer.family)
        .set("Email", &customer.email)
        .set("Accepts Email Marketing", yes_no(customer.marketing))
        .set("Default Address Phone", &phone)
        .set("Phone", phone)
        .set("Accepts SMS Marketing", yes_no(false))
        .set("Total Spent", decimal(cents))
        .set("Total Orders", count.to_string())
        .set("Tax Exempt", yes_no(false));
    if let Some(home) = &customer.home {
        row = row
            .set("Default Address Address1", home.line())
            .set("Default Address City", home.town.name)
            .set("Default Address Province Code", home.town.region)
            .set("Default Address Country Code", home.country.code())
            .set("Default Address Zip", apostrophe_if_number(home.town.postcode));
    }
    row.fields()
}

/// The orders that were placed in the shop before the export was made, with the customer of each.
pub fn exported<'a>(
    sightings: &'a [Sighting],
    orders: &'a [Order],
    exported_at: DateTime,
) -> impl Iterator<Item = (&'a Order, &'a Sighting)> {
    let mut customers: BTreeMap<&str, &Sighting> = BTreeMap::new();
    for customer in by_shop(sightings) {
        customers.entry(&customer.truth).or_insert(customer);
    }
    orders
        .iter()
        .filter(move |order| order.channel == Channel::Shop && order.at < exported_at)
        .filter_map(move |order| Some((order, *customers.get(order.buyer.as_str())?)))
}

/// `shopify-orders.csv`: what was ordered before the export was made.
pub fn orders(sightings: &[Sighting], orders: &[Order], exported_at: DateTime) -> Result<String> {
    let orders = exported(sightings, orders, exported_at);
    let mut rows: Vec<_> = orders
        .flat_map(|(order, customer)| order_rows(order, customer))
        .collect();
    // A second export was pasted below the first: its orders stand there twice.
    let again: Vec<_> = rows
        .iter()
        .rev()
        .filter(|row| !row[2].is_empty())
        .take(3)
        .cloned()
        .collect();
    rows.extend(again.into_iter().rev());
    let mut file = table::csv(b',', &ORDERS, rows)?;
    file.push_str(&broken_orders());
    Ok(file)
}

/// Four lines nobody can use: no number, a day nobody can read, an amount with a letter in it, a line cut off.
fn broken_orders() -> String {
    let row = |name: &str, at: &str, total: &str| {
        let row = Row::of(&ORDERS)
            .set("Name", name)
            .set("Email", "zoe.luethi@boite.example.org")
            .set("Financial Status", "paid")
            .set("Currency", "EUR")
            .set("Total", total)
            .set("Created at", at)
            .set("Lineitem quantity", "1")
            .set("Lineitem name", "Limewood spoon");
        row.fields().join(",") + "\n"
    };
    let mut lines = row("", "2026-11-02 10:00:00 +0000", "9.90");
    lines.push_str(&row("#90001", "the day before yesterday", "9.90"));
    lines.push_str(&row("#90002", "2026-11-02 10:00:00 +0000", "12.5O"));
    lines.push_str("#90003,zoe.luethi@boite.example.org,paid\n");
    lines
}

fn order_rows(order: &Order, customer: &Sighting) -> Vec<Vec<String>> {
    let mut dice = Dice::of("line items", u64::from(order.cents) << 8 | u64::from(order.pieces));
    let lines = if order.pieces >= PIECES_ON_TWO_LINES { 2 } else { 1 };
    let first_cents = order.cents / lines;
    let mut rows = vec![first_row(
        order,
        customer,
        line_item(order.pieces / lines, first_cents, &mut dice),
    )];
    if lines == 2 {
        let rest = line_item(
            order.pieces - order.pieces / lines,
            order.cents - first_cents,
            &mut dice,
        );
        rows.push(continued(order, rest));
    }
    rows
}

/// A line item's product, name and price.
type LineItem = (Product, String, u32);

/// Prices of the sample do not divide by the pieces, so several pieces are sold as one set.
fn line_item(pieces: u32, cents: u32, dice: &mut Dice) -> LineItem {
    let product = catalogue::bought_for(cents, pieces, dice);
    let name = if pieces > 1 {
        format!("{} - {pieces} pieces", product.name)
    } else {
        product.name.to_owned()
    };
    (product, name, cents)
}

fn first_row(order: &Order, customer: &Sighting, item: LineItem) -> Vec<String> {
    let cancelled = order.fate == Fate::Cancelled;
    let at = stamp(order.at);
    let (status, refunded) = match order.fate {
        Fate::Paid => ("paid", 0),
        Fate::Refunded(cents) if cents == order.cents => ("refunded", cents),
        Fate::Refunded(cents) => ("partially_refunded", cents),
        Fate::Cancelled => ("voided", 0),
    };
    let mut row = with_item(Row::of(&ORDERS), item)
        .set("Name", &order.id)
        .set("Email", &customer.email)
        .set("Financial Status", status)
        .set("Paid at", if cancelled { "" } else { &at })
        .set(
            "Fulfillment Status",
            if cancelled { "unfulfilled" } else { "fulfilled" },
        )
        .set("Accepts Marketing", yes_no(customer.marketing))
        .set("Currency", "EUR")
        .set("Subtotal", decimal(order.cents))
        .set("Shipping", "0.00")
        .set("Taxes", "0.00")
        .set("Total", decimal(order.cents))
        .set("Discount Amount", "0.00")
        .set("Created at", &at)
        .set("Billing Name", format!("{} {}", customer.given, customer.family))
        .set("Cancelled at", if cancelled { &at } else { "" })
        .set("Refunded Amount", decimal(refunded))
        .set("Vendor", "Maison Tilleul")
        .set("Id", shop_id(order))
        .set("Risk Level", "Low")
        .set("Source", "web")
        .set("Phone", apostrophe(&customer.phone));
    if let Some(home) = &customer.home {
        row = row
            .set("Billing Street", home.line())
            .set("Billing Address1", home.line())
            .set("Billing City", home.town.name)
            .set("Billing Zip", apostrophe_if_number(home.town.postcode))
            .set("Billing Province", home.town.region)
            .set("Billing Country", home.country.code());
    }
    row.fields()
}

/// A further line of the same order: Shopify repeats its name and leaves the rest empty.
fn continued(order: &Order, item: LineItem) -> Vec<String> {
    with_item(Row::of(&ORDERS), item).set("Name", &order.id).fields()
}

fn with_item<'a>(row: Row<'a>, (product, name, cents): LineItem) -> Row<'a> {
    row.set("Lineitem quantity", "1")
        .set("Lineitem name", name)
        .set("Lineitem price", decimal(cents))
        .set("Lineitem sku", product.sku)
        .set("Lineitem requires shipping", "true")
        .set("Lineitem taxable", "true")
        .set("Lineitem fulfillment status", "fulfilled")
        .set("Lineitem discount", "0.00")
}

/// Shopify's own number of an order, which no customer sees.
fn shop_id(order: &Order) -> String {
    let number: u64 = order.id.trim_start_matches('#').parse().unwrap_or_default();
    (6_020_000_000_000 + number * 32_768).to_string()
}

fn stamp(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S +0000").to_string()
}

/// Shopify puts an apostrophe before long numbers, so that a spreadsheet leaves them alone.
fn apostrophe(number: &str) -> String {
    if number.is_empty() {
        String::new()
    } else {
        format!("'{number}")
    }
}

fn apostrophe_if_number(postcode: &str) -> String {
    if postcode.bytes().all(|b| b.is_ascii_digit()) {
        apostrophe(postcode)
    } else {
        postcode.to_owned()
    }
}

fn yes_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}
