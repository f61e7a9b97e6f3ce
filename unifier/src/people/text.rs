//! People as text for a terminal. Owns the layout; what is shown comes from the view.

use std::fmt::Write;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use event_schema::Timestamp;
use serde_json::Value;

use super::find::PersonRow;
use super::row::day_of;
use super::view::{Evidence, PersonView};

/// Orders and days on the web that a page shows at most; JSON has them all.
const ROWS: usize = 20;
/// Digits of an id in a list: enough to tell millions of people apart.
const SHORT_ID: usize = 12;

/// A list of people.
pub fn list(people: &[PersonRow]) -> String {
    let mut table = table(["id", "name", "e-mail", "phone", "town", "sources", "orders", "revenue"]);
    for person in people {
        add(
            &mut table,
            [
                person.person_id.chars().take(SHORT_ID).collect(),
                shown(&person.name),
                shown(&person.email),
                shown(&person.phone),
                town(person),
                person.sources.join(", "),
                person.orders.to_string(),
                money(person.revenue),
            ],
        );
    }
    right(&mut table, &[6, 7]);
    format!("{table}\n")
}

/// One person with everything that is known of them.
pub fn page(view: &PersonView) -> String {
    let mut page = Page::default();
    page.head(view);
    page.section("Profile", traits(view), None);
    page.section("Records", identities(view), None);
    page.section("Identifiers", identifiers(view), None);
    page.section(&orders_title(view), orders(view), view.orders.len().checked_sub(ROWS));
    page.section("Consents", consents(view), None);
    page.section(
        &web_title(view),
        events(view),
        view.events_daily.len().checked_sub(ROWS),
    );
    page.section("Scores", scores(view), None);
    page.section("Chances", chances(view), None);
    page.section("Belongs to", groups(view), None);
    page.section("Segments", segments(view), None);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{}", printable(line));
    }

    fn head(&mut self, view: &PersonView) {
        let person = &view.person;
        self.line(person.name.as_deref().unwrap_or("(no name)"));
        self.line(&person.person_id);
        let contacts = [person.email.clone(), person.phone.clone(), Some(town(person))];
        let contacts: Vec<String> = contacts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        if !contacts.is_empty() {
            self.line(&contacts.join(" · "));
        }
        let since = view
            .totals
            .first_seen
            .map_or("known".to_owned(), |at| format!("known since {}", day_of(at)));
        self.line(&format!("{since} from {}", person.sources.join(", ")));
        if view.totals.suppressed {
            self.line("SUPPRESSED: may not be contacted at all");
        }
    }

    fn section(&mut self, title: &str, table: Table, more: Option<usize>) {
        if table.is_empty() {
            return;
        }
        self.line("");
        self.line(title);
        self.text.push_str(&format!("{table}\n"));
        if let Some(more) = more.filter(|&more| more > 0) {
            self.line(&format!("and {more} earlier"));
        }
    }
}

fn traits(view: &PersonView) -> Table {
    let mut table = table(["trait", "value", "source", "read in", "as of", "rule", "won over"]);
    for won in &view.traits {
        let lost: Vec<String> = won
            .lost
            .iter()
            .map(|lost| format!("{} ({})", lost.value, lost.source))
            .collect();
        add(
            &mut table,
            [
                won.name.clone(),
                won.won.value.clone(),
                won.licensed_source(),
                place(&won.won),
                day(won.won.observed_at),
                won.rule.clone(),
                lost.join("\n"),
            ],
        );
    }
    table
}

fn place(evidence: &Evidence) -> String {
    if evidence.line > 0 {
        format!("{}:{}", evidence.file, evidence.line)
    } else {
        evidence.file.clone()
    }
}

fn identities(view: &PersonView) -> Table {
    let mut table = table(["source", "key", "since", "how sure", "id"]);
    for record in &view.identities {
        let since = day(record.first_seen);
        add(
            &mut table,
            [
                record.source.clone(),
                record.record_key.clone(),
                since,
                record.confidence.clone(),
                record.record_id.clone(),
            ],
        );
    }
    table
}

fn identifiers(view: &PersonView) -> Table {
    let mut table = table(["type", "value", "records", "joins"]);
    for identifier in &view.identifiers {
        let joins = if identifier.joins { "yes" } else { "no" };
        let records = identifier.records.to_string();
        add(
            &mut table,
            [
                identifier.kind.clone(),
                identifier.value.clone(),
                records,
                joins.to_owned(),
            ],
        );
    }
    right(&mut table, &[2]);
    table
}

fn orders_title(view: &PersonView) -> String {
    let person = &view.person;
    let average = view
        .totals
        .average_order
        .map_or(String::new(), |average| format!(", {} on average", money(average)));
    let span = match (&view.totals.first_order, &person.last_order) {
        (Some(first), Some(last)) if first != last => format!(", from {first} to {last}"),
        (Some(first), _) => format!(", on {first}"),
        _ => String::new(),
    };
    let purchases = counted(person.orders, "purchase");
    format!("Orders: {purchases}, {} in all{average}{span}", money(person.revenue))
}

