//! The report of a night: what was read, what became of it, and what it says, for people and as JSON.
//!
//! It holds counts and names of sources, never personal data, and nothing that differs between two runs on the same input.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use event_schema::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{KeptModel, Quality};
use crate::ingest::Intake;
use crate::predict::YEAR_DAYS;
use crate::predict::report::{Counted, PredictionReport};
use crate::profile::orders as profile;
use crate::store::{Night, TablesError};

/// The report of one night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The night's number.
    pub night: u32,
    /// The moment it counts from.
    pub now: Timestamp,
    /// The company.
    pub company: String,
    /// The currency totals are given in.
    pub currency: String,
    /// What each source told so far, by its name; the web events stand under `web`.
    pub sources: BTreeMap<String, Intake>,
    /// Who is who.
    pub identity: IdentityCounts,
    /// Pairs of people that somebody should look at.
    #[serde(default)]
    pub questions: u64,
    /// How good the people are, as far as that shows.
    #[serde(default)]
    pub quality: Quality,
    /// The ledger of orders.
    pub orders: OrderCounts,
    /// What is expected.
    pub predictions: PredictionReport,
    /// The segments, in the order of their names.
    pub segments: Vec<SegmentSize>,
    /// Rows of each table, by its name.
    pub tables: BTreeMap<String, u64>,
}

/// Who is who, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCounts {
    /// Records of all sources.
    pub records: u64,
    /// People they belong to.
    pub people: u64,
    /// People with records of two or more sources.
    pub across_sources: u64,
    /// Records of the person who has most.
    pub largest: u64,
    /// Links by the identifier type that made them.
    pub links: BTreeMap<String, u64>,
    /// Identifiers that join nobody or gave way, by reason.
    pub conflicts: BTreeMap<String, u64>,
    /// Events of programs, which are counted and belong to nobody.
    pub bots: u64,
    /// The model by which records are alike; none where nothing was learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Fit>,
}

/// When the model by which records are alike was fitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Which fit it is, counted from 1.
    pub version: u32,
    /// The moment of the night that fitted it.
    pub fitted_at: Timestamp,
    /// How many records there were.
    pub records: u64,
}

impl From<&KeptModel> for Fit {
    fn from(kept: &KeptModel) -> Self {
        Self {
            version: kept.version,
            fitted_at: kept.fitted_at,
            records: kept.records,
        }
    }
}

/// The ledger of orders, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCounts {
    /// Orders; one that several sources tell of counts once.
    pub orders: u64,
    /// Orders that several sources tell of.
    pub several_sources: u64,
    /// Orders that count as purchases.
    pub purchases: u64,
    /// Orders that do not, by reason.
    pub not_purchases: BTreeMap<String, u64>,
    /// Purchases in a currency without a rate: no part of any total.
    pub without_rate: u64,
    /// Orders of nobody we know.
    pub without_person: u64,
    /// What all purchases add up to, in the company's currency, as decimal text.
    pub revenue: String,
}

impl From<&profile::OrderCounts> for OrderCounts {
    fn from(counts: &profile::OrderCounts) -> Self {
        let reasons = counts.not_purchases.iter();
        Self {
            orders: counts.orders,
            several_sources: counts.several_sources,
            purchases: counts.purchases,
            not_purchases: reasons
                .map(|(reason, count)| (reason.as_str().to_owned(), *count))
                .collect(),
            without_rate: counts.without_rate,
            without_person: counts.without_person,
            revenue: counts.revenue.to_string(),
        }
    }
}

/// How large a segment is, and how many of it may be contacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentSize {
    /// The name.
    pub name: String,
    /// What marketers call it.
    pub title: String,
    /// People in it.
    pub people: u64,
    /// Of them, how many may be written to by e-mail: an address, consent, and no suppression.
    pub by_email: u64,
    /// Of them, how many may be sent text messages.
    pub by_sms: u64,
}

/// Why a night's report cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It is missing.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// It was written by another version of the program.
    #[error("the report of night {0} was written by another version: run a night again")]
    Unreadable(u32),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} · night {} · {}\n", self.company, self.night, self.now)?;
        writeln!(f, "What came in\n{}", self.intake())?;
        self.fmt_identity(f)?;
        self.fmt_quality(f)?;
        self.fmt_orders(f)?;
        self.fmt_predictions(f)?;
        if !self.segments.is_empty() {
            writeln!(f, "Segments\n{}", segment_sizes(&self.segments))?;
        }
        let tables = self
            .tables
            .iter()
            .map(|(name, rows)| format!("{name} {}", grouped(*rows)));
        write!(f, "Tables (rows)   {}", tables.collect::<Vec<_>>().join(" · "))
    }
}

impl Report {
    /// The report of a published night.
    ///
    /// # Errors
    /// [`ReportError`] when it is missing, or was written by another version.
    pub fn read(night: &Night) -> Result<Self, ReportError> {
        serde_json::from_str(&night.report()?).map_err(|_| ReportError::Unreadable(night.number()))
    }

