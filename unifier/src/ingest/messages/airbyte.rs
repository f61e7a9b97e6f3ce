//! Airbyte's messages, version 0 of its protocol.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::message::Message;
use super::singer::columns;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, borrow)]
    record: Option<Record<'a>>,
    #[serde(default, borrow)]
    state: Option<&'a RawValue>,
    #[serde(default)]
    catalog: Option<Catalog>,
    #[serde(default)]
    trace: Option<Trace>,
}

#[derive(Deserialize)]
struct Record<'a> {
    stream: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Catalog {
    #[serde(default)]
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    name: String,
    #[serde(default)]
    json_schema: Value,
}

#[derive(Deserialize)]
struct Trace {
    #[serde(rename = "type")]
    kind: String,
}

/// Reads a line. Logs, specifications and the like are permitted and say nothing about rows.
///
/// # Errors
/// What is wrong with the line.
pub fn parse(line: &[u8]) -> Result<Message<'_>, &'static str> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|_| "no JSON object with a type")?;
    Ok(match line.kind.as_str() {
        "RECORD" => {
            let record = line.record.ok_or("it has no record")?;
            Message::Record {
                stream: record.stream,
                record: record.data,
            }
        }
        "STATE" => Message::State(line.state.ok_or("it has no state")?),
        "TRACE" if line.trace.is_some_and(|trace| trace.kind == "ERROR") => Message::Failed,
        // The only message that tells columns, and of one stream only when the source has no other.
        "CATALOG" => match line.catalog.map(|catalog| catalog.streams).unwrap_or_default().pop() {
            Some(stream) => Message::Schema {
                columns: columns(Some(&stream.json_schema)),
                stream: stream.name,
            },
            None => Message::Other,
        },
        _ => Message::Other,
    })
}
