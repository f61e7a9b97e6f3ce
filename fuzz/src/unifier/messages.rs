//! Messages of Singer taps and Airbyte sources: every record is spooled, or of a stream that is to be left out; and what is given
//! back as the state was sent.

use unifier::ingest::messages::{Drain, MessageError, Protocol, Receiver};

use super::scratch::FOLDER;
use crate::input::Input;

/// A byte for the protocol, then the lines.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let protocol = input.pick([Protocol::Singer, Protocol::Airbyte]);
    let mut lines = input.rest();
    // A batch names files of the machine, which are not the fuzzer's.
    if lines.windows(5).any(|word| word.eq_ignore_ascii_case(b"batch")) || lines.contains(&b'\\') {
        return;
    }
    let sent = lines.to_vec();
    let skip = ["noise".to_owned()];
    let mut spooled = 0;
    let told = Receiver::new(protocol, FOLDER.path(), &skip).receive(&mut lines, &mut |drain: Drain| {
        assert!(!drain.streams.contains_key("noise"));
        spooled += drain.streams.values().map(|spool| spool.rows()).sum::<u64>();
        if let Some(state) = drain.state {
            assert!(
                sent.windows(state.len()).any(|part| part == state.as_bytes()),
                "{state} was not sent"
            );
        }
        Ok::<(), MessageError>(())
    });
    match told {
        Ok(received) => assert_eq!(received.records, spooled + received.skipped),
        Err(_) => assert_eq!(spooled, 0, "what is drained before a failure has a state behind it"),
    }
}
