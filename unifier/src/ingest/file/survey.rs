//! What a whole file says before its rows are taken: its hash, its encoding, how its columns write dates and amounts.

use std::collections::BTreeMap;
use std::io;

use crate::normalise::date::{self, DayMonth};
use crate::normalise::money::{self, Decimal};

use super::bytes::{FileError, Progress};
use super::{Encoding, Reader, RowSource};

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

impl Survey {
    /// Reads the whole file once. `dates` and `amounts` are the columns that vote.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read to its end.
    pub fn read(
        reader: &Reader<'_>,
        dates: &[usize],
        amounts: &[usize],
        progress: Progress<'_>,
    ) -> Result<Self, FileError> {
        let unreadable = |source| reader.unreadable(source);
        let mut votes = Votes::default();
        // Windows-1252 can decode any bytes, and dates and amounts are the same in both.
        let (encoding, sha256) = if let Some(mut table) = reader.table(Encoding::Windows1252)? {
            votes.count(&mut table, dates, amounts, progress).map_err(unreadable)?;
            (table.votes().decide(), table.sha256())
        } else {
            let mut rows = reader.rows(Encoding::Utf8)?;
            votes
                .count(rows.as_mut(), dates, amounts, progress)
                .map_err(unreadable)?;
            (Encoding::Utf8, reader.content().open()?.sha256())
        };
        let Votes { orders, decimals } = votes;
        Ok(Self {
            sha256: sha256.map_err(unreadable)?,
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

/// How the rows seen so far write dates and amounts.
#[derive(Default)]
struct Votes {
    orders: Tally,
    decimals: Tally,
}

impl Votes {
    fn count(
        &mut self,
        rows: &mut dyn RowSource,
        dates: &[usize],
        amounts: &[usize],
        progress: Progress<'_>,
    ) -> io::Result<()> {
        let mut read = 0;
        while let Some(row) = rows.next_row()? {
            read += 1;
            if read % PROGRESS_ROWS == 0 {
                progress(rows.position());
            }
            let Ok(row) = row else { continue };
            dates.iter().for_each(|column| {
                let order = date::vote(row.get(*column));
                self.orders.add(*column, order.map(|order| order == DayMonth::DayFirst));
            });
            amounts.iter().for_each(|column| {
                let decimal = money::vote(row.get(*column));
                self.decimals
                    .add(*column, decimal.map(|decimal| decimal == Decimal::Point));
            });
        }
        Ok(())
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
    use std::path::Path;

    use super::super::{Content, Opening};
    use super::*;

    fn open(path: &Path) -> Result<Reader<'_>, FileError> {
        let opening = Opening {
            delimiter: None,
            declared: &[],
            scratch: path.parent().unwrap(),
        };
        Reader::open(Content::file(path), &opening)
    }

    fn told(path: &Path) -> String {
        open(path).err().map(|error| error.to_string()).unwrap()
    }

    #[test]
    fn a_whole_file_tells_its_encoding_and_how_its_columns_write_dates_and_amounts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        fs::write(
            &path,
            b"born;paid\n01/02/1980;1.234\n02/28/1980;12,50\n03/04/1980;Z\xfcrich\n",
        )
        .unwrap();
        let reader = open(&path).unwrap();
        assert_eq!((reader.dialect().delimiter, reader.columns().len()), (b';', 2));
        let survey = Survey::read(&reader, &[0], &[1], &|_| {}).unwrap();
        assert_eq!(survey.encoding, Encoding::Windows1252);
        assert_eq!(survey.orders[&0], DayMonth::MonthFirst);
        assert_eq!(survey.decimals[&1], Decimal::Comma);
        assert_eq!(survey.sha256.len(), 64);
    }

    #[test]
    fn spreadsheets_folders_and_nothing_are_told_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let of = |content: &[u8]| {
            let path = folder.path().join("file");
            fs::write(&path, content).unwrap();
            told(&path)
        };
        assert!(of(b"PK\x03\x04rest").contains("no workbook"));
        assert!(of(b"\xff\xfea\0b\0").contains("UTF-16"));
        assert!(of(b"a\0b").contains("no text"));
        assert!(of(b"a,b\r1,2\r").contains("old Macs"));
        assert!(of(b"[{\"a\": 1}]").contains("one object a line"));
        assert!(of(b"PAR1 and no more").contains("cannot be read"));
        assert!(of(b"").contains("empty"));
        assert!(told(folder.path()).contains("folder"));
        let missing = told(&folder.path().join("none.csv"));
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
        let told = Survey::read(&open(&path).unwrap(), &[], &[], &|_| {})
            .unwrap_err()
            .to_string();
        assert!(told.contains("cannot be read to its end"), "{told}");
    }
}
