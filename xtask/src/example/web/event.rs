//! Visits as the edge stores them: steps become events, events become envelopes, envelopes come in batches.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use event_schema::{
    AudienceHit, ConsentState, ConsentedEvent, Context, Envelope, Event, EventKind, Id, MessageId, Page, Properties,
    Purpose, Timestamp, VisitorHash,
};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::visit::{Step, Visit};
use crate::example::catalogue::Product;
use crate::example::dice::Dice;

/// The site the shop's write key belongs to.
const SITE: &str = "shop";
const ORIGIN: &str = "https://maison-tilleul.example";
/// Events a page holds back before it sends them together.
const BATCH_EVENTS: usize = 10;

/// The envelopes of one request, and when it arrived.
pub struct Batch {
    /// When the edge received it.
    pub received_at: Timestamp,
    /// Its id.
    pub id: String,
    /// What it held.
    pub envelopes: Vec<Envelope>,
}

/// The numbers of the orders, by buyer and moment.
type OrderNumbers<'a> = BTreeMap<(&'a str, DateTime), &'a str>;

/// The visit's requests.
pub fn batches(visit: &Visit, n: u64, numbers: &OrderNumbers) -> Result<Vec<Batch>> {
    let mut browser = Browser::new(visit, n);
    let mut events = Vec::new();
    for (at, step) in visit.timed() {
        let event = browser.event(at, step, numbers)?;
        events.extend(event.map(|event| (at, event)));
    }
    let mut dice = Dice::of("network", n);
    // One visitor in forty has a clock that is seven minutes slow.
    let skew_ms = if n % 40 == 7 { 420_000 } else { 0 };
    events
        .chunks(BATCH_EVENTS)
        .map(|chunk| {
            let last = chunk.last().map_or(visit.start, |(at, _)| *at);
            let received_at = later(moment(last)?, skew_ms + 60 + dice.below(900) as i64);
            let envelopes = chunk
                .iter()
                .map(|(_, event)| browser.envelope(event, received_at, skew_ms));
            Ok(Batch {
                received_at,
                id: dice.uuid(),
                envelopes: envelopes.collect(),
            })
        })
        .collect()
}

fn moment(at: DateTime) -> Result<Timestamp> {
    Ok(TimeZone::UTC.to_timestamp(at)?.into())
}

fn later(moment: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() + ms)
}

/// What the page knows while the visitor walks through the shop.
struct Browser<'a> {
    visit: &'a Visit,
    dice: Dice,
    path: String,
    title: String,
    referrer: String,
    user_id: Option<Id>,
    buyer: String,
    cart: Vec<Product>,
    consent: ConsentState,
    visitor: VisitorHash,
}

impl<'a> Browser<'a> {
    fn new(visit: &'a Visit, n: u64) -> Self {
        let mut dice = Dice::of("browser", n);
        let mut hash = [0; 16];
        hash[..8].copy_from_slice(&dice.roll().to_be_bytes());
        hash[8..].copy_from_slice(&dice.roll().to_be_bytes());
        let personalisation = dice.chance(70);
        Self {
            visit,
            path: String::new(),
            title: String::new(),
            referrer: visit.referrer.to_owned(),
            user_id: None,
            buyer: visit.truth.clone(),
            cart: Vec::new(),
            consent: answers(true, personalisation),
            visitor: VisitorHash::from_bytes(hash),
            dice,
        }
    }

    /// The event of a step; leaving an account is none.
    fn event(&mut self, at: DateTime, step: &Step, numbers: &OrderNumbers) -> Result<Option<Event>> {
        let Some(kind) = self.kind(at, step, numbers)? else {
            return Ok(None);
        };
        let anonymous_id = self.visit.anonymous_id.as_deref().map(Id::new).transpose()?;
        let mut context = Context {
            page: Some(self.page()),
            campaign: self.visit.campaign.clone(),
            locale: Some(self.visit.locale.clone()),
            ..Context::default()
        };
        context.consent.category_preferences = self.consent.clone();
        Ok(Some(Event {
            kind,
            message_id: MessageId::new(&self.dice.uuid())?,
            anonymous_id,
            user_id: self.user_id.clone(),
            timestamp: moment(at)?,
            context,
        }))
    }

