//! The tables: what each night publishes for reading, as Parquet files that any tool can open.
//!
//! A night is written beside the others and comes into force when `CURRENT` names it, which is one rename. The pointer is
//! a file and not an entry of the state, because the web UI and the exports read while a night holds the state's lock.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::file;
use super::log::parquet_properties;

/// Rows in one row group: what a reader that looks for one person has to read at most.
const ROW_GROUP_ROWS: usize = 65_536;
/// The file that names the night in force.
const POINTER: &str = "CURRENT";
/// The note that is the night's report.
const REPORT: &str = "report";

/// The published nights of a store.
#[derive(Clone, Debug)]
pub struct Tables {
    folder: PathBuf,
}

/// One published night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Night {
    number: u32,
    folder: PathBuf,
}

/// A night that is being written.
#[derive(Debug)]
pub struct Draft {
    number: u32,
    folder: PathBuf,
    parent: PathBuf,
}

/// Why a table could not be read or published.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// No night has run yet.
    #[error("no night has run yet: run one with `unifier -C {} run`", .0.display())]
    NoNight(PathBuf),
    /// The file that names the night in force names none.
    #[error("{} names no night: write the name of the newest folder beside it into it", .0.display())]
    Pointer(PathBuf),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A table cannot be read or written.
    #[error("{}: the table cannot be read or written: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ParquetError,
    },
}

impl Tables {
    /// The tables of the store in `root`. Reads nothing yet.
    pub fn new(root: &Path) -> Self {
        Self {
            folder: root.join("tables"),
        }
    }

    /// The night in force.
    ///
    /// # Errors
    /// [`TablesError::NoNight`] before the first night, [`TablesError::Pointer`] when it cannot be told which one it is.
    pub fn current(&self) -> Result<Night, TablesError> {
        let root = || self.folder.parent().unwrap_or(&self.folder).to_owned();
        let pointer = self.folder.join(POINTER);
        let text = match fs::read_to_string(&pointer) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(TablesError::NoNight(root())),
            Err(source) => return Err(TablesError::Io { path: pointer, source }),
            Ok(text) => text,
        };
        let number = text.trim().parse().map_err(|_| TablesError::Pointer(pointer))?;
        Ok(self.night(number))
    }

    /// The nights on disk, oldest first.
    ///
    /// # Errors
    /// [`TablesError`] when the folder cannot be read.
    pub fn nights(&self) -> Result<Vec<Night>, TablesError> {
        let mut numbers: Vec<u32> = self.names()?.iter().filter_map(|name| name.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers.into_iter().map(|number| self.night(number)).collect())
    }

    /// Begins a new night, one after the night in force, and clears away what a killed night left.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn draft(&self) -> Result<Draft, TablesError> {
        let number = match self.current() {
            Ok(night) => night.number + 1,
            Err(TablesError::NoNight(_)) => 1,
            Err(error) => return Err(error),
        };
        let unfinished = |name: &String| Path::new(name).extension().is_some_and(|end| end == file::UNFINISHED);
        let left = |name: &&String| name.parse::<u32>().map_or(unfinished(name), |night| night >= number);
        for name in self.names()?.iter().filter(left) {
            remove(&self.folder.join(name))?;
        }
        let folder = self
            .folder
            .join(format!("{}.{}", folder_name(number), file::UNFINISHED));
        fs::create_dir_all(&folder).map_err(|source| TablesError::Io {
            path: folder.clone(),
            source,
        })?;
        Ok(Draft {
            number,
            folder,
            parent: self.folder.clone(),
        })
    }

    /// Deletes all but the newest `keep` nights. The night in force always stays.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn prune(&self, keep: usize) -> Result<(), TablesError> {
        let nights = self.nights()?;
        let surplus = nights.len().saturating_sub(keep.max(1));
        nights[..surplus].iter().try_for_each(|night| remove(&night.folder))
    }

    fn night(&self, number: u32) -> Night {
        Night {
            number,
            folder: self.folder.join(folder_name(number)),
        }
    }

    fn names(&self) -> Result<Vec<String>, TablesError> {
        match fs::read_dir(&self.folder) {
            Ok(entries) => Ok(entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(TablesError::Io {
                path: self.folder.clone(),
                source,
            }),
        }
    }
}

impl Night {
    /// The night's number; the first is 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Where its tables are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the night published a table of that name.
    pub fn has(&self, table: &str) -> bool {
        self.path(table).is_file()
    }

