//! One exported file into the log: read, checked, compared with what is there, committed in one step.

mod difference;
mod events;
mod known;
mod lanes;
mod numbering;
mod report;
mod told;
mod translate;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::config::{Config, is_name};
use crate::privacy::suppression::record_kind;
use crate::store::rejects::StagedRejects;
use crate::store::{Change, SegmentError, StagedSegment, StateError, Store, StoreError};

use super::Kind;
use super::file::{BrokenRow, Content, Dialect, FileError, Opening, Progress, Reader, Row, Survey};
use super::layout::Layout;
use super::mapping::{Mapping, MappingError};
use super::preset::{self, PresetError};
use super::read;
use super::reject::{Refusal, RejectsFile, RowReject};
use super::rows::RecordRow;

pub use difference::{Difference, News, RowChange, Show, ValueChange};
pub(super) use known::{day_number, each_key, key_column};
pub use report::{ImportEntry, ImportReport};

use difference::Comparison;
use known::KnownRows;
use lanes::{Lanes, Place};
use numbering::Numbering;
use translate::Translator;

/// The kind of state entries about imports.
pub const IMPORT: &str = "import";

/// Whether an identifier (type, normalised value) belongs to a person who was erased.
pub type Suppressed<'a> = &'a dyn Fn(&str, &str) -> bool;

/// A file to import, and how.
pub struct ImportRequest<'a> {
    /// The file.
    pub file: &'a Path,
    /// What is read in its place: rows that came another way. Then the file's name is theirs.
    pub spooled: Option<&'a File>,
    /// Columns that there are, whether or not any row has a value in them.
    pub declared: &'a [String],
    /// The preset; without one and without a mapping it is found by the header.
    pub preset: Option<&'a str>,
    /// The mapping file.
    pub mapping: Option<&'a Path>,
    /// The source, in place of the preset's or the mapping's.
    pub source: Option<&'a str>,
    /// The day the file tells of, for values that carry no time of their own.
    pub as_of: Date,
    /// Read and checked only; nothing is written.
    pub dry_run: bool,
    /// Where a dry run shows what each row would change; nowhere when nobody asked for it.
    pub show: Option<Show<'a>>,
    /// Who was erased; nothing when nobody was.
    pub suppressed: Option<Suppressed<'a>>,
    /// Called with (bytes read, bytes to read) now and then.
    pub progress: &'a dyn Fn(u64, u64),
}

impl<'a> ImportRequest<'a> {
    fn content(&self) -> Content<'a> {
        match self.spooled {
            Some(spooled) => Content::spooled(self.file, spooled),
            None => Content::file(self.file),
        }
    }
}

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4_096;

