//! Files that are whole or absent, whenever the program or the machine stops.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// The ending of files that are still being written; anything with it may be deleted.
pub(super) const UNFINISHED: &str = "tmp";

/// Writes `bytes` to `path`: the old content or the new one, never a part. The directory is made when it is missing.
///
/// # Errors
/// What the file system says.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let unfinished = unfinished(path);
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_directory(parent)
}

/// The name under which `path` is written before it is whole.
pub(super) fn unfinished(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    name.into()
}

/// Makes renames and new names in `directory` last.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
