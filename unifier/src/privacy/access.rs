//! Access and portability: everything that is known of a person, as one JSON document.
//!
//! Both what the last night made of it (profile with lineage, scores with reasons, segments) and what the sources said, row
//! by row, as it stands in the log: also the rows that came in since that night, those that imports refused, and every answer
//! that was given here, the superseded ones too.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use event_schema::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::erase::{Traces, rows_of};
use super::rejected::{self, RejectedRow};
use super::{PrivacyError, consent};
use crate::activate::Activation;
use crate::people::PersonView;
use crate::record::ConsentFact;
use crate::store::{Lane, Log, Store};

/// Everything that is known of one person.
#[derive(Debug, Serialize)]
pub struct Access {
    /// Who holds the data.
    pub controller: String,
    /// When the document was made.
    pub made_at: Timestamp,
    /// What the last night made of the person.
    pub profile: PersonView,
    /// What the sources said: the log's rows, by lane and by source or day.
    pub log: Rows,
    /// The answers to consent that were given here, also those that later ones superseded.
    pub answers: Vec<GivenHere>,
    /// Rows that imports refused.
    pub rejected: Vec<RejectedRow>,
    /// Files and destinations to which lists were exported, any of which may have received the person's data.
    pub recipients: Vec<String>,
}

/// Rows of the log, by lane and by source or day.
pub type Rows = BTreeMap<&'static str, BTreeMap<String, Vec<Value>>>;

/// An answer to consent that was given here.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct GivenHere {
    /// What was asked.
    pub purpose: String,
    /// Granted or refused.
    pub granted: bool,
    /// When.
    pub at: Timestamp,
    /// What shows it.
    pub evidence: String,
}

impl Access {
    /// Gathers what is known of the person whom `profile` shows and whose `traces` these are.
    ///
    /// # Errors
    /// [`PrivacyError`] when the store cannot be read.
    pub fn gather(
        store: &Store,
        traces: &Traces,
        controller: &str,
        profile: PersonView,
        now: Timestamp,
    ) -> Result<Self, PrivacyError> {
        let theirs = traces.ids();
        let answers = consent::given_here(store.state())?;
        let answers = answers.into_iter().filter(|answer| theirs.contains(&answer.record));
        Ok(Self {
            controller: controller.to_owned(),
            made_at: now,
            profile,
            log: rows(store.log(), traces)?,
            answers: answers.map(GivenHere::from).collect(),
            rejected: rejected::find(store, traces)?,
            recipients: Activation::destinations(store)?,
        })
    }
}

impl From<ConsentFact> for GivenHere {
    fn from(fact: ConsentFact) -> Self {
        Self {
            purpose: fact.purpose,
            granted: fact.granted,
            at: fact.at,
            evidence: fact.evidence,
        }
    }
}

/// The person's rows of the log.
fn rows(log: &Log, traces: &Traces) -> Result<Rows, PrivacyError> {
    let mut lanes = Rows::new();
    for lane in [
        Lane::Records,
        Lane::Orders,
        Lane::Consents,
        Lane::Decisions,
        Lane::Events,
    ] {
        let mut parts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for segment in log.segments(lane) {
            for batch in segment.read(None)? {
                let rows = json(&rows_of(segment, &batch?, traces))?;
                if !rows.is_empty() {
                    parts.entry(segment.partition().to_owned()).or_default().extend(rows);
                }
            }
        }
        lanes.insert(lane.folder(), parts);
    }
    Ok(lanes)
}

/// The rows of a batch as JSON objects of text; what a row leaves empty is left out.
fn json(batch: &RecordBatch) -> Result<Vec<Value>, PrivacyError> {
    let schema = batch.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let columns = batch.columns().iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    let named: Vec<_> = names.zip(&columns).filter(|(name, _)| *name != "row_hash").collect();
    let options = FormatOptions::default();
    let texts = named
        .iter()
        .map(|(_, array)| ArrayFormatter::try_new(array.as_ref(), &options));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let row = |row: usize| -> Map<String, Value> {
        let cells = named.iter().zip(&texts).filter(|((_, array), _)| array.is_valid(row));
        cells
            .map(|((name, _), text)| (name.to_string(), Value::String(text.value(row).to_string())))
            .collect()
    };
    Ok((0..batch.num_rows()).map(|index| Value::Object(row(index))).collect())
}

/// A column as it can be shown: times carry UTC by its offset, since its name would need a database of time zones.
fn shown(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Timestamp(unit, Some(_)) => cast(column, &DataType::Timestamp(*unit, Some("+00:00".into()))),
        _ => Ok(column.clone()),
    }
}
