//! A body never grows beyond its limit, and how its bytes are cut on the way makes no difference.

use edge_worker::body::{Body, Encoding};
use edge_worker::refusal::Refusal;
use event_schema::limits;

use crate::input::Input;

/// A byte for the encoding, one for the length of the pieces, then the body.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let encoding = input.pick([Encoding::Gzip, Encoding::Identity]);
    let piece = usize::from(input.byte()) + 1;
    let body = input.rest();
    let whole = unpacked(body, body.len().max(1), encoding);
    assert_eq!(whole, unpacked(body, piece, encoding), "the pieces make a difference");
    let Ok(whole) = whole else { return };
    assert!(whole.len() <= limits::BODY_BYTES, "{} bytes are let in", whole.len());
    if encoding == Encoding::Identity {
        assert_eq!(whole, body);
    }
}

fn unpacked(body: &[u8], piece: usize, encoding: Encoding) -> Result<Vec<u8>, Refusal> {
    let mut taken = Body::begin(None)?;
    body.chunks(piece).try_for_each(|piece| taken.push(piece))?;
    taken.unpack(encoding)
}
