//! Delimited text in either encoding, with any separator: no letter of the file is lost, whatever quotes and line ends do. Each
//! stands, in its order, in the header, in a row, or in a row that is kept as broken.

use unifier::ingest::file::{Dialect, Encoding, first_lines, is_json_lines};

use super::scratch::{self, Told};
use crate::input::Input;

/// A byte for the separator, one for the encoding, then the file.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let delimiter = input.pick([None, Some(b','), Some(b';'), Some(b'\t'), Some(b'|')]);
    let encoding = input.pick([Encoding::Utf8, Encoding::Windows1252]);
    let body = input.rest();
    if matches!(body, [0x1f, 0x8b, ..] | [0x28, 0xb5, ..] | [b'P', ..] | [0xd0, ..]) {
        return;
    }
    scratch::with_file(body, |file| {
        let content = unifier::ingest::file::Content::spooled("input".as_ref(), file);
        if is_json_lines(&content).unwrap_or(true) {
            return;
        }
        let header = first_lines(&content, 1).unwrap_or_default().concat();
        if let Ok(told) = scratch::read(file, delimiter, encoding) {
            let delimiter = delimiter.unwrap_or_else(|| Dialect::detect(&header).delimiter);
            nothing_is_lost(body, &told, delimiter, encoding);
        }
    });
}

fn nothing_is_lost(body: &[u8], told: &Told, delimiter: u8, encoding: Encoding) {
    let mut kept = Vec::new();
    told.columns.iter().for_each(|name| kept.extend(name.as_bytes()));
    for row in &told.rows {
        match row {
            Ok(row) => row.fields().for_each(|field| kept.extend(field.as_bytes())),
            Err(raw) if encoding == Encoding::Utf8 => kept.extend(raw),
            Err(raw) => kept.extend(decoded(raw)),
        }
    }
    let body = if encoding == Encoding::Utf8 {
        body.to_vec()
    } else {
        decoded(body)
    };
    let mark = decoded_mark(encoding);
    let (body, kept) = (letters(&body, delimiter, &mark), letters(&kept, delimiter, &mark));
    assert_eq!(String::from_utf8_lossy(&kept), String::from_utf8_lossy(&body));
}

fn decoded(bytes: &[u8]) -> Vec<u8> {
    let text = Encoding::Windows1252.decode(bytes).unwrap_or_default();
    text.into_owned().into_bytes()
}

/// A byte order mark in the encoding's own reading.
fn decoded_mark(encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => b"\xef\xbb\xbf".to_vec(),
        Encoding::Windows1252 => decoded(b"\xef\xbb\xbf"),
    }
}

/// What is neither a separator, a quote, an end of a line nor a mark at the beginning.
fn letters(text: &[u8], delimiter: u8, mark: &[u8]) -> Vec<u8> {
    let text = text.strip_prefix(mark).unwrap_or(text);
    let sign = |byte: &u8| *byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n');
    text.iter().filter(|byte| !sign(byte)).copied().collect()
}
