//! Files of events: JSON lines as Segment or the edge writes them, or any delimited file with a mapping.
//!
//! They go the way of pulled events: each message once, each in the partition of its own day.

use std::collections::BTreeMap;

use event_schema::{AudienceHit, ConsentedEvent, DeviceClass, Envelope, Event, Purpose, Timestamp, limits};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::ingest::file::{Content, FileError, Row, first_lines, is_json_lines};
use crate::ingest::pull::EventWriter;
use crate::ingest::reject::{Refusal, RejectsFile, RowReject};
use crate::ingest::{Field, Kind};
use crate::record::RecordId;
use crate::store::{StagedSegment, Store};

use super::translate::Translator;
use super::{IMPORT, ImportEntry, ImportError, ImportReport, ImportRequest, PROGRESS_ROWS, Plan, file_name, raw_row};

/// Lines that are looked at to tell what a file of JSON lines holds.
const SAMPLE_LINES: usize = 50;

/// Whether the file is JSON lines of events: one of its first lines is an event of the web.
///
/// # Errors
/// [`FileError`] when the file cannot be read.
pub fn are_in(content: &Content<'_>) -> Result<bool, FileError> {
    Ok(is_json_lines(content)? && first_lines(content, SAMPLE_LINES)?.iter().any(|line| is_event(line)))
}

fn is_event(line: &[u8]) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_slice(line) else {
        return false;
    };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    let has = |name: &str| fields.contains_key(name);
    let of_the_web = ["track", "page", "identify", "alias", "group"].contains(&kind);
    (of_the_web && (has("messageId") || has("timestamp"))) || (has("lane") && has("receivedAt"))
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
    let source = super::named_source(request, Some("web"))?;
    let content = request.content();
    let sha256 = content.open()?.sha256().map_err(unreadable)?;
    let report = ImportReport {
        id: super::import_id(&sha256, "json-lines"),
        file: file_name(request.file),
        sha256,
        layout: "json-lines".to_owned(),
        source,
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
    let (mut bytes, length) = (content.open()?, content.length());
    let (mut line, mut number) = (Vec::new(), 0);
    while bytes.read_line(&mut line).map_err(unreadable)? > 0 {
        number += 1;
        if number % PROGRESS_ROWS == 0 {
            (request.progress)(bytes.position(), length);
        }
        if !line.trim_ascii().is_empty() {
            let envelope = envelope(&line, &run.report.source);
            let kept = if envelope.is_ok() || agrees(&line) {
                &line[..]
            } else {
                b""
            };
            run.take(number, envelope, kept)?;
        }
        line.clear();
    }
    run.finish()
}

/// Imports a file of events with a mapping.
///
/// # Errors
/// [`ImportError`]; nothing was written then.
pub fn mapped(
    store: &mut Store,
    config: &Config,
    request: &ImportRequest<'_>,
    plan: &Plan<'_>,
    report: ImportReport,
) -> Result<ImportReport, ImportError> {
    let unreadable = |source| plan.reader.unreadable(source);
    let translator = Translator::new(&plan.layout, &plan.survey, config, plan.as_of);
    let mut run = Run::new(store, config, request, report);
    let mut rows = plan.reader.rows(plan.survey.encoding)?;
    while let Some(row) = rows.next_row().map_err(unreadable)? {
        if run.report.read.is_multiple_of(PROGRESS_ROWS) {
            (request.progress)(plan.bytes + rows.position(), 2 * plan.bytes);
        }
        match row {
            Ok(row) => {
                let event = translator.event(&row).and_then(|event| {
                    let edge = EdgeFields::of_no_edge(&event, &run.report.source);
                    consented(event, edge)
                });
                let raw = if translator.agrees(&row) {
                    raw_row(&row, plan.reader.dialect())
                } else {
                    Vec::new()
                };
                run.take(row.line, event, &raw)?;
            }
            // What such a row agrees to cannot be told.
            Err(broken) => run.take(broken.line, Err(Refusal::row(broken.defect.into())), b"")?,
        }
    }
    run.finish()
}

