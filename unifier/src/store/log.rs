//! The log: immutable facts as Parquet segments, sorted by their writers, compressed with zstd.
//!
//! A segment counts only when the state names it, so a file that a killed run left behind is cleared at the next opening.
//! The log knows lanes and partitions, and nothing of what the columns mean.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::file;

/// What a segment holds. Each lane has its own folder and its own columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Web events with consent; partitioned by the event's UTC day.
    Events,
    /// Audience hits without consent; partitioned by day, and never read by the identity graph.
    Audience,
    /// Imported rows about people; partitioned by source.
    Records,
    /// Imported orders; partitioned by source.
    Orders,
    /// Imported answers to consent; partitioned by source.
    Consents,
    /// What people decided about records; partitioned by the day of the decision.
    Decisions,
    /// Imported rows that say what the log had already, and where; partitioned by source.
    Repeats,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Lane; 7] = [
        Lane::Events,
        Lane::Audience,
        Lane::Records,
        Lane::Orders,
        Lane::Consents,
        Lane::Decisions,
        Lane::Repeats,
    ];

    /// The lane's folder.
    pub fn folder(self) -> &'static str {
        match self {
            Lane::Events => "events",
            Lane::Audience => "audience",
            Lane::Records => "records",
            Lane::Orders => "orders",
            Lane::Consents => "consents",
            Lane::Decisions => "decisions",
            Lane::Repeats => "repeats",
        }
    }
}

/// A segment of the log: `events/day=2026-11-19/<id>.parquet`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    lane: Lane,
    partition: String,
    name: String,
    path: PathBuf,
}

impl Segment {
    /// What it holds.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// The day (`2026-11-19`) or the source it belongs to.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The name within the log, which the state keeps.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id within its partition.
    pub fn id(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.strip_suffix(".parquet").unwrap_or(file)
    }

    /// Reads the segment, or only `columns` of it, in batches of at most 8,192 rows.
    ///
    /// # Errors
    /// [`SegmentError`] when the file is gone, cut short or damaged.
    pub fn read(&self, columns: Option<&[&str]>) -> Result<SegmentReader, SegmentError> {
        let damaged = |source| SegmentError::Parquet {
            path: self.path.clone(),
            source,
        };
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.open()?).map_err(damaged)?;
        let mask = columns.map(|columns| ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()));
        let builder = builder.with_batch_size(8_192);
        let builder = if let Some(mask) = mask {
            builder.with_projection(mask)
        } else {
            builder
        };
        Ok(SegmentReader {
            inner: builder.build().map_err(damaged)?,
            path: self.path.clone(),
        })
    }

    /// What the writer noted about the segment as a whole.
    ///
    /// # Errors
    /// [`SegmentError`] when the file is gone, cut short or damaged.
    pub fn notes(&self) -> Result<BTreeMap<String, String>, SegmentError> {
        let damaged = |source| SegmentError::Parquet {
            path: self.path.clone(),
            source,
        };
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.open()?).map_err(damaged)?;
        let pairs = builder.metadata().file_metadata().key_value_metadata();
        let pairs = pairs.into_iter().flatten().filter(|pair| pair.key != ARROW_SCHEMA);
        Ok(pairs
            .map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()))
            .collect())
    }

    /// The error of a segment whose content is not what was expected.
    pub(crate) fn damaged(&self, error: ArrowError) -> SegmentError {
        SegmentError::Parquet {
            path: self.path.clone(),
            source: error.into(),
        }
    }

    fn open(&self) -> Result<File, SegmentError> {
        File::open(&self.path).map_err(|source| SegmentError::Io {
            path: self.path.clone(),
            source,
        })
    }
}

/// The key under which the Arrow schema stands in every Parquet file's notes.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// The batches of one segment, in order.
#[derive(Debug)]
pub struct SegmentReader {
    inner: ParquetRecordBatchReader,
    path: PathBuf,
}

impl Iterator for SegmentReader {
    type Item = Result<RecordBatch, SegmentError>;

    fn next(&mut self) -> Option<Self::Item> {
        let damaged = |source: arrow::error::ArrowError| SegmentError::Parquet {
            path: self.path.clone(),
            source: ParquetError::External(Box::new(source)),
        };
        self.inner.next().map(|batch| batch.map_err(damaged))
    }
}

/// A segment that is whole on disk and does not count yet.
#[derive(Debug)]
pub struct StagedSegment {
    segment: Segment,
}

/// Why a segment could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The file is no Parquet file, or a damaged one.
    #[error("{}: the segment cannot be read or written: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ParquetError,
    },
}

/// The log in one directory.
#[derive(Debug)]
pub struct Log {
    root: PathBuf,
    segments: BTreeSet<Segment>,
}

impl Log {
    /// Opens the log, whose segments in force are `names`, and deletes files that no run finished.
    pub(super) fn open(root: &Path, names: Vec<String>) -> Result<Self, SegmentError> {
        let segments: BTreeSet<Segment> = names.iter().filter_map(|name| segment(root, name)).collect();
        let log = Self {
            root: root.to_owned(),
            segments,
        };
        log.clear_unfinished()?;
        Ok(log)
    }

