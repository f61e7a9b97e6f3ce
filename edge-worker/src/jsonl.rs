//! Lines of JSON: one value a line, always written anew, never a client's own bytes.

use serde::Serialize;

/// The lines of some values, each ended by a line feed.
///
/// # Errors
/// Serde's.
pub fn lines<T: Serialize>(values: &[T]) -> Result<Vec<u8>, serde_json::Error> {
    let mut lines = Vec::with_capacity(values.len() * 512);
    for value in values {
        serde_json::to_writer(&mut lines, value)?;
        lines.push(b'\n');
    }
    Ok(lines)
}
