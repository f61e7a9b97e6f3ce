//! JSON lines: a line that is not blank is a row or a broken one, and a broken one is kept as it stands.

use std::path::Path;

use unifier::ingest::file::{Content, Encoding, each_value, is_json_lines};

use super::scratch;

/// The file.
pub fn run(bytes: &[u8]) {
    if matches!(bytes, [0x1f, 0x8b, ..] | [0x28, 0xb5, ..] | [b'P', ..] | [0xd0, ..]) {
        return;
    }
    scratch::with_file(bytes, |file| {
        if !is_json_lines(&Content::spooled(Path::new("input"), file)).unwrap_or(false) {
            return;
        }
        let Ok(told) = scratch::read(file, None, Encoding::Utf8) else {
            return;
        };
        let lines: Vec<&[u8]> = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
            .collect();
        assert_eq!(told.rows.len(), lines.len(), "of so many lines so many rows");
        for (row, line) in told.rows.iter().zip(lines) {
            let sound = each_value(line, &mut |_, _| ()).is_ok();
            assert_eq!(row.is_ok(), sound);
            if let Err(raw) = row {
                assert_eq!(raw.strip_suffix(b"\n").unwrap_or(raw), line);
            }
        }
    });
}
