//! Visits: who comes, when, and what they do, step by step.

use anyhow::Result;
use event_schema::{Campaign, DeviceClass};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use crate::example::catalogue::{PRODUCTS, Product};
use crate::example::dice::Dice;
use crate::example::people::Person;
use crate::example::places::Country;
use crate::example::sighting::{Sighting, Source};
use crate::example::truth::Truth;

/// The recorded day.
pub const DAY: Date = Date::constant(2026, 11, 19);

/// Something a visitor does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Opens a page: path and title.
    Page(String, String),
    /// Looks at a product.
    View(Product),
    /// Puts it into the cart.
    Add(Product),
    /// Opens the cart.
    Cart,
    /// Goes to the check-out.
    CheckOut,
    /// Orders what is in the cart.
    Order,
    /// Logs in.
    LogIn {
        /// The customer's number in the shop.
        number: String,
        /// The account's e-mail address.
        address: String,
        /// The customer's name in the truth.
        truth: String,
    },
    /// Logs out.
    LogOut,
    /// Leaves an e-mail address for the newsletter, without an account.
    Subscribe(String),
    /// Answers the banner: analytics, personalisation.
    Consent(bool, bool),
}

/// One visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What the visit's dice are seeded with.
    pub seed: u64,
    /// The browser's first-party id; none without consent.
    pub anonymous_id: Option<String>,
    /// Who is behind the browser when nobody is logged in.
    pub truth: String,
    /// When it begins, in UTC.
    pub start: DateTime,
    /// What happens.
    pub steps: Vec<Step>,
    /// The visitor's country.
    pub country: Country,
    /// The browser's language.
    pub locale: String,
    /// The device.
    pub device: DeviceClass,
    /// What brought the visitor.
    pub campaign: Option<Campaign>,
    /// The page the visitor came from.
    pub referrer: &'static str,
    /// Whether it is a program.
    pub bot: bool,
}

impl Visit {
    /// A visit that has no steps yet.
    pub fn new(truth: &str, start: DateTime, country: Country, seed: u64) -> Self {
        let mut dice = Dice::of("visit", seed);
        let language = match country {
            Country::France => "fr",
            Country::UnitedKingdom => "en",
            Country::Germany => "de",
            Country::Switzerland => *dice.pick(&["de", "de", "fr", "it"]),
        };
        let devices = [
            DeviceClass::Mobile,
            DeviceClass::Mobile,
            DeviceClass::Desktop,
            DeviceClass::Tablet,
        ];
        Self {
            seed,
            anonymous_id: Some(dice.uuid()),
            truth: truth.to_owned(),
            start,
            steps: Vec::new(),
            country,
            locale: format!("{language}-{}", country.code()),
            device: *dice.pick_early(&devices),
            campaign: None,
            referrer: *dice.pick(&["", "", "https://search.example.com/", "https://pins.example.org/board"]),
            bot: false,
        }
    }

    /// Adds a step.
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Comes from a link in the newsletter.
    pub fn through_newsletter(mut self) -> Self {
        self.campaign = Some(Campaign {
            name: "winter-candles".to_owned(),
            source: "newsletter".to_owned(),
            medium: "email".to_owned(),
            ..Campaign::default()
        });
        self.referrer = "";
        self
    }

    /// Looks round: the home page, then a few products, some of which go into the cart.
    pub fn browse(mut self, products: usize, seed: u64) -> Self {
        let mut dice = Dice::of("browse", seed);
        self = self.then(Step::Page("/".to_owned(), "Maison Tilleul".to_owned()));
        for _ in 0..products {
            let product = *dice.pick_early(&PRODUCTS);
            self = self
                .then(Step::Page(product.path(), product.name.to_owned()))
                .then(Step::View(product));
            if dice.chance(30) {
                self = self.then(Step::Add(product));
            }
        }
        self
    }

    /// Takes `product` to the check-out and orders it.
    pub fn buy(self, product: Product) -> Self {
        self.then(Step::Page(product.path(), product.name.to_owned()))
            .then(Step::View(product))
            .then(Step::Add(product))
            .then(Step::Cart)
            .then(Step::CheckOut)
            .then(Step::Order)
    }

    /// The steps with the moment of each: between 4 and 75 seconds apart.
    pub fn timed(&self) -> impl Iterator<Item = (DateTime, &Step)> {
        let mut dice = Dice::of("pace", self.seed);
        let mut at = self.start;
        self.steps.iter().map(move |step| {
            let now = at;
            at = at.saturating_add((4 + dice.below(72) as i64).seconds());
            (now, step)
        })
    }

    /// What was ordered: by whom, when, for how much.
    pub fn orders(&self) -> Vec<(String, DateTime, u32)> {
        let (mut buyer, mut cart, mut orders) = (self.truth.clone(), 0, Vec::new());
        for (at, step) in self.timed() {
            match step {
                Step::LogIn { truth, .. } => buyer.clone_from(truth),
                Step::LogOut => buyer.clone_from(&self.truth),
                Step::Add(product) => cart += product.cents,
                Step::Order => orders.push((buyer.clone(), at, std::mem::take(&mut cart))),
                _ => {}
            }
        }
        orders
    }

    /// Writes down who is behind each web identity of the visit; behind a program there is nobody.
    pub fn tell(&self, truth: &mut Truth) -> Result<()> {
        let Some(browser) = self.anonymous_id.as_ref().filter(|_| !self.bot) else {
            return Ok(());
        };
        let mut user: Option<(&str, &str)> = None;
        for step in &self.steps {
            match step {
                Step::LogIn { number, truth, .. } => user = Some((number, truth)),
                Step::LogOut => user = None,
                _ => {}
            }
            match user {
                Some((number, person)) => truth.add("web", &format!("{browser}/{number}"), person)?,
                None => truth.add("web", browser, &self.truth)?,
            }
        }
        Ok(())
    }
}

/// The step by which a customer of the shop logs in.
pub fn log_in(person: &Person, sightings: &[Sighting]) -> Option<Step> {
    let account = sightings
        .iter()
        .find(|row| row.source == Source::Shopify && row.truth == person.truth && !row.email.is_empty())?;
    Some(Step::LogIn {
        number: account.key.clone(),
        address: account.email.clone(),
        truth: person.truth.clone(),
    })
}
