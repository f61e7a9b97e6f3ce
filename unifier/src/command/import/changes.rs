//! `import --dry-run --diff`: what each row would change, on stdout as it is found.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde::Serialize;

use crate::cli::Format;
use crate::ingest::{News, RowChange};

/// A change and the file it is from, for programs.
#[derive(Serialize)]
struct FileChange<'a> {
    file: &'a str,
    #[serde(flatten)]
    change: &'a RowChange,
}

/// Prints one change: in words, or as one line of JSON.
pub(super) fn show(format: Format, file: &str, change: &RowChange) -> io::Result<()> {
    let text = match format {
        Format::Text => in_words(file, change),
        Format::Json => serde_json::to_string(&FileChange { file, change })? + "\n",
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        // The reader of a pipe may have had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn in_words(file: &str, change: &RowChange) -> String {
    let (line, key) = (change.line, change.key.replace('\n', " "));
    let news = match change.change {
        News::New => "new",
        News::Changed => "changed",
    };
    let mut text = format!("{file}:{line}: {key} {news}\n");
    for (name, value) in &change.values {
        let nothing = "(nothing)";
        let (old, new) = (
            value.old.as_deref().unwrap_or(nothing),
            value.new.as_deref().unwrap_or(nothing),
        );
        // Writing to a String cannot fail.
        let _ = match change.change {
            News::New => writeln!(text, "  {name}: {new}"),
            News::Changed => writeln!(text, "  {name}: {old} -> {new}"),
        };
    }
    text
}
