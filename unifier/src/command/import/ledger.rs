//! `import list` and `import undo`.

use std::fmt;

use serde::Serialize;

use crate::command::{Place, UsageError};
use crate::ingest::ImportEntry;
use crate::ingest::undo::{self, UndoError, Undone};
use crate::report::{grouped, table};

/// Prints the imports so far.
pub(super) fn list(place: &Place) -> anyhow::Result<()> {
    place.config()?;
    let imports = undo::imports(&place.store()?)?;
    let imports = imports.into_iter().map(|(id, entry)| Made { id, entry });
    place.print(&List(imports.collect()))
}

/// Takes an import back.
pub(super) fn undo(place: &Place, id: &str) -> anyhow::Result<()> {
    place.config()?;
    let mut store = place.store()?;
    let undone = undo::undo(&mut store, id).map_err(|error| match error {
        UndoError::Unknown(_) | UndoError::Ambiguous(_) => UsageError(error.to_string()).into(),
        error => anyhow::Error::from(error),
    })?;
    place.print(&TakenBack(undone))
}

/// One import.
#[derive(Serialize)]
struct Made {
    id: String,
    #[serde(flatten)]
    entry: ImportEntry,
}

#[derive(Serialize)]
struct List(Vec<Made>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut imports = table(&[
            "import",
            "file",
            "source",
            "kind",
            "day",
            "accepted",
            "duplicate",
            "rejected",
        ]);
        for Made { id, entry } in &self.0 {
            let [accepted, duplicate, rejected] = [entry.accepted, entry.duplicate, entry.rejected].map(grouped);
            imports.add_row([
                id.clone(),
                entry.file.clone(),
                entry.source.clone(),
                entry.kind.clone(),
                entry.as_of.clone(),
                accepted,
                duplicate,
                rejected,
            ]);
        }
        write!(f, "{imports}")
    }
}

#[derive(Serialize)]
struct TakenBack(Undone);

impl fmt::Display for TakenBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Undone { id, import, handed_on } = &self.0;
        let rows = grouped(import.accepted);
        write!(
            f,
            "taken back: {id}, {rows} rows of {} from {}",
            import.source, import.file
        )?;
        if *handed_on > 0 {
            write!(
                f,
                "\n{} of them later imports told again, and they are theirs now",
                grouped(*handed_on)
            )?;
        }
        write!(f, "\nthe tables follow with the next run")
    }
}
