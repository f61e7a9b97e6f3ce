//! Singer's messages, as its specification 0.3 and the SDK of its taps have them.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::message::{BatchFiles, Message};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    stream: Option<String>,
    #[serde(default, borrow)]
    record: Option<&'a RawValue>,
    #[serde(default, borrow)]
    value: Option<&'a RawValue>,
    #[serde(default)]
    schema: Option<Value>,
    #[serde(default)]
    encoding: Option<Encoding>,
    #[serde(default)]
    manifest: Vec<String>,
}

#[derive(Deserialize)]
struct Encoding {
    format: String,
}

/// Reads a line. Types are compared without regard to case, and unknown ones are permitted.
///
/// # Errors
/// What is wrong with the line.
pub fn parse(line: &[u8]) -> Result<Message<'_>, &'static str> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|_| "no JSON object with a type")?;
    let stream = || line.stream.clone().ok_or("it names no stream");
    Ok(match line.kind.to_ascii_uppercase().as_str() {
        "RECORD" => Message::Record {
            stream: stream()?,
            record: line.record.ok_or("it has no record")?,
        },
        "SCHEMA" => Message::Schema {
            stream: stream()?,
            columns: columns(line.schema.as_ref()),
        },
        "STATE" => Message::State(line.value.ok_or("it has no value")?),
        "ACTIVATE_VERSION" => Message::Replaced { stream: stream()? },
        "BATCH" => Message::Batch(BatchFiles {
            stream: stream()?,
            format: line.encoding.ok_or("it has no encoding")?.format,
            files: line.manifest,
        }),
        _ => Message::Other,
    })
}

/// The names of a JSON schema's properties.
pub(super) fn columns(schema: Option<&Value>) -> Vec<String> {
    let mut names = Vec::new();
    if let Some(schema) = schema {
        add_columns("", schema, &mut names);
    }
    names
}

fn add_columns(outer: &str, schema: &Value, names: &mut Vec<String>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    for (name, property) in properties {
        let name = if outer.is_empty() {
            name.clone()
        } else {
            format!("{outer}.{name}")
        };
        if property.get("properties").is_some() {
            add_columns(&name, property, names);
        } else {
            names.push(name);
        }
    }
}