/// An envelope, or an event by itself.
fn envelope(line: &[u8], site: &str) -> Result<Envelope, Refusal> {
    let invalid = || Refusal::row(RowReject::InvalidEvent);
    let value: Value = serde_json::from_slice(line).map_err(|_| invalid())?;
    match value.get("lane").and_then(Value::as_str) {
        Some("audience") => hit(value),
        Some(_) => stored(value),
        None => {
            let event = checked(value)?;
            let edge = EdgeFields::of_no_edge(&event, site);
            consented(event, edge)
        }
    }
}

/// Whether a line says that its visitor agreed to analytics, whatever else is wrong with it.
fn agrees(line: &[u8]) -> bool {
    let line: Value = serde_json::from_slice(line).unwrap_or_default();
    let bare =
        json!({"type": "page", "messageId": "m", "timestamp": "1970-01-01T00:00:00Z", "context": line["context"]});
    let event = Event::validate(bare, Timestamp::from_millis(0));
    event.is_ok_and(|event| event.context.consent.category_preferences.grants(Purpose::ANALYTICS))
}

/// A hit that the edge stored, checked for what the edge takes out of one before.
fn hit(value: Value) -> Result<Envelope, Refusal> {
    let bytes = value.to_string().len();
    match serde_json::from_value(value) {
        Ok(Envelope::Audience(hit)) if bytes <= limits::EVENT_BYTES && is_anonymous(&hit) => {
            Ok(Envelope::Audience(hit))
        }
        _ => Err(Refusal::row(RowReject::InvalidEvent)),
    }
}

/// Whether nothing in a hit could tell of its visitor: no address or query in the path, no id of a click, a host that is one.
fn is_anonymous(hit: &AudienceHit) -> bool {
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let campaign = hit.campaign.as_ref();
    let is_code = |country: &str| country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    hit.name.chars().count() <= limits::NAME_CHARS
        && !hit.path.contains(['?', '#', '@'])
        && !hit.path.contains("%40")
        && hit.referrer_host.chars().all(is_host)
        && campaign.is_none_or(|campaign| campaign.click_id_name.is_empty() && campaign.click_id.is_empty())
        && (hit.country.is_empty() || is_code(&hit.country))
}

/// An event that the edge stored. The file may have been through other hands since, so it is checked like any other.
fn stored(value: Value) -> Result<Envelope, Refusal> {
    let edge = EdgeFields::deserialize(&value).map_err(|_| Refusal::row(RowReject::InvalidEvent))?;
    consented(checked(value)?, edge)
}

/// The event, checked as if it had arrived when it happened: an old event is as good as a new one here.
fn checked(value: Value) -> Result<Event, Refusal> {
    let time = value
        .get("originalTimestamp")
        .or_else(|| value.get("timestamp"))
        .and_then(Value::as_str);
    let at: Timestamp = time
        .and_then(|time| time.parse().ok())
        .ok_or(Refusal::row(RowReject::MissingTime))?;
    Event::validate(value, at).map_err(|_| Refusal::row(RowReject::InvalidEvent))
}

/// What the edge adds to an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EdgeFields {
    received_at: Timestamp,
    #[serde(default)]
    clock_skew_ms: i64,
    site: String,
    country: String,
    device: DeviceClass,
    bot: bool,
}

impl EdgeFields {
    /// Of an event that came another way.
    fn of_no_edge(event: &Event, site: &str) -> Self {
        Self {
            received_at: event.timestamp,
            clock_skew_ms: 0,
            site: site.to_owned(),
            country: String::new(),
            device: DeviceClass::Unknown,
            bot: false,
        }
    }
}

