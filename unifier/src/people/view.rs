//! One person as they are shown, as JSON or on a page: the rows of each table about them.

use event_schema::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::find::PersonRow;
use super::row::{Row, rows_of};

/// Everything that a night says of one person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonView {
    /// What stands in lists, too.
    pub person: PersonRow,
    /// What the person's records, purchases and visits add up to.
    pub totals: Totals,
    /// The values that won, and against what, by trait.
    pub traits: Vec<Trait>,
    /// The person's records, by source and key.
    pub identities: Vec<Identity>,
    /// The keys the person is known under.
    pub identifiers: Vec<Identifier>,
    /// The orders, the latest first.
    pub orders: Vec<Order>,
    /// The answers in force.
    pub consents: Vec<Consent>,
    /// The days on the web, the latest first.
    pub events_daily: Vec<EventDay>,
    /// The columns of the scores table; empty when the person has no scores.
    pub scores: Map<String, Value>,
    /// The chances of other events, by their configured names.
    pub propensities: Vec<Chance>,
    /// The households, accounts and other groups, by their kinds.
    pub groups: Vec<Group>,
    /// The segments.
    pub segments: Vec<Segment>,
}

/// What a person's records, purchases and visits add up to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// When the earliest of the person's records came to be.
    pub first_seen: Option<Timestamp>,
    /// The mean value of a purchase, in the company's currency.
    pub average_order: Option<f64>,
    /// The day of the first purchase.
    pub first_order: Option<String>,
    /// What was done on the web.
    pub web: Activity,
    /// Whether the person may not be contacted at all.
    pub suppressed: bool,
}

/// What was done on the web in all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    /// Events.
    pub events: i64,
    /// Days with an event.
    pub days: i64,
    /// The first event.
    pub first_visit: Option<Timestamp>,
    /// The last event.
    pub last_visit: Option<Timestamp>,
}

impl Totals {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            first_seen: row.time("first_seen"),
            average_order: row.money("average_order"),
            first_order: row.day("first_order"),
            web: Activity {
                events: row.integer("web_events").unwrap_or_default(),
                days: row.integer("web_days").unwrap_or_default(),
                first_visit: row.time("first_visit"),
                last_visit: row.time("last_visit"),
            },
            suppressed: row.flag("suppressed").unwrap_or_default(),
        }
    }
}

/// A value that won.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trait {
    /// The trait.
    #[serde(rename = "trait")]
    pub name: String,
    /// The value and where it comes from.
    #[serde(flatten)]
    pub won: Evidence,
    /// What decided.
    pub rule: String,
    /// What it won against, the best evidence first.
    pub lost: Vec<Evidence>,
    /// What third-party data may be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The last day on which they may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licensed_until: Option<String>,
}

impl Trait {
    pub(super) fn new(row: Row<'_>) -> Self {
        let lost = row.structs("lost");
        Self {
            name: row.owned("trait"),
            won: Evidence::new(row),
            rule: row.owned("rule"),
            lost: lost.iter().flat_map(rows_of).map(Evidence::new).collect(),
            purpose: row.text("purpose").map(str::to_owned),
            licensed_until: row.day("licensed_until"),
        }
    }
}

impl Trait {
    /// The source, and what may be done with its data where that is limited.
    pub fn licensed_source(&self) -> String {
        let purpose = self.purpose.iter().map(|purpose| format!("for {purpose}"));
        let until = self.licensed_until.iter().map(|day| format!("until {day}"));
        let limits: Vec<String> = purpose.chain(until).collect();
        match limits.as_slice() {
            [] => self.won.source.clone(),
            limits => format!("{} ({})", self.won.source, limits.join(", ")),
        }
    }
}

/// A value and where it was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// The value.
    pub value: String,
    /// The source.
    pub source: String,
    /// The file.
    pub file: String,
    /// The line, counted from 1; 0 where there are none.
    pub line: i64,
    /// When it was so.
    pub observed_at: Option<Timestamp>,
}

impl Evidence {
    fn new(row: Row<'_>) -> Self {
        Self {
            value: row.owned("value"),
            source: row.owned("source"),
            file: row.owned("file"),
            line: row.integer("line").unwrap_or_default(),
            observed_at: row.time("observed_at"),
        }
    }
}

/// One of the person's records.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Identity {
    /// The source.
    pub source: String,
    /// The source's key.
    pub record_key: String,
    /// The lasting id.
    pub record_id: String,
    /// When it came to be.
    pub first_seen: Option<Timestamp>,
    /// How sure it is that it is the person's: exact, strong or likely.
    pub confidence: String,
}