/// Why a file could not be imported. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The mapping cannot be used.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// No preset fits.
    #[error("{}: {source}", path.display())]
    Preset {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: PresetError,
    },
    /// The source has no usable name.
    #[error("{}: which source is it? give --source NAME, of a-z, 0-9, - and _", .0.display())]
    Source(PathBuf),
    /// The rejects file cannot be written.
    #[error("{}: {source}", path.display())]
    Rejects {
        /// The folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// Events are not compared.
    #[error("{}: events are only added and never changed: without --diff, the counts say how many would be new", .0.display())]
    NoDifference(PathBuf),
    /// What rows would change cannot be shown.
    #[error("the changes cannot be shown: {0}")]
    Shown(io::Error),
    /// The log cannot be read or written.
    #[error(transparent)]
    Log(#[from] SegmentError),
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The store refused the commit.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports one file.
///
/// The same file twice changes nothing. Refused rows are kept in the store's folder of rejects.
///
/// # Errors
/// [`ImportError`]; nothing was written then.
pub fn import(store: &mut Store, config: &Config, request: &ImportRequest<'_>) -> Result<ImportReport, ImportError> {
    if request.mapping.is_none() && request.preset.is_none() && events::are_in(&request.content())? {
        return match request.show {
            Some(_) => Err(ImportError::NoDifference(request.file.to_owned())),
            None => events::json_lines(store, config, request),
        };
    }
    let plan = Plan::make(store, config, request)?;
    let mut report = plan.report(request);
    if let Some(entry) = store.state().get::<ImportEntry>(IMPORT, &report.id)? {
        report.already_imported = Some(entry);
        return Ok(report);
    }
    if plan.layout.kind == Kind::Events && request.show.is_some() {
        return Err(ImportError::NoDifference(request.file.to_owned()));
    }
    if plan.layout.kind == Kind::Events {
        return events::mapped(store, config, request, &plan, report);
    }
    let known = KnownRows::read(
        store.log(),
        &plan.layout.source,
        plan.layout.kind,
        plan.day(),
        &report.id,
    )?;
    let shown = request.show.filter(|_| request.dry_run);
    let comparison = shown.map(|show| Comparison::new(store, &plan.layout.source, plan.layout.kind, plan.day(), show));
    let rejects = RejectsFile::new(&store.rejects(), &report.id);
    let mut run = Run {
        plan: &plan,
        config,
        request,
        known,
        numbering: Numbering::default(),
        comparison: comparison.transpose()?,
        rejects,
        report,
    };
    let staged = if request.dry_run {
        run.rows(None)?;
        run.report.difference = run.comparison.take().map(Comparison::finish).transpose()?;
        Vec::new()
    } else {
        run.stage(store)?
    };
    let Run {
        rejects, mut report, ..
    } = run;
    if request.dry_run {
        return Ok(report);
    }
    let refused = |source| ImportError::Rejects {
        path: store.rejects(),
        source,
    };
    let rejects = rejects.finish().map_err(refused)?;
    report.rejects = commit(store, staged, rejects, &report)?;
    Ok(report)
}

/// Lets an import count, and says where its refused rows are.
fn commit(
    store: &mut Store,
    staged: Vec<StagedSegment>,
    rejects: Option<StagedRejects>,
    report: &ImportReport,
) -> Result<Option<PathBuf>, ImportError> {
    let entry = ImportEntry {
        number: store.next_number()?,
        ..ImportEntry::of(report)
    };
    let entry = Change::put(IMPORT, &report.id, &entry);
    let kept = rejects.as_ref().map(StagedRejects::change);
    store.commit(staged, [entry].into_iter().chain(kept).collect())?;
    let refused = |source| ImportError::Rejects {
        path: store.rejects(),
        source,
    };
    rejects.map(StagedRejects::publish).transpose().map_err(refused)
}

/// What is known of a file before its rows are taken.
struct Plan<'a> {
    reader: Reader<'a>,
    layout: Layout,
    survey: Survey,
    id: String,
    bytes: u64,
    as_of: Date,
}

impl<'a> Plan<'a> {
    fn make(store: &Store, config: &Config, request: &ImportRequest<'a>) -> Result<Self, ImportError> {
        let mapping = request.mapping.map(|path| Mapping::read(path, config)).transpose()?;
        let delimiter = mapping
            .as_ref()
            .and_then(|mapping| mapping.delimiter)
            .map(|delimiter| delimiter as u8);
        let opening = Opening {
            delimiter,
            declared: request.declared,
            scratch: store.root(),
        };
        let reader = Reader::open(request.content(), &opening)?;
        let layout = layout(reader.columns(), mapping.as_ref(), request)?;
        let bytes = request.content().length();
        let progress: Progress<'_> = &|read| (request.progress)(read, 2 * bytes);
        let mut survey = Survey::read(&reader, &layout.date_columns(), &layout.amount_columns(), progress)?;
        if let Some(encoding) = mapping.and_then(|mapping| mapping.encoding) {
            survey.encoding = encoding;
        }
        let id = import_id(&survey.sha256, &format!("{layout:?}"));
        Ok(Self {
            reader,
            layout,
            survey,
            id,
            bytes,
            as_of: request.as_of,
        })
    }

    fn day(&self) -> i32 {
        known::day_number(&self.as_of.to_string()).unwrap_or_default()
    }

    fn report(&self, request: &ImportRequest<'_>) -> ImportReport {
        ImportReport {
            id: self.id.clone(),
            file: file_name(request.file),
            sha256: self.survey.sha256.clone(),
            layout: self.layout.name.clone(),
            source: self.layout.source.clone(),
            kind: self.layout.kind,
            unnumbered: self.layout.is_unnumbered(),
            encoding: self.survey.encoding,
            as_of: self.as_of,
            dry_run: request.dry_run,
            ..ImportReport::default()
        }
    }

    fn notes(&self, report: &ImportReport) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("as_of".to_owned(), self.as_of.to_string()),
            ("file".to_owned(), report.file.clone()),
            ("import".to_owned(), report.id.clone()),
            ("kind".to_owned(), self.layout.kind.as_str().to_owned()),
        ])
    }
}

fn layout(columns: &[String], mapping: Option<&Mapping>, request: &ImportRequest<'_>) -> Result<Layout, ImportError> {
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let unfit = |source| ImportError::Preset {
        path: request.file.to_owned(),
        source,
    };
    let source = |default: Option<&str>| named_source(request, default);
    match (mapping, request.mapping) {
        (Some(mapping), Some(path)) => Ok(mapping.resolve(path, &columns, &source(mapping.source.as_deref())?)?),
        _ => {
            let preset = match request.preset {
                Some(name) => preset::named(name, &columns),
                None => preset::detect(&columns),
            };
            let preset = preset.map_err(unfit)?;
            Ok(preset.resolve(&columns, &file_name(request.file), &source(Some(preset.source))?))
        }
    }
}

/// The source that the request names, or else the default one.
fn named_source(request: &ImportRequest<'_>, default: Option<&str>) -> Result<String, ImportError> {
    match request.source.or(default) {
        Some(source) if is_name(source) => Ok(source.to_owned()),
        _ => Err(ImportError::Source(request.file.to_owned())),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The same bytes under the same layout are the same import; a corrected mapping makes it another.
fn import_id(sha256: &str, layout: &str) -> String {
    let digest = Sha256::new().chain_update(sha256).chain_update(layout).finalize();
    hex::encode(&digest[..8])
}

/// A row as it may stand in its file.
fn raw_row(row: &Row, dialect: Dialect) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(dialect.delimiter)
        .from_writer(Vec::new());
    // A list in memory takes every row.
    let _ = writer.write_record(row.fields());
    writer.into_inner().unwrap_or_default()
}

/// One pass over the rows.
struct Run<'a> {
    plan: &'a Plan<'a>,
    config: &'a Config,
    request: &'a ImportRequest<'a>,
    known: KnownRows,
    numbering: Numbering,
    comparison: Option<Comparison<'a>>,
    rejects: RejectsFile,
    report: ImportReport,
}

