//! Web events with consent, a day at a time: identities, what they did, what they agreed to, what they ordered.

use std::collections::{BTreeMap, HashMap};

use arrow::array::RecordBatch;
use event_schema::{ConsentState, Timestamp};
use serde_json::{Map, Value};

use crate::config::Config;
use crate::ingest::rows::Columns;
use crate::normalise::money::{self, Decimal};
use crate::record::{
    Amount, ConsentFact, DailyActivity, Identifier, Order, OrderStatus, Origin, Record, RecordId, Telling, WEB,
};
use crate::store::{Segment, SegmentError};
use crate::symbol::Symbol;

use super::answers::{Answer, Time};
use super::{Part, person, traits};

const COLUMNS: [&str; 11] = [
    "message_id",
    "type",
    "name",
    "anonymous_id",
    "user_id",
    "timestamp",
    "site",
    "bot",
    "previous_id",
    "consent",
    "properties",
];

/// What an event says of an order.
pub struct OrderEvent {
    order_id: String,
    record: RecordId,
    at: Timestamp,
    origin: Origin,
    what: OrderNews,
}

#[derive(Clone)]
enum OrderNews {
    Completed(Amount, String),
    Refunded(Option<Amount>),
    Cancelled,
}

/// One event, as far as it is read here.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Hit<'a> {
    message_id: &'a str,
    at: Timestamp,
    kind: &'a str,
    name: &'a str,
    anonymous_id: Option<&'a str>,
    user_id: Option<&'a str>,
    site: &'a str,
    previous_id: Option<&'a str>,
    consent: Option<&'a str>,
    properties: Option<&'a str>,
    bot: bool,
}

/// What one web identity did on the day.
struct Identity<'a> {
    record: Record,
    activity: BTreeMap<&'a str, (u64, Timestamp, Timestamp)>,
    consent: Option<&'a str>,
}

/// Reads the events of one day.
///
/// # Errors
/// [`SegmentError`] when a segment is damaged.
pub fn read(segments: &[&Segment], config: &Config) -> Result<Part, SegmentError> {
    let mut batches = Vec::new();
    for segment in segments {
        batches.extend(segment.read(Some(&COLUMNS))?.collect::<Result<Vec<_>, _>>()?);
    }
    let day = segments.first().map_or("", |segment| segment.partition());
    let mut events = Vec::new();
    batches.iter().for_each(|batch| hits(batch, &mut events));
    if segments.len() > 1 {
        // Several imports may have told the same message.
        events.sort_unstable();
        events.dedup_by_key(|hit| hit.message_id);
    }
    let all = events.len();
    events.retain(|hit| !hit.bot);
    let bot_events = (all - events.len()) as u64;
    events.sort_unstable_by_key(|hit: &Hit<'_>| (hit.at, hit.message_id));
    let mut reader = DayReader {
        config,
        file: format!("web {day}").into(),
        identities: HashMap::new(),
        part: Part::default(),
    };
    events.iter().for_each(|hit| reader.take(hit));
    let mut part = reader.finish();
    part.web_events = events.len() as u64;
    part.bot_events = bot_events;
    Ok(part)
}

/// Adds the events of a batch.
fn hits<'a>(batch: &'a RecordBatch, events: &mut Vec<Hit<'a>>) {
    let columns = Columns(batch);
    let [
        ids,
        kinds,
        names,
        anonymous,
        users,
        sites,
        previous,
        consents,
        properties,
    ] = [
        "message_id",
        "type",
        "name",
        "anonymous_id",
        "user_id",
        "site",
        "previous_id",
        "consent",
        "properties",
    ]
    .map(|name| columns.texts(name));
    let (times, bots) = (columns.moments("timestamp"), columns.flags("bot"));
    events.extend((0..batch.num_rows()).map(|row| Hit {
        at: times.get(row).unwrap_or(Timestamp::from_millis(0)),
        message_id: ids.get(row).unwrap_or_default(),
        kind: kinds.get(row).unwrap_or_default(),
        name: names.get(row).unwrap_or_default(),
        anonymous_id: anonymous.get(row),
        user_id: users.get(row),
        site: sites.get(row).unwrap_or_default(),
        previous_id: previous.get(row),
        consent: consents.get(row),
        properties: properties.get(row),
        bot: bots(row),
    }));
}

struct DayReader<'a> {
    config: &'a Config,
    file: Symbol,
    // Visitors choose their ids, so these are hashed under a key that nobody can guess.
    identities: HashMap<(Option<&'a str>, Option<&'a str>), Identity<'a>>,
    part: Part,
}

impl<'a> DayReader<'a> {
    fn take(&mut self, hit: &Hit<'a>) {
        let who = (hit.anonymous_id, hit.user_id);
        if who == (None, None) {
            return;
        }
        let identity = self.identities.entry(who).or_insert_with(|| Identity::new(who, hit.at));
        let (count, _, last) = identity.activity.entry(hit.name).or_insert((0, hit.at, hit.at));
        (*count, *last) = (*count + 1, hit.at);
        if let Some(previous) = hit.previous_id {
            identity.record.identifiers.push(identifier("anonymous_id", previous));
        }
        if hit.consent.is_some() && hit.consent != identity.consent {
            identity.consent = hit.consent;
            self.part.answers.extend(answers(hit, identity.record.id));
        }
        if hit.kind == "identify" {
            let row = traits::row(&object(hit.properties));
            let country = &self.config.company.country;
            let told = Telling {
                at: hit.at,
                origin: origin(&self.file),
            };
            let (identifiers, observations) = person::read(&row, country, told);
            identity.record.identifiers.extend(identifiers);
            identity.record.observations.extend(observations);
        }
        let record = identity.record.id;
        self.part.web_orders.extend(self.order(hit, record));
    }