    /// The report as JSON.
    pub fn to_json(&self) -> String {
        // Plain structs with text keys, which JSON can always hold.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    fn intake(&self) -> Table {
        let mut table = table(&[
            "source",
            "files",
            "read",
            "accepted",
            "duplicate",
            "rejected",
            "why rejected",
        ]);
        for (source, intake) in &self.sources {
            let reasons = intake
                .rejected
                .iter()
                .map(|(reason, count)| format!("{reason} {count}"));
            table.add_row([
                source.clone(),
                grouped(intake.files),
                grouped(intake.read),
                grouped(intake.accepted),
                grouped(intake.duplicate),
                grouped(intake.rejected()),
                reasons.collect::<Vec<_>>().join("\n"),
            ]);
        }
        align_right(table, 1..6)
    }

    fn fmt_identity(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = &self.identity;
        writeln!(f, "Who is who")?;
        writeln!(
            f,
            "  {} records are {} people; {} of them are known to two or more sources; the largest has {} records",
            grouped(who.records),
            grouped(who.people),
            grouped(who.across_sources),
            grouped(who.largest)
        )?;
        writeln!(f, "  links by       {}", counts(&who.links))?;
        writeln!(f, "  not joined by  {}", counts(&who.conflicts))?;
        if let Some(fit) = &who.model {
            let (fitted_at, records) = (fit.fitted_at, grouped(fit.records));
            writeln!(
                f,
                "  likeness by    fit {} of {fitted_at}, learnt from {records} records",
                fit.version
            )?;
        }
        writeln!(f, "  bots           {} events, left out\n", grouped(who.bots))
    }

    fn fmt_quality(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = |measure: &'static str| {
            self.quality
                .measures
                .iter()
                .filter(move |figure| figure.measure == measure)
        };
        let listed = |measure| {
            let figures = figures(measure).filter(|figure| figure.value > 0.0);
            let words: Vec<String> = figures
                .map(|figure| match figure.value.fract() == 0.0 {
                    true => format!("{} {}", figure.subject, grouped(figure.value as u64)),
                    false => format!("{} {:.3}", figure.subject, figure.value),
                })
                .collect();
            if words.is_empty() {
                "none".to_owned()
            } else {
                words.join(" · ")
            }
        };
        writeln!(f, "Quality")?;
        writeln!(f, "  people by records        {}", listed("people_by_records"))?;
        writeln!(f, "  since the night before   {}", listed("changed"))?;
        writeln!(f, "  impossible people        {}", listed("impossible"))?;
        writeln!(f, "  as many as they may      {}", listed("at_limit"))?;
        writeln!(f, "  labelled sample          {}", listed("labels"))?;
        writeln!(f, "  to review                {} pairs\n", grouped(self.questions))
    }

    fn fmt_orders(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders = &self.orders;
        writeln!(f, "Orders")?;
        writeln!(
            f,
            "  {} orders, of which {} are purchases of {} {} in all; {} are told by several sources and count once",
            grouped(orders.orders),
            grouped(orders.purchases),
            orders.revenue,
            self.currency,
            grouped(orders.several_sources)
        )?;
        writeln!(f, "  no purchases   {}", counts(&orders.not_purchases))?;
        writeln!(
            f,
            "  besides        without rate {} · of nobody known {}\n",
            grouped(orders.without_rate),
            grouped(orders.without_person)
        )
    }

    fn fmt_predictions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = &self.predictions;
        let (horizon, customers) = (expected.horizon_days, grouped(expected.customers));
        let total = |of, days| {
            let total = expected.total(of, days);
            total.map_or("unknown".to_owned(), |total| {
                grouped(total.expected.round().max(0.0) as u64)
            })
        };
        writeln!(f, "Predictions")?;
        let buyers = total(Counted::Buyers, horizon);
        writeln!(
            f,
            "  of {customers} customers, {buyers} are expected to buy within {horizon} days"
        )?;
        let [orders, value] = [Counted::Orders, Counted::Value].map(|of| total(of, YEAR_DAYS));
        writeln!(f, "  within a year: {orders} orders, {value} {}", self.currency)?;
        expected.notes.iter().try_for_each(|note| writeln!(f, "  · {note}"))?;
        writeln!(f, "  how far to trust this: unifier predict report\n")
    }
}

/// Segments as a table.
pub fn segment_sizes(segments: &[SegmentSize]) -> Table {
    let mut table = table(&["segment", "title", "people", "by e-mail", "by text message"]);
    for segment in segments {
        table.add_row([
            segment.name.clone(),
            segment.title.clone(),
            grouped(segment.people),
            grouped(segment.by_email),
            grouped(segment.by_sms),
        ]);
    }
    align_right(table, 2..5)
}

/// A table as all our tables look.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

fn align_right(mut table: Table, columns: std::ops::Range<usize>) -> Table {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn counts(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let mut text = String::new();
    for (name, count) in counts {
        let separator = if text.is_empty() { "" } else { " · " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{separator}{name} {}", grouped(*count));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
