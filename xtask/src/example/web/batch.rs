//! Events as the edge stores them: in the batches they came in, with what only the edge knows.

use anyhow::Result;
use event_schema::{AudienceHit, ConsentedEvent, Envelope, Event, Timestamp, VisitorHash};

use super::event::{Browser, OrderNumbers, moment};
use super::visit::Visit;
use crate::example::dice::Dice;

/// The site the shop's write key belongs to.
const SITE: &str = "shop";
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

/// The visit's requests.
pub fn batches(visit: &Visit, n: u64, numbers: &OrderNumbers) -> Result<Vec<Batch>> {
    let mut browser = Browser::new(visit, n);
    let mut events = Vec::new();
    for (at, step) in visit.timed() {
        let event = browser.event(at, step, numbers)?;
        events.extend(event.map(|event| (at, event)));
    }
    let mut dice = Dice::of("network", n);
    let visitor = visitor_hash(&mut dice);
    // One visitor in forty has a clock that is seven minutes slow.
    let skew_ms = if n % 40 == 7 { 420_000 } else { 0 };
    events
        .chunks(BATCH_EVENTS)
        .map(|chunk| {
            let last = chunk.last().map_or(visit.start, |(at, _)| *at);
            let received_at = later(moment(last)?, skew_ms + 60 + dice.below(900) as i64);
            let envelopes = chunk
                .iter()
                .map(|(_, event)| envelope(visit, &visitor, event, received_at, skew_ms));
            Ok(Batch {
                received_at,
                id: dice.uuid(),
                envelopes: envelopes.collect(),
            })
        })
        .collect()
}

fn later(moment: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() + ms)
}

/// What the edge adds to an event. Without consent it keeps a count and drops the rest.
fn envelope(
    visit: &Visit,
    visitor: &VisitorHash,
    event: &Event,
    received_at: Timestamp,
    clock_skew_ms: i64,
) -> Envelope {
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
        visitor: Some(visitor.clone()),
        country: visit.country.code().to_owned(),
        device: visit.device,
        bot: visit.bot,
    })
}

fn visitor_hash(dice: &mut Dice) -> VisitorHash {
    let mut hash = [0; 16];
    hash[..8].copy_from_slice(&dice.roll().to_be_bytes());
    hash[8..].copy_from_slice(&dice.roll().to_be_bytes());
    VisitorHash::from_bytes(hash)
}