/// The event in the lane of those who agreed; an answer that is not there is no agreement.
fn consented(event: Event, edge: EdgeFields) -> Result<Envelope, Refusal> {
    let answers = &event.context.consent.category_preferences;
    if !answers.grants(Purpose::ANALYTICS) {
        return Err(Refusal::row(RowReject::MissingConsent));
    }
    Ok(Envelope::Consented(Box::new(ConsentedEvent {
        received_at: edge.received_at,
        clock_skew_ms: edge.clock_skew_ms,
        site: edge.site,
        country: edge.country,
        device: edge.device,
        bot: edge.bot,
        event,
    })))
}

/// Events after which those taken go to the disk: what an import holds in memory at most.
pub(super) const PART_EVENTS: u64 = if cfg!(test) { 50 } else { 200_000 };

/// One pass over the events of a file.
struct Run<'a> {
    store: &'a mut Store,
    request: &'a ImportRequest<'a>,
    writer: EventWriter,
    staged: Vec<StagedSegment>,
    parts: usize,
    waiting: u64,
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
            staged: Vec::new(),
            parts: 0,
            waiting: 0,
            rejects,
            report,
        }
    }

    /// Takes what was made of a line. `raw` is the line if it says that its visitor agreed, and else nothing: without consent there
    /// must be nothing that could recognise the visitor, in the rejects as elsewhere.
    fn take(&mut self, line: u64, event: Result<Envelope, Refusal>, raw: &[u8]) -> Result<(), ImportError> {
        self.report.read += 1;
        match event {
            Ok(event) if self.is_erased(&event) => self.refuse(line, &Refusal::row(RowReject::ErasedPerson), b""),
            Ok(event) => {
                self.writer.push(self.store.log(), event)?;
                self.waiting += 1;
                if self.waiting >= PART_EVENTS {
                    self.stage_part()
                } else {
                    Ok(())
                }
            }
            Err(refusal) => self.refuse(line, &refusal, raw),
        }
    }

    fn is_erased(&self, event: &Envelope) -> bool {
        let suppressed = self.request.suppressed;
        suppressed.is_some_and(|suppressed| self.writer.is_erased(event, suppressed))
    }

    /// Writes what waits to the disk, where it does not count yet.
    fn stage_part(&mut self) -> Result<(), ImportError> {
        self.waiting = 0;
        if self.request.dry_run {
            self.writer.forget_waiting();
            return Ok(());
        }
        let id = match self.parts {
            0 => self.report.id.clone(),
            part => format!("{}-{part}", self.report.id),
        };
        self.parts += 1;
        let notes = BTreeMap::from([
            ("import".to_owned(), self.report.id.clone()),
            ("number".to_owned(), self.store.next_number()?.to_string()),
        ]);
        self.staged.extend(self.writer.stage(self.store.log(), &id, &notes)?);
        Ok(())
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
        self.stage_part()?;
        let counts = self.writer.take_counts();
        self.report.accepted = counts.events + counts.hits;
        self.report.duplicate = counts.duplicate;
        if self.request.dry_run {
            return Ok(self.report);
        }
        let failed = |source| ImportError::Rejects {
            path: self.request.file.to_owned(),
            source,
        };
        let rejects = self.rejects.finish().map_err(failed)?;
        self.report.rejects = super::commit(self.store, self.staged, rejects, &self.report)?;
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
        fields.insert("context".to_owned(), self.context(row));
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

    /// Whether the row says that its visitor agreed to analytics.
    fn agrees(&self, row: &Row) -> bool {
        self.preferences(row)
            .any(|(purpose, granted)| purpose == Purpose::ANALYTICS && granted == Value::Bool(true))
    }

    /// The page, and what the visitor agreed to.
    fn context(&self, row: &Row) -> Value {
        let mut context = Map::new();
        if let Some((_, url)) = self.value(row, Field::Url) {
            context.insert("page".to_owned(), json!({ "url": url }));
        }
        let answers: Map<String, Value> = self.preferences(row).collect();
        context.insert("consent".to_owned(), json!({ "categoryPreferences": answers }));
        Value::Object(context)
    }
}
