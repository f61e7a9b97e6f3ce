//! A file's bytes: unpacked where it is gzip, hashed and counted while they pass.

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// Why a file as a whole cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be opened.
    #[error("{}: {source}: check the path", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file cannot be read to its end.
    #[error("{}: the file cannot be read to its end: {source}: export or copy it again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the file system, or the unpacking, said.
        source: io::Error,
    },
    /// The file has no header.
    #[error("{}: the file is empty: an export begins with a line of column names", .0.display())]
    Empty(PathBuf),
    /// The file is a spreadsheet, or text of a kind that is not read.
    #[error("{}: the file is {what}: save it as CSV with UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        what: &'static str,
    },
}

/// Called with how many bytes of the file on disk have been read.
pub type Progress<'a> = &'a dyn Fn(u64);

/// A file that is being read.
pub struct Bytes {
    inner: Box<dyn BufRead>,
    seen: Seen,
}

/// What has passed so far, shared with the innermost reader.
#[derive(Clone, Default)]
struct Seen {
    bytes: Rc<Cell<u64>>,
    hash: Rc<Cell<Option<Sha256>>>,
}

/// Opens a file for reading its unpacked bytes.
///
/// # Errors
/// [`FileError`] when it is missing, or plainly no text.
pub fn open(path: &Path) -> Result<Bytes, FileError> {
    let missing = |source| FileError::Missing {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(missing)?;
    if file.metadata().map_err(missing)?.is_dir() {
        return Err(missing(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let seen = Seen::default();
    seen.hash.set(Some(Sha256::new()));
    let mut raw = BufReader::with_capacity(
        1 << 16,
        Counted {
            file,
            seen: seen.clone(),
        },
    );
    let start = raw.fill_buf().map_err(missing)?;
    let inner: Box<dyn BufRead> = match start {
        [0x1f, 0x8b, ..] => Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(raw))),
        [b'P', b'K', 3, 4, ..] => return Err(not_text(path, "an Excel workbook or a zip archive")),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(not_text(path, "an old Excel workbook")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(not_text(path, "text in UTF-16")),
        [b'P', b'A', b'R', b'1', ..] => return Err(not_text(path, "a Parquet file")),
        _ => Box::new(raw),
    };
    Ok(Bytes { inner, seen })
}

fn not_text(path: &Path, what: &'static str) -> FileError {
    FileError::NotText {
        path: path.to_owned(),
        what,
    }
}

impl Bytes {
    /// Appends the next line with its line end; 0 at the end of the file.
    pub fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        self.inner.read_until(b'\n', line)
    }

    /// Bytes of the file on disk read so far.
    pub fn position(&self) -> u64 {
        self.seen.bytes.get()
    }

    /// SHA-256 over the file on disk, as 64 hexadecimal digits, once it has been read to its end.
    pub fn sha256(mut self) -> io::Result<String> {
        io::copy(&mut self.inner, &mut io::sink())?;
        let digest = self.seen.hash.take().unwrap_or_default().finalize();
        Ok(digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }
}

struct Counted {
    file: File,
    seen: Seen,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.seen.bytes.set(self.seen.bytes.get() + read as u64);
        let mut hash = self.seen.hash.take().unwrap_or_default();
        hash.update(&buffer[..read]);
        self.seen.hash.set(Some(hash));
        Ok(read)
    }
}
