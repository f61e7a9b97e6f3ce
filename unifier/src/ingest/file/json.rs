//! JSON lines as rows: one object a line, its keys the columns, what is nested flattened.
//!
//! A value stands as it was written: `19.90` keeps its zero and a long number its digits. An object inside another gives
//! columns `outer.inner`; a list of plain values is written with commas between them.

use std::collections::HashMap;
use std::fmt;
use std::io;

use serde::de::{MapAccess, Visitor};
use serde::{Deserializer, de};
use serde_json::value::RawValue;

use super::bytes::{Bytes, Content, FileError};
use super::{BrokenRow, Defect, Row, RowSource};

/// Different keys that the objects of one file may have.
const MOST_COLUMNS: usize = 2_000;
/// Objects inside objects are flattened this deep; what lies deeper stays JSON.
const DEPTH: usize = 6;

/// The columns of one file, in the order in which they first occur.
#[derive(Clone, Debug, Default)]
pub struct JsonColumns {
    /// Their names.
    pub names: Vec<String>,
    /// Whoever wrote the file chose the names, so they are hashed under a key.
    places: HashMap<String, usize>,
}

impl JsonColumns {
    /// Columns that are known before any row.
    pub fn declared(names: &[String]) -> Self {
        let mut columns = Self::default();
        for name in names {
            columns.add(name);
        }
        columns
    }

    /// The columns of every object of a file, behind those that were declared.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read to its end, or has too many.
    pub fn read(content: &Content<'_>, declared: &[String]) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: content.path().to_owned(),
            source,
        };
        let mut columns = Self::declared(declared);
        let (mut bytes, mut line) = (content.open()?, Vec::new());
        while bytes.read_line(&mut line).map_err(unreadable)? > 0 {
            // A broken line is told when the rows are taken.
            let _ = each_value(&line, &mut |name, _| columns.add(name));
            line.clear();
            if columns.names.len() > MOST_COLUMNS {
                return Err(FileError::TooManyColumns {
                    path: content.path().to_owned(),
                    most: MOST_COLUMNS,
                });
            }
        }
        Ok(columns)
    }

    fn add(&mut self, name: &str) {
        if !is_bookkeeping(name) && !self.places.contains_key(name) {
            self.places.insert(name.to_owned(), self.names.len());
            self.names.push(name.to_owned());
        }
    }
}

/// Whether a column is a loader's own note about the row and says nothing of what it is about: it differs each time that the same row
/// is loaded.
pub fn is_bookkeeping(name: &str) -> bool {
    ["_sdc_", "_dlt_", "_airbyte_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// The rows of a file of JSON lines.
pub struct JsonLines {
    bytes: Bytes,
    columns: JsonColumns,
    line: Vec<u8>,
    number: u64,
}

impl JsonLines {
    /// Begins to read.
    pub fn new(bytes: Bytes, columns: JsonColumns) -> Self {
        Self {
            bytes,
            columns,
            line: Vec::new(),
            number: 0,
        }
    }

    fn row(&self) -> Option<Row> {
        let mut values = vec![String::new(); self.columns.names.len()];
        each_value(&self.line, &mut |name, value| {
            if let Some(place) = self.columns.places.get(name) {
                values[*place] = value;
            }
        })
        .ok()?;
        Some(Row::of(self.number, values))
    }
}

impl RowSource for JsonLines {
    fn next_row(&mut self) -> io::Result<Option<Result<Row, BrokenRow>>> {
        loop {
            self.line.clear();
            if self.bytes.read_line(&mut self.line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let broken = || BrokenRow {
                line: self.number,
                raw: self.line.clone(),
                defect: Defect::Json,
            };
            return Ok(Some(self.row().ok_or_else(broken)));
        }
    }

    fn position(&self) -> u64 {
        self.bytes.position()
    }
}

/// Gives each plain value of an object, with the name of its column.
///
/// # Errors
/// When the text is no JSON object.
pub fn each_value(json: &[u8], take: &mut dyn FnMut(&str, String)) -> Result<(), serde_json::Error> {
    let json = json.strip_prefix(super::encoding::BYTE_ORDER_MARK).unwrap_or(json);
    flatten("", json, DEPTH, take)
}

fn flatten(
    outer: &str,
    json: &[u8],
    depth: usize,
    take: &mut dyn FnMut(&str, String),
) -> Result<(), serde_json::Error> {
    let mut failed = None;
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Object {
        take: &mut |key, raw| {
            let name = if outer.is_empty() {
                key
            } else {
                format!("{outer}.{key}")
            };
            let flattened = match raw.get().as_bytes() {
                [b'{', ..] if depth > 1 => flatten(&name, raw.get().as_bytes(), depth - 1, take),
                _ => plain(raw).map(|value| take(&name, value)),
            };
            failed = failed.take().or(flattened.err());
        },
    })?;
    deserializer.end()?;
    failed.map_or(Ok(()), Err)
}

/// A value as text; nothing for null.
fn plain(raw: &RawValue) -> Result<String, serde_json::Error> {
    let text = raw.get();
    match text.as_bytes() {
        [b'"', ..] => serde_json::from_str(text),
        [b'n', ..] => Ok(String::new()),
        [b'[', ..] => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            let nested = |item: &&RawValue| item.get().starts_with(['{', '[']);
            if items.iter().any(nested) {
                return Ok(text.to_owned());
            }
            let items: Result<Vec<String>, _> = items.into_iter().map(plain).collect();
            Ok(items?.join(", "))
        }
        _ => Ok(text.to_owned()),
    }
}

struct Object<'a> {
    take: &'a mut dyn FnMut(String, &RawValue),
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error>
    where
        A::Error: de::Error,
    {
        while let Some((key, raw)) = map.next_entry::<String, &RawValue>()? {
            (self.take)(key, raw);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(json: &str) -> Vec<(String, String)> {
        let mut values = Vec::new();
        each_value(json.as_bytes(), &mut |name, value| {
            values.push((name.to_owned(), value))
        })
        .unwrap();
        values
    }

    #[test]
    fn values_stand_as_they_were_written_and_what_is_nested_is_flattened() {
        let told = values(
            r#"{"id": 12345678901234567890123, "paid": 19.90, "a": {"city": "Z\u00fcrich", "b": {}}, "tags": ["x", 1], "no": null, "deep": [{"k": 1}], "yes": true}"#,
        );
        let told: Vec<_> = told
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let expected = [
            ("id", "12345678901234567890123"),
            ("paid", "19.90"),
            ("a.city", "Zürich"),
            ("tags", "x, 1"),
            ("no", ""),
            ("deep", "[{\"k\": 1}]"),
            ("yes", "true"),
        ];
        assert_eq!(told, expected);
        assert!(each_value(b"[1]", &mut |_, _| ()).is_err() && each_value(b"{} {}", &mut |_, _| ()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = each_value(&bytes, &mut |_, _| ());
        }

        #[test]
        fn deeply_nested_text_does_not_overflow_the_stack(depth in 0_usize..5_000) {
            let text = format!("{{\"a\":{}1{}}}", "{\"b\":".repeat(depth), "}".repeat(depth));
            let _ = each_value(text.as_bytes(), &mut |_, _| ());
        }
    }
}
