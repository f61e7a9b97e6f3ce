//! What web events tell computed traits: each event that a trait counts, with the values of the property it is made of.
//!
//! Owns which events count (name, `where`), what a property path leads to, and what a touch is; nothing is added up here. The log is
//! read for it only where a configured trait asks, and only the columns that are asked for.

use std::collections::{BTreeMap, HashMap};

use event_schema::{Campaign, Timestamp};
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::read::{days, web_key};
use super::rows::Columns;
use crate::config::{ComputedTrait, ORDER, TOUCH, Wanted};
use crate::record::{Occurrence, RecordId, WEB};
use crate::store::{Lane, Log, Segment, SegmentError};

/// Someone who comes again by the same way after so long has come anew.
const VISIT_MS: i64 = 30 * 60 * 1_000;

/// A trait that web events tell of, with its place among all computed traits.
type Asked<'c> = (u16, &'c ComputedTrait);

/// Everything that the log tells the computed traits, in a fixed order. The traits are named by their place in the configuration's
/// order of names.
///
/// # Errors
/// [`SegmentError`] when a segment is damaged.
pub fn occurrences(log: &Log, traits: &BTreeMap<String, ComputedTrait>) -> Result<Vec<Occurrence>, SegmentError> {
    let asked: Vec<Asked<'_>> = (0..)
        .zip(traits.values())
        .filter(|(_, asked)| asked.event != ORDER)
        .collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let days: Vec<Vec<&Segment>> = days(log, Lane::Events).collect();
    let read = |segments: &Vec<&Segment>| of_day(segments, &asked);
    let mut all: Vec<Occurrence> = days
        .par_iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    all.par_sort_unstable();
    Ok(all)
}

/// One event, as far as it is read here.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Hit<'a> {
    message_id: &'a str,
    at: Timestamp,
    name: &'a str,
    who: (Option<&'a str>, Option<&'a str>),
    properties: Option<&'a str>,
    campaign: Option<&'a str>,
    referrer: Option<&'a str>,
    url: Option<&'a str>,
    path: Option<&'a str>,
}

fn of_day(segments: &[&Segment], asked: &[Asked<'_>]) -> Result<Vec<Occurrence>, SegmentError> {
    let touches = asked.iter().any(|(_, asked)| asked.event == TOUCH);
    let mut columns = vec![
        "message_id",
        "name",
        "anonymous_id",
        "user_id",
        "timestamp",
        "bot",
        "properties",
    ];
    if touches {
        columns.extend(["campaign", "referrer", "url", "path"]);
    }
    let mut batches = Vec::new();
    for segment in segments {
        batches.extend(segment.read(Some(&columns))?.collect::<Result<Vec<_>, _>>()?);
    }
    let mut hits: Vec<Hit<'_>> = Vec::new();
    for batch in &batches {
        let columns = Columns(batch);
        let (times, bots) = (columns.moments("timestamp"), columns.flags("bot"));
        let text = |name| columns.texts(name);
        let (ids, names, anonymous, users) = (text("message_id"), text("name"), text("anonymous_id"), text("user_id"));
        let (properties, campaign, referrer, url, path) = (
            text("properties"),
            text("campaign"),
            text("referrer"),
            text("url"),
            text("path"),
        );
        let people = (0..batch.num_rows()).filter(|&row| !bots(row));
        hits.extend(people.map(|row| Hit {
            message_id: ids.get(row).unwrap_or_default(),
            at: times.get(row).unwrap_or(Timestamp::from_millis(0)),
            name: names.get(row).unwrap_or_default(),
            who: (anonymous.get(row), users.get(row)),
            properties: properties.get(row),
            campaign: campaign.get(row),
            referrer: referrer.get(row),
            url: url.get(row),
            path: path.get(row),
        }));
    }
    hits.retain(|hit| hit.who != (None, None));
    if segments.len() > 1 {
        // Several imports may have told the same message.
        hits.sort_unstable();
        hits.dedup_by_key(|hit| hit.message_id);
    }
    let mut day = Day::default();
    for hit in &hits {
        let asked = asked.iter().filter(|(_, asked)| asked.event == hit.name);
        day.tell(hit, asked, || object(hit.properties));
    }
    if touches {
        day.touches(hits, asked);
    }
    Ok(day.told)
}

/// What one day tells.
#[derive(Default)]
struct Day<'a> {
    // Visitors choose their ids, so these are hashed under a key that nobody can guess.
    ids: HashMap<(Option<&'a str>, Option<&'a str>), RecordId>,
    told: Vec<Occurrence>,
}

