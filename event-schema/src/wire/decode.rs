//! The edge's half: bytes of a page become the JSON that any other client would have sent. Everything a client writes is
//! bounded here before it takes memory; what the values mean is judged by [`Event::validate`](crate::Event::validate).

use serde_json::{Map, Number, Value, json};

use super::{
    AUDIENCE, Batch, CAMPAIGN, CONSENTED, Event, FIRST_CLICK_ID, Hit, Lane, Named, PURPOSES, Scene, Text, Token,
    VERSION_1, Visitor, What, compact,
};
use crate::{Timestamp, limits};

/// Why bytes of a page cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// No version that is known here.
    #[error("the body is of no known version")]
    UnknownVersion,
    /// Cut off, or not written by a collector.
    #[error("the body is damaged")]
    Damaged,
    /// More than [`limits::BATCH_EVENTS`].
    #[error("the batch has more than {} events", limits::BATCH_EVENTS)]
    TooManyEvents,
}

/// Whether a body claims to be a page's bytes rather than JSON.
pub fn is_wire(body: &[u8]) -> bool {
    body.first().is_some_and(|first| first & 0xf0 == VERSION_1 & 0xf0)
}

/// Reads a body, as the JSON of Segment's `/v1/batch`.
///
/// # Errors
/// [`WireError`]. An event that grows beyond [`limits::EVENT_BYTES`], nests beyond [`limits::DEPTH`] or whose tokens lead
/// nowhere is `null` in the batch, so that it is refused alone.
pub fn to_segment(body: &[u8]) -> Result<Value, WireError> {
    let (first, bytes) = body.split_first().ok_or(WireError::Damaged)?;
    let (write_key, sent_at, events) = match *first {
        VERSION_1 => version_1(bytes)?,
        CONSENTED | AUDIENCE => compact::read(*first, bytes)?,
        _ => return Err(WireError::UnknownVersion),
    };
    Ok(json!({"writeKey": write_key, "sentAt": moment(sent_at), "batch": events}))
}

fn version_1(bytes: &[u8]) -> Result<(&str, i64, Vec<Value>), WireError> {
    let (batch, rest) = postcard::take_from_bytes::<Batch<'_>>(bytes).map_err(|_| WireError::Damaged)?;
    if !rest.is_empty() {
        return Err(WireError::Damaged);
    }
    let events = match &batch.lane {
        Lane::Consented(events) => consented(events)?,
        Lane::Audience(hits) => audience(hits, batch.sent_at)?,
    };
    Ok((batch.write_key, batch.sent_at, events))
}

/// The texts of a batch so far.
#[derive(Default)]
pub(super) struct Known<'a>(Vec<&'a str>);

