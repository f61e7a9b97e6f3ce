//! Any file as rows: which format it has, and what its columns are called.

use std::fs::File;
use std::io;
use std::path::Path;

use super::bytes::{Content, FileError, Packing};
use super::encoding::BYTE_ORDER_MARK;
use super::json::{JsonColumns, JsonLines};
use super::parquet::ParquetRows;
use super::{Dialect, Encoding, RowSource, Table, workbook};

/// A file whose format and columns are known.
pub struct Reader<'a> {
    content: Content<'a>,
    format: Format,
    columns: Vec<String>,
}

enum Format {
    Delimited(Dialect),
    JsonLines(JsonColumns),
    Parquet(File),
    /// A workbook's sheet, as delimited text in a file without a name.
    Sheet(File),
}

/// How a sheet is written as text.
const SHEET: Dialect = Dialect { delimiter: b',' };

/// How to open a file.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The separator, where it is known.
    pub delimiter: Option<u8>,
    /// Columns that the file has even when no row has a value in them.
    pub declared: &'a [String],
    /// The folder in which a file without a name may be made, for a format that cannot be read from a packed one.
    pub scratch: &'a Path,
}

/// Whether the file is JSON lines: its first line begins an object.
///
/// # Errors
/// [`FileError`] when the file cannot be read.
pub fn is_json_lines(content: &Content<'_>) -> Result<bool, FileError> {
    let line = first_lines(content, 1)?.pop().unwrap_or_default();
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
    Ok(line.trim_ascii_start().starts_with(b"{"))
}

/// The first lines of a file that are not blank, at most `most` of them.
///
/// # Errors
/// [`FileError`] when the file cannot be read.
pub fn first_lines(content: &Content<'_>, most: usize) -> Result<Vec<Vec<u8>>, FileError> {
    let (mut bytes, mut lines) = (content.open()?, Vec::new());
    while lines.len() < most {
        let mut line = Vec::new();
        let read = bytes.read_line(&mut line).map_err(|source| FileError::Unreadable {
            path: content.path().to_owned(),
            source,
        })?;
        if read == 0 {
            break;
        }
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    }
    Ok(lines)
}

fn is_json_array(content: &Content<'_>) -> Result<bool, FileError> {
    let line = first_line(content)?;
    let line = line.trim_ascii();
    Ok(line == b"[" || line.starts_with(b"[{"))
}

impl<'a> Reader<'a> {
    /// Finds out what the file is.
    ///
    /// # Errors
    /// [`FileError`] when it is empty, missing, or of a kind that is not read.
    pub fn open(content: Content<'a>, opening: &Opening<'_>) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: content.path().to_owned(),
            source,
        };
        let mut bytes = content.open()?;
        let start = bytes
            .peek()
            .map_err(unreadable)?
            .first_chunk()
            .copied()
            .unwrap_or_default();
        match start {
            [b'P', b'A', b'R', b'1'] => {
                let file = unpacked(&content, opening.scratch)?;
                let columns = ParquetRows::new(file.try_clone().map_err(unreadable)?);
                let columns = columns.map_err(unreadable)?.columns();
                Ok(Self::new(content, Format::Parquet(file), columns))
            }
            [b'P', b'K', 3, 4] | [0xd0, 0xcf, 0x11, 0xe0] => {
                let sheet = tempfile::tempfile_in(opening.scratch).map_err(unreadable)?;
                workbook::write_text(unpacked(&content, opening.scratch)?, content.path(), &sheet)?;
                let spooled = Content::spooled(content.path(), &sheet);
                let columns = header(&spooled, SHEET)?;
                Ok(Self::new(content, Format::Sheet(sheet), columns))
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(not_text(&content, "text in UTF-16")),
            _ if is_json_array(&content)? => Err(not_text(&content, "one JSON list: write one object a line, or")),
            _ if is_json_lines(&content)? => {
                let columns = JsonColumns::read(&content, opening.declared)?;
                let names = columns.names.clone();
                Ok(Self::new(content, Format::JsonLines(columns), names))
            }
            _ if has_old_line_ends(&first_line(&content)?) => {
                Err(not_text(&content, "text with the line ends of old Macs"))
            }
            _ => {
                let dialect = match opening.delimiter {
                    Some(delimiter) => Dialect { delimiter },
                    None => Dialect::detect(&first_line(&content)?),
                };
                let columns = header(&content, dialect)?;
                Ok(Self::new(content, Format::Delimited(dialect), columns))
            }
        }
    }

    fn new(content: Content<'a>, format: Format, columns: Vec<String>) -> Self {
        Self {
            content,
            format,
            columns,
        }
    }

    /// What is read.
    pub fn content(&self) -> &Content<'a> {
        &self.content
    }

    /// The columns' names, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How a refused row is written.
    pub fn dialect(&self) -> Dialect {
        match self.format {
            Format::Delimited(dialect) => dialect,
            _ => SHEET,
        }
    }

    /// Begins to read the rows as a table of delimited text; nothing when the file is none.
    pub(super) fn table(&self, encoding: Encoding) -> Result<Option<Table>, FileError> {
        match &self.format {
            Format::Delimited(dialect) => start(&self.content, *dialect, encoding).map(Some),
            _ => Ok(None),
        }
    }

    /// Begins to read the rows.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be opened.
    pub fn rows(&self, encoding: Encoding) -> Result<Box<dyn RowSource>, FileError> {
        Ok(match &self.format {
            Format::Delimited(dialect) => Box::new(start(&self.content, *dialect, encoding)?),
            Format::JsonLines(columns) => Box::new(JsonLines::new(self.content.open()?, columns.clone())),
            Format::Parquet(file) => {
                let file = Content::spooled(self.content.path(), file).raw()?;
                Box::new(ParquetRows::new(file).map_err(|source| self.unreadable(source))?)
            }
            Format::Sheet(file) => {
                let sheet = Content::spooled(self.content.path(), file);
                Box::new(start(&sheet, SHEET, Encoding::Utf8)?)
            }
        })
    }

    /// The error of a file that cannot be read to its end.
    pub fn unreadable(&self, source: io::Error) -> FileError {
        FileError::Unreadable {
            path: self.content.path().to_owned(),
            source,
        }
    }
}

