//! The checks an event passes before anybody relies on it, and the closed list of reasons why it does not.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Campaign, Consent, ConsentState, Context, Event, EventKind, Id, InvalidId, MessageId, Page, Properties, Purpose,
    Session, Timestamp, commerce, limits,
};

/// Why an event was refused. Counted and kept beside the event; the code on the wire and in reports is the name in
/// `snake_case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// The event is not a JSON object.
    #[error("the event is not a JSON object")]
    NotAnObject,
    /// The event has more than [`limits::EVENT_BYTES`].
    #[error("the event is larger than {} bytes", limits::EVENT_BYTES)]
    EventTooLarge,
    /// `type` is none of track, page, identify, alias, group.
    #[error("type is none of track, page, identify, alias, group")]
    UnknownType,
    /// `messageId` is missing.
    #[error("messageId is missing")]
    MissingMessageId,
    /// `messageId` is empty, too long, or holds control characters.
    #[error("messageId is no id of 1 to {} visible characters", limits::ID_CHARS)]
    InvalidMessageId,
    /// `timestamp` is missing.
    #[error("timestamp is missing")]
    MissingTimestamp,
    /// `timestamp` is not RFC 3339.
    #[error("timestamp is no RFC 3339 time with an offset")]
    InvalidTimestamp,
    /// `timestamp` lies too far before or after the arrival.
    #[error("timestamp lies more than 30 days before or one hour after the arrival")]
    TimestampOutOfRange,
    /// An id is not text, too long, or holds control characters.
    #[error("an id is no text of 1 to {} visible characters", limits::ID_CHARS)]
    InvalidId,
    /// An id is a placeholder such as `undefined`, which would join strangers.
    #[error("an id is a placeholder such as undefined")]
    JunkId,
    /// A track without the name of the event.
    #[error("event, the name of what happened, is missing")]
    MissingEventName,
    /// An event or page name longer than [`limits::NAME_CHARS`].
    #[error("a name is longer than {} characters", limits::NAME_CHARS)]
    NameTooLong,
    /// A group without `groupId`.
    #[error("groupId is missing")]
    MissingGroupId,
    /// An alias without `previousId`.
    #[error("previousId is missing")]
    MissingPreviousId,
    /// `properties` or `traits` is not an object.
    #[error("properties or traits is not an object")]
    InvalidProperties,
    /// More than [`limits::PROPERTIES`] properties.
    #[error("the event has more than {} properties", limits::PROPERTIES)]
    TooManyProperties,
    /// Properties nested deeper than [`limits::DEPTH`].
    #[error("properties are nested deeper than {} levels", limits::DEPTH)]
    TooDeep,
    /// A string longer than [`limits::STRING_CHARS`].
    #[error("a property is longer than {} characters", limits::STRING_CHARS)]
    StringTooLong,
    /// `context` or one of its parts has the wrong shape.
    #[error("context has the wrong shape")]
    InvalidContext,
    /// An identify, alias or group without consent to recognise the person.
    #[error("no consent to recognise the visitor")]
    ConsentRequired,
    /// A visitor who may be recognised, but no id to do it by.
    #[error("neither anonymousId nor userId is given")]
    MissingIdentity,
    /// The write key does not take audience hits.
    #[error("the site takes no events without consent")]
    AudienceNotAccepted,
    /// A track that none of the site's schemas is for.
    #[error("the site has no schema for an event of this name")]
    UnknownEvent,
    /// A track whose properties are not those of its schema.
    #[error("the properties are not those of the event's schema")]
    SchemaMismatch,
}

impl RejectReason {
    /// The reason's code on the wire and in reports: its name in `snake_case`.
    pub fn code(self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(code)) => code,
            _ => String::new(),
        }
    }
}

impl Event {
    /// Checks one event as a client sent it.
    ///
    /// Where both are given, `originalTimestamp` (what the device wrote) wins over `timestamp`. Ids may be numbers. What
    /// Firsthand does not know is dropped. GA4's names of commerce events become Segment's. Consent is read but not judged here.
    ///
    /// # Errors
    /// The first [`RejectReason`] that applies.
    pub fn validate(event: Value, received_at: Timestamp) -> Result<Self, RejectReason> {
        let Value::Object(mut fields) = event else {
            return Err(RejectReason::NotAnObject);
        };
        check_size(&fields)?;
        check_kind(&mut fields)?;
        let message_id = message_id(&fields)?;
        let timestamp = timestamp(&mut fields, received_at)?;
        let anonymous_id = take_id(&mut fields, "anonymousId")?;
        let user_id = take_id(&mut fields, "userId")?;
        let kind = take_kind(&mut fields)?;
        let mut event = Self {
            kind,
            message_id,
            anonymous_id,
            user_id,
            timestamp,
            context: take_context(&mut fields)?,
        };
        commerce::normalise(&mut event);
        Ok(event)
    }
}

