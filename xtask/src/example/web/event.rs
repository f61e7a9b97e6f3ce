//! Steps as the page tells of them: events in Segment's words.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use event_schema::{ConsentState, Context, Event, EventKind, Id, MessageId, Page, Properties, Purpose, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::visit::{Step, Visit};
use crate::example::catalogue::Product;
use crate::example::dice::Dice;

const ORIGIN: &str = "https://maison-tilleul.example";

/// The numbers of the orders, by buyer and moment.
pub type OrderNumbers<'a> = BTreeMap<(&'a str, DateTime), &'a str>;

/// A civil time in UTC as a moment.
pub fn moment(at: DateTime) -> Result<Timestamp> {
    Ok(TimeZone::UTC.to_timestamp(at)?.into())
}

/// What the page knows while the visitor walks through the shop.
pub struct Browser<'a> {
    visit: &'a Visit,
    dice: Dice,
    path: String,
    title: String,
    referrer: String,
    user_id: Option<Id>,
    buyer: String,
    cart: Vec<Product>,
    consent: ConsentState,
}

impl<'a> Browser<'a> {
    /// A browser that has just arrived.
    pub fn new(visit: &'a Visit, n: u64) -> Self {
        let mut dice = Dice::of("browser", n);
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
            dice,
        }
    }

    /// The event of a step; leaving an account is none.
    pub fn event(&mut self, at: DateTime, step: &Step, numbers: &OrderNumbers) -> Result<Option<Event>> {
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
            Step::LogIn { number, address, truth } => {
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
