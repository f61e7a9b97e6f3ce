//! Prints what it costs to import the export of a CRM: time, CPU time, and the memory that took.
//!
//! `cargo bench -p unifier --bench import -- [ROWS]`; a million rows of 20 columns unless said otherwise. The second import is
//! of the same rows in another file: all of them are known.

mod crm;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use unifier::config::Config;
use unifier::ingest::import;
use unifier::store::{CONFIG_FILE, Store};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let rows = sizes.next().unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    fs::write(root.join(CONFIG_FILE), CONFIG)?;
    fs::write(root.join("map.toml"), crm::MAPPING)?;
    let csv = root.join("crm.csv");
    println!("{rows} rows, {} MB of CSV", crm::write_rows(&csv, rows)? / 1_000_000);
    let config = Config::parse(CONFIG)?;
    let mut store = Store::open(root)?;
    measure(&mut store, &config, "new rows", &csv)?;
    let again = root.join("again.csv");
    fs::copy(&csv, &again)?;
    fs::OpenOptions::new().append(true).open(&again)?.write_all(b"\n")?;
    measure(&mut store, &config, "known rows", &again)
}

fn measure(store: &mut Store, config: &Config, what: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let (start, before) = (Instant::now(), cpu_seconds());
    let report = import(store, config, &crm::request(file, &store.root().join("map.toml")))?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - before);
    println!(
        "{what:<11} {:>8} read, {:>8} accepted, {:>8} duplicate: {wall:.2} s, {:.0} rows/s, {cpu:.2} CPU-s, peak memory {} MB",
        report.read,
        report.accepted,
        report.duplicate,
        report.read as f64 / wall,
        crm::peak_memory()
    );
    Ok(())
}

/// CPU seconds of this process so far, of all threads; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the program's name in brackets, which may hold spaces; user and system time are the 14th and 15th.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    let ticks: f64 = fields.take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}
