//! An export of a CRM, with its mapping: 20 columns of every kind, each row another person.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

use unifier::ingest::ImportRequest;

/// What the columns are.
pub const MAPPING: &str = r#"source = "crm"
record_key = "id"
[columns]
given_name = "first"
family_name = "last"
birth_date = "born"
email = "email"
phone = "phone"
street = "street"
street_number = "number"
postcode = "zip"
city = "city"
country = "country"
language = "language"
created_at = "created"
updated_at = "updated"
[traits]
stage = "stage"
owner = "owner"
source = "origin"
score = "score"
tags = "tags"
[consents]
email_marketing = { column = "newsletter", at = "updated" }
"#;

/// The most memory this process has held, in megabytes; 0 where the system does not say.
pub fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1_000)
}

/// How the export is imported.
pub fn request<'a>(file: &'a Path, mapping: &'a Path) -> ImportRequest<'a> {
    ImportRequest {
        file,
        spooled: None,
        declared: &[],
        preset: None,
        mapping: Some(mapping),
        source: None,
        as_of: jiff::civil::Date::constant(2026, 11, 24),
        dry_run: false,
        show: None,
        suppressed: None,
        progress: &|_, _| {},
    }
}

/// Writes the export, and gives its bytes.
///
/// # Errors
/// What the file system says.
pub fn write_rows(path: &Path, rows: usize) -> Result<u64, Box<dyn Error>> {
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    writeln!(
        file,
        "id,first,last,born,email,phone,street,number,zip,city,country,language,created,updated,stage,owner,origin,score,tags,newsletter"
    )?;
    for row in 0..rows {
        let (day, month, year) = (row % 28 + 1, row % 12 + 1, 1940 + row % 60);
        writeln!(
            file,
            "{row},Anna-{},Müller{},{day:02}.{month:02}.{year},anna.{row}@example.org,+4179{:07},Bahnhofstrasse,{},{},Zürich,Schweiz,de_CH,\
             2024-{month:02}-{day:02} 10:00,2026-{month:02}-{day:02} 11:30,customer,owner{},search,{},\"vip, {}\",{}",
            row % 700,
            row % 9_000,
            row % 10_000_000,
            row % 99,
            1_000 + row % 8_000,
            row % 9,
            row % 100,
            row % 5,
            ["yes", "no"][row % 2],
        )?;
    }
    file.flush()?;
    Ok(path.metadata()?.len())
}
