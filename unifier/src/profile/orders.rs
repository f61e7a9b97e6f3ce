//! The ledger: the same order told by several sources, files or rows is one order.
//!
//! Owns which telling is believed. An offline source is believed over the web, then the better-ranked source. Within one
//! source the later state is: an order goes from completed to refunded or cancelled and never back, and refunds only lower
//! its amount, so later needs no clock.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use event_schema::Timestamp;
use rayon::prelude::*;

use super::grouped::{Grouped, Roster};
use super::purchase::{NoPurchase, Purchases, convert, verdict};
use crate::config::Config;
use crate::record::{Amount, Order, WEB};

/// Where an order was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// By web events alone.
    Web,
    /// By offline sources alone.
    Offline,
    /// By both.
    Both,
}

impl Channel {
    /// The channel's name in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Web => "web",
            Channel::Offline => "offline",
            Channel::Both => "both",
        }
    }
}

/// One order after its tellings were merged.
#[derive(Clone, Debug)]
pub struct LedgerOrder<'a> {
    /// The place of its person; nothing when no telling names one.
    pub person: Option<usize>,
    /// The number, without blanks around it and without `#` before it.
    pub order_id: &'a str,
    /// The telling that is believed for time, amount, currency and status.
    pub told: &'a Order,
    /// The sources, sorted, each once.
    pub sources: Vec<&'a str>,
    /// Its amount in the company's currency; nothing without a rate.
    pub value: Option<Amount>,
    /// Whether it counts as a purchase.
    pub verdict: Result<(), NoPurchase>,
}

impl LedgerOrder<'_> {
    /// Where it was told.
    pub fn channel(&self) -> Channel {
        match (self.sources.contains(&WEB), self.sources.len()) {
            (true, 1) => Channel::Web,
            (true, _) => Channel::Both,
            (false, _) => Channel::Offline,
        }
    }
}

/// What the ledger met. `orders` is the sum of `purchases` and all of `not_purchases`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderCounts {
    /// Rows and events that tell of an order.
    pub told: u64,
    /// Orders after merging.
    pub orders: u64,
    /// Orders that count as purchases.
    pub purchases: u64,
    /// Orders that do not, by reason.
    pub not_purchases: BTreeMap<NoPurchase, u64>,
    /// Purchases in a currency without a rate: counted, without a value.
    pub without_rate: u64,
    /// Orders that two or more sources tell of.
    pub several_sources: u64,
    /// What all purchases add up to in the company's currency.
    pub revenue: Amount,
    /// Orders whose tellings name nobody.
    pub without_person: u64,
    /// Orders whose tellings name different people.
    pub people_differ: u64,
    /// Orders whose tellings differ in amount or currency.
    pub amounts_differ: u64,
}

/// All orders, each once.
#[derive(Debug)]
pub struct Ledger<'a> {
    orders: Grouped<LedgerOrder<'a>>,
    counts: OrderCounts,
}

impl<'a> Ledger<'a> {
    /// Merges what was told. The order of `orders` does not matter.
    pub fn new(orders: &'a [Order], roster: &Roster, config: &Config, now: Timestamp) -> Self {
        let mut tellings: Vec<Telling<'a>> = orders
            .par_iter()
            .map(|order| Telling::new(order, roster, config))
            .collect();
        tellings.par_sort_unstable_by(|a, b| a.standing().cmp(&b.standing()));
        let same: Vec<&[Telling<'a>]> = tellings.chunk_by(|a, b| a.key == b.key).collect();
        let merged: Vec<_> = same
            .par_iter()
            .filter_map(|tellings| merge(tellings, config, now))
            .collect();
        let mut counts = OrderCounts {
            told: orders.len() as u64,
            ..OrderCounts::default()
        };
        same.iter().for_each(|tellings| counts.note_differences(tellings));
        let mut total = Purchases::default();
        for order in &merged {
            counts.note(order);
            if order.verdict.is_ok() {
                total.add(order.told.ordered_at.utc_day(), order.value);
            }
        }
        counts.revenue = total.revenue();
        Self {
            orders: by_person(merged, roster.people()),
            counts,
        }
    }

    /// The orders by person, in the order of time and number.
    pub fn orders(&self) -> &Grouped<LedgerOrder<'a>> {
        &self.orders
    }

    /// What was met.
    pub fn counts(&self) -> &OrderCounts {
        &self.counts
    }

