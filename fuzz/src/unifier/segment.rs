//! An object of the log: it is refused as a whole, or each of its lines is an event or kept as refused, under its own number. An
//! object with one byte changed is never taken for the one that its name stands for.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use unifier::ingest::pull::key::ObjectKey;
use unifier::ingest::pull::object::Object;

use crate::input::Input;

/// A byte that says whether the object or its lines follow, then they.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let packed = input.byte().is_multiple_of(2);
    let body = input.rest();
    let object = if packed { body.to_vec() } else { gzip(body) };
    let key = named(&object);
    let Ok(read) = Object::read(&key, &object) else {
        assert!(packed, "what was packed soundly is refused");
        return;
    };
    let mut numbers: Vec<u64> = read.envelopes.iter().map(|(line, _)| *line).collect();
    numbers.extend(read.bad_lines.iter().map(|bad| bad.line));
    numbers.sort_unstable();
    if !packed {
        let lines = (1..).zip(body.split(|byte| *byte == b'\n'));
        let told: Vec<(u64, &[u8])> = lines.filter(|(_, line)| !line.trim_ascii().is_empty()).collect();
        assert!(
            told.iter().map(|(number, _)| number).eq(&numbers),
            "a line is lost or counted twice"
        );
        for bad in &read.bad_lines {
            assert!(
                told.contains(&(bad.line, bad.raw.as_slice())),
                "a refused line is kept as another"
            );
        }
    }
    damaged(object, &key, body.len());
}

fn damaged(mut object: Vec<u8>, key: &ObjectKey, place: usize) {
    let place = place % object.len().max(1);
    if let Some(byte) = object.get_mut(place) {
        *byte ^= 1;
        assert!(Object::read(key, &object).is_err(), "a damaged object is taken");
    }
}

/// The name that the edge gives to these bytes.
fn named(object: &[u8]) -> ObjectKey {
    let hash = hex::encode(&Sha256::digest(object)[..16]);
    let key = format!("seg/v1/00/0000000000000001-0000000000000001-{hash}.ndjson.gz");
    ObjectKey::parse(&key).unwrap_or_else(|| panic!("{key} is no name"))
}

fn gzip(lines: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::none());
    let written = packer.write_all(lines).and_then(|()| packer.finish());
    written.unwrap_or_else(|error| panic!("{error}"))
}
