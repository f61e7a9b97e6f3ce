//! Prints what it costs to import rows, to pull web events, and to run a night over both, stage by stage, and the memory that
//! took.
//!
//! `cargo bench -p unifier --bench night -- [EVENTS [ROWS]]`; a million events of a tenth as many visitors over ten days,
//! and 100,000 rows of 20 columns, unless said otherwise.

mod crm;

use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use unifier::config::Config;
use unifier::ingest::{PullRequest, import, pull};
use unifier::run::night;
use unifier::store::{CONFIG_FILE, Store};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[edge]\nfolder = \"web\"\n";
/// Events in one object, and shards.
const OBJECT_EVENTS: usize = 2_000;
const SHARDS: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut sizes = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<usize>().ok());
    let (events, rows) = (sizes.next().unwrap_or(1_000_000), sizes.next().unwrap_or(100_000));
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    fs::write(root.join(CONFIG_FILE), CONFIG)?;
    fs::write(root.join("map.toml"), crm::MAPPING)?;
    let bytes = crm::write_rows(&root.join("crm.csv"), rows)?;
    write_events(&root.join("web"), events)?;
    let config = Config::parse(CONFIG)?;
    let mut store = Store::open(root)?;
    println!(
        "{} threads, {} MB of CSV",
        rayon::current_num_threads(),
        bytes / 1_000_000
    );

    let start = Instant::now();
    let report = import(
        &mut store,
        &config,
        &crm::request(&root.join("crm.csv"), &root.join("map.toml")),
    )?;
    say("import", report.accepted, "rows", start);

    let start = Instant::now();
    let request = PullRequest {
        suppressed: &|_, _| false,
        accept_gaps: false,
        progress: &|_| {},
    };
    let report = pull(&mut store, &config, &request)?;
    say("pull", report.accepted, "events", start);

    let start = Instant::now();
    let stage = Cell::new(("", start));
    let end = || {
        let (name, begun) = stage.get();
        println!("  {name:<10}{:>6.2} s", begun.elapsed().as_secs_f64());
    };
    let (_, report) = night(&store, &config, "2026-11-24T03:00:00Z".parse()?, false, &|name| {
        if !stage.get().0.is_empty() {
            end();
        }
        stage.set((name, Instant::now()));
    })?;
    end();
    say("night", report.identity.people, "people", start);
    println!(
        "{} records, {} rows of tables",
        report.identity.records,
        report.tables.values().sum::<u64>()
    );
    Ok(())
}

fn say(what: &str, count: u64, unit: &str, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{what:<8}{count:>9} {unit} in {seconds:.2} s, {:.0}/s, peak memory {} MB",
        count as f64 / seconds,
        crm::peak_memory()
    );
}

fn write_events(folder: &Path, events: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut next = [1; SHARDS];
    for (object, start) in (0..events).step_by(OBJECT_EVENTS).enumerate() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        for event in start..(start + OBJECT_EVENTS).min(events) {
            writeln!(packer, "{}", line(event))?;
        }
        let (bytes, shard) = (packer.finish()?, object % SHARDS);
        let hash: String = Sha256::digest(&bytes)[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let folder = folder.join(format!("seg/v1/{shard:02}"));
        fs::create_dir_all(&folder)?;
        fs::write(
            folder.join(format!("{0:016}-{0:016}-{hash}.ndjson.gz", next[shard])),
            bytes,
        )?;
        next[shard] += 1;
    }
    Ok(())
}

/// One event: mostly page views and product views, a few identify and order.
fn line(event: usize) -> String {
    let visitor = event % 100_000;
    let at = format!(
        "2026-11-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        10 + event / 1_000 % 10,
        event / 60 % 24,
        event % 60,
        event / 7 % 60,
        event % 1_000
    );
    let what = match event % 40 {
        0 => format!(
            r#""type":"identify","userId":"u{visitor}","traits":{{"email":"anna.{visitor}@example.org","firstName":"Anna"}}"#
        ),
        1 => format!(
            r#""type":"track","event":"Order Completed","properties":{{"order_id":"o{event}","total":{}.5,"currency":"EUR"}}"#,
            event % 200
        ),
        2..20 => format!(
            r#""type":"track","event":"Product Viewed","properties":{{"product_id":"p{}","price":27.5,"category":"bath"}}"#,
            event % 500
        ),
        _ => r#""type":"page","properties":{}"#.to_owned(),
    };
    format!(
        r#"{{"lane":"consented",{what},"messageId":"00000000-0000-4000-8000-{event:012}","anonymousId":"a{visitor}","timestamp":"{at}","context":{{"page":{{"url":"https://shop.example/bath/mat-01","path":"/bath/mat-01","referrer":"","title":"Bath mat"}},"consent":{{"categoryPreferences":{{"analytics":true,"personalisation":true}}}},"locale":"de-CH"}},"receivedAt":"{at}","clockSkewMs":0,"site":"shop","country":"CH","device":"mobile","bot":false}}"#
    )
}