    /// What the purchases of the person at `place` add up to.
    pub fn purchases(&self, place: usize) -> Purchases {
        let mut purchases = Purchases::default();
        for order in self.orders.of(place).iter().filter(|order| order.verdict.is_ok()) {
            purchases.add(order.told.ordered_at.utc_day(), order.value);
        }
        purchases
    }
}

impl OrderCounts {
    fn note(&mut self, order: &LedgerOrder<'_>) {
        self.orders += 1;
        self.without_person += u64::from(order.person.is_none());
        self.several_sources += u64::from(order.sources.len() > 1);
        match order.verdict {
            Ok(()) => {
                self.purchases += 1;
                self.without_rate += u64::from(order.value.is_none());
            }
            Err(reason) => *self.not_purchases.entry(reason).or_default() += 1,
        }
    }

    fn note_differences(&mut self, tellings: &[Telling<'_>]) {
        let Some((first, rest)) = tellings.split_first() else {
            return;
        };
        let same_price = |one: &Order, other: &Order| (one.amount, &one.currency) == (other.amount, &other.currency);
        self.amounts_differ += u64::from(rest.iter().any(|other| !same_price(other.order, first.order)));
        let mut people = tellings.iter().filter_map(|telling| telling.person);
        let person = people.next();
        self.people_differ += u64::from(people.any(|other| Some(other) != person));
    }
}

/// One source's word on one order.
#[derive(Debug)]
struct Telling<'a> {
    key: Cow<'a, str>,
    rank: u32,
    person: Option<usize>,
    order: &'a Order,
}

impl<'a> Telling<'a> {
    fn new(order: &'a Order, roster: &Roster, config: &Config) -> Self {
        Self {
            key: key(number(&order.order_id)),
            rank: config.source_rank(&order.source),
            person: order.record.and_then(|record| roster.place(record)),
            order,
        }
    }

    /// By order; within one the most believed telling first.
    fn standing(&self) -> impl Ord + '_ {
        let order = self.order;
        let trust = (order.source == WEB, self.rank, order.source.as_str());
        let state = (Reverse(order.status), order.amount, order.ordered_at);
        let rest = (
            &order.currency,
            &order.origin,
            &order.order_id,
            self.person.is_none(),
            order.record,
        );
        (self.key.as_ref(), trust, state, rest)
    }
}

/// An order's number as people quote it.
fn number(order_id: &str) -> &str {
    order_id.trim().trim_start_matches('#').trim_start()
}

/// What is equal for two spellings of a number.
fn key(number: &str) -> Cow<'_, str> {
    if number.chars().any(char::is_uppercase) {
        Cow::Owned(number.to_lowercase())
    } else {
        Cow::Borrowed(number)
    }
}

/// One order of all its tellings, the most believed first.
fn merge<'a>(tellings: &[Telling<'a>], config: &Config, now: Timestamp) -> Option<LedgerOrder<'a>> {
    let told = tellings.first()?.order;
    let mut sources: Vec<&str> = tellings.iter().map(|telling| telling.order.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    Some(LedgerOrder {
        person: tellings.iter().find_map(|telling| telling.person),
        order_id: number(&told.order_id),
        told,
        sources,
        value: config.rate(&told.currency).and_then(|rate| convert(told.amount, rate)),
        verdict: verdict(told.status, told.amount, told.ordered_at > now),
    })
}

