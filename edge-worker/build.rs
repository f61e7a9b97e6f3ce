//! Writes the table of the collector's files, which `cargo xtask build collector` has put into `dist/collector`. Without them the
//! table is empty: native tests need none, and `cargo xtask build edge` refuses to build a worker that has none to serve.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist/collector");
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut files = Vec::new();
    if let Ok(entries) = fs::read_dir(&directory) {
        for entry in entries {
            let path = entry?.path().canonicalize()?;
            if path.is_file() {
                println!("cargo::rerun-if-changed={}", path.display());
                files.push(path);
            }
        }
    }
    files.sort();
    let rows: Vec<String> = files
        .iter()
        .map(|path| {
            format!(
                "({:?}, include_bytes!({:?}).as_slice()),\n",
                path.file_name().unwrap_or_default(),
                path
            )
        })
        .collect();
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(
        Path::new(&out).join("collector_files.rs"),
        format!("&[\n{}]\n", rows.concat()),
    )
}
