//! What a site says its events are: for each `track`, by name, which properties it has and of what kind. `schemas.json`, beside
//! `wrangler.toml`, holds sets of such schemas; a write key names the set that its events are held to.
//!
//! The words are JSON Schema's (`type`, `required`, `enum`, `properties`, `items`, `additionalProperties`, `minimum`, `maximum`,
//! `maxLength`), a small part of it; `version` is SchemaVer's `MODEL-REVISION-ADDITION`. A null property is one that is not there.

use std::collections::BTreeMap;

use event_schema::{Event, EventKind, Properties, RejectReason};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How deep schemas may be nested: events are not deeper.
const DEPTH: usize = event_schema::limits::DEPTH;

/// All sets of schemas, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SchemaSets(BTreeMap<String, SchemaSet>);

/// The schemas that a write key's events are held to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaSet {
    /// What becomes of a track that no schema is for.
    #[serde(default)]
    unknown: Unknown,
    events: BTreeMap<String, EventSchema>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unknown {
    #[default]
    Allow,
    Reject,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct EventSchema {
    version: String,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    properties: BTreeMap<String, Property>,
    #[serde(default = "yes")]
    additional_properties: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Property {
    r#type: Kind,
    #[serde(default, rename = "enum")]
    allowed: Vec<Value>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    max_length: Option<usize>,
    items: Option<Box<Property>>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    properties: BTreeMap<String, Property>,
    #[serde(default = "yes")]
    additional_properties: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

/// How an event departs from its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// [`RejectReason::UnknownEvent`] or [`RejectReason::SchemaMismatch`].
    pub code: RejectReason,
    /// The property that departs, as `products.price`; empty where the event as a whole does. Made of the schema's own names only: what a
    /// client sends may be personal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// The version of the schema; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
}

fn yes() -> bool {
    true
}

impl SchemaSets {
    /// Reads and checks `schemas.json`: `{"shop": {"unknown": "reject", "events": {"Order Completed": {…}}}}`.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn from_json(json: &str) -> Result<Self, String> {
        let sets: BTreeMap<String, SchemaSet> =
            serde_json::from_str(json).map_err(|error| format!("schemas.json is not valid: {error}"))?;
        for (name, set) in &sets {
            for (event, schema) in &set.events {
                let place = format!("schemas.json, set `{name}`, event `{event}`");
                schema.check().map_err(|fault| format!("{place}: {fault}"))?;
            }
        }
        Ok(Self(sets))
    }

    /// The set of this name.
    pub fn find(&self, name: &str) -> Option<&SchemaSet> {
        self.0.get(name)
    }
}

impl SchemaSet {
    /// Holds an event to its schema. Only a track has one.
    ///
    /// # Errors
    /// Where it departs from it first.
    pub fn judge(&self, event: &Event) -> Result<(), Departure> {
        match &event.kind {
            EventKind::Track { event, properties } => self.judge_track(event, properties),
            _ => Ok(()),
        }
    }

    /// Holds a track of this name to its schema.
    ///
    /// # Errors
    /// As for [`SchemaSet::judge`].
    pub fn judge_track(&self, name: &str, properties: &Properties) -> Result<(), Departure> {
        let departure = |code, at, version: &str| Departure {
            code,
            at,
            version: version.to_owned(),
        };
        match (self.events.get(name), self.unknown) {
            (None, Unknown::Allow) => Ok(()),
            (None, Unknown::Reject) => Err(departure(RejectReason::UnknownEvent, String::new(), "")),
            (Some(schema), _) => judge_object(
                properties,
                &schema.required,
                &schema.properties,
                schema.additional_properties,
            )
            .map_err(|at| departure(RejectReason::SchemaMismatch, at, &schema.version)),
        }
    }
}

/// Judges an object; says where it departs.
fn judge_object(
    object: &Properties,
    required: &[String],
    properties: &BTreeMap<String, Property>,
    additional: bool,
) -> Result<(), String> {
    let given = |name: &str| object.get(name).filter(|value| !value.is_null());
    if let Some(missing) = required.iter().find(|name| given(name).is_none()) {
        return Err(missing.clone());
    }
    for (name, property) in properties {
        if let Some(value) = given(name) {
            property.judge(value).map_err(|inner| join(name, &inner))?;
        }
    }
    let known = |name: &String| additional || properties.contains_key(name);
    if object.keys().all(known) {
        Ok(())
    } else {
        Err(String::new())
    }
}

fn join(name: &str, inner: &str) -> String {
    if inner.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{inner}")
    }
}

