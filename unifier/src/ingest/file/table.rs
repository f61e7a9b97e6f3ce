//! The rows of a delimited file, with the line each begins at.
//!
//! A stray quote would swallow the rest of a file. So a row of the wrong width that spans several lines is given back as
//! one broken line, and reading goes on at the next.

use std::collections::VecDeque;
use std::io;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::bytes::Bytes;
use super::encoding::BYTE_ORDER_MARK;
use super::{BrokenRow, Defect, Dialect, Encoding, EncodingVotes, Row, RowSource};

/// Lines one row may span, and bytes it may have. Beyond them its quote is taken for a stray one.
const ROW_LINES: usize = 200;
const ROW_BYTES: usize = 1 << 20;

/// The rows of a file after its header.
pub struct Table {
    bytes: Bytes,
    encoding: Encoding,
    votes: EncodingVotes,
    reader: Reader,
    pending: VecDeque<Vec<u8>>,
    /// Lines that are done with, for their memory.
    spare: Vec<Vec<u8>>,
    next_line: u64,
    width: usize,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

/// What the parser made of the pending lines.
enum Parsed {
    /// A row of so many lines.
    Row(usize),
    /// The quote is never closed, or too late.
    Unclosed,
    /// Nothing is left.
    End,
}

impl Table {
    /// Reads the header and stands before the first row. `None` when the file is empty.
    pub fn start(bytes: Bytes, dialect: Dialect, encoding: Encoding) -> io::Result<Option<(Row, Self)>> {
        // By itself the parser would end a row at a carriage return in the middle of a line, and what follows there would be lost.
        let reader = ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .terminator(Terminator::Any(b'\n'))
            .build();
        let mut table = Self {
            bytes,
            encoding,
            votes: EncodingVotes::default(),
            reader,
            pending: VecDeque::new(),
            spare: Vec::new(),
            next_line: 1,
            width: 0,
            fields: vec![0; 4_096],
            ends: vec![0; 64],
        };
        table.read_pending_line()?;
        if let Some(first) = table.pending.front_mut()
            && first.starts_with(BYTE_ORDER_MARK)
        {
            first.drain(..BYTE_ORDER_MARK.len());
        }
        let Parsed::Row(lines) = table.parse()? else {
            return Ok(None);
        };
        let header = table.take(lines).unwrap_or_default();
        table.width = header.len();
        Ok((!header.is_empty()).then_some((header, table)))
    }

    /// Whether a row of several lines began with a stray quote. The last line of a sound one closes a quote that was open
    /// before, so its quotes are odd in number; a whole row that a stray quote swallowed has them in pairs.
    fn is_stray_quote(&self, lines: usize) -> bool {
        lines > 1 && self.pending[lines - 1].iter().filter(|byte| **byte == b'"').count() % 2 == 0
    }

    /// What the lines read so far say about the encoding.
    pub fn votes(&self) -> EncodingVotes {
        self.votes
    }

    /// SHA-256 over the file on disk, as 64 hexadecimal digits.
    pub fn sha256(self) -> io::Result<String> {
        self.bytes.sha256()
    }

    fn ends_len(&self) -> usize {
        self.ends
            .iter()
            .position(|end| *end == usize::MAX)
            .unwrap_or(self.ends.len())
    }

    fn read_pending_line(&mut self) -> io::Result<bool> {
        let mut line = self.spare.pop().unwrap_or_default();
        let read = self.bytes.read_line(&mut line)?;
        if read > 0 {
            self.votes.add(&line);
            self.pending.push_back(line);
        }
        Ok(read > 0)
    }

