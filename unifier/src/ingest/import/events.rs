//! Files of events: JSON lines as Segment or the edge writes them, or any delimited file with a mapping.
//!
//! They go the way of pulled events: each message once, each in the partition of its own day.

use std::path::Path;

use event_schema::{ConsentedEvent, DeviceClass, Envelope, Event, Timestamp};
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::ingest::file::{BrokenRow, FileError, Row, Table, open};
use crate::ingest::pull::EventWriter;
use crate::ingest::reject::{Refusal, RejectsFile, RowReject};
use crate::ingest::{Field, Kind};
use crate::record::RecordId;
use crate::store::{Change, Store};

use super::translate::Translator;
use super::{IMPORT, ImportEntry, ImportError, ImportReport, ImportRequest, Plan, file_name, raw_row};

/// Whether the file is JSON lines: its first line begins an object.
///
/// # Errors
/// [`FileError`] when the file cannot be read.
pub fn is_json_lines(path: &Path) -> Result<bool, FileError> {
    let mut line = Vec::new();
    let read = open(path)?.read_line(&mut line);
    read.map_err(|source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(line.trim_ascii_start().starts_with(b"{"))
}

/// Imports JSON lines: envelopes of the edge, or events in Segment's words.
///
/// # Errors
/// [`ImportError`]; nothing was written then.
pub fn json_lines(
    store: &mut Store,
    config: &Config,
    request: &ImportRequest<'_>,
) -> Result<ImportReport, ImportError> {
    let unreadable = |source| FileError::Unreadable {
        path: request.file.to_owned(),
        source,
    };
    let sha256 = open(request.file)?.sha256().map_err(unreadable)?;
    let report = ImportReport {
        id: super::import_id(&sha256, "json-lines"),
        file: file_name(request.file),
        sha256,
        layout: "json-lines".to_owned(),
        source: request.source.unwrap_or("web").to_owned(),
        kind: Kind::Events,
        as_of: request.as_of,
        dry_run: request.dry_run,
        ..ImportReport::default()
    };
    if let Some(entry) = store.state().get::<ImportEntry>(IMPORT, &report.id)? {
        return Ok(ImportReport {
            already_imported: Some(entry),
            ..report
        });
    }
    let mut run = Run::new(store, config, request, report);
    let mut bytes = open(request.file)?;
    let (mut line, mut number) = (Vec::new(), 0);
    while bytes.read_line(&mut line).map_err(unreadable)? > 0 {
        number += 1;
        if !line.trim_ascii().is_empty() {
            let envelope = envelope(&line, &run.report.source);
            run.take(number, envelope, &line)?;
        }
        line.clear();
    }
    run.finish()
}

/// Imports a delimited file of events.
///
/// # Errors
/// [`ImportError`]; nothing was written then.
pub fn delimited(
    store: &mut Store,
    config: &Config,
    request: &ImportRequest<'_>,
    plan: &Plan,
    report: ImportReport,
) -> Result<ImportReport, ImportError> {
    let unreadable = |source| FileError::Unreadable {
        path: request.file.to_owned(),
        source,
    };
    let translator = Translator::new(&plan.layout, &plan.survey, config, plan.as_of);
    let mut run = Run::new(store, config, request, report);
    let start = Table::start(open(request.file)?, plan.header.dialect, plan.survey.encoding);
    let Some((_, mut table)) = start.map_err(unreadable)? else {
        return run.finish();
    };
    while let Some(row) = table.next_row().map_err(unreadable)? {
        match row {
            Ok(row) => {
                let event = translator.event(&row).map(|event| consented(event, &run.report.source));
                run.take(row.line, event, &raw_row(&row, plan.header.dialect))?;
            }
            Err(BrokenRow::Width { line, raw }) => {
                run.take(line, Err(Refusal::row(RowReject::WrongFieldCount)), &raw)?
            }
            Err(BrokenRow::Encoding { line, raw }) => {
                run.take(line, Err(Refusal::row(RowReject::WrongEncoding)), &raw)?
            }
        }
    }
    run.finish()
}

/// An envelope, or an event by itself.
fn envelope(line: &[u8], site: &str) -> Result<Envelope, Refusal> {
    let invalid = || Refusal::row(RowReject::InvalidEvent);
    let value: Value = serde_json::from_slice(line).map_err(|_| invalid())?;
    if value.get("lane").is_some() {
        return serde_json::from_value(value).map_err(|_| invalid());
    }
    let time = value
        .get("originalTimestamp")
        .or_else(|| value.get("timestamp"))
        .and_then(Value::as_str);
    let at: Timestamp = time
        .and_then(|time| time.parse().ok())
        .ok_or(Refusal::row(RowReject::MissingTime))?;
    // An old event is as good as a new one here, so it is checked as if it arrived when it happened.
    Event::validate(value, at)
        .map(|event| consented(event, site))
        .map_err(|_| invalid())
}

fn consented(event: Event, site: &str) -> Envelope {
    Envelope::Consented(Box::new(ConsentedEvent {
        received_at: event.timestamp,
        clock_skew_ms: 0,
        site: site.to_owned(),
        country: String::new(),
        device: DeviceClass::Unknown,
        bot: false,
        event,
    }))
}

/// One pass over the events of a file.
struct Run<'a> {
    store: &'a mut Store,
    request: &'a ImportRequest<'a>,
    writer: EventWriter,
    rejects: RejectsFile,
    report: ImportReport,
}

