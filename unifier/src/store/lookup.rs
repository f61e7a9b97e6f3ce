//! Point reads of the published tables: the rows about one person among millions, and scans over few columns.
//!
//! A row group is read only when its statistics say that it may hold what is looked for, and of it only the rows that do.
//! Row groups are read side by side and given in the table's order. Owns no meaning of any column.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Bound;
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::PageIndexPolicy;
use rayon::prelude::*;

use super::tables::{Night, TablesError};

/// What a text column is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One of these values.
    OneOf(BTreeSet<String>),
    /// Values that begin with this.
    Prefix(String),
}

impl Wanted {
    fn matches(&self, value: &str) -> bool {
        match self {
            Wanted::OneOf(values) => values.contains(value),
            Wanted::Prefix(prefix) => value.starts_with(prefix.as_str()),
        }
    }

    /// Whether a match can lie between two values.
    fn may_lie_between(&self, least: &str, largest: &str) -> bool {
        match self {
            Wanted::OneOf(values) => {
                let mut from_least = values.range::<str, _>((Bound::Included(least), Bound::Unbounded));
                from_least.next().is_some_and(|value| value.as_str() <= largest)
            }
            Wanted::Prefix(prefix) => {
                largest >= prefix.as_str() && (least <= prefix.as_str() || least.starts_with(prefix))
            }
        }
    }
}

impl Night {
    /// The rows of a table whose text in `column` is wanted, in the table's order. Fast where the table is sorted by it.
    ///
    /// # Errors
    /// [`TablesError`] when the table or the column is missing or damaged.
    pub fn rows(&self, table: &str, column: &str, wanted: &Wanted) -> Result<Vec<RecordBatch>, TablesError> {
        let path = self.path(table);
        let source = Source::open(&path)?;
        let groups = source.groups_with(column, wanted)?;
        let read = |&group: &usize| source.read(group, Some((column, wanted)), None);
        let batches: Vec<Vec<RecordBatch>> = groups.par_iter().map(read).collect::<Result<_, _>>()?;
        Ok(batches
            .into_iter()
            .flatten()
            .filter(|batch| batch.num_rows() > 0)
            .collect())
    }

    /// What `look` makes of each batch of a table, of which only `columns` are read, in the table's order.
    ///
    /// # Errors
    /// [`TablesError`] when the table is missing or damaged.
    pub fn scan<T: Send>(
        &self,
        table: &str,
        columns: &[&str],
        look: impl Fn(&RecordBatch) -> T + Sync,
    ) -> Result<Vec<T>, TablesError> {
        let path = self.path(table);
        let source = Source::open(&path)?;
        let read = |group| -> Result<Vec<T>, TablesError> {
            Ok(source.read(group, None, Some(columns))?.iter().map(&look).collect())
        };
        let seen: Vec<Vec<T>> = (0..source.groups())
            .into_par_iter()
            .map(read)
            .collect::<Result<_, _>>()?;
        Ok(seen.into_iter().flatten().collect())
    }
}

/// One table's file, its metadata read once.
struct Source<'a> {
    path: &'a Path,
    metadata: ArrowReaderMetadata,
}

impl<'a> Source<'a> {
    fn open(path: &'a Path) -> Result<Self, TablesError> {
        // With the index of pages, what is not wanted of a row group is not even decompressed.
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file(path)?, options).map_err(|source| damaged(path, source))?;
        Ok(Self { path, metadata })
    }

    fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// The row groups that may hold what is wanted.
    fn groups_with(&self, column: &str, wanted: &Wanted) -> Result<Vec<usize>, TablesError> {
        let groups = self.metadata.metadata().row_groups();
        let statistics = StatisticsConverter::try_new(column, self.metadata.schema(), self.metadata.parquet_schema());
        let statistics = statistics.map_err(|source| damaged(self.path, source))?;
        let bounds = |read: Result<_, ParquetError>| read.map_err(|source| damaged(self.path, source));
        let (least, largest) = (
            bounds(statistics.row_group_mins(groups))?,
            bounds(statistics.row_group_maxes(groups))?,
        );
        let may_hold = |&group: &usize| match (text(&least, group), text(&largest, group)) {
            (Some(least), Some(largest)) => wanted.may_lie_between(least, largest),
            _ => true,
        };
        Ok((0..groups.len()).filter(may_hold).collect())
    }

    fn read(
        &self,
        group: usize,
        filter: Option<(&str, &Wanted)>,
        columns: Option<&[&str]>,
    ) -> Result<Vec<RecordBatch>, TablesError> {
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file(self.path)?, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_batch_size(8_192);
        let schema = self.metadata.parquet_schema();
        if let Some(columns) = columns {
            builder = builder.with_projection(ProjectionMask::columns(schema, columns.iter().copied()));
        }
        if let Some((column, wanted)) = filter {
            let (mask, wanted) = (ProjectionMask::columns(schema, [column]), wanted.clone());
            let predicate = ArrowPredicateFn::new(mask, move |batch: RecordBatch| Ok(selection(&batch, &wanted)));
            builder = builder.with_row_filter(RowFilter::new(vec![Box::new(predicate)]));
        }
        let reader = builder.build().map_err(|source| damaged(self.path, source))?;
        let batches: Result<Vec<_>, _> = reader.collect();
        batches.map_err(|source| damaged(self.path, ParquetError::External(Box::new(source))))
    }
}

