//! Files that are whole or absent, whenever the program or the machine stops.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The ending of files that are still being written; anything with it may be deleted.
pub(super) const UNFINISHED: &str = "tmp";

/// Writes `bytes` to `path`: the old content or the new one, never a part. The directory is made when it is missing.
///
/// # Errors
/// What the file system says.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes)?;
    file.finish()
}

/// A file that stands under its name only once it is finished. Dropped before that, it leaves what was there.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    file: File,
    finished: bool,
}

impl AtomicFile {
    /// Begins the file `path` under another name beside it. The directory is made when it is missing.
    ///
    /// # Errors
    /// What the file system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent(path))?;
        Ok(Self {
            path: path.to_owned(),
            file: File::create(unfinished(path))?,
            finished: false,
        })
    }

    /// Gives the file its name, with all that was written.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(unfinished(&self.path), &self.path)?;
        self.finished = true;
        sync_directory(parent(&self.path))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing more can be done about it here, and what is left may be deleted at any time.
            let _ = fs::remove_file(unfinished(&self.path));
        }
    }
}

/// The directory of `path`; the current one for a bare name.
pub(super) fn parent(path: &Path) -> &Path {
    let named = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// The name under which `path` is written before it is whole.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    name.into()
}

/// Makes renames and new names in `directory` last.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