impl<'a> Run<'a> {
    fn new(store: &'a mut Store, config: &Config, request: &'a ImportRequest<'a>, report: ImportReport) -> Self {
        let rejects = RejectsFile::new(&store.rejects(), &report.id);
        Self {
            store,
            request,
            writer: EventWriter::new(config),
            rejects,
            report,
        }
    }

    fn take(&mut self, line: u64, event: Result<Envelope, Refusal>, raw: &[u8]) -> Result<(), ImportError> {
        self.report.read += 1;
        match event {
            Ok(event) if self.writer.is_erased(&event, self.request.suppressed) => {
                self.refuse(line, &Refusal::row(RowReject::ErasedPerson), b"")
            }
            Ok(event) => Ok(self.writer.push(self.store.log(), event)?),
            Err(refusal) => self.refuse(line, &refusal, raw),
        }
    }

    fn refuse(&mut self, line: u64, refusal: &Refusal, raw: &[u8]) -> Result<(), ImportError> {
        self.report.refuse(line, refusal.reason);
        if self.request.dry_run {
            return Ok(());
        }
        let failed = |source| ImportError::Rejects {
            path: self.request.file.to_owned(),
            source,
        };
        self.rejects.add(line, "", refusal, raw).map_err(failed)
    }

    fn finish(mut self) -> Result<ImportReport, ImportError> {
        let counts = self.writer.take_counts();
        self.report.accepted = counts.events + counts.hits;
        self.report.duplicate = counts.duplicate;
        if self.request.dry_run {
            return Ok(self.report);
        }
        let staged = self.writer.stage(self.store.log(), &self.report.id)?;
        let failed = |source| ImportError::Rejects {
            path: self.request.file.to_owned(),
            source,
        };
        self.report.rejects = self.rejects.finish().map_err(failed)?;
        let entry = Change::put(IMPORT, &self.report.id, &ImportEntry::of(&self.report));
        self.store.commit(staged, vec![entry])?;
        Ok(self.report)
    }
}

impl Translator<'_> {
    /// The event a row tells of. Without an id of its own it gets one from what it says, so that the same row is the same
    /// event.
    ///
    /// # Errors
    /// Why it is none.
    pub fn event(&self, row: &Row) -> Result<Event, Refusal> {
        let at = self.required_moment(row, Field::Timestamp)?;
        let mut fields = Map::new();
        let names = [
            (Field::Type, "type"),
            (Field::Event, "event"),
            (Field::MessageId, "messageId"),
            (Field::AnonymousId, "anonymousId"),
            (Field::UserId, "userId"),
        ];
        for (field, name) in names {
            if let Some((_, value)) = self.value(row, field) {
                fields.insert(name.to_owned(), Value::String(value));
            }
        }
        let given = self
            .value(row, Field::Properties)
            .map(|(_, json)| serde_json::from_str(&json));
        let mut properties: Map<String, Value> = given
            .transpose()
            .map_err(|_| Refusal::row(RowReject::InvalidEvent))?
            .unwrap_or_default();
        properties.extend(
            self.traits(row)
                .into_iter()
                .map(|(name, value)| (name, Value::String(value))),
        );
        let holder = if fields.get("type").and_then(Value::as_str) == Some("identify") {
            "traits"
        } else {
            "properties"
        };
        fields.insert(holder.to_owned(), Value::Object(properties));
        if let Some((_, url)) = self.value(row, Field::Url) {
            fields.insert("context".to_owned(), json!({"page": {"url": url}}));
        }
        fields.insert("timestamp".to_owned(), Value::String(at.to_string()));
        if !fields.contains_key("messageId") {
            let told = serde_json::to_string(&fields).unwrap_or_default();
            fields.insert(
                "messageId".to_owned(),
                Value::String(RecordId::new("event", &told).to_string()),
            );
        }
        Event::validate(Value::Object(fields), at).map_err(|_| Refusal::row(RowReject::InvalidEvent))
    }
}
