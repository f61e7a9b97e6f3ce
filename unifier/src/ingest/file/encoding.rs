//! Which letters a file's bytes mean.

use std::borrow::Cow;

/// How a file's text is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, of which Latin-1 is a part for every printable character.
    #[serde(rename = "windows-1252", alias = "latin-1", alias = "iso-8859-1", alias = "cp1252")]
    Windows1252,
}

impl Encoding {
    /// The text of some bytes; nothing when they are none in this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Encoding::Windows1252 => Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0),
        }
    }

    /// The name in reports and mapping files.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
        }
    }
}

/// What the lines of a whole file say about its encoding.
#[derive(Clone, Copy, Debug, Default)]
pub struct EncodingVotes {
    marked: bool,
    lines: u64,
    broken_header: bool,
    sound: u64,
    unsound: u64,
}

impl EncodingVotes {
    /// Counts a line.
    pub fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        if line.is_ascii() {
            return;
        }
        self.marked |= line.starts_with(BYTE_ORDER_MARK);
        match std::str::from_utf8(line) {
            Ok(_) => self.sound += 1,
            Err(_) => {
                self.unsound += 1;
                self.broken_header |= self.lines == 1;
            }
        }
    }

    /// The encoding: a file that is UTF-8 for the most part is UTF-8 with broken rows, since other text is hardly ever
    /// UTF-8 by accident. A header decides by itself: without one, nothing of the file can be read.
    pub fn decide(self) -> Encoding {
        if self.broken_header {
            Encoding::Windows1252
        } else if self.unsound == 0 || self.marked || self.sound > self.unsound {
            Encoding::Utf8
        } else {
            Encoding::Windows1252
        }
    }
}

/// What some programs put before UTF-8 text.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(lines: &[&[u8]]) -> Encoding {
        let mut votes = EncodingVotes::default();
        lines.iter().for_each(|line| votes.add(line));
        votes.decide()
    }

    #[test]
    fn a_file_is_windows_1252_when_its_accents_are_no_utf_8() {
        assert_eq!(decided(&[b"ann", "Zürich".as_bytes()]), Encoding::Utf8);
        assert_eq!(decided(&[b"ann", b"Z\xfcrich"]), Encoding::Windows1252);
        assert_eq!(Encoding::Windows1252.decode(b"Z\xfcrich \x80").unwrap(), "Zürich €");
    }

    #[test]
    fn a_header_that_is_no_utf_8_decides_for_its_file() {
        assert_eq!(
            decided(&[b"Pr\xe9nom", "Zürich".as_bytes(), "Genève".as_bytes()]),
            Encoding::Windows1252
        );
    }

    #[test]
    fn one_broken_row_does_not_change_a_files_encoding() {
        assert_eq!(
            decided(&["Zürich".as_bytes(), "Genève".as_bytes(), b"Z\xfcrich"]),
            Encoding::Utf8
        );
        assert_eq!(
            decided(&[b"\xef\xbb\xbfname", b"Z\xfcrich", b"Gen\xe8ve"]),
            Encoding::Utf8
        );
        assert_eq!(Encoding::Utf8.decode(b"Z\xfcrich"), None);
    }
}