impl Property {
    fn judge(&self, value: &Value) -> Result<(), String> {
        if !self.r#type.is_of(value) || !(self.allowed.is_empty() || self.allowed.contains(value)) {
            return Err(String::new());
        }
        match value {
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                let fits =
                    self.minimum.is_none_or(|least| number >= least) && self.maximum.is_none_or(|most| number <= most);
                if fits { Ok(()) } else { Err(String::new()) }
            }
            Value::String(text) => match self.max_length {
                Some(most) if text.chars().nth(most).is_some() => Err(String::new()),
                _ => Ok(()),
            },
            Value::Array(values) => match &self.items {
                Some(items) => values.iter().try_for_each(|value| items.judge(value)),
                None => Ok(()),
            },
            Value::Object(object) => judge_object(object, &self.required, &self.properties, self.additional_properties),
            _ => Ok(()),
        }
    }

    fn check(&self, depth: usize) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("it is nested deeper than {DEPTH} levels, which no event is"));
        }
        let object = !self.required.is_empty() || !self.properties.is_empty() || !self.additional_properties;
        let number = self.minimum.is_some() || self.maximum.is_some();
        let fault = match self.r#type {
            _ if object && self.r#type != Kind::Object => {
                "only an object has required, properties and additionalProperties"
            }
            _ if self.items.is_some() && self.r#type != Kind::Array => "only an array has items",
            _ if number && !matches!(self.r#type, Kind::Number | Kind::Integer) => {
                "only a number has a minimum and a maximum"
            }
            _ if self.max_length.is_some() && self.r#type != Kind::String => "only a string has a maxLength",
            kind if !self.allowed.iter().all(|value| kind.is_of(value)) => "a value of its enum is not of its type",
            _ if self.minimum > self.maximum && self.maximum.is_some() => "its minimum is above its maximum",
            _ => "",
        };
        if !fault.is_empty() {
            return Err(fault.to_owned());
        }
        self.items.iter().try_for_each(|items| items.check(depth + 1))?;
        check_object(&self.required, &self.properties, depth + 1)
    }
}

impl EventSchema {
    fn check(&self) -> Result<(), String> {
        let mut parts = self.version.split('-');
        let counts = parts.clone().count() == 3 && parts.all(|part| part.parse::<u32>().is_ok());
        if !counts || self.version.starts_with('0') {
            return Err("its version is not MODEL-REVISION-ADDITION, as 1-0-0".to_owned());
        }
        check_object(&self.required, &self.properties, 1)
    }
}

fn check_object(required: &[String], properties: &BTreeMap<String, Property>, depth: usize) -> Result<(), String> {
    if let Some(name) = required.iter().find(|name| !properties.contains_key(*name)) {
        return Err(format!("`{name}` is required and not among its properties"));
    }
    properties
        .iter()
        .try_for_each(|(name, property)| property.check(depth).map_err(|fault| format!("`{name}`: {fault}")))
}