impl<'a> Known<'a> {
    fn text(&mut self, text: Text<'a>) -> Result<&'a str, WireError> {
        match text {
            Text::New(text) => {
                self.0.push(text);
                Ok(text)
            }
            Text::Again(place) => self.0.get(place as usize).copied().ok_or(WireError::Damaged),
        }
    }
}

fn consented(events: &[Event<'_>]) -> Result<Vec<Value>, WireError> {
    if events.len() > limits::BATCH_EVENTS {
        return Err(WireError::TooManyEvents);
    }
    let mut known = Known::default();
    let (mut visitor, mut scene) = (None, None);
    let mut read = Vec::with_capacity(events.len());
    for event in events {
        visitor = event.visitor.as_ref().or(visitor);
        if let Some(written) = &event.scene {
            scene = Some(scene_of(written, &mut known)?);
        }
        let visitor = visitor.ok_or(WireError::Damaged)?;
        let scene = scene.as_ref().ok_or(WireError::Damaged)?;
        read.push(event_of(event, visitor, scene, &mut known)?);
    }
    Ok(read)
}

pub(super) fn event_of<'a>(
    event: &Event<'a>,
    visitor: &Visitor<'a>,
    scene: &Map<String, Value>,
    known: &mut Known<'a>,
) -> Result<Value, WireError> {
    let mut fields = Map::new();
    let (kind, name, object) = match &event.what {
        What::Page(name) => ("page", Some(("name", known.text(*name)?)), "properties"),
        What::Track(name) => ("track", Some(("event", known.text(*name)?)), "properties"),
        What::Identify => ("identify", None, "traits"),
        What::Alias(id) => ("alias", Some(("previousId", known.text(*id)?)), "traits"),
        What::Group(id) => ("group", Some(("groupId", known.text(*id)?)), "traits"),
    };
    fields.insert("type".into(), kind.into());
    if let Some((field, name)) = name.filter(|(_, name)| !name.is_empty()) {
        fields.insert(field.into(), cut(name).into());
    }
    let session = hex::encode(visitor.session);
    fields.insert("messageId".into(), format!("{session}-{}", event.sequence).into());
    fields.insert("anonymousId".into(), hex::encode(visitor.anonymous).into());
    if !visitor.user.is_empty() {
        fields.insert("userId".into(), cut(visitor.user).into());
    }
    fields.insert(
        "timestamp".into(),
        moment(visitor.began.saturating_add(event.after)).into(),
    );
    let Some(given) = object_of(&event.fields, known)? else {
        return Ok(Value::Null);
    };
    if kind != "alias" {
        fields.insert(object.into(), given);
    }
    let mut context = scene.clone();
    context.insert("consent".into(), consent_of(visitor));
    if !visitor.locale.is_empty() {
        context.insert("locale".into(), cut(visitor.locale).into());
    }
    let session = json!({"id": session, "sequence": event.sequence, "dropped": visitor.dropped});
    context.insert("session".into(), session);
    fields.insert("context".into(), context.into());
    Ok(Value::Object(fields))
}

/// A visitor's answers, and the receipt for them.
fn consent_of(visitor: &Visitor<'_>) -> Value {
    let mut answers = Map::new();
    for answer in visitor.answers.iter().take(limits::PURPOSES) {
        let purpose = match answer.purpose {
            Named::Known(place) => PURPOSES.get(usize::from(place)).copied().unwrap_or_default(),
            Named::Other(name) => name,
        };
        if purpose.len() <= limits::PURPOSE_CHARS {
            answers.insert(purpose.to_owned(), answer.granted.into());
        }
    }
    let mut consent = Map::new();
    consent.insert("categoryPreferences".into(), answers.into());
    if visitor.receipt > 0 {
        let receipt = format!("{}.{}", hex::encode(visitor.anonymous), visitor.receipt);
        consent.insert("receipt".into(), receipt.into());
    }
    consent.into()
}

/// The parts of `context` that the scene gives: page and campaign.
pub(super) fn scene_of<'a>(scene: &Scene<'a>, known: &mut Known<'a>) -> Result<Map<String, Value>, WireError> {
    let url = known.text(scene.url)?;
    let (referrer, title) = (known.text(scene.referrer)?, known.text(scene.title)?);
    let mut context = Map::new();
    let page = json!({"url": cut(url), "path": cut(path_in(url)), "referrer": cut(referrer), "title": cut(title)});
    context.insert("page".into(), page);
    if let Some(campaign) = campaign_of(&scene.campaign, u8::MAX, known)? {
        context.insert("campaign".into(), campaign);
    }
    Ok(context)
}

fn audience(hits: &[Hit<'_>], sent_at: i64) -> Result<Vec<Value>, WireError> {
    if hits.len() > limits::BATCH_EVENTS {
        return Err(WireError::TooManyEvents);
    }
    let mut known = Known::default();
    hits.iter().map(|hit| hit_of(hit, sent_at, &mut known)).collect()
}

pub(super) fn hit_of<'a>(hit: &Hit<'a>, sent_at: i64, known: &mut Known<'a>) -> Result<Value, WireError> {
    let mut fields = Map::new();
    match known.text(hit.name)? {
        "" => drop(fields.insert("type".into(), "page".into())),
        name => {
            fields.insert("type".into(), "track".into());
            fields.insert("event".into(), cut(name).into());
        }
    }
    fields.insert("messageId".into(), hex::encode(hit.id).into());
    fields.insert("timestamp".into(), moment(sent_at.saturating_sub(hit.ago)).into());
    let (path, referrer) = (known.text(hit.path)?, known.text(hit.referrer)?);
    let mut context = Map::new();
    context.insert("page".into(), json!({"path": cut(path), "referrer": cut(referrer)}));
    if let Some(campaign) = campaign_of(&hit.campaign, FIRST_CLICK_ID, known)? {
        context.insert("campaign".into(), campaign);
    }
    fields.insert("context".into(), context.into());
    Ok(Value::Object(fields))
}