    /// Whether there is a log in `root`, whatever of it counts.
    pub(super) fn exists(root: &Path) -> Result<bool, SegmentError> {
        Ok(!entries(root)?.is_empty())
    }

    /// The segments of a lane, in the order of partition and name.
    pub fn segments(&self, lane: Lane) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(move |segment| segment.lane == lane)
    }

    /// The segments of one partition of a lane.
    pub fn partition<'a>(&'a self, lane: Lane, partition: &'a str) -> impl Iterator<Item = &'a Segment> {
        self.segments(lane)
            .filter(move |segment| segment.partition == partition)
    }

    /// Writes a segment to disk, without letting it count: hand it to [`Store::commit`](super::Store::commit).
    ///
    /// `id` names it within its partition, and `notes` are kept with it. Writing the same id again replaces it.
    ///
    /// # Errors
    /// [`SegmentError`] when the disk refuses, and the error of a batch that could not be built.
    pub fn stage<B>(
        &self,
        lane: Lane,
        partition: &str,
        id: &str,
        schema: SchemaRef,
        batches: B,
        notes: &BTreeMap<String, String>,
    ) -> Result<StagedSegment, SegmentError>
    where
        B: IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    {
        let key = if matches!(lane, Lane::Events | Lane::Audience | Lane::Decisions) {
            "day"
        } else {
            "source"
        };
        let name = format!("{}/{key}={partition}/{id}.parquet", lane.folder());
        let path = self.root.join(&name);
        let staged = file::unfinished(&path);
        let refused = |source| SegmentError::Io {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(path.parent().unwrap_or(&self.root)).map_err(refused)?;
        let target = File::create(&staged).map_err(refused)?;
        let damaged = |source| SegmentError::Parquet {
            path: path.clone(),
            source,
        };
        let mut writer = ArrowWriter::try_new(target, schema, Some(properties(notes))).map_err(damaged)?;
        for batch in batches {
            let batch = batch.map_err(|error| damaged(error.into()))?;
            writer.write(&batch).map_err(damaged)?;
        }
        let target = writer.into_inner().map_err(damaged)?;
        target.sync_all().map_err(refused)?;
        Ok(StagedSegment {
            segment: Segment {
                lane,
                partition: partition.to_owned(),
                name,
                path,
            },
        })
    }

    pub(super) fn rename(&self, staged: Vec<StagedSegment>) -> Result<Vec<Segment>, SegmentError> {
        for StagedSegment { segment } in &staged {
            let refused = |source| SegmentError::Io {
                path: segment.path.clone(),
                source,
            };
            fs::rename(file::unfinished(&segment.path), &segment.path).map_err(refused)?;
            file::sync_directory(segment.path.parent().unwrap_or(&self.root)).map_err(refused)?;
        }
        Ok(staged.into_iter().map(|staged| staged.segment).collect())
    }

    pub(super) fn admit(&mut self, segments: Vec<Segment>) {
        self.segments.extend(segments);
    }

    pub(super) fn discard(&mut self, segments: &[Segment]) -> Result<(), SegmentError> {
        for segment in segments {
            self.segments.remove(segment);
            fs::remove_file(&segment.path).map_err(|source| SegmentError::Io {
                path: segment.path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    fn clear_unfinished(&self) -> Result<(), SegmentError> {
        let known: BTreeSet<&Path> = self.segments.iter().map(|segment| segment.path.as_path()).collect();
        for lane in Lane::ALL {
            // A stray file beside the partitions is none of ours.
            let partitions = entries(&self.root.join(lane.folder()))?;
            for partition in partitions.into_iter().filter(|path| path.is_dir()) {
                for path in entries(&partition)?
                    .into_iter()
                    .filter(|path| !known.contains(path.as_path()))
                {
                    fs::remove_file(&path).map_err(|source| SegmentError::Io { path, source })?;
                }
            }
        }
        Ok(())
    }
}

/// What is in a folder; nothing when it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, SegmentError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(SegmentError::Io {
            path: folder.to_owned(),
            source,
        }),
    }
}

/// The segment of that name; nothing when the name is none of ours.
fn segment(root: &Path, name: &str) -> Option<Segment> {
    let mut parts = name.split('/');
    let folder = parts.next()?;
    let lane = Lane::ALL.into_iter().find(|lane| lane.folder() == folder)?;
    let (_, partition) = parts.next()?.split_once('=')?;
    Some(Segment {
        lane,
        partition: partition.to_owned(),
        name: name.to_owned(),
        path: root.join(name),
    })
}

fn properties(notes: &BTreeMap<String, String>) -> WriterProperties {
    let notes = notes
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
        .collect();
    parquet_properties().set_key_value_metadata(Some(notes)).build()
}

/// How every Parquet file of the store is written: zstd at its default level, and the version of the library left out, so
/// that an upgrade of it alone does not change a byte.
pub(crate) fn parquet_properties() -> parquet::file::properties::WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("firsthand".to_owned())
}
