//! Who of a segment may be contacted for a purpose. Unknown means no.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::kernels::cmp;
use arrow::compute::{concat, filter, filter_record_batch, not};

use super::ExportOptions;
use super::error::ExportError;
use super::report::{Addressed, Withheld};
use super::sure;
use crate::config::Config;
use crate::identity::Confidence;
use crate::privacy::consent;
use crate::segment::{between, consent_column, matches, nearest};
use crate::store::Night;

/// The address that contacting people for a purpose needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Email,
    Phone,
    /// Any of them.
    Either,
}

impl Channel {
    /// By the purpose's first word: `email_…` needs an e-mail address, `sms_…`, `phone_…`, `call_…` and `whatsapp_…` a phone
    /// number, and any other purpose one of the two.
    fn of(purpose: &str) -> Self {
        match purpose.split('_').next().unwrap_or_default() {
            "email" => Channel::Email,
            "sms" | "phone" | "call" | "whatsapp" => Channel::Phone,
            _ => Channel::Either,
        }
    }

    /// The columns that hold the address.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Channel::Email => &["email"],
            Channel::Phone => &["phone"],
            Channel::Either => &["email", "phone"],
        }
    }
}

/// What a list tells of a person besides the address, and no more: who sends letters needs to know no birth dates.
const LIST_COLUMNS: [&str; 5] = ["person_id", "given_name", "family_name", "country", "language"];

/// What says who may be contacted, beside the column of the purpose.
const ANSWERS: [&str; 4] = ["person_id", "email", "phone", "suppressed"];

/// How sure it must be that somebody's records are theirs, unless the export says otherwise: a list must not tell one person's
/// name to another.
const LEAST: Confidence = Confidence::Strong;

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Listed,
    Unsure,
    Suppressed,
    Refused,
    Unknown,
    NoAddress,
}

/// The list of a segment, and how many of its members are not on it, by reason.
pub(super) fn of_segment(
    night: &Night,
    segment: &str,
    options: &ExportOptions<'_>,
) -> Result<(Vec<RecordBatch>, Addressed), ExportError> {
    let purpose = purpose(segment, options.purpose, options.config)?;
    let refused = match options.note {
        Some((store, now)) => consent::refused_since_the_night(store.state(), purpose, now)?,
        None => BTreeSet::new(),
    };
    let mut list = List::new(purpose, options.confidence, refused);
    let columns: Vec<&str> = LIST_COLUMNS.iter().chain(list.channel.columns()).copied().collect();
    let consent = list.consent.clone();
    let read: Vec<&str> = columns
        .iter()
        .copied()
        .chain(ANSWERS)
        .chain([consent.as_str()])
        .chain([sure::COLUMN])
        .collect();
    let members = members(night, segment)?;
    let mut lists = Vec::new();
    for people in night.read("people", Some(&read))? {
        let listed = list.listed(&people, &members)?;
        lists.push(filter_record_batch(&only(&people, &columns)?, &listed)?);
    }
    Ok((lists, list.addressed(members.len())))
}

/// Who would be on the list of a segment for each of `purposes`, by what the night alone knows.
pub(super) fn counted(
    night: &Night,
    segment: &str,
    purposes: &[String],
    config: &Config,
) -> Result<Vec<Addressed>, ExportError> {
    let list = |named: &String| {
        let purpose = purpose(segment, Some(named), config)?;
        Ok(List::new(purpose, None, BTreeSet::new()))
    };
    let mut lists: Vec<List> = purposes.iter().map(list).collect::<Result<_, ExportError>>()?;
    let consents: Vec<String> = lists.iter().map(|list| list.consent.clone()).collect();
    let consents = consents.iter().map(String::as_str);
    let read: Vec<&str> = ANSWERS.into_iter().chain([sure::COLUMN]).chain(consents).collect();
    let members = members(night, segment)?;
    for people in night.read("people", Some(&read))? {
        for list in &mut lists {
            list.listed(&people, &members)?;
        }
    }
    Ok(lists.into_iter().map(|list| list.addressed(members.len())).collect())
}

/// The list for one purpose, while it is made.
struct List {
    purpose: String,
    channel: Channel,
    /// The purpose's column.
    consent: String,
    /// How sure it must be that the records are one person's, where the export says so.
    asked: Option<Confidence>,
    /// Who refused since the night.
    refused: BTreeSet<String>,
    withheld: Withheld,
}

impl List {
    fn new(purpose: &str, asked: Option<Confidence>, refused: BTreeSet<String>) -> Self {
        Self {
            purpose: purpose.to_owned(),
            channel: Channel::of(purpose),
            consent: consent_column(purpose),
            asked,
            refused,
            withheld: Withheld::default(),
        }
    }

    /// Which rows of `people` are members that may be contacted; the other members are counted by reason.
    fn listed(&mut self, people: &RecordBatch, members: &StringArray) -> Result<BooleanArray, ExportError> {
        let answers = Answers::of(people, &self.consent)?;
        let ids = text("people", people, "person_id")?;
        // A night of before there was likeness does not say how sure it is, and joined by identifiers alone.
        let is_told = people.column_by_name(sure::COLUMN).is_some();
        let unsure = if is_told || self.asked.is_some() {
            Some(not(&sure::sure("people", people, self.asked.unwrap_or(LEAST))?)?)
        } else {
            None
        };
        let verdict = |row| {
            if unsure.as_ref().is_some_and(|unsure| unsure.value(row)) {
                Verdict::Unsure
            } else {
                answers.verdict(row, self.channel, self.refused.contains(ids.value(row)))
            }
        };
        listed(people, members, verdict, &mut self.withheld)
    }

