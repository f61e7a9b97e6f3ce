//! What a whole file says before its rows are taken: its hash, its encoding, how its columns write dates and amounts.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::normalise::date::{self, DayMonth};
use crate::normalise::money::{self, Decimal};

use super::source::{FileError, Progress, open};
use super::{Dialect, Encoding, Table};

/// What is known of a file from its first row.
#[derive(Clone, Debug)]
pub struct Header {
    /// The separator.
    pub dialect: Dialect,
    /// The columns' names, in order.
    pub columns: Vec<String>,
}

/// What a whole file says.
#[derive(Clone, Debug)]
pub struct Survey {
    /// SHA-256 over the file as it lies on the disk, as 64 hexadecimal digits.
    pub sha256: String,
    /// How its text is encoded.
    pub encoding: Encoding,
    /// Which comes first, day or month, by column.
    pub orders: BTreeMap<usize, DayMonth>,
    /// The decimal sign, by column.
    pub decimals: BTreeMap<usize, Decimal>,
}

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4_096;

impl Header {
    /// Reads a file's first row.
    ///
    /// # Errors
    /// [`FileError`] when there is none, or when the file is no text.
    pub fn read(path: &Path, delimiter: Option<u8>) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let dialect = match delimiter {
            Some(delimiter) => Dialect { delimiter },
            None => Dialect::detect(&first_line(path)?),
        };
        for encoding in [Encoding::Utf8, Encoding::Windows1252] {
            if let Some((row, _)) = Table::start(open(path)?, dialect, encoding).map_err(unreadable)? {
                return Ok(Self {
                    dialect,
                    columns: row.fields().map(str::to_owned).collect(),
                });
            }
        }
        Err(FileError::Empty(path.to_owned()))
    }
}

fn first_line(path: &Path) -> Result<Vec<u8>, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let (mut bytes, mut line) = (open(path)?, Vec::new());
    while bytes.read_line(&mut line).map_err(unreadable)? > 0 && line.trim_ascii().is_empty() {
        line.clear();
    }
    if line.contains(&0) {
        return Err(FileError::NotText {
            path: path.to_owned(),
            what: "no text",
        });
    }
    Ok(line)
}

impl Survey {
    /// Reads the whole file once. `dates` and `amounts` are the columns that vote.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read to its end.
    pub fn read(
        path: &Path,
        dialect: Dialect,
        dates: &[usize],
        amounts: &[usize],
        progress: Progress<'_>,
    ) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: path.to_owned(),
            source,
        };
        // Windows-1252 can decode any bytes, and dates and amounts are the same in both.
        let start = Table::start(open(path)?, dialect, Encoding::Windows1252).map_err(unreadable)?;
        let (_, mut table) = start.ok_or_else(|| FileError::Empty(path.to_owned()))?;
        let (mut orders, mut decimals) = (Tally::default(), Tally::default());
        let mut tally = || -> io::Result<()> {
            let mut rows = 0;
            while let Some(row) = table.next_row()? {
                rows += 1;
                if rows % PROGRESS_ROWS == 0 {
                    progress(table.position());
                }
                let Ok(row) = row else { continue };
                dates.iter().for_each(|column| {
                    orders.add(*column, date::vote(row.get(*column)).map(|o| o == DayMonth::DayFirst))
                });
                amounts.iter().for_each(|column| {
                    decimals.add(*column, money::vote(row.get(*column)).map(|d| d == Decimal::Point))
                });
            }
            Ok(())
        };
        tally().map_err(unreadable)?;
        let encoding = table.votes().decide();
        Ok(Self {
            sha256: table.sha256().map_err(unreadable)?,
            encoding,
            orders: orders.decide(|day_first| {
                if day_first {
                    DayMonth::DayFirst
                } else {
                    DayMonth::MonthFirst
                }
            }),
            decimals: decimals.decide(|point| if point { Decimal::Point } else { Decimal::Comma }),
        })
    }
}

/// Votes for the first and for the second of two answers, by column.
#[derive(Default)]
struct Tally(BTreeMap<usize, (u64, u64)>);

impl Tally {
    fn add(&mut self, column: usize, vote: Option<bool>) {
        if let Some(first) = vote {
            let (yes, no) = self.0.entry(column).or_default();
            *(if first { yes } else { no }) += 1;
        }
    }

    /// The answer with more votes; a column without any has none.
    fn decide<T>(self, answer: impl Fn(bool) -> T) -> BTreeMap<usize, T> {
        self.0
            .into_iter()
            .map(|(column, (yes, no))| (column, answer(yes >= no)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_whole_file_tells_its_encoding_and_how_its_columns_write_dates_and_amounts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        fs::write(
            &path,
            b"born;paid\n01/02/1980;1.234\n02/28/1980;12,50\n03/04/1980;Z\xfcrich\n",
        )
        .unwrap();
        let header = Header::read(&path, None).unwrap();
        assert_eq!((header.dialect.delimiter, header.columns.len()), (b';', 2));
        let survey = Survey::read(&path, header.dialect, &[0], &[1], &|_| {}).unwrap();
        assert_eq!(survey.encoding, Encoding::Windows1252);
        assert_eq!(survey.orders[&0], DayMonth::MonthFirst);
        assert_eq!(survey.decimals[&1], Decimal::Comma);
        assert_eq!(survey.sha256.len(), 64);
    }

    #[test]
    fn spreadsheets_folders_and_nothing_are_told_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let told = |content: &[u8]| {
            let path = folder.path().join("file");
            fs::write(&path, content).unwrap();
            Header::read(&path, None).unwrap_err().to_string()
        };
        assert!(told(b"PK\x03\x04rest").contains("save it as CSV"));
        assert!(told(b"\xff\xfea\0b\0").contains("UTF-16"));
        assert!(told(b"a\0b").contains("no text"));
        assert!(told(b"").contains("empty"));
        assert!(
            Header::read(folder.path(), None)
                .unwrap_err()
                .to_string()
                .contains("folder")
        );
        let missing = Header::read(&folder.path().join("none.csv"), None)
            .unwrap_err()
            .to_string();
        assert!(
            missing.contains("none.csv") && missing.contains("check the path"),
            "{missing}"
        );
    }

    #[test]
    fn a_packed_file_that_was_cut_short_is_unreadable() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv.gz");
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all("a,b\n1,2\n".repeat(1_000).as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        fs::write(&path, &packed[..packed.len() - 12]).unwrap();
        let header = Header::read(&path, None).unwrap();
        let told = Survey::read(&path, header.dialect, &[], &[], &|_| {})
            .unwrap_err()
            .to_string();
        assert!(told.contains("cannot be read to its end"), "{told}");
    }
}