/// Measures what an event has as JSON. Most are far below the limit even if every character had to be escaped, so those are not written
/// out for it.
fn check_size(fields: &Map<String, Value>) -> Result<(), RejectReason> {
    if bytes_at_most(fields) <= limits::EVENT_BYTES {
        return Ok(());
    }
    let bytes = serde_json::to_vec(fields).map_or(usize::MAX, |json| json.len());
    if bytes > limits::EVENT_BYTES {
        Err(RejectReason::EventTooLarge)
    } else {
        Ok(())
    }
}

/// No fewer bytes than an object has as JSON: six a byte of text, as `\u0001` has, and 25 for a number.
fn bytes_at_most(fields: &Map<String, Value>) -> usize {
    let text = |text: &str| 6 * text.len() + 2;
    let field = |(name, value): (&String, &Value)| text(name) + 2 + value_bytes_at_most(value);
    2 + fields.iter().map(field).sum::<usize>()
}

fn value_bytes_at_most(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 25,
        Value::String(text) => 6 * text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(|item| value_bytes_at_most(item) + 1).sum::<usize>(),
        Value::Object(fields) => bytes_at_most(fields),
    }
}

fn check_kind(fields: &mut Map<String, Value>) -> Result<(), RejectReason> {
    let given = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    match fields.get("type").and_then(Value::as_str) {
        Some("track") => match fields.get("event").and_then(Value::as_str).map(str::trim) {
            None | Some("") => return Err(RejectReason::MissingEventName),
            Some(_) => {}
        },
        Some("group") if !given("groupId") => return Err(RejectReason::MissingGroupId),
        Some("alias") if !given("previousId") => return Err(RejectReason::MissingPreviousId),
        Some("page" | "identify" | "group" | "alias") => {}
        _ => return Err(RejectReason::UnknownType),
    }
    for name in ["event", "name"] {
        match fields.get(name) {
            Some(Value::String(text)) if text.chars().nth(limits::NAME_CHARS).is_some() => {
                return Err(RejectReason::NameTooLong);
            }
            Some(Value::String(_)) | None => {}
            Some(_) => drop(fields.remove(name)),
        }
    }
    Ok(())
}

/// What belongs to the kind; what belongs to another is checked all the same.
fn take_kind(fields: &mut Map<String, Value>) -> Result<EventKind, RejectReason> {
    let group_id = take_id(fields, "groupId")?;
    let previous_id = take_id(fields, "previousId")?;
    let properties = take_properties(fields, "properties")?;
    let traits = take_properties(fields, "traits")?;
    match take_text(fields, "type").as_deref() {
        Some("track") => {
            let event = take_text(fields, "event").ok_or(RejectReason::MissingEventName)?;
            Ok(EventKind::Track { event, properties })
        }
        Some("page") => Ok(EventKind::Page {
            name: take_text(fields, "name"),
            properties,
        }),
        Some("identify") => Ok(EventKind::Identify { traits }),
        Some("alias") => {
            let previous_id = previous_id.ok_or(RejectReason::MissingPreviousId)?;
            Ok(EventKind::Alias { previous_id })
        }
        Some("group") => {
            let group_id = group_id.ok_or(RejectReason::MissingGroupId)?;
            Ok(EventKind::Group { group_id, traits })
        }
        _ => Err(RejectReason::UnknownType),
    }
}

fn message_id(fields: &Map<String, Value>) -> Result<MessageId, RejectReason> {
    match fields.get("messageId") {
        None | Some(Value::Null) => Err(RejectReason::MissingMessageId),
        Some(Value::String(id)) => MessageId::new(id).map_err(|_| RejectReason::InvalidMessageId),
        Some(_) => Err(RejectReason::InvalidMessageId),
    }
}

fn timestamp(fields: &mut Map<String, Value>, received_at: Timestamp) -> Result<Timestamp, RejectReason> {
    let original = fields.remove("originalTimestamp");
    let at: Timestamp = match original.as_ref().or_else(|| fields.get("timestamp")) {
        None | Some(Value::Null) => return Err(RejectReason::MissingTimestamp),
        Some(Value::String(text)) => text.parse().map_err(|_| RejectReason::InvalidTimestamp)?,
        Some(_) => return Err(RejectReason::InvalidTimestamp),
    };
    let age = received_at.as_millis() - at.as_millis();
    if (-limits::FUTURE_MS..=limits::PAST_MS).contains(&age) {
        Ok(at)
    } else {
        Err(RejectReason::TimestampOutOfRange)
    }
}