impl<'a> Day<'a> {
    /// Notes what an event tells each trait that counts it; its properties are read only where one does.
    fn tell<'c>(
        &mut self,
        hit: &Hit<'a>,
        asked: impl Iterator<Item = &'c Asked<'c>>,
        properties: impl Fn() -> Map<String, Value>,
    ) {
        let mut read = None;
        for (computed, asked) in asked {
            let bare = asked.property.is_none() && asked.filter.is_empty();
            let empty = Map::new();
            let properties = if bare {
                &empty
            } else {
                &*read.get_or_insert_with(&properties)
            };
            if !asked
                .filter
                .iter()
                .all(|(path, wanted)| passes(properties, path, wanted))
            {
                continue;
            }
            let record = *self
                .ids
                .entry(hit.who)
                .or_insert_with(|| RecordId::new(WEB, &web_key(hit.who.0, hit.who.1)));
            let occurrence = |value: Option<String>| Occurrence {
                record,
                computed: *computed,
                at: hit.at,
                value: value.map(Into::into),
            };
            match &asked.property {
                None => self.told.push(occurrence(None)),
                Some(path) => {
                    let values = values(properties, path).into_iter();
                    self.told.extend(values.map(|value| occurrence(Some(value))));
                }
            }
        }
    }

    /// Notes who came from where.
    fn touches(&mut self, mut hits: Vec<Hit<'a>>, asked: &[Asked<'_>]) {
        hits.sort_unstable_by(|a, b| (a.who, a.at, a.message_id).cmp(&(b.who, b.at, b.message_id)));
        for visits in hits.chunk_by(|a, b| a.who == b.who) {
            let mut last: Option<(Timestamp, Map<String, Value>)> = None;
            for hit in visits {
                let Some(touch) = touch(hit) else { continue };
                let again = last.as_ref().is_some_and(|(at, before)| {
                    same_way(before, &touch) && hit.at.as_millis() - at.as_millis() < VISIT_MS
                });
                if !again {
                    let asked = asked.iter().filter(|(_, asked)| asked.event == TOUCH);
                    self.tell(hit, asked, || touch.clone());
                }
                last = Some((hit.at, touch));
            }
        }
    }
}

/// Whether two touches came by the same way, whatever page they came to.
fn same_way(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let way = |touch: &Map<String, Value>| {
        ["source", "medium", "campaign", "term", "content", "referrer"].map(|name| touch.get(name).cloned())
    };
    way(a) == way(b)
}

/// Where somebody came from, where they came from anywhere: by a campaign, or from another site.
fn touch(hit: &Hit<'_>) -> Option<Map<String, Value>> {
    let campaign: Option<Campaign> = hit.campaign.and_then(|json| serde_json::from_str(json).ok());
    let own = hit.url.and_then(host);
    let referrer = hit
        .referrer
        .and_then(host)
        .filter(|referrer| Some(referrer) != own.as_ref());
    let mut touch = Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            touch.insert(name.to_owned(), Value::from(value));
        }
    };
    match (&campaign, &referrer) {
        (None, None) => return None,
        (Some(campaign), _) => {
            let source = if campaign.source.is_empty() {
                &campaign.click_id_name
            } else {
                &campaign.source
            };
            put("source", source);
            put("medium", &campaign.medium);
            put("campaign", &campaign.name);
            put("term", &campaign.term);
            put("content", &campaign.content);
        }
        (None, Some(referrer)) => {
            put("source", referrer);
            put("medium", "referral");
        }
    }
    put("referrer", referrer.as_deref().unwrap_or_default());
    put("path", hit.path.unwrap_or_default());
    Some(touch)
}