fn selection(batch: &RecordBatch, wanted: &Wanted) -> BooleanArray {
    let matches = |row| Some(text(batch.column(0), row).is_some_and(|value| wanted.matches(value)));
    (0..batch.num_rows()).map(matches).collect()
}

/// The text at `row`; nothing when it is null, or the column holds no text.
fn text(column: &dyn Array, row: usize) -> Option<&str> {
    let column = column.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row))
}

fn file(path: &Path) -> Result<File, TablesError> {
    File::open(path).map_err(|source| TablesError::Io {
        path: path.to_owned(),
        source,
    })
}

fn damaged(path: &Path, source: ParquetError) -> TablesError {
    TablesError::Parquet {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::super::tables::Tables;
    use super::*;

    /// A night with 200,000 rows in four row groups, sorted by `key`, which repeats each key once.
    fn night(folder: &Path) -> Night {
        let draft = Tables::new(folder).draft().unwrap();
        let key = |row: i64| format!("{:08}", row / 2);
        let keys: ArrayRef = Arc::new(StringArray::from_iter_values((0..200_000).map(key)));
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..200_000));
        let batch = RecordBatch::try_from_iter([("key", keys), ("n", numbers)]).unwrap();
        draft.write("t", [Ok(batch)]).unwrap();
        draft.publish().unwrap()
    }

    fn numbers(batches: &[RecordBatch]) -> Vec<i64> {
        let columns = batches
            .iter()
            .map(|batch| batch["n"].as_primitive::<arrow::datatypes::Int64Type>());
        columns.flat_map(|column| column.values().to_vec()).collect()
    }

    #[test]
    fn the_wanted_rows_are_found_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let night = night(folder.path());
        let one_of = |keys: &[&str]| Wanted::OneOf(keys.iter().map(|&key| key.to_owned()).collect());
        let rows = |wanted| numbers(&night.rows("t", "key", &wanted).unwrap());
        assert_eq!(
            rows(one_of(&["00099999", "00000000", "nothing"])),
            [0, 1, 199_998, 199_999]
        );
        // The key 32768 begins the second row group.
        assert_eq!(
            rows(Wanted::Prefix("0003276".to_owned())),
            (65_520..65_540).collect::<Vec<_>>()
        );
        assert_eq!(rows(Wanted::Prefix(String::new())).len(), 200_000);
        assert!(night.rows("t", "no such column", &one_of(&["1"])).is_err());
    }

    #[test]
    fn only_row_groups_that_may_hold_it_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let night = night(folder.path());
        let path = night.path("t");
        let source = Source::open(&path).unwrap();
        let groups = |wanted| source.groups_with("key", &wanted).unwrap();
        assert_eq!(groups(Wanted::OneOf(BTreeSet::from(["00032768".to_owned()]))), [1]);
        assert_eq!(groups(Wanted::Prefix("0003276".to_owned())), [0, 1]);
        // The key 32767 is the largest of the first.
        assert_eq!(groups(Wanted::Prefix("00032767".to_owned())), [0]);
        assert_eq!(groups(Wanted::Prefix("zz".to_owned())), [0; 0]);
    }

    #[test]
    fn a_scan_sees_every_row_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let seen = night(folder.path())
            .scan("t", &["n"], |batch| numbers(std::slice::from_ref(batch)))
            .unwrap();
        assert_eq!(seen.concat(), (0..200_000).collect::<Vec<_>>());
    }
}