    /// Parses one row from the pending lines, reading more as a quote asks for them. Leaves the fields in `fields` and
    /// their ends in `ends`, closed by `usize::MAX`.
    fn parse(&mut self) -> io::Result<Parsed> {
        self.skip_blank_lines()?;
        self.reader.reset();
        let (mut lines, mut written, mut ended, mut bytes) = (0, 0, 0, 0);
        loop {
            if lines == self.pending.len() && !self.read_pending_line()? {
                return Ok(self.parse_end(lines, written, ended));
            }
            let mut input = self.pending[lines].as_slice();
            bytes += input.len();
            lines += 1;
            while !input.is_empty() {
                let (result, read, wrote, found) =
                    self.reader
                        .read_record(input, &mut self.fields[written..], &mut self.ends[ended..]);
                (input, written, ended) = (&input[read..], written + wrote, ended + found);
                match result {
                    ReadRecordResult::InputEmpty => break,
                    ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                    ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                    ReadRecordResult::Record => {
                        self.close(ended, lines);
                        return Ok(Parsed::Row(lines));
                    }
                    ReadRecordResult::End => return Ok(Parsed::End),
                }
            }
            if lines >= ROW_LINES || bytes >= ROW_BYTES {
                return Ok(Parsed::Unclosed);
            }
        }
    }

    /// The file has ended: a last line without a line end is a row, and an open quote is a stray one.
    fn parse_end(&mut self, lines: usize, written: usize, mut ended: usize) -> Parsed {
        if lines == 0 {
            return Parsed::End;
        }
        let open = lines > 1 || self.pending[0].ends_with(b"\n");
        if open {
            return Parsed::Unclosed;
        }
        loop {
            let (result, _, _, found) =
                self.reader
                    .read_record(&[], &mut self.fields[written..], &mut self.ends[ended..]);
            ended += found;
            match result {
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.close(ended, lines);
                    return Parsed::Row(lines);
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Parsed::End,
            }
        }
    }

    /// Ends the row's list of ends. The carriage returns of its line end are no part of its last field.
    fn close(&mut self, ended: usize, lines: usize) {
        let line = &self.pending[lines - 1];
        if ended > 0 && line.strip_suffix(b"\n").unwrap_or(line).ends_with(b"\r") {
            let start = if ended > 1 { self.ends[ended - 2] } else { 0 };
            let field = &self.fields[start..self.ends[ended - 1]];
            let kept = field.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
            self.ends[ended - 1] = start + kept;
        }
        if ended == self.ends.len() {
            self.ends.push(usize::MAX);
        } else {
            self.ends[ended] = usize::MAX;
        }
    }

    fn skip_blank_lines(&mut self) -> io::Result<()> {
        loop {
            if self.pending.is_empty() && !self.read_pending_line()? {
                return Ok(());
            }
            if self.pending[0].iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
                return Ok(());
            }
            self.forget_lines(1);
        }
    }

    /// The parsed row, decoded; its lines are done with. `None`, and the lines stay, when they are no text.
    fn take(&mut self, lines: usize) -> Option<Row> {
        let row = self.decoded()?;
        self.forget_lines(lines);
        Some(row)
    }

    fn decoded(&self) -> Option<Row> {
        let ends = &self.ends[..self.ends_len()];
        let fields = &self.fields[..ends.last().copied().unwrap_or_default()];
        // All fields at once where bytes stay what they are: ASCII is the same in both encodings.
        if self.encoding == Encoding::Utf8 || fields.is_ascii() {
            return Row::split(self.next_line, std::str::from_utf8(fields).ok()?, ends);
        }
        let mut row = Row::with_capacity(self.next_line, ends.len(), fields.len());
        let mut start = 0;
        for &end in ends {
            row.push(&self.encoding.decode(&fields[start..end])?);
            start = end;
        }
        Some(row)
    }

    fn forget_lines(&mut self, lines: usize) {
        self.next_line += lines as u64;
        for mut line in self.pending.drain(..lines) {
            line.clear();
            self.spare.push(line);
        }
    }

    /// The lines as they stand in the file, which are done with.
    fn drop_lines(&mut self, lines: usize) -> Vec<u8> {
        self.next_line += lines as u64;
        self.pending.drain(..lines).collect::<Vec<_>>().concat()
    }
}

impl RowSource for Table {
    fn next_row(&mut self) -> io::Result<Option<Result<Row, BrokenRow>>> {
        let parsed = self.parse()?;
        let line = self.next_line;
        let broken = match parsed {
            Parsed::End => return Ok(None),
            Parsed::Row(lines) if self.ends_len() == self.width && !self.is_stray_quote(lines) => {
                if let Some(row) = self.take(lines) {
                    return Ok(Some(Ok(row)));
                }
                BrokenRow {
                    line,
                    raw: self.drop_lines(lines),
                    defect: Defect::Encoding,
                }
            }
            Parsed::Row(_) | Parsed::Unclosed => BrokenRow {
                line,
                raw: self.drop_lines(1),
                defect: Defect::Width,
            },
        };
        Ok(Some(Err(broken)))
    }