fn start(content: &Content<'_>, dialect: Dialect, encoding: Encoding) -> Result<Table, FileError> {
    let started = Table::start(content.open()?, dialect, encoding);
    let started = started.map_err(|source| FileError::Unreadable {
        path: content.path().to_owned(),
        source,
    })?;
    let (_, table) = started.ok_or_else(|| FileError::Empty(content.path().to_owned()))?;
    Ok(table)
}

/// The names in the first row, in whatever encoding it can be read.
fn header(content: &Content<'_>, dialect: Dialect) -> Result<Vec<String>, FileError> {
    for encoding in [Encoding::Utf8, Encoding::Windows1252] {
        let started = Table::start(content.open()?, dialect, encoding).map_err(|source| FileError::Unreadable {
            path: content.path().to_owned(),
            source,
        })?;
        if let Some((row, _)) = started {
            return Ok(row.fields().map(str::to_owned).collect());
        }
    }
    Err(FileError::Empty(content.path().to_owned()))
}

fn first_line(content: &Content<'_>) -> Result<Vec<u8>, FileError> {
    let mut line = first_lines(content, 1)?.pop().unwrap_or_default();
    if line.starts_with(BYTE_ORDER_MARK) {
        line.drain(..BYTE_ORDER_MARK.len());
    }
    if line.contains(&0) {
        return Err(not_text(content, "no text"));
    }
    Ok(line)
}

/// The file itself, or what is packed in it: formats that are not read from their beginning on cannot be unpacked meanwhile.
fn unpacked(content: &Content<'_>, scratch: &Path) -> Result<File, FileError> {
    let mut bytes = content.open()?;
    if bytes.packing() == Packing::Plain {
        return content.raw();
    }
    let mut unpack = || -> io::Result<File> {
        let mut file = tempfile::tempfile_in(scratch)?;
        io::copy(&mut bytes, &mut file)?;
        Ok(file)
    };
    unpack().map_err(|source| FileError::Unreadable {
        path: content.path().to_owned(),
        source,
    })
}

/// Whether lines end with a carriage return alone: there is one in the first line that is in no quotes.
fn has_old_line_ends(line: &[u8]) -> bool {
    let mut quoted = false;
    line.trim_ascii_end().iter().any(|byte| {
        quoted ^= *byte == b'"';
        !quoted && *byte == b'\r'
    })
}

fn not_text(content: &Content<'_>, what: &'static str) -> FileError {
    FileError::NotText {
        path: content.path().to_owned(),
        what,
    }
}
