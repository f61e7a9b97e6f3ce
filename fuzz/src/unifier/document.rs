//! Files of more than text: Parquet, workbooks, and anything in gzip or zstd. They are read twice the same, with one width, or
//! refused.

use unifier::ingest::file::Encoding;

use super::scratch::{self, Told};

/// How each kind of file begins.
const BEGINNINGS: [&[u8]; 5] = [
    b"PAR1",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
];

/// The file.
pub fn run(bytes: &[u8]) {
    if !BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning)) {
        return;
    }
    scratch::with_file(bytes, |file| {
        let [once, twice] = [(); 2].map(|()| scratch::read(file, None, Encoding::Utf8).ok().map(counted));
        assert_eq!(once, twice);
    });
}

fn counted(told: Told) -> (usize, usize, usize) {
    let cells = told.rows.iter().flatten().map(unifier::ingest::file::Row::bytes).sum();
    (told.columns.len(), told.rows.len(), cells)
}