    fn position(&self) -> u64 {
        self.bytes.position()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::super::Content;
    use super::*;

    fn read(content: &[u8], encoding: Encoding) -> Vec<Result<Vec<String>, u64>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        fs::write(&path, content).unwrap();
        let dialect = Dialect { delimiter: b',' };
        let (_, mut table) = Table::start(Content::file(&path).open().unwrap(), dialect, encoding)
            .unwrap()
            .unwrap();
        let mut rows = Vec::new();
        while let Some(row) = table.next_row().unwrap() {
            rows.push(match row {
                Ok(row) => Ok(row.fields().map(str::to_owned).collect()),
                Err(broken) => Err(broken.line),
            });
        }
        rows
    }

    fn row(fields: &[&str]) -> Result<Vec<String>, u64> {
        Ok(fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn a_row_of_the_wrong_width_stops_nothing() {
        let rows = read(b"a,b\n1,2\n1\n1,2,3\n\n5,6", Encoding::Utf8);
        assert_eq!(rows, [row(&["1", "2"]), Err(3), Err(4), row(&["5", "6"])]);
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_quotes() {
        let rows = read(b"a,b\r\n\"x, y\",\"say \"\"hi\"\"\nthere\"\r\n3,4\r\n", Encoding::Utf8);
        assert_eq!(rows, [row(&["x, y", "say \"hi\"\nthere"]), row(&["3", "4"])]);
    }

    #[test]
    fn a_carriage_return_within_a_line_loses_nothing_behind_it() {
        let rows = read(b"a,b\r\n1,2\r3,4\r\n5,x\ry\r\n7,\"8\"\r\r\n9,\"\"\r", Encoding::Utf8);
        assert_eq!(rows, [Err(2), row(&["5", "x\ry"]), row(&["7", "8"]), row(&["9", ""])]);
    }

    #[test]
    fn a_stray_quote_costs_its_own_line_only() {
        let rows = read(b"a,b\n1,\"oops\n3,4\n5,6\n", Encoding::Utf8);
        assert_eq!(rows, [Err(2), row(&["3", "4"]), row(&["5", "6"])]);
        let rows = read(b"a,b\n1,\"oops\n3,4\n5,\"six\"\n", Encoding::Utf8);
        assert_eq!(rows, [Err(2), row(&["3", "4"]), row(&["5", "six"])]);
    }

    #[test]
    fn a_row_that_is_no_text_is_broken_and_its_neighbours_are_not() {
        let rows = read(b"a,b\n1,Z\xfcrich\n3,4\n", Encoding::Utf8);
        assert_eq!(rows, [Err(2), row(&["3", "4"])]);
        let rows = read(b"a,b\n\xc3,\xbc\n3,4\n", Encoding::Utf8);
        assert_eq!(rows, [Err(2), row(&["3", "4"])], "a letter in two halves");
        let rows = read(b"a,b\n1,Z\xfcrich\n", Encoding::Windows1252);
        assert_eq!(rows, [row(&["1", "Zürich"])]);
    }

    #[test]
    fn a_file_without_a_row_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        fs::write(&path, b"\n\n").unwrap();
        let start = Table::start(
            Content::file(&path).open().unwrap(),
            Dialect { delimiter: b',' },
            Encoding::Utf8,
        )
        .unwrap();
        assert!(start.is_none());
    }

    proptest! {
        #[test]
        fn written_rows_read_back(rows in prop::collection::vec(prop::collection::vec("[a-z\",\n é]{0,8}", 3), 0..20)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let read: Vec<_> = read(&writer.into_inner().unwrap(), Encoding::Utf8).into_iter().map(Result::unwrap).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_bytes_panic_and_every_line_is_a_row_or_broken(bytes in prop::collection::vec(any::<u8>(), 1..300)) {
            let mut content = b"a,b\n".to_vec();
            content.extend(bytes);
            let _ = read(&content, Encoding::Utf8);
        }
    }
}