/// The campaign in Segment's words. Of parameters from `limit` on nothing is kept.
fn campaign_of<'a>(written: &[(u8, Text<'a>)], limit: u8, known: &mut Known<'a>) -> Result<Option<Value>, WireError> {
    let mut campaign = Map::new();
    for (place, value) in written.iter().take(CAMPAIGN.split(' ').count()) {
        let value = known.text(*value)?;
        let parameter = CAMPAIGN.split(' ').nth(usize::from(*place));
        let Some(parameter) = parameter.filter(|_| *place < limit) else {
            continue;
        };
        let value = percent_decoded(cut(value));
        let field = match *place {
            0 => "name",
            place if place < FIRST_CLICK_ID => parameter.trim_start_matches("utm_"),
            _ => {
                campaign.insert("clickIdName".into(), parameter.into());
                "clickId"
            }
        };
        campaign.insert(field.to_owned(), value.into());
    }
    Ok((!campaign.is_empty()).then_some(campaign.into()))
}

/// Undoes percent-encoding once, and a plus sign for a space.
fn percent_decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let mut digit = || char::from(ahead.next()?).to_digit(16);
        match (byte, digit(), digit()) {
            // Two hexadecimal digits fit a byte.
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                bytes = ahead;
            }
            (b'+', _, _) => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The object that the tokens walk through, or nothing where they lead nowhere, or it is too large or too deep to be
/// anybody's honest event.
fn object_of<'a>(tokens: &[Token<'a>], known: &mut Known<'a>) -> Result<Option<Value>, WireError> {
    let mut around: Vec<(Value, &str)> = Vec::new();
    let (mut object, mut name) = (Value::Object(Map::new()), "");
    let mut bytes = 0;
    let mut fits = true;
    for token in tokens {
        // The texts are numbered on even where the event is given up: later events may mean them.
        let value = match token {
            Token::Name(text) => {
                name = known.text(*text)?;
                bytes += name.len();
                continue;
            }
            Token::List | Token::Object => {
                let inner = if *token == Token::List { json!([]) } else { json!({}) };
                around.push((std::mem::replace(&mut object, inner), std::mem::take(&mut name)));
                fits &= around.len() <= limits::DEPTH + 1;
                continue;
            }
            Token::End => {
                let Some((outer, field)) = around.pop() else {
                    fits = false;
                    continue;
                };
                name = field;
                std::mem::replace(&mut object, outer)
            }
            Token::Text(text) => {
                let text = known.text(*text)?;
                bytes += text.len();
                fits &= bytes <= limits::EVENT_BYTES;
                if fits { text.into() } else { Value::Null }
            }
            Token::Integer(number) => (*number).into(),
            Token::Decimal(digits, scale) => number(&decimal(*digits, *scale)),
            Token::Number(text) => number(text),
            Token::Null => Value::Null,
            Token::False => false.into(),
            Token::True => true.into(),
        };
        bytes += 2;
        fits &= bytes <= limits::EVENT_BYTES;
        if !fits {
            continue;
        }
        match &mut object {
            Value::Object(fields) => drop(fields.insert(name.to_owned(), value)),
            Value::Array(items) => items.push(value),
            _ => fits = false,
        }
    }
    Ok((fits && around.is_empty()).then_some(object))
}

fn decimal(digits: i64, scale: u8) -> String {
    format!("{digits}e-{scale}")
}

/// A number as its text says; no number where it says none.
fn number(text: &str) -> Value {
    let parsed: Option<f64> = text.parse().ok();
    parsed.and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

fn moment(ms: i64) -> String {
    Timestamp::from_millis(ms).to_text()
}

fn path_in(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |slash| &after_scheme[slash..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

pub(super) fn cut(text: &str) -> &str {
    text.char_indices()
        .nth(limits::URL_CHARS)
        .map_or(text, |(end, _)| &text[..end])
}
