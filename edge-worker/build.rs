//! Writes the table of the collector's files, which `cargo xtask build collector` has put into `dist/collector`. Without them the
//! table is empty: native tests need none, and `cargo xtask build edge` refuses to build a worker that has none to serve.

use std::path::{Path, PathBuf};
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
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("collector_files.rs"), table(&files)?)
}

/// The table as Rust source. What is served under several names is embedded once.
fn table(files: &[PathBuf]) -> io::Result<String> {
    let mut embedded: Vec<Vec<u8>> = Vec::new();
    let (mut constants, mut rows) = (String::new(), String::new());
    for path in files {
        let bytes = fs::read(path)?;
        let number = embedded.iter().position(|other| *other == bytes).unwrap_or_else(|| {
            constants += &format!("const FILE_{}: &[u8] = include_bytes!({path:?});\n", embedded.len());
            embedded.push(bytes);
            embedded.len() - 1
        });
        rows += &format!("({:?}, FILE_{number}),\n", path.file_name().unwrap_or_default());
    }
    Ok(format!("{{\n{constants}&[\n{rows}]\n}}\n"))
}