fn orders(view: &PersonView) -> Table {
    let mut table = table(["order", "day", "amount", "", "status", "told by"]);
    for order in view.orders.iter().take(ROWS) {
        add(
            &mut table,
            [
                order.order_id.clone(),
                day(order.ordered_at),
                money(order.amount),
                order.currency.clone(),
                order.status.clone(),
                order.sources.join(", "),
            ],
        );
    }
    right(&mut table, &[2]);
    table
}

fn consents(view: &PersonView) -> Table {
    let mut table = table(["purpose", "answer", "since", "source", "shown by"]);
    for consent in &view.consents {
        let answer = if consent.granted { "yes" } else { "no" };
        let (since, source) = (day(consent.at), consent.source.clone());
        add(
            &mut table,
            [
                consent.purpose.clone(),
                answer.to_owned(),
                since,
                source,
                consent.evidence.clone(),
            ],
        );
    }
    table
}

fn web_title(view: &PersonView) -> String {
    let web = &view.totals.web;
    let last = web
        .last_visit
        .map_or(String::new(), |at| format!(", the last on {}", day_of(at)));
    format!(
        "On the web: {} on {}{last}",
        counted(web.events, "event"),
        counted(web.days, "day")
    )
}

fn events(view: &PersonView) -> Table {
    let mut table = table(["day", "event", "times"]);
    for day in view.events_daily.iter().take(ROWS) {
        add(&mut table, [day.day.clone(), day.event.clone(), day.count.to_string()]);
    }
    right(&mut table, &[2]);
    table
}

fn scores(view: &PersonView) -> Table {
    let mut table = table(["score", "value"]);
    for (name, value) in &view.scores {
        add(&mut table, [name.clone(), score(value)]);
    }
    table
}

fn score(value: &Value) -> String {
    match value {
        Value::Null => "unknown".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts.iter().map(score).collect::<Vec<_>>().join("\n"),
        Value::Number(number) if number.is_f64() => format!("{:.3}", number.as_f64().unwrap_or_default()),
        other => other.to_string(),
    }
}

fn chances(view: &PersonView) -> Table {
    let mut table = table(["propensity", "event", "within", "chance", "percentile", "model", "why"]);
    for chance in &view.propensities {
        add(
            &mut table,
            [
                chance.propensity.clone(),
                chance.event.clone(),
                format!("{} days", chance.horizon_days),
                format!("{:.1} %", 100.0 * chance.probability),
                format!("{:.0}", chance.percentile),
                chance.model.clone(),
                chance.reasons.join("\n"),
            ],
        );
    }
    right(&mut table, &[3, 4]);
    table
}

fn groups(view: &PersonView) -> Table {
    let mut table = table(["group", "shared", "people", "orders", "revenue", "last order"]);
    for group in &view.groups {
        add(
            &mut table,
            [
                group.group.clone(),
                group.name.clone(),
                group.people.to_string(),
                group.orders.to_string(),
                money(group.revenue),
                shown(&group.last_order),
            ],
        );
    }
    right(&mut table, &[2, 3, 4]);
    table
}

fn segments(view: &PersonView) -> Table {
    let mut table = table(["segment", "since night"]);
    for segment in &view.segments {
        add(&mut table, [segment.segment.clone(), segment.since.to_string()]);
    }
    right(&mut table, &[1]);
    table
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn add<const N: usize>(table: &mut Table, cells: [String; N]) {
    table.add_row(cells.map(|cell| printable(&cell)));
}

fn right(table: &mut Table, columns: &[usize]) {
    for &column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn shown(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn town(person: &PersonRow) -> String {
    let parts = person.city.iter().chain(&person.country).map(String::as_str);
    parts.collect::<Vec<_>>().join(" ")
}

fn day(at: Option<Timestamp>) -> String {
    at.map(day_of).unwrap_or_default()
}

fn counted(count: i64, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Two decimals, with commas between thousands.
fn money(amount: f64) -> String {
    let plain = format!("{:.2}", amount.abs());
    let (units, rest) = plain.split_at(plain.len().saturating_sub(3));
    let mut grouped = String::new();
    for (index, digit) in units.chars().enumerate() {
        if index > 0 && (units.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}{rest}", if amount < 0.0 { "-" } else { "" })
}

/// What an import holds must not steer the terminal: control characters but line breaks are shown as a sign.
fn printable(text: &str) -> String {
    let steers = |c: char| c.is_control() && c != '\n';
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_two_decimals_and_commas() {
        let shown = [0.0, 999.5, -1_234.5, 1_234_567.891].map(money);
        assert_eq!(shown, ["0.00", "999.50", "-1,234.50", "1,234,567.89"]);
    }

    #[test]
    fn an_import_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\nc");
    }
}
