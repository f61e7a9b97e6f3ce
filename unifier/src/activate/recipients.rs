//! Who of a segment may be contacted for a purpose. Unknown means no.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::kernels::cmp;
use arrow::compute::{concat, filter, filter_record_batch, not};

use super::ExportOptions;
use super::error::ExportError;
use super::report::{Addressed, Withheld};
use super::sure;
use crate::privacy::consent;
use crate::record::PersonId;
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
    let purpose = purpose(segment, options)?;
    let (channel, consent) = (Channel::of(purpose), consent_column(purpose));
    let columns: Vec<&str> = LIST_COLUMNS.iter().chain(channel.columns()).copied().collect();
    let read: Vec<&str> = columns
        .iter()
        .copied()
        .chain(["email", "phone", "suppressed", &consent])
        .chain(options.confidence.map(|_| sure::COLUMN))
        .collect();
    let members = members(night, segment)?;
    let withdrawn = withdrawn(purpose, options)?;
    let (mut lists, mut withheld) = (Vec::new(), Withheld::default());
    for people in night.read("people", Some(&read))? {
        let answers = Answers::of(&people, &consent)?;
        let ids = text("people", &people, "person_id")?;
        let unsure = match options.confidence {
            Some(least) => Some(not(&sure::sure("people", &people, least)?)?),
            None => None,
        };
        let verdict = |row| {
            if unsure.as_ref().is_some_and(|unsure| unsure.value(row)) {
                Verdict::Unsure
            } else if withdrawn.contains(ids.value(row)) {
                Verdict::Refused
            } else {
                answers.verdict(row, channel)
            }
        };
        let listed = listed(&people, &members, verdict, &mut withheld)?;
        lists.push(filter_record_batch(&only(&people, &columns)?, &listed)?);
    }
    let addressed = Addressed {
        purpose: purpose.to_owned(),
        members: members.len(),
        withheld,
    };
    Ok((lists, addressed))
}

/// The people whose last answer given here is a refusal: it counts at once, and not only from the next night on.
fn withdrawn(purpose: &str, options: &ExportOptions<'_>) -> Result<BTreeSet<String>, ExportError> {
    let Some((store, _)) = options.note else {
        return Ok(BTreeSet::new());
    };
    // They come in the order of person and time, so the last of a person stays.
    let answers = consent::given_here(store.state())?
        .into_iter()
        .filter(|fact| fact.purpose == purpose);
    let last: BTreeMap<PersonId, bool> = answers.map(|fact| (fact.record, fact.granted)).collect();
    Ok(last
        .into_iter()
        .filter(|(_, granted)| !granted)
        .map(|(person, _)| person.to_string())
        .collect())
}

/// The purpose of a segment's list, checked.
fn purpose<'a>(segment: &str, options: &ExportOptions<'a>) -> Result<&'a str, ExportError> {
    let (segments, purposes) = (&options.config.segments, &options.config.purposes);
    let Some(configured) = segments.get(segment) else {
        let near = nearest(segment, segments.keys().map(String::as_str));
        return Err(ExportError::Segment {
            segment: segment.to_owned(),
            hint: near.map_or_else(String::new, |near| format!("; did you mean {near:?}?")),
        });
    };
    let known = || purposes.join(", ");
    match options.purpose.or(configured.purpose.as_deref()) {
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

/// Which rows of `people` are members that may be contacted; the other members are counted by reason.
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

    fn verdict(&self, row: usize, channel: Channel) -> Verdict {
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
