//! Everything that was once made up by the fuzzer and reached code of its own, through the same functions on the stable toolchain;
//! and the same cut short and with a byte changed, so that a replay is no list of what is known to hold.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn corpora() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(corpora().join(target)).unwrap();
    entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let folders: BTreeSet<String> = fs::read_dir(corpora())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let targets: BTreeSet<String> = fuzz::targets().iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(folders, targets);
}

#[test]
fn what_must_hold_holds_of_every_kept_input_and_of_its_neighbours() {
    for target in fuzz::targets() {
        let inputs = inputs(target.name);
        assert!(!inputs.is_empty(), "{} has an empty corpus", target.name);
        for (number, input) in inputs.iter().enumerate() {
            (target.run)(input);
            neighbours(input, number)
                .iter()
                .for_each(|neighbour| (target.run)(neighbour));
        }
    }
}

/// An input cut in two, and with a byte changed.
fn neighbours(input: &[u8], number: usize) -> [Vec<u8>; 2] {
    let place = (number * 31 + 7) % input.len().max(1);
    let mut changed = input.to_vec();
    changed.get_mut(place).iter_mut().for_each(|byte| **byte ^= 0x20);
    [input[..place.min(input.len())].to_vec(), changed]
}