    fn order(&self, hit: &Hit<'_>, record: RecordId) -> Option<OrderEvent> {
        if hit.kind != "track" || !hit.name.starts_with("Order ") {
            return None;
        }
        let properties = object(hit.properties);
        let total = ["total", "revenue", "value"]
            .iter()
            .find_map(|name| amount(properties.get(*name)?));
        let currency = properties
            .get("currency")
            .and_then(Value::as_str)
            .map(str::to_uppercase);
        let what = match hit.name {
            "Order Completed" => {
                OrderNews::Completed(total?, currency.unwrap_or_else(|| self.config.company.currency.clone()))
            }
            "Order Refunded" => OrderNews::Refunded(total),
            "Order Cancelled" => OrderNews::Cancelled,
            _ => return None,
        };
        let order_id = text(properties.get("order_id").or_else(|| properties.get("orderId"))?)?;
        Some(OrderEvent {
            order_id,
            record,
            at: hit.at,
            origin: origin(&self.file),
            what,
        })
    }

    fn finish(mut self) -> Part {
        for identity in self.identities.into_values() {
            let record = identity.record.id;
            let activity = identity
                .activity
                .into_iter()
                .map(|(event, (count, first, last))| DailyActivity {
                    record,
                    day: first.utc_day(),
                    event: event.to_owned(),
                    count,
                    span: (first, last),
                });
            self.part.activity.extend(activity);
            self.part.records.push(identity.record);
        }
        self.part
    }
}

/// The key of a web identity: `anonymous id`, `anonymous id/user id` or `/user id`, so that a shared device follows its users.
pub fn web_key(anonymous_id: Option<&str>, user_id: Option<&str>) -> String {
    match user_id {
        Some(user_id) => format!("{}/{user_id}", anonymous_id.unwrap_or_default()),
        None => anonymous_id.unwrap_or_default().to_owned(),
    }
}

impl Identity<'_> {
    fn new((anonymous_id, user_id): (Option<&str>, Option<&str>), at: Timestamp) -> Self {
        let key = web_key(anonymous_id, user_id);
        let ids = [
            anonymous_id.map(|id| identifier("anonymous_id", id)),
            user_id.map(|id| identifier("user_id", id)),
        ];
        let record = Record {
            id: RecordId::new(WEB, &key),
            source: WEB.into(),
            key: key.into(),
            first_seen: Some(at),
            identifiers: ids.into_iter().flatten().collect(),
            observations: Vec::new(),
            enrichment: false,
        };
        Self {
            record,
            activity: BTreeMap::new(),
            consent: None,
        }
    }
}

/// Events stand in no line.
fn origin(file: &Symbol) -> Origin {
    Origin {
        file: file.clone(),
        line: 0,
    }
}

fn identifier(kind: &str, value: &str) -> Identifier {
    Identifier {
        kind: kind.into(),
        value: value.into(),
    }
}

/// Every event repeats the answers in force, so they only say how things stood: see [`super::answers`].
fn answers(hit: &Hit<'_>, record: RecordId) -> Vec<Answer> {
    let state: ConsentState = hit
        .consent
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    let facts = state.iter().map(|(purpose, granted)| ConsentFact {
        record,
        purpose: purpose.to_string(),
        at: hit.at,
        earliest: hit.at,
        granted,
        source: WEB.to_owned(),
        evidence: format!("answer on the site {}", hit.site),
    });
    facts
        .map(|fact| Answer {
            fact,
            time: Time::Repeated,
        })
        .collect()
}

fn object(json: Option<&str>) -> Map<String, Value> {
    json.and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn amount(value: &Value) -> Option<Amount> {
    money::normalise(&text(value)?, Some(Decimal::Point)).map(|money| money.amount)
}

/// The orders that events tell of: completed once, then perhaps refunded or cancelled.
pub fn orders(mut events: Vec<OrderEvent>) -> Vec<Order> {
    events.sort_by(|a, b| (&a.order_id, a.at, a.record).cmp(&(&b.order_id, b.at, b.record)));
    let mut orders: Vec<Order> = Vec::new();
    for event in events {
        let known = orders.last_mut().filter(|order| order.order_id == event.order_id);
        match (known, event.what) {
            (None, OrderNews::Completed(amount, currency)) => orders.push(Order {
                order_id: event.order_id,
                source: WEB.to_owned(),
                record: Some(event.record),
                ordered_at: event.at,
                amount,
                currency,
                status: OrderStatus::Completed,
                origin: event.origin,
            }),
            (Some(order), OrderNews::Cancelled) => order.status = OrderStatus::Cancelled,
            (Some(order), OrderNews::Refunded(part)) => {
                order.amount = Amount(part.map_or(0, |part| order.amount.0.saturating_sub(part.0).max(0)));
                if order.amount == Amount(0) {
                    order.status = OrderStatus::Refunded;
                }
            }
            // The same order told again, or news of one that the log does not have.
            _ => {}
        }
    }
    orders
}
