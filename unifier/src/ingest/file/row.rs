//! One row of any file: its fields as text, and where it stands.

use std::io;

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line it begins at, or in a file without lines its number; counted from 1.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRow {
    /// The line, or the row's number.
    pub line: u64,
    /// The line as it stands in the file.
    pub raw: Vec<u8>,
    /// Why.
    pub defect: Defect,
}

/// Why a row could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It has another number of fields than the header.
    Width,
    /// It is no text in the file's encoding.
    Encoding,
    /// It is no JSON object.
    Json,
}

/// The rows of a file after its header, whatever its format.
pub trait RowSource {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// What the file system, or the unpacking, says: the file cannot be read to its end.
    fn next_row(&mut self) -> io::Result<Option<Result<Row, BrokenRow>>>;

    /// Bytes of the file read so far, as near as the format tells.
    fn position(&self) -> u64;
}

impl Row {
    /// An empty row that takes `fields` fields of together `bytes` bytes without growing.
    pub fn with_capacity(line: u64, fields: usize, bytes: usize) -> Self {
        Self {
            line,
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(fields),
        }
    }

    /// A row of these fields.
    pub fn of<T: AsRef<str>>(line: u64, fields: impl IntoIterator<Item = T>) -> Self {
        let mut row = Self {
            line,
            ..Self::default()
        };
        fields.into_iter().for_each(|field| row.push(field.as_ref()));
        row
    }

    /// A row of the fields that end at these places of a text; nothing where a character stands across an end.
    pub fn split(line: u64, text: &str, ends: &[usize]) -> Option<Self> {
        let sound = ends.iter().all(|end| text.is_char_boundary(*end));
        sound.then(|| Self {
            line,
            text: text.to_owned(),
            ends: ends.to_owned(),
        })
    }

    /// Adds a field.
    pub fn push(&mut self, field: &str) {
        self.text.push_str(field);
        self.ends.push(self.text.len());
    }

    /// A field; empty where the row has none.
    pub fn get(&self, index: usize) -> &str {
        let start = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        self.ends.get(index).map_or("", |&end| &self.text[start..end])
    }

    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no field.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all its fields.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Its fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|index| self.get(index))
    }
}