impl Kind {
    fn is_of(self, value: &Value) -> bool {
        match self {
            Kind::String => value.is_string(),
            Kind::Number => value.is_number(),
            Kind::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Kind::Boolean => value.is_boolean(),
            Kind::Array => value.is_array(),
            Kind::Object => value.is_object(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sets() -> Value {
        json!({"shop": {"unknown": "reject", "events": {"Order Completed": {
            "version": "1-0-2", "required": ["order_id", "total"], "additionalProperties": false, "properties": {
                "order_id": {"type": "string", "maxLength": 10},
                "total": {"type": "number", "minimum": 0},
                "currency": {"type": "string", "enum": ["CHF", "EUR"]},
                "gift": {"type": "boolean"},
                "products": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string"}, "quantity": {"type": "integer", "minimum": 1, "maximum": 99}}}}}}}},
            "blog": {"events": {}}})
    }

    fn judge(set: &str, name: &str, properties: Value) -> Result<(), (RejectReason, String, String)> {
        let sets = SchemaSets::from_json(&sets().to_string()).unwrap();
        let event = json!({"type": "track", "event": name, "messageId": "m1", "timestamp": "2026-11-24T08:00:00Z", "properties": properties});
        let event = Event::validate(event, "2026-11-24T08:00:00Z".parse().unwrap()).unwrap();
        let verdict = sets.find(set).unwrap().judge(&event);
        verdict.map_err(|departure| (departure.code, departure.at, departure.version))
    }

    #[test]
    fn an_event_that_keeps_to_its_schema_passes_and_a_null_is_nothing() {
        let whole = json!({"order_id": "o-1", "total": 12.5, "currency": "CHF", "gift": null,
            "products": [{"id": "p1", "quantity": 2.0, "colour": "red"}]});
        assert_eq!(judge("shop", "Order Completed", whole), Ok(()));
    }

    #[test]
    fn a_departure_names_its_place_in_the_words_of_the_schema() {
        for (properties, at) in [
            (json!({"total": 1}), "order_id"),
            (json!({"order_id": null, "total": 1}), "order_id"),
            (json!({"order_id": "o-1", "total": "1"}), "total"),
            (json!({"order_id": "o-1", "total": -1}), "total"),
            (json!({"order_id": "o".repeat(11), "total": 1}), "order_id"),
            (json!({"order_id": "o-1", "total": 1, "currency": "USD"}), "currency"),
            (json!({"order_id": "o-1", "total": 1, "gift": "yes"}), "gift"),
            (json!({"order_id": "o-1", "total": 1, "products": {}}), "products"),
            (
                json!({"order_id": "o-1", "total": 1, "products": [{"id": 7}]}),
                "products.id",
            ),
            (
                json!({"order_id": "o-1", "total": 1, "products": [{"id": "p", "quantity": 1.5}]}),
                "products.quantity",
            ),
            (json!({"order_id": "o-1", "total": 1, "ann@mail.example": 1}), ""),
        ] {
            let departure = (RejectReason::SchemaMismatch, at.to_owned(), "1-0-2".to_owned());
            assert_eq!(
                judge("shop", "Order Completed", properties.clone()),
                Err(departure),
                "{properties}"
            );
        }
    }

    #[test]
    fn an_unknown_event_is_taken_or_refused_as_the_set_says() {
        let refused = (RejectReason::UnknownEvent, String::new(), String::new());
        assert_eq!(judge("shop", "Dance", json!({})), Err(refused));
        assert_eq!(judge("blog", "Dance", json!({})), Ok(()));
    }

    #[test]
    fn broken_schemas_are_refused_with_their_place() {
        let with = |property: Value| {
            let schema = json!({"version": "1-0-0", "properties": {"total": property}});
            json!({"shop": {"events": {"Order Completed": schema}}}).to_string()
        };
        for (json, expected) in [
            ("{".to_owned(), "not valid"),
            (with(json!({"type": "float"})), "unknown variant `float`"),
            (
                with(json!({"type": "string", "pattern": "x"})),
                "unknown field `pattern`",
            ),
            (
                with(json!({"type": "string", "minimum": 1})),
                "`total`: only a number has a minimum",
            ),
            (
                with(json!({"type": "number", "minimum": 2, "maximum": 1})),
                "minimum is above its maximum",
            ),
            (with(json!({"type": "string", "enum": [1]})), "enum is not of its type"),
            (
                with(json!({"type": "number", "items": {"type": "string"}})),
                "only an array has items",
            ),
            (
                with(json!({"type": "object", "required": ["id"]})),
                "`id` is required and not among",
            ),
            (
                with(json!({"type": "string"})).replace("1-0-0", "1.0"),
                "set `shop`, event `Order Completed`: its version",
            ),
            (with(json!({"type": "string"})).replace("1-0-0", "0-1-0"), "its version"),
        ] {
            let fault = SchemaSets::from_json(&json).unwrap_err();
            assert!(fault.contains(expected), "{json}: {fault}");
        }
    }
}