    fn addressed(self, members: usize) -> Addressed {
        Addressed {
            purpose: self.purpose,
            members,
            withheld: self.withheld,
        }
    }
}

/// The purpose of a segment's list, checked.
fn purpose<'a>(segment: &str, asked: Option<&'a str>, config: &'a Config) -> Result<&'a str, ExportError> {
    let (segments, purposes) = (&config.segments, &config.purposes);
    let Some(configured) = segments.get(segment) else {
        let near = nearest(segment, segments.keys().map(String::as_str));
        return Err(ExportError::Segment {
            segment: segment.to_owned(),
            hint: near.map_or_else(String::new, |near| format!("; did you mean {near:?}?")),
        });
    };
    let known = || purposes.join(", ");
    match asked.or(configured.purpose.as_deref()) {
        None => Err(ExportError::NoPurpose {
            segment: segment.to_owned(),
            known: known(),
        }),
        Some(purpose) if !purposes.iter().any(|configured| configured == purpose) => Err(ExportError::Purpose {
            purpose: purpose.to_owned(),
            known: known(),
        }),
        Some(purpose) => Ok(purpose),
    }
}

/// The ids of a segment's members, sorted, as the night published them.
fn members(night: &Night, segment: &str) -> Result<StringArray, ExportError> {
    let mut parts = Vec::new();
    for batch in night.read("segments", Some(&["segment", "person_id"]))? {
        let named = cmp::eq(text("segments", &batch, "segment")?, &StringArray::new_scalar(segment))?;
        parts.push(filter(text("segments", &batch, "person_id")?, &named)?);
    }
    let parts: Vec<&dyn Array> = parts.iter().map(|part| part.as_ref()).collect();
    Ok(concat(&parts)?.as_string::<i32>().clone())
}

/// The rows whose members get the verdict to be listed; the other members are counted.
fn listed(
    people: &RecordBatch,
    members: &StringArray,
    verdict: impl Fn(usize) -> Verdict,
    withheld: &mut Withheld,
) -> Result<BooleanArray, ExportError> {
    let ids = text("people", people, "person_id")?;
    let mut listed = vec![false; ids.len()];
    if ids.is_empty() {
        return Ok(BooleanArray::from(listed));
    }
    let here = between(members, ids.value(0), ids.value(ids.len() - 1));
    for (row, _) in matches(ids, members, here) {
        match verdict(row) {
            Verdict::Listed => listed[row] = true,
            Verdict::Unsure => withheld.unsure += 1,
            Verdict::Suppressed => withheld.suppressed += 1,
            Verdict::Refused => withheld.refused += 1,
            Verdict::Unknown => withheld.unknown += 1,
            Verdict::NoAddress => withheld.no_address += 1,
        }
    }
    Ok(BooleanArray::from(listed))
}

/// What the table people says about contacting.
struct Answers<'a> {
    suppressed: &'a BooleanArray,
    /// Nothing when the purpose was configured after the night: nobody has answered it.
    consent: Option<&'a BooleanArray>,
    email: &'a StringArray,
    phone: &'a StringArray,
}

impl<'a> Answers<'a> {
    fn of(people: &'a RecordBatch, consent: &str) -> Result<Self, ExportError> {
        let yes_or_no = |name: &str| people.column_by_name(name).map(|column| column.as_boolean_opt());
        Ok(Self {
            suppressed: yes_or_no("suppressed")
                .flatten()
                .ok_or_else(|| unusable("people", "suppressed"))?,
            consent: match yes_or_no(consent) {
                Some(answers) => Some(answers.ok_or_else(|| unusable("people", consent))?),
                None => None,
            },
            email: text("people", people, "email")?,
            phone: text("people", people, "phone")?,
        })
    }

    /// What becomes of the person in a row, who may have refused since the night.
    fn verdict(&self, row: usize, channel: Channel, refused_since: bool) -> Verdict {
        let consent = self
            .consent
            .filter(|answers| answers.is_valid(row))
            .map(|answers| answers.value(row));
        let has_address = match channel {
            Channel::Email => self.email.is_valid(row),
            Channel::Phone => self.phone.is_valid(row),
            Channel::Either => self.email.is_valid(row) || self.phone.is_valid(row),
        };
        // Whether somebody is suppressed is never unknown; if it were, they would be.
        if self.suppressed.is_null(row) || self.suppressed.value(row) {
            return Verdict::Suppressed;
        }
        if refused_since {
            return Verdict::Refused;
        }
        match consent {
            Some(true) if has_address => Verdict::Listed,
            Some(true) => Verdict::NoAddress,
            Some(false) => Verdict::Refused,
            None => Verdict::Unknown,
        }
    }
}

/// Only these columns, in the table's own order.
pub(super) fn only(batch: &RecordBatch, names: &[&str]) -> Result<RecordBatch, ExportError> {
    let schema = batch.schema();
    let indices: Vec<usize> = (0..batch.num_columns())
        .filter(|index| names.contains(&schema.field(*index).name().as_str()))
        .collect();
    Ok(batch.project(&indices)?)
}

pub(super) fn text<'a>(
    table: &'static str,
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a StringArray, ExportError> {
    let column = batch.column_by_name(name).and_then(|column| column.as_string_opt());
    column.ok_or_else(|| unusable(table, name))
}

fn unusable(table: &'static str, column: &str) -> ExportError {
    ExportError::Column {
        table,
        column: column.to_owned(),
    }
}
