//! The first sheet with cells of a workbook, Excel's or OpenDocument's, as delimited text.
//!
//! A line of the text is a row of the sheet, so that lines are the rows' numbers. The cells of the new Excel format pass one by one;
//! the sheets of the others, which are limited in size, are held in memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use calamine::{Data, DataRef, Ods, Reader, Xls, Xlsb, Xlsx};

use super::bytes::FileError;

type Source = BufReader<File>;

/// Writes the sheet's rows to `target`, separated by commas.
///
/// # Errors
/// [`FileError`] when the file is no workbook, a damaged one, or an empty one.
pub fn write_text(file: File, path: &Path, target: &File) -> Result<(), FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let reopened = || file.try_clone().map(BufReader::new).map_err(unreadable);
    let mut lines = Lines::new(target);
    if let Ok(book) = Xlsx::new(reopened()?) {
        cells(book, &mut lines).map_err(unreadable)?;
    } else if let Ok(book) = Xls::new(reopened()?) {
        range(book, &mut lines).map_err(unreadable)?;
    } else if let Ok(book) = Xlsb::new(reopened()?) {
        range(book, &mut lines).map_err(unreadable)?;
    } else if let Ok(book) = Ods::new(reopened()?) {
        range(book, &mut lines).map_err(unreadable)?;
    } else {
        return Err(FileError::NotText {
            path: path.to_owned(),
            what: "an archive or a document that is no workbook",
        });
    }
    if lines.finish().map_err(unreadable)? {
        Ok(())
    } else {
        Err(FileError::Empty(path.to_owned()))
    }
}

/// The sheets of the new Excel format, cell by cell.
fn cells(mut book: Xlsx<Source>, lines: &mut Lines<'_>) -> io::Result<()> {
    for sheet in book.sheet_names() {
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(io::Error::other)?;
        while let Some(cell) = cells.next_cell().map_err(io::Error::other)? {
            let (row, column) = cell.get_position();
            lines.put(row, column, text(cell.get_value()))?;
        }
        if lines.any {
            break;
        }
    }
    Ok(())
}

fn range<R: Reader<Source>>(mut book: R, lines: &mut Lines<'_>) -> io::Result<()>
where
    R::Error: std::error::Error + Send + Sync + 'static,
{
    for sheet in book.sheet_names() {
        let range = book.worksheet_range(&sheet).map_err(io::Error::other)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            lines.put(
                first_row + row as u32,
                first_column + column as u32,
                text(&borrowed(value)),
            )?;
        }
        if lines.any {
            break;
        }
    }
    Ok(())
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(answer) => DataRef::Bool(*answer),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        _ => DataRef::Empty,
    }
}

/// A cell as text; an error in a cell is no value.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // Whole numbers, telephone numbers among them, have no decimals. f64 is exact up to 2^53.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(answer) => answer.to_string(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// The rows of a sheet on their way to lines of text.
struct Lines<'a> {
    writer: BufWriter<&'a File>,
    row: u32,
    values: Vec<String>,
    /// Columns of the header, which every row has at least.
    width: usize,
    any: bool,
}

/// Columns and rows that a sheet may have: Excel's own limits.
const MOST_COLUMNS: u32 = 16_384;
const MOST_ROWS: u32 = 1_048_576;

impl<'a> Lines<'a> {
    fn new(target: &'a File) -> Self {
        Self {
            writer: BufWriter::new(target),
            row: 0,
            values: Vec::new(),
            width: 0,
            any: false,
        }
    }

    /// Takes a cell. Cells come row by row; one that comes too late is in a row of a damaged sheet.
    fn put(&mut self, row: u32, column: u32, value: String) -> io::Result<()> {
        if value.trim().is_empty() {
            return Ok(());
        }
        if row < self.row || row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the sheet's cells are out of order, or beyond the last row or column that a sheet can have",
            ));
        }
        while self.row < row {
            self.end_row()?;
        }
        let column = column as usize;
        if self.values.len() <= column {
            self.values.resize(column + 1, String::new());
        }
        // A line end inside a cell would make two lines of a row.
        self.values[column] = value.replace(['\r', '\n'], " ");
        self.any = true;
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.row += 1;
        if self.values.is_empty() {
            return self.writer.write_all(b"\n");
        }
        self.width = self.width.max(if self.width == 0 { self.values.len() } else { 0 });
        let padded = self.width.max(self.values.len());
        self.values.resize(padded, String::new());
        for (at, value) in self.values.drain(..).enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(self.writer, "{comma}\"{}\"", value.replace('"', "\"\""))?;
        }
        self.writer.write_all(b"\n")
    }

    /// Writes what waits; says whether there was any cell.
    fn finish(mut self) -> io::Result<bool> {
        if self.any {
            self.end_row()?;
        }
        self.writer.flush()?;
        Ok(self.any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_beyond_the_end_of_any_sheet_does_not_fill_the_disk_with_empty_lines() {
        let file = tempfile::tempfile().unwrap();
        let mut lines = Lines::new(&file);
        lines.put(0, 0, "a".to_owned()).unwrap();
        assert!(lines.put(MOST_ROWS, 0, "b".to_owned()).is_err());
        assert!(lines.put(0, MOST_COLUMNS, "b".to_owned()).is_err());
    }
}
