//! A file's bytes: unpacked where they are gzip or zstd, hashed and counted while they pass.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
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
    /// The file is of a kind that is not read.
    #[error("{}: the file is {what}: save it as CSV with UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        what: &'static str,
    },
    /// The file's objects have no end of different keys.
    #[error("{}: the file has more than {most} different keys: that many columns are no table", path.display())]
    TooManyColumns {
        /// The file.
        path: PathBuf,
        /// How many are read.
        most: usize,
    },
}

/// Called with how many bytes of the file on disk have been read.
pub type Progress<'a> = &'a dyn Fn(u64);

/// Bytes one line may have. The rest of a longer one is dropped, and what is left of it is no row.
const LINE_BYTES: u64 = 16 << 20;

const BUFFER_BYTES: usize = 1 << 16;

/// Something that can be read from its beginning again and again: a file, or what was taken from a pipe or a database and has
/// no name in any folder.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    path: &'a Path,
    spooled: Option<&'a File>,
}

impl<'a> Content<'a> {
    /// What is in a file.
    pub fn file(path: &'a Path) -> Self {
        Self { path, spooled: None }
    }

    /// What was spooled; `path` is its name in messages.
    pub fn spooled(path: &'a Path, spooled: &'a File) -> Self {
        Self {
            path,
            spooled: Some(spooled),
        }
    }

    /// The file's name, as messages have it.
    pub fn path(&self) -> &'a Path {
        self.path
    }

    /// Bytes of the file on disk.
    pub fn length(&self) -> u64 {
        let metadata = self.spooled.map_or_else(|| self.path.metadata(), File::metadata);
        metadata.map_or(0, |file| file.len())
    }

    /// The file, standing at its beginning.
    ///
    /// # Errors
    /// [`FileError::Missing`].
    pub fn raw(&self) -> Result<File, FileError> {
        self.reopened().map_err(|source| FileError::Missing {
            path: self.path.to_owned(),
            source,
        })
    }

    fn reopened(&self) -> io::Result<File> {
        if let Some(spooled) = self.spooled {
            let mut file = spooled.try_clone()?;
            file.seek(SeekFrom::Start(0))?;
            return Ok(file);
        }
        let file = File::open(self.path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        Ok(file)
    }

    /// Opens it for reading its unpacked bytes.
    ///
    /// # Errors
    /// [`FileError`] when it is missing.
    pub fn open(&self) -> Result<Bytes, FileError> {
        let file = self.raw()?;
        unpacked(file).map_err(|source| FileError::Unreadable {
            path: self.path.to_owned(),
            source,
        })
    }
}

/// How a file is packed, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Packing {
    /// Tells it by the first bytes.
    pub fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            _ => Packing::Plain,
        }
    }
}

fn unpacked(file: File) -> io::Result<Bytes> {
    let seen = Seen::default();
    seen.hash.set(Some(Sha256::new()));
    let counted = Counted {
        file,
        seen: seen.clone(),
    };
    let mut raw = BufReader::with_capacity(BUFFER_BYTES, counted);
    let packing = Packing::of(raw.fill_buf()?);
    let inner: Box<dyn BufRead> = match packing {
        Packing::Plain => Box::new(raw),
        Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(raw))),
        Packing::Zstd => Box::new(BufReader::with_capacity(
            BUFFER_BYTES,
            zstd::stream::read::Decoder::with_buffer(raw)?,
        )),
    };
    Ok(Bytes { inner, seen, packing })
}

/// A file that is being read.
pub struct Bytes {
    inner: Box<dyn BufRead>,
    seen: Seen,
    packing: Packing,
}

/// What has passed so far, shared with the innermost reader.
#[derive(Clone, Default)]
struct Seen {
    bytes: Rc<Cell<u64>>,
    hash: Rc<Cell<Option<Sha256>>>,
}

impl Bytes {
    /// How the file is packed.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// The next unpacked bytes, which stay.
    ///
    /// # Errors
    /// What the file system, or the unpacking, says.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    /// Appends the next line with its line end; 0 at the end of the file. A line that is too long is cut.
    ///
    /// # Errors
    /// What the file system, or the unpacking, says.
    pub fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        let read = (&mut self.inner).take(LINE_BYTES).read_until(b'\n', line)?;
        if read as u64 == LINE_BYTES && !line.ends_with(b"\n") {
            self.skip_line()?;
        }
        Ok(read)
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.inner.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let skipped = end.map_or(buffer.len(), |end| end + 1);
            self.inner.consume(skipped);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Bytes of the file on disk read so far.
    pub fn position(&self) -> u64 {
        self.seen.bytes.get()
    }

    /// SHA-256 over the file on disk, as 64 hexadecimal digits, once it has been read to its end.
    ///
    /// # Errors
    /// What the file system, or the unpacking, says.
    pub fn sha256(mut self) -> io::Result<String> {
        io::copy(&mut self.inner, &mut io::sink())?;
        let digest = self.seen.hash.take().unwrap_or_default().finalize();
        Ok(hex::encode(digest))
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
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
