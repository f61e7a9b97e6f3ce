//! Writing rows as the sources' programs write them.

use anyhow::{Context, Result};

/// Rows under a header, fields divided by `delimiter`, quoted where needed, lines ended by a line feed.
pub fn csv(delimiter: u8, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer
            .write_record(&row)
            .context("a row of the example has not as many fields as its header")?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// An empty row of a header, to be filled by name.
pub struct Row<'a> {
    header: &'a [&'a str],
    fields: Vec<String>,
}

impl<'a> Row<'a> {
    /// All fields empty.
    pub fn of(header: &'a [&'a str]) -> Self {
        Self {
            header,
            fields: vec![String::new(); header.len()],
        }
    }

    /// Sets the field under `column`, which must be in the header.
    pub fn set(mut self, column: &str, value: impl Into<String>) -> Self {
        let at = self.header.iter().position(|name| *name == column);
        debug_assert!(at.is_some(), "the header has no column {column}");
        if let Some(field) = at.and_then(|at| self.fields.get_mut(at)) {
            *field = value.into();
        }
        self
    }

    /// The fields in the header's order.
    pub fn fields(self) -> Vec<String> {
        self.fields
    }
}

/// Cents as `1234.50`.
pub fn decimal(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