    /// Reads a table, or only `columns` of it (in the table's own order). A table without rows is one empty batch.
    ///
    /// # Errors
    /// [`TablesError`] when it is missing or damaged.
    pub fn read(&self, table: &str, columns: Option<&[&str]>) -> Result<Vec<RecordBatch>, TablesError> {
        let path = self.path(table);
        let file = File::open(&path).map_err(|source| TablesError::Io {
            path: path.clone(),
            source,
        })?;
        let damaged = |source| TablesError::Parquet {
            path: path.clone(),
            source,
        };
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?;
        let mask = columns.map(|columns| ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()));
        let builder = builder.with_batch_size(ROW_GROUP_ROWS);
        let builder = if let Some(mask) = mask {
            builder.with_projection(mask)
        } else {
            builder
        };
        let reader = builder.build().map_err(damaged)?;
        let schema = reader.schema();
        let batches: Result<Vec<_>, _> = reader.collect();
        let mut batches = batches.map_err(|source| damaged(ParquetError::External(Box::new(source))))?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }

    /// The night's report, as JSON.
    ///
    /// # Errors
    /// [`TablesError`] when it is missing.
    pub fn report(&self) -> Result<String, TablesError> {
        let path = note_path(&self.folder, REPORT);
        fs::read_to_string(&path).map_err(|source| TablesError::Io { path, source })
    }

    /// What the night noted beside its tables under this name, as JSON; nothing when it noted nothing.
    ///
    /// # Errors
    /// [`TablesError`] when the file cannot be read.
    pub fn note(&self, name: &str) -> Result<Option<String>, TablesError> {
        let path = note_path(&self.folder, name);
        match fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TablesError::Io { path, source }),
        }
    }

    pub(super) fn path(&self, table: &str) -> PathBuf {
        self.folder.join(format!("{table}.parquet"))
    }
}

impl Draft {
    /// The number the night will have.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The night as far as it is written, for stages that read what earlier stages wrote.
    pub fn so_far(&self) -> Night {
        Night {
            number: self.number,
            folder: self.folder.clone(),
        }
    }

    /// Writes a table, batch by batch as they are made. All have the schema of the first; a table without rows is one empty
    /// batch.
    ///
    /// # Errors
    /// [`TablesError`] when a batch could not be made or the disk refuses.
    pub fn write<B>(&self, table: &str, batches: B) -> Result<(), TablesError>
    where
        B: IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    {
        let mut rows = self.begin(table);
        batches.into_iter().try_for_each(|batch| rows.write(batch))?;
        rows.finish()
    }

    /// Begins a table, to be written beside others.
    pub fn begin(&self, table: &str) -> TableWriter {
        TableWriter {
            path: self.folder.join(format!("{table}.parquet")),
            writer: None,
        }
    }

    /// Writes the night's report.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn write_report(&self, json: &str) -> Result<(), TablesError> {
        self.write_note(REPORT, json)
    }

    /// Notes something as JSON beside the tables.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn write_note(&self, name: &str, json: &str) -> Result<(), TablesError> {
        let path = note_path(&self.folder, name);
        file::write_atomically(&path, json.as_bytes()).map_err(|source| TablesError::Io { path, source })
    }

    /// Takes the night away again: it was only to be looked at.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses.
    pub fn discard(self) -> Result<(), TablesError> {
        remove(&self.folder)
    }

    /// Brings the night into force.
    ///
    /// # Errors
    /// [`TablesError`] when the disk refuses; then the night before stays in force.
    pub fn publish(self) -> Result<Night, TablesError> {
        let folder = self.parent.join(folder_name(self.number));
        let refused = |source| TablesError::Io {
            path: folder.clone(),
            source,
        };
        file::sync_directory(&self.folder).map_err(refused)?;
        fs::rename(&self.folder, &folder).map_err(refused)?;
        file::sync_directory(&self.parent).map_err(refused)?;
        file::write_atomically(&self.parent.join(POINTER), folder_name(self.number).as_bytes()).map_err(refused)?;
        Ok(Night {
            number: self.number,
            folder,
        })
    }
}

fn note_path(night: &Path, name: &str) -> PathBuf {
    night.join(format!("{name}.json"))
}

/// A table that is being written, batch by batch. All have the schema of the first.
pub struct TableWriter {
    path: PathBuf,
    writer: Option<ArrowWriter<File>>,
}

impl TableWriter {
    /// Adds a batch.
    ///
    /// # Errors
    /// [`TablesError`] when it could not be made or the disk refuses; likewise below.
    pub fn write(&mut self, batch: Result<RecordBatch, ArrowError>) -> Result<(), TablesError> {
        let batch = batch.map_err(|error| self.damaged(error.into()))?;
        if self.writer.is_none() {
            let properties = parquet_properties()
                .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
                .build();
            let target = File::create(&self.path).map_err(|error| self.refused(error))?;
            let writer = ArrowWriter::try_new(target, batch.schema(), Some(properties));
            self.writer = Some(writer.map_err(|error| self.damaged(error))?);
        }
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write(&batch));
        written.map_err(|error| self.damaged(error))
    }

    /// Completes the table.
    ///
    /// # Errors
    /// As above.
    pub fn finish(mut self) -> Result<(), TablesError> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let file = writer.into_inner().map_err(|error| self.damaged(error))?;
        file.sync_all().map_err(|error| self.refused(error))
    }

    fn refused(&self, source: io::Error) -> TablesError {
        TablesError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn damaged(&self, source: ParquetError) -> TablesError {
        TablesError::Parquet {
            path: self.path.clone(),
            source,
        }
    }
}

fn folder_name(number: u32) -> String {
    format!("{number:06}")
}

fn remove(path: &Path) -> Result<(), TablesError> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    removed.map_err(|source| TablesError::Io {
        path: path.to_owned(),
        source,
    })
}
