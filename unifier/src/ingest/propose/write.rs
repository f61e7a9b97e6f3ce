//! A proposal as a mapping file, ready to be saved, with what speaks for each line beside it.

use std::fmt;

use serde_json::Value;

use super::{Confidence, Proposal, ProposedColumn, Use};

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Proposed from the header and the first {} rows. Look at it, above all at what is a guess,",
            self.rows
        )?;
        writeln!(f, "# then: unifier import FILE --map THIS.toml --dry-run")?;
        if let Some(preset) = self.preset {
            writeln!(f, "# The preset {preset} reads this file without a mapping.")?;
        }
        writeln!(f, "source = {}  # the system the file comes from", quoted(&self.source))?;
        writeln!(f, "kind = {}", quoted(self.kind))?;
        match self.columns.iter().find(|column| column.used == Use::Key) {
            Some(key) => writeln!(f, "record_key = {}  # {}", quoted(&key.header), reasons(key))?,
            None if matches!(self.kind, "people" | "consents") => {
                writeln!(
                    f,
                    "# no column is a key: people are known by their e-mail address or telephone number"
                )?;
            }
            None => {}
        }
        for column in self.columns.iter().filter(|column| column.used == Use::Nothing) {
            let header = quoted(&column.header);
            writeln!(
                f,
                "# not used: {header}, which has no name or that of a column before it, or holds addresses of computers"
            )?;
        }
        self.table(f, "columns", |used| match used {
            Use::Field(field) => Some(((*field).to_owned(), None)),
            _ => None,
        })?;
        self.table(f, "identifiers", |used| match used {
            Use::Identifier(kind) => Some(((*kind).to_owned(), None)),
            _ => None,
        })?;
        self.table(f, "traits", |used| match used {
            Use::Trait(name) => Some((name.clone(), None)),
            _ => None,
        })?;
        self.table(f, "consents", |used| match used {
            Use::Consent { purpose, refusal, at } => Some(((*purpose).to_owned(), answer(*refusal, at.as_deref()))),
            _ => None,
        })
    }
}

impl Proposal {
    /// One table of the file; nothing when it has no line. `line` gives the name, and what stands beside the column.
    fn table(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        line: impl Fn(&Use) -> Option<(String, Option<String>)>,
    ) -> fmt::Result {
        let mut begun = false;
        for column in &self.columns {
            let Some((name, beside)) = line(&column.used) else {
                continue;
            };
            if !begun {
                write!(f, "\n[{title}]\n")?;
                begun = true;
            }
            let header = quoted(&column.header);
            let value = beside.map_or_else(|| header.clone(), |beside| format!("{{ column = {header}{beside} }}"));
            writeln!(f, "{name} = {value}  # {}", reasons(column))?;
        }
        Ok(())
    }
}

/// What a line about an answer says besides its column.
fn answer(refusal: bool, at: Option<&str>) -> Option<String> {
    let at = at.map_or_else(String::new, |at| format!(", granted_at = {}", quoted(at)));
    let reading = if refusal { ", reading = \"refusal\"" } else { "" };
    Some(format!("{at}{reading}")).filter(|beside| !beside.is_empty())
}

/// A text as a TOML string on one line, whatever stands in it: a JSON string is one, but for one character that JSON lets stand.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// What speaks for a column's use. Never a value.
fn reasons(column: &ProposedColumn) -> String {
    let confidence = match column.confidence {
        Confidence::Sure => "sure",
        Confidence::Likely => "likely",
        Confidence::Guess => "a guess",
    };
    match column.class {
        Some(class) => format!(
            "{confidence}: {} of {} values are {}",
            column.fitting,
            column.told,
            class.in_words()
        ),
        None => format!("{confidence}: no value in the sample"),
    }
}