/// The host of an address, without `www.`.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

fn object(json: Option<&str>) -> Map<String, Value> {
    json.and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

/// The values a path leads to, as text; a list on the way gives what each of its items has.
fn values(properties: &Map<String, Value>, path: &str) -> Vec<String> {
    let mut reached: Vec<&Value> = Vec::new();
    let mut steps = path.split('.');
    reached.extend(steps.next().and_then(|step| properties.get(step)));
    for step in steps {
        let items = reached.into_iter().flat_map(items);
        reached = items.filter_map(|value| value.as_object()?.get(step)).collect();
    }
    reached.into_iter().flat_map(items).filter_map(text).collect()
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// Whether one of a property's values is what is wanted.
fn passes(properties: &Map<String, Value>, path: &str, wanted: &Wanted) -> bool {
    values(properties, path).iter().any(|value| wanted.is(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value, path: &str) -> Vec<String> {
        values(value.as_object().unwrap(), path)
    }

    #[test]
    fn a_path_goes_through_lists_and_leads_to_texts() {
        let order = json!({"total": 12.5, "gift": true, "note": " ", "products": [
            {"name": "Boot", "tags": ["red", "new"]}, {"name": "Sock"}, 7,
        ]});
        assert_eq!(of(order.clone(), "products.name"), ["Boot", "Sock"]);
        assert_eq!(of(order.clone(), "products.tags"), ["red", "new"]);
        assert_eq!(of(order.clone(), "total"), ["12.5"]);
        assert_eq!(of(order.clone(), "gift"), ["true"]);
        assert_eq!(of(order.clone(), "note"), [""; 0]);
        assert_eq!(of(order, "total.name"), [""; 0]);
    }

    fn hit<'a>(campaign: Option<&'a str>, referrer: Option<&'a str>) -> Hit<'a> {
        Hit {
            message_id: "1",
            at: Timestamp::from_millis(0),
            name: "Page Viewed",
            who: (Some("a"), None),
            properties: None,
            campaign,
            referrer,
            url: Some("https://www.shop.example/boots?x=1"),
            path: Some("/boots"),
        }
    }

    #[test]
    fn a_touch_is_a_campaign_or_another_site_and_never_the_shop_itself() {
        let told = |campaign, referrer| touch(&hit(campaign, referrer)).map(Value::from);
        assert_eq!(told(None, None), None);
        assert_eq!(told(None, Some("https://shop.example/")), None);
        assert_eq!(
            told(None, Some("https://WWW.Search.example:443/?q=boots")),
            Some(
                json!({"source": "search.example", "medium": "referral", "referrer": "search.example", "path": "/boots"})
            )
        );
        assert_eq!(
            told(Some(r#"{"name":"spring","source":"news","medium":"email"}"#), None),
            Some(json!({"source": "news", "medium": "email", "campaign": "spring", "path": "/boots"}))
        );
    }

    #[test]
    fn the_same_way_within_half_an_hour_is_one_touch() {
        let at = |minutes: i64, campaign| Hit {
            at: Timestamp::from_millis(minutes * 60_000),
            ..hit(Some(campaign), None)
        };
        let (news, search) = (r#"{"source":"news"}"#, r#"{"source":"search"}"#);
        let config: ComputedTrait = toml::from_str("compute = \"count\"\nevent = \"touch\"").unwrap();
        let mut day = Day::default();
        let hits = vec![
            at(0, news),
            at(20, news),
            at(45, news),
            at(80, news),
            at(81, search),
            at(82, news),
        ];
        day.touches(hits, &[(0, &config)]);
        let minutes: Vec<i64> = day.told.iter().map(|told| told.at.as_millis() / 60_000).collect();
        assert_eq!(minutes, [0, 80, 81, 82]);
    }
}