impl Identity {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            source: row.owned("source"),
            record_key: row.owned("record_key"),
            record_id: row.owned("record_id"),
            first_seen: row.time("first_seen"),
            confidence: row.owned("confidence"),
        }
    }
}

/// A key the person is known under.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Identifier {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value.
    pub value: String,
    /// How many of the person's records carry it.
    pub records: i64,
    /// Whether it joins records.
    pub joins: bool,
}

impl Identifier {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            kind: row.owned("type"),
            value: row.owned("value"),
            records: row.integer("records").unwrap_or_default(),
            joins: row.flag("joins").unwrap_or_default(),
        }
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Order {
    /// The number.
    pub order_id: String,
    /// When it was placed.
    pub ordered_at: Option<Timestamp>,
    /// The amount in its currency.
    pub amount: f64,
    /// The currency.
    pub currency: String,
    /// The amount in the company's currency; nothing without a rate.
    pub amount_company: Option<f64>,
    /// What became of it.
    pub status: String,
    /// Who tells of it.
    pub sources: Vec<String>,
    /// Where it was told.
    pub channel: String,
}

impl Order {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            order_id: row.owned("order_id"),
            ordered_at: row.time("ordered_at"),
            amount: row.money("amount").unwrap_or_default(),
            currency: row.owned("currency"),
            amount_company: row.money("amount_company"),
            status: row.owned("status"),
            sources: row.texts("sources"),
            channel: row.owned("channel"),
        }
    }
}

/// An answer in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Consent {
    /// The purpose.
    pub purpose: String,
    /// Granted or refused.
    pub granted: bool,
    /// When.
    pub at: Option<Timestamp>,
    /// Who tells of it.
    pub source: String,
    /// What shows it.
    pub evidence: String,
}

impl Consent {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            purpose: row.owned("purpose"),
            granted: row.flag("granted").unwrap_or_default(),
            at: row.time("at"),
            source: row.owned("source"),
            evidence: row.owned("evidence"),
        }
    }
}

/// What was done on one day under one event name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventDay {
    /// The UTC day.
    pub day: String,
    /// The event.
    pub event: String,
    /// How many times.
    pub count: i64,
    /// The first of them.
    pub first_at: Option<Timestamp>,
    /// The last of them.
    pub last_at: Option<Timestamp>,
}

impl EventDay {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            day: row.day("day").unwrap_or_default(),
            event: row.owned("event"),
            count: row.integer("count").unwrap_or_default(),
            first_at: row.time("first_at"),
            last_at: row.time("last_at"),
        }
    }
}

/// How likely the person is to do something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chance {
    /// The configured name.
    pub propensity: String,
    /// What they may do.
    pub event: String,
    /// Within how many days.
    pub horizon_days: i64,
    /// From 0 to 1.
    pub probability: f64,
    /// Percentage of all people who rank lower.
    pub percentile: f64,
    /// What says so.
    pub model: String,
    /// Why it is high or low.
    pub reasons: Vec<String>,
}

impl Chance {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            propensity: row.owned("propensity"),
            event: row.owned("event"),
            horizon_days: row.integer("horizon_days").unwrap_or_default(),
            probability: row.number("probability").unwrap_or_default(),
            percentile: row.number("percentile").unwrap_or_default(),
            model: row.owned("model"),
            reasons: row.texts("reasons"),
        }
    }
}

/// A group the person is part of: people who share something and are not one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The configured kind, as `household`.
    pub group: String,
    /// The lasting id.
    pub group_id: String,
    /// What its people share.
    pub name: String,
    /// How many they are.
    pub people: i64,
    /// Their purchases.
    pub orders: i64,
    /// What they paid, in the company's currency.
    pub revenue: f64,
    /// The day of their last purchase.
    pub last_order: Option<String>,
}

impl Group {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            group: row.owned("group"),
            group_id: row.owned("group_id"),
            name: row.owned("name"),
            people: row.integer("people").unwrap_or_default(),
            orders: row.integer("orders").unwrap_or_default(),
            revenue: row.money("revenue").unwrap_or_default(),
            last_order: row.day("last_order"),
        }
    }
}

/// A segment the person is in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// The segment.
    pub segment: String,
    /// The night since which the person has been in it.
    pub since: i64,
}

impl Segment {
    pub(super) fn new(row: Row<'_>) -> Self {
        Self {
            segment: row.owned("segment"),
            since: row.integer("since").unwrap_or_default(),
        }
    }
}
