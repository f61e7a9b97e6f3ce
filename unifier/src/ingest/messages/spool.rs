//! Rows put aside until they are imported: JSON lines in zstd, in a file without a name, so that a killed run leaves nothing.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value};

use crate::ingest::file::{Content, Encoding, FileError, Opening, Reader};

/// Rows of one stream or query.
pub struct Spool {
    packer: zstd::Encoder<'static, File>,
    columns: Vec<String>,
    scratch: std::path::PathBuf,
    rows: u64,
}

/// Fast, and the rows are read once.
const LEVEL: i32 = 1;

impl Spool {
    /// An empty spool in a folder, of rows that have these columns at least.
    ///
    /// # Errors
    /// What the file system says.
    pub fn new(scratch: &Path, columns: Vec<String>) -> io::Result<Self> {
        Ok(Self {
            packer: zstd::Encoder::new(tempfile::tempfile_in(scratch)?, LEVEL)?,
            columns,
            scratch: scratch.to_owned(),
            rows: 0,
        })
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row, a JSON object on one line.
    ///
    /// # Errors
    /// What the file system says.
    pub fn add(&mut self, object: &[u8]) -> io::Result<()> {
        self.rows += 1;
        self.packer.write_all(object.trim_ascii_end())?;
        self.packer.write_all(b"\n")
    }

    /// Adds a row of values in the order of the columns; nothing for null.
    ///
    /// # Errors
    /// What the file system says.
    pub fn add_values<T: Into<String>>(&mut self, values: impl IntoIterator<Item = Option<T>>) -> io::Result<()> {
        let named = self.columns.iter().zip(values);
        let fields: Map<String, Value> = named
            .filter_map(|(name, value)| Some((name.clone(), Value::String(value?.into()))))
            .collect();
        self.add(&serde_json::to_vec(&fields)?)
    }

    /// Adds the lines of a file, packed or not, and says how many those were.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read to its end.
    pub fn add_json_lines(&mut self, path: &Path) -> Result<u64, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let before = self.rows;
        let (mut bytes, mut line) = (Content::file(path).open()?, Vec::new());
        while bytes.read_line(&mut line).map_err(unreadable)? > 0 {
            if !line.trim_ascii().is_empty() {
                self.add(&line).map_err(unreadable)?;
            }
            line.clear();
        }
        Ok(self.rows - before)
    }

    /// Adds the rows of a Parquet file, and says how many those were.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read to its end.
    pub fn add_parquet(&mut self, path: &Path) -> Result<u64, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let opening = Opening {
            delimiter: None,
            declared: &[],
            scratch: &self.scratch,
        };
        let reader = Reader::open(Content::file(path), &opening)?;
        let (mut rows, before) = (reader.rows(Encoding::Utf8)?, self.rows);
        while let Some(row) = rows.next_row().map_err(unreadable)? {
            let Ok(row) = row else { continue };
            let fields: Map<String, Value> = reader
                .columns()
                .iter()
                .zip(row.fields())
                .map(|(name, value)| (name.clone(), Value::String(value.to_owned())))
                .collect();
            let object = serde_json::to_vec(&fields).map_err(|error| unreadable(error.into()))?;
            self.add(&object).map_err(unreadable)?;
        }
        Ok(self.rows - before)
    }

    /// The file, whole, and the columns its rows have at least.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(self) -> io::Result<(File, Vec<String>)> {
        Ok((self.packer.finish()?, self.columns))
    }
}