fn by_person(mut orders: Vec<LedgerOrder<'_>>, people: usize) -> Grouped<LedgerOrder<'_>> {
    // The key of a merged order is unique, so its number is but for case, which makes this order total.
    let place = |order: &LedgerOrder<'_>| (order.person.is_none(), order.person);
    orders.par_sort_unstable_by(|a, b| {
        let (a, b) = (
            (place(a), a.told.ordered_at, a.order_id),
            (place(b), b.told.ordered_at, b.order_id),
        );
        a.cmp(&b)
    });
    Grouped::new(people, orders, |order| order.person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{OrderStatus, Origin, Record, RecordId};

    const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[rates]\nCHF = 1.06\n\
                          [sources.erp]\nrank = 1\n[sources.shopify]\nrank = 2\n[sources.web]\nrank = 1\n";

    fn record(source: &str, key: &str) -> Record {
        Record {
            id: RecordId::new(source, key),
            source: source.into(),
            key: key.into(),
            first_seen: None,
            identifiers: Vec::new(),
            observations: Vec::new(),
            enrichment: false,
        }
    }

    fn order(order_id: &str, source: &str, customer: &str, amount: i64) -> Order {
        Order {
            order_id: order_id.to_owned(),
            source: source.to_owned(),
            record: Some(RecordId::new("crm", customer)),
            ordered_at: Timestamp::from_millis(1_000),
            amount: Amount(amount),
            currency: "EUR".to_owned(),
            status: OrderStatus::Completed,
            origin: Origin {
                file: "orders.csv".into(),
                line: 2,
            },
        }
    }

    /// The ledger of two people, `crm/a` and `crm/b`, as `number amount sources person`.
    fn ledger(orders: &[Order]) -> (Vec<String>, OrderCounts) {
        let records = [record("crm", "a"), record("crm", "b")];
        let people = [(records[0].id, vec![0]), (records[1].id, vec![1])];
        let config = Config::parse(CONFIG).unwrap();
        let roster = Roster::new(&records, &people);
        let ledger = Ledger::new(orders, &roster, &config, Timestamp::from_millis(2_000));
        let line = |o: &LedgerOrder<'_>| {
            let person = o.person.map_or("-", |place| if place == 0 { "a" } else { "b" });
            format!(
                "{} {} {} {} {person}",
                o.order_id,
                o.told.amount,
                o.sources.join("+"),
                o.channel().as_str()
            )
        };
        (
            ledger.orders().rows().iter().map(line).collect(),
            ledger.counts().clone(),
        )
    }

    #[test]
    fn the_same_number_from_web_and_shop_is_one_order_as_the_shop_tells_it() {
        let orders = [
            order("#1001", "web", "a", 100_000),
            order(" 1001", "shopify", "a", 95_000),
        ];
        let (lines, counts) = ledger(&orders);
        assert_eq!(lines, ["1001 9.50 shopify+web both a"]);
        assert_eq!(
            (counts.told, counts.orders, counts.purchases, counts.amounts_differ),
            (2, 1, 1, 1)
        );
    }

    #[test]
    fn case_does_not_make_two_orders() {
        let (lines, _) = ledger(&[
            order("r-77a", "erp", "a", 10_000),
            order("R-77A", "shopify", "a", 10_000),
        ]);
        assert_eq!(lines, ["r-77a 1.00 erp+shopify offline a"]);
    }

    #[test]
    fn a_later_export_with_the_refund_is_believed() {
        let refunded = Order {
            status: OrderStatus::Refunded,
            ..order("1", "shopify", "a", 10_000)
        };
        let (_, counts) = ledger(&[order("1", "shopify", "a", 10_000), refunded]);
        assert_eq!((counts.orders, counts.purchases), (1, 0));
        assert_eq!(counts.not_purchases, BTreeMap::from([(NoPurchase::Refunded, 1)]));
    }

    #[test]
    fn the_best_source_that_knows_a_person_names_them() {
        let nobody = Order {
            record: None,
            ..order("1", "erp", "a", 10_000)
        };
        let (lines, counts) = ledger(&[
            nobody,
            order("1", "web", "a", 10_000),
            order("1", "shopify", "b", 10_000),
        ]);
        assert_eq!(lines, ["1 1.00 erp+shopify+web both b"]);
        assert_eq!((counts.people_differ, counts.without_person), (1, 0));
    }

    #[test]
    fn an_order_of_nobody_stays_in_the_ledger() {
        let stranger = order("9", "erp", "unheard of", 10_000);
        let (lines, counts) = ledger(&[stranger, order("1", "web", "b", 10_000)]);
        assert_eq!(lines, ["1 1.00 web web b", "9 1.00 erp offline -"]);
        assert_eq!(counts.without_person, 1);
    }

    #[test]
    fn a_currency_without_a_rate_counts_as_a_purchase_without_value() {
        let franc = Order {
            currency: "CHF".to_owned(),
            ..order("1", "erp", "a", 10_000)
        };
        let crown = Order {
            currency: "SEK".to_owned(),
            ..order("2", "erp", "a", 10_000)
        };
        let (records, config) = ([record("crm", "a")], Config::parse(CONFIG).unwrap());
        let roster = Roster::new(&records, &[(records[0].id, vec![0])]);
        let orders = [franc, crown];
        let ledger = Ledger::new(&orders, &roster, &config, Timestamp::from_millis(2_000));
        let purchases = ledger.purchases(0);
        assert_eq!(
            (purchases.count, purchases.priced, purchases.revenue()),
            (2, 1, Amount(10_600))
        );
        assert_eq!(
            (ledger.counts().without_rate, ledger.counts().revenue),
            (1, Amount(10_600))
        );
    }
}
