//! Which character separates the fields.

/// Separators in the order in which a tie is decided.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a file separates its fields. Quotes are `"`, doubled inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The separator.
    pub delimiter: u8,
}

impl Dialect {
    /// Decides by the header: the separator that occurs most outside of quotes.
    pub fn detect(header: &[u8]) -> Self {
        let count = |delimiter: u8| {
            let mut quoted = false;
            let counts = |byte: &&u8| {
                quoted ^= **byte == b'"';
                !quoted && **byte == delimiter
            };
            header.iter().filter(counts).count()
        };
        let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter));
        Self {
            delimiter: best.unwrap_or(b','),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_the_separator() {
        let detect = |header: &str| Dialect::detect(header.as_bytes()).delimiter;
        assert_eq!(detect("a,b,c"), b',');
        assert_eq!(detect("a;\"b,c,d\";e"), b';');
        assert_eq!(detect("a\tb"), b'\t');
        assert_eq!(detect("alone"), b',');
    }
}