fn take_id(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Id>, RejectReason> {
    let id = match fields.remove(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(RejectReason::InvalidId),
    };
    match Id::new(&id) {
        Ok(id) => Ok(Some(id)),
        Err(InvalidId::Junk) => Err(RejectReason::JunkId),
        Err(_) => Err(RejectReason::InvalidId),
    }
}

fn take_text(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn take_properties(fields: &mut Map<String, Value>, name: &str) -> Result<Properties, RejectReason> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Properties::default()),
        Some(value @ Value::Object(_)) => {
            check_value(&value, 0, &mut 0)?;
            match value {
                Value::Object(properties) => Ok(properties),
                _ => Err(RejectReason::InvalidProperties),
            }
        }
        Some(_) => Err(RejectReason::InvalidProperties),
    }
}

fn check_value(value: &Value, depth: usize, count: &mut usize) -> Result<(), RejectReason> {
    if depth > limits::DEPTH {
        return Err(RejectReason::TooDeep);
    }
    match value {
        Value::String(text) if text.chars().nth(limits::STRING_CHARS).is_some() => {
            return Err(RejectReason::StringTooLong);
        }
        Value::Object(fields) => {
            *count += fields.len();
            fields
                .values()
                .try_for_each(|inner| check_value(inner, depth + 1, count))?;
        }
        Value::Array(items) => {
            *count += items.len();
            items
                .iter()
                .try_for_each(|inner| check_value(inner, depth + 1, count))?;
        }
        _ => {}
    }
    if *count > limits::PROPERTIES {
        Err(RejectReason::TooManyProperties)
    } else {
        Ok(())
    }
}

/// The context, part by part: a deserialiser made by macro would take a tenth of the worker for it.
fn take_context(fields: &mut Map<String, Value>) -> Result<Context, RejectReason> {
    let Some(Value::Object(mut context)) = fields.remove("context") else {
        return Ok(Context::default());
    };
    let locale = match context.remove("locale") {
        None | Some(Value::Null) => None,
        Some(Value::String(locale)) => Some(locale),
        Some(_) => return Err(RejectReason::InvalidContext),
    };
    Ok(Context {
        page: take_part(&mut context, "page")?.map(page_of),
        campaign: take_part(&mut context, "campaign")?.map(campaign_of),
        consent: take_part(&mut context, "consent")?.map_or(Ok(Consent::default()), consent_of)?,
        locale,
        session: take_part(&mut context, "session")?.map(session_of).transpose()?,
    })
}

/// An object in an object.
fn take_part(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, RejectReason> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(part)) => Ok(Some(part)),
        Some(_) => Err(RejectReason::InvalidContext),
    }
}

/// A text, cut to what is kept of one; empty where there is none.
fn take_cut(fields: &mut Map<String, Value>, name: &str) -> String {
    let mut text = take_text(fields, name).unwrap_or_default();
    if let Some((end, _)) = text.char_indices().nth(limits::URL_CHARS) {
        text.truncate(end);
    }
    text
}

fn page_of(mut fields: Map<String, Value>) -> Page {
    let mut text = |name| take_cut(&mut fields, name);
    Page {
        url: text("url"),
        path: text("path"),
        referrer: text("referrer"),
        title: text("title"),
    }
}

fn campaign_of(mut fields: Map<String, Value>) -> Campaign {
    let mut text = |name| take_cut(&mut fields, name);
    Campaign {
        name: text("name"),
        source: text("source"),
        medium: text("medium"),
        term: text("term"),
        content: text("content"),
        click_id_name: text("clickIdName"),
        click_id: text("clickId"),
    }
}

fn session_of(mut fields: Map<String, Value>) -> Result<Session, RejectReason> {
    let mut number = |name| match fields.remove(name) {
        None => Ok(0),
        Some(value) => {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number.ok_or(RejectReason::InvalidContext)
        }
    };
    let (sequence, dropped) = (number("sequence")?, number("dropped")?);
    let id = match fields.remove("id") {
        None => String::new(),
        Some(Value::String(id)) => id,
        Some(_) => return Err(RejectReason::InvalidContext),
    };
    Ok(Session { id, sequence, dropped })
}

fn consent_of(mut fields: Map<String, Value>) -> Result<Consent, RejectReason> {
    let receipt = match fields.remove("receipt") {
        None | Some(Value::Null) => None,
        Some(Value::String(receipt)) => Some(receipt),
        Some(_) => return Err(RejectReason::InvalidContext),
    };
    let category_preferences = match fields.remove("categoryPreferences") {
        None => ConsentState::default(),
        Some(Value::Object(categories)) => purposes(categories),
        Some(_) => return Err(RejectReason::InvalidContext),
    };
    Ok(Consent {
        category_preferences,
        receipt,
    })
}