    fn kind(&mut self, at: DateTime, step: &Step, numbers: &OrderNumbers) -> Result<Option<EventKind>> {
        let kind = match step {
            Step::Page(path, title) => {
                self.open(path, title);
                page()
            }
            Step::View(product) => track("Product Viewed", product_properties(product)),
            Step::Add(product) => {
                self.cart.push(*product);
                track("Product Added", product_properties(product))
            }
            Step::Cart => track("Cart Viewed", json!({ "products": self.products() })),
            Step::CheckOut => track("Checkout Started", json!({ "value": self.total(), "currency": "EUR" })),
            Step::Order => {
                let number = numbers
                    .get(&(self.buyer.as_str(), at))
                    .context("a web order has no number")?;
                let order = json!({ "order_id": number, "total": self.total(), "currency": "EUR", "products": self.products() });
                self.cart.clear();
                track("Order Completed", order)
            }
            Step::LogIn(number, address, truth) => {
                self.user_id = Some(Id::new(number)?);
                self.buyer.clone_from(truth);
                identify(address)
            }
            Step::LogOut => {
                self.user_id = None;
                self.buyer.clone_from(&self.visit.truth);
                return Ok(None);
            }
            Step::Subscribe(address) => {
                if let Some(purpose) = Purpose::new(Purpose::EMAIL_MARKETING) {
                    self.consent.set(purpose, true);
                }
                identify(address)
            }
            Step::Consent(analytics, personalisation) => {
                self.consent = answers(*analytics, *personalisation);
                track("Segment Consent Preference Updated", json!({}))
            }
        };
        Ok(Some(kind))
    }

    fn open(&mut self, path: &str, title: &str) {
        if !self.path.is_empty() {
            self.referrer = format!("{ORIGIN}{}", self.path);
        }
        (self.path, self.title) = (path.to_owned(), title.to_owned());
    }

    fn page(&self) -> Page {
        Page {
            url: format!("{ORIGIN}{}", self.path),
            path: self.path.clone(),
            referrer: self.referrer.clone(),
            title: self.title.clone(),
        }
    }

    fn total(&self) -> Value {
        euros(self.cart.iter().map(|product| product.cents).sum())
    }

    fn products(&self) -> Vec<Value> {
        self.cart.iter().map(product_properties).collect()
    }

    fn envelope(&self, event: &Event, received_at: Timestamp, clock_skew_ms: i64) -> Envelope {
        let visit = self.visit;
        if event.anonymous_id.is_some() {
            return Envelope::Consented(Box::new(ConsentedEvent {
                event: event.clone(),
                received_at,
                clock_skew_ms,
                site: SITE.to_owned(),
                country: visit.country.code().to_owned(),
                device: visit.device,
                bot: visit.bot,
            }));
        }
        let page = event.context.page.clone().unwrap_or_default();
        let referrer_host = page.referrer.split('/').nth(2).unwrap_or_default();
        Envelope::Audience(AudienceHit {
            message_id: event.message_id.clone(),
            timestamp: event.timestamp,
            received_at,
            site: SITE.to_owned(),
            name: event.name().to_owned(),
            path: page.path,
            referrer_host: referrer_host.to_owned(),
            campaign: visit.campaign.clone(),
            visitor: Some(self.visitor.clone()),
            country: visit.country.code().to_owned(),
            device: visit.device,
            bot: visit.bot,
        })
    }
}

fn answers(analytics: bool, personalisation: bool) -> ConsentState {
    [
        (Purpose::ANALYTICS, analytics),
        (Purpose::PERSONALISATION, personalisation),
    ]
    .into_iter()
    .filter_map(|(purpose, granted)| Some((Purpose::new(purpose)?, granted)))
    .collect()
}

fn page() -> EventKind {
    EventKind::Page {
        name: None,
        properties: Properties::new(),
    }
}

fn track(event: &str, properties: Value) -> EventKind {
    EventKind::Track {
        event: event.to_owned(),
        properties: object(properties),
    }
}

fn identify(address: &str) -> EventKind {
    EventKind::Identify {
        traits: object(json!({ "email": address })),
    }
}

fn object(value: Value) -> Properties {
    match value {
        Value::Object(fields) => fields,
        _ => Properties::new(),
    }
}

fn product_properties(product: &Product) -> Value {
    json!({ "product_id": product.sku, "name": product.name, "category": product.category,
        "price": euros(product.cents), "currency": "EUR" })
}

fn euros(cents: u32) -> Value {
    json!(f64::from(cents) / 100.0)
}
