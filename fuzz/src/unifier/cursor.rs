//! Names of the log's objects, by which a pull goes on: each name that the edge gives is read as what it stands for, names are in
//! the order of their numbers, and what is listed again begins no later than what was read last.

use edge_worker::batch_id::BatchId;
use edge_worker::segment::{Segment, is_key};
use unifier::ingest::pull::key::{ObjectKey, is_spill, spill_start};

use crate::input::Input;

/// A name in full, then numbers for names as the edge gives them.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let [name, other] = [(); 2].map(|()| input.text());
    any_name(&name);
    in_order(&name, &other);
    own_names(input);
}

fn any_name(name: &str) {
    let start = spill_start(name);
    assert!(start.is_empty() || start.as_str() <= name, "{start} is behind {name}");
    let Some(key) = ObjectKey::parse(name) else { return };
    assert_eq!(key.as_str(), name);
    assert!(key.lo() <= key.hi());
    assert!(key.hash().len() == 32 && key.hash().bytes().all(|byte| byte.is_ascii_hexdigit()));
}

/// Of two objects of one shard, the first by name is the first by number.
fn in_order(name: &str, other: &str) {
    if let (Some(one), Some(two)) = (ObjectKey::parse(name), ObjectKey::parse(other))
        && !is_spill(name)
        && name.get(..10) == other.get(..10)
        && one.lo() != two.lo()
    {
        assert_eq!(name < other, one.lo() < two.lo(), "{name} and {other}");
    }
}

fn own_names(mut input: Input<'_>) {
    let mut number = || (0..6).fold(0, |number: u64, _| number << 8 | u64::from(input.byte()));
    let (lo, length) = (number(), number());
    let batch = BatchId([lo as u8; 16]);
    let segment = Segment::of_shard(lo as u8 % 4, lo, lo + length, &[b"{}\n".to_vec()]);
    let spilled = Segment::of_spilled("2026-11-24", batch, b"{}\n".to_vec());
    for (segment, range) in [(segment, (lo, lo + length)), (spilled, (0, 0))] {
        let segment = segment.unwrap_or_else(|error| panic!("{error}"));
        let key = ObjectKey::parse(&segment.key).unwrap_or_else(|| panic!("{} is no name", segment.key));
        assert!(is_key(&segment.key));
        assert_eq!((key.lo(), key.hi()), range);
        assert_eq!(key.hash(), &hex::encode(segment.sha256)[..32]);
    }
}