/// The answers by purpose: `Email Marketing` is `email_marketing`. A category that still is no purpose is left out, and
/// what is left out is not granted. Of two answers to one purpose the refusal counts.
fn purposes(categories: Map<String, Value>) -> ConsentState {
    let mut answers = ConsentState::default();
    for (category, answer) in categories {
        let name = category.trim().to_lowercase().replace([' ', '-'], "_");
        let (Some(granted), Some(purpose)) = (answer.as_bool(), Purpose::new(&name)) else {
            continue;
        };
        match answers.get(&name) {
            None if answers.len() >= limits::PURPOSES => {}
            earlier => answers.set(purpose, granted && earlier != Some(false)),
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(event: Value) -> Result<Event, RejectReason> {
        Event::validate(event, "2026-11-24T08:00:00Z".parse().unwrap())
    }

    /// A sound track with some fields replaced.
    fn track(replaced: Value) -> Value {
        let mut event = json!({"type": "track", "event": "Product Viewed", "messageId": "m1",
            "anonymousId": "a1", "timestamp": "2026-11-24T07:59:58Z"});
        for (name, value) in replaced.as_object().unwrap() {
            event[name] = value.clone();
        }
        event
    }

    #[test]
    fn each_defect_has_its_reason() {
        let deep = (0..20).fold(json!(1), |inner, _| json!({"in": inner}));
        let many: Map<String, Value> = (0..301).map(|n| (n.to_string(), json!(n))).collect();
        let cases = [
            (json!([]), RejectReason::NotAnObject),
            (track(json!({"type": "dance"})), RejectReason::UnknownType),
            (track(json!({"messageId": null})), RejectReason::MissingMessageId),
            (track(json!({"messageId": 7})), RejectReason::InvalidMessageId),
            (track(json!({"timestamp": null})), RejectReason::MissingTimestamp),
            (track(json!({"timestamp": "yesterday"})), RejectReason::InvalidTimestamp),
            (
                track(json!({"timestamp": "2020-01-01T00:00:00Z"})),
                RejectReason::TimestampOutOfRange,
            ),
            (
                track(json!({"timestamp": "2026-11-24T10:00:00Z"})),
                RejectReason::TimestampOutOfRange,
            ),
            (track(json!({"userId": "undefined"})), RejectReason::JunkId),
            (track(json!({"userId": ["x"]})), RejectReason::InvalidId),
            (track(json!({"event": "  "})), RejectReason::MissingEventName),
            (track(json!({"event": "x".repeat(101)})), RejectReason::NameTooLong),
            (track(json!({"type": "group"})), RejectReason::MissingGroupId),
            (track(json!({"type": "alias"})), RejectReason::MissingPreviousId),
            (track(json!({"properties": "none"})), RejectReason::InvalidProperties),
            (track(json!({"properties": deep})), RejectReason::TooDeep),
            (track(json!({"properties": many})), RejectReason::TooManyProperties),
            (
                track(json!({"properties": {"note": "x".repeat(4_001)}})),
                RejectReason::StringTooLong,
            ),
            (
                track(json!({"properties": {"note": vec!["x".repeat(3_999); 9]}})),
                RejectReason::EventTooLarge,
            ),
            (
                track(json!({"context": {"page": "home"}})),
                RejectReason::InvalidContext,
            ),
        ];
        for (event, reason) in cases {
            assert_eq!(verdict(event), Err(reason));
        }
    }

    #[test]
    fn of_two_answers_to_one_purpose_the_refusal_counts() {
        for preferences in [
            json!({"Email Marketing": false, "email_marketing": true}),
            json!({"Email Marketing": true, "email_marketing": false}),
        ] {
            let event = verdict(track(
                json!({"context": {"consent": {"categoryPreferences": preferences}}}),
            ));
            let answers = event.unwrap().context.consent.category_preferences;
            assert!(!answers.grants("email_marketing") && answers.len() == 1);
        }
    }

    #[test]
    fn consent_categories_become_purposes_and_junk_grants_nothing() {
        let preferences = json!({"Email Marketing": true, "analytics": "yes", "§": true});
        let event = verdict(track(
            json!({"context": {"consent": {"categoryPreferences": preferences}}}),
        ))
        .unwrap();
        assert!(event.context.consent.category_preferences.grants("email_marketing"));
        assert_eq!(event.context.consent.category_preferences.len(), 1);
    }

    #[test]
    fn what_the_device_wrote_outranks_what_was_corrected_and_numbers_are_ids() {
        let event = track(json!({"originalTimestamp": "2026-11-24T07:00:00Z", "userId": 42}));
        let event = verdict(event).unwrap();
        assert_eq!(event.timestamp.to_string(), "2026-11-24T07:00:00.000Z");
        assert_eq!(event.user_id.map(String::from).as_deref(), Some("42"));
    }

    #[test]
    fn an_address_or_agent_in_the_context_is_dropped() {
        let event = verdict(track(json!({"context": {"ip": "192.0.2.1", "userAgent": "X/1"}}))).unwrap();
        let json = serde_json::to_string(&event).unwrap();
        assert!(!json.contains("192.0.2.1") && !json.contains("X/1"), "{json}");
    }
}
