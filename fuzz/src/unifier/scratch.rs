//! Inputs as the files and settings that the unifier's readers ask for.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::LazyLock;

use unifier::config::Config;
use unifier::ingest::file::{Content, Encoding, FileError, Opening, Reader, Row};

/// A company as small as a configuration can be.
pub static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let company = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
    Config::parse(company).unwrap_or_else(|fault| panic!("{fault}"))
});

/// The folder of files without a name.
pub static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().unwrap_or_else(|error| panic!("no folder can be made: {error}")));

thread_local! {
    /// One file for all inputs: to make one costs more than most readers do.
    static FILE: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// Calls with a file of these bytes.
pub fn with_file(bytes: &[u8], take: impl FnOnce(&File)) {
    let written = FILE.with_borrow_mut(|kept| -> io::Result<File> {
        let mut file = match kept {
            Some(file) => file.try_clone()?,
            None => kept.insert(tempfile::tempfile_in(FOLDER.path())?).try_clone()?,
        };
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(bytes)?;
        Ok(file)
    });
    take(&written.unwrap_or_else(|error| panic!("no file can be written: {error}")));
}

/// What was read of a file, with its header's names.
pub struct Told {
    /// The columns.
    pub columns: Vec<String>,
    /// The rows, or the bytes of those that are broken, in the order of the file.
    pub rows: Vec<Result<Row, Vec<u8>>>,
}

/// Reads a file to its end. Rows have one width and follow each other.
///
/// # Errors
/// [`FileError`], as the reader says it.
pub fn read(file: &File, delimiter: Option<u8>, encoding: Encoding) -> Result<Told, FileError> {
    let opening = Opening {
        delimiter,
        declared: &[],
        scratch: FOLDER.path(),
    };
    let reader = Reader::open(Content::spooled(Path::new("input"), file), &opening)?;
    let columns = reader.columns().to_vec();
    let (mut source, mut rows, mut line) = (reader.rows(encoding)?, Vec::new(), 0);
    while let Some(row) = source.next_row().map_err(|error| reader.unreadable(error))? {
        let at = row.as_ref().map_or_else(|broken| broken.line, |row| row.line);
        assert!(at > line, "line {at} comes behind line {line}");
        line = at;
        rows.push(row.map_err(|broken| broken.raw));
    }
    let widths = rows.iter().flatten().map(Row::len);
    widths.for_each(|width| assert_eq!(width, columns.len(), "a row has another width than the header"));
    Ok(Told { columns, rows })
}
