//! The canonical line: one line, which reads back as what was written and is then written the same.

use event_schema::Envelope;

/// A line of the log.
pub fn run(bytes: &[u8]) {
    if let Ok(envelope) = serde_json::from_slice::<Envelope>(bytes) {
        reads_back(&envelope);
    }
}

/// Writes an envelope, and checks that its line reads back.
pub fn reads_back(envelope: &Envelope) {
    let line = serde_json::to_vec(envelope).unwrap_or_default();
    assert!(!line.is_empty() && !line.contains(&b'\n') && !line.contains(&b'\r'));
    let read: Result<Envelope, _> = serde_json::from_slice(&line);
    let read = read.unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&line)));
    assert_eq!(read, *envelope, "of {}", String::from_utf8_lossy(&line));
    assert_eq!(serde_json::to_vec(&read).ok(), Some(line));
}