impl Run<'_> {
    fn stage(&mut self, store: &Store) -> Result<Vec<StagedSegment>, ImportError> {
        let notes = self.plan.notes(&self.report);
        let place = Place {
            log: store.log(),
            source: &self.plan.layout.source,
            id: &self.plan.id,
            notes: &notes,
        };
        let ((), staged) = lanes::write(&place, |lanes| self.rows(Some(lanes)))?;
        Ok(staged)
    }

    /// Takes every row; into `lanes`, or nowhere on a dry run.
    fn rows(&mut self, mut lanes: Option<&mut Lanes>) -> Result<(), ImportError> {
        let (plan, config) = (self.plan, self.config);
        let unreadable = |source| plan.reader.unreadable(source);
        let translator = Translator::new(&plan.layout, &plan.survey, config, plan.as_of);
        let mut rows = plan.reader.rows(plan.survey.encoding)?;
        let mut order_above = String::new();
        while let Some(row) = rows.next_row().map_err(unreadable)? {
            if self.report.read.is_multiple_of(PROGRESS_ROWS) {
                (self.request.progress)(plan.bytes + rows.position(), 2 * plan.bytes);
            }
            match row {
                Ok(row) if translator.continues(&row, &order_above) => self.report.continuations += 1,
                Ok(row) => {
                    if !plan.layout.continued.is_empty() {
                        order_above = translator.order_id(&row).unwrap_or_default();
                    }
                    self.row(&translator, &row, lanes.as_deref_mut())?;
                }
                Err(broken) => self.broken(&broken)?,
            }
        }
        Ok(())
    }

    /// Counts a row, and hands on what it says if it is to be kept.
    fn row(&mut self, translator: &Translator<'_>, row: &Row, lanes: Option<&mut Lanes>) -> Result<(), ImportError> {
        self.report.read += 1;
        let mut facts = match translator.translate(row) {
            Ok(facts) => facts,
            Err(refusal) => return self.refuse(row.line, &refusal, &raw_row(row, self.plan.reader.dialect())),
        };
        if facts.record.as_ref().is_some_and(|record| self.is_erased(record)) {
            return self.refuse(row.line, &Refusal::row(RowReject::ErasedPerson), b"");
        }
        if self.plan.layout.is_unnumbered() {
            facts.number(self.numbering.next(translator.cells(row)), row.line);
        }
        if let Some(held) = self.known.find_or_insert(&facts.key, facts.hash, row.line) {
            self.report.duplicate += 1;
            lanes.into_iter().for_each(|lanes| lanes.repeat(row.line, held));
            return Ok(());
        }
        self.report.accepted += 1;
        self.report.consents += facts.consents.len() as u64;
        for refusal in &facts.left_out {
            *self.report.left_out.entry(refusal.reason).or_default() += 1;
            self.keep(row.line, refusal, &raw_row(row, self.plan.reader.dialect()))?;
        }
        if let Some(comparison) = &mut self.comparison {
            comparison.add(&facts, row.line, row.bytes())?;
        }
        if let Some(lanes) = lanes {
            lanes.push(facts, row.bytes());
        }
        Ok(())
    }

    fn broken(&mut self, broken: &BrokenRow) -> Result<(), ImportError> {
        self.report.read += 1;
        self.refuse(broken.line, &Refusal::row(broken.defect.into()), &broken.raw)
    }

    fn refuse(&mut self, line: u64, refusal: &Refusal, raw: &[u8]) -> Result<(), ImportError> {
        self.report.refuse(line, refusal.reason);
        self.keep(line, refusal, raw)
    }

    fn keep(&mut self, line: u64, refusal: &Refusal, raw: &[u8]) -> Result<(), ImportError> {
        if self.request.dry_run {
            return Ok(());
        }
        let column = refusal
            .column
            .and_then(|column| self.plan.reader.columns().get(column))
            .map_or("", String::as_str);
        let refused = |source| ImportError::Rejects {
            path: self.request.file.to_owned(),
            source,
        };
        self.rejects.add(line, column, refusal, raw).map_err(refused)
    }

    fn is_erased(&self, record: &RecordRow) -> bool {
        let Some(suppressed) = self.request.suppressed else {
            return false;
        };
        let carried = read::identifiers(record, &self.config.company.country);
        suppressed(&record_kind(&self.plan.layout.source), &record.record_key)
            || carried
                .iter()
                .any(|identifier| suppressed(&identifier.kind, &identifier.value))
    }
}

#[cfg(test)]
mod formats;
#[cfg(test)]
pub(super) mod tests;
