//! One row of a file as facts: what it says of a person, of an order, of consents.

use std::collections::BTreeMap;

use event_schema::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::ingest::field::fold;
use crate::ingest::file::{Row, Survey};
use crate::ingest::layout::Proof;
use crate::ingest::reject::{Refusal, RowReject};
use crate::ingest::rows::{ConsentRow, OrderRow, RecordRow};
use crate::ingest::words::{self, Answer, answer};
use crate::ingest::{Field, Kind, Layout};
use crate::normalise::date::{self, DateStyle};
use crate::normalise::{email, money, phone, placeholder, text};
use crate::record::{Amount, OrderStatus};

/// What one row says.
#[derive(Debug, Default)]
pub struct RowFacts {
    /// Of a person.
    pub record: Option<RecordRow>,
    /// Of an order.
    pub order: Option<OrderRow>,
    /// Of consents.
    pub consents: Vec<ConsentRow>,
    /// Values that could not be read and were left out.
    pub left_out: Vec<Refusal>,
    /// What is the same for equal rows of one record only: the key under which duplicates are found.
    pub key: String,
    /// A hash of everything the row says.
    pub hash: u128,
}

/// Turns the rows of one file into facts.
pub struct Translator<'a> {
    layout: &'a Layout,
    survey: &'a Survey,
    config: &'a Config,
    today: Date,
}

impl<'a> Translator<'a> {
    /// `today` is the day of the import: nobody was born after it.
    pub fn new(layout: &'a Layout, survey: &'a Survey, config: &'a Config, today: Date) -> Self {
        Self {
            layout,
            survey,
            config,
            today,
        }
    }

    /// Whether the row is a further line of the one before it.
    pub fn continues(&self, row: &Row, order_id: &str) -> bool {
        let continued = &self.layout.continued;
        !continued.is_empty()
            && continued.iter().all(|column| row.get(*column).trim().is_empty())
            && self.order_id(row).is_some_and(|id| id == order_id)
    }

    /// The order's number, where the row has one.
    pub fn order_id(&self, row: &Row) -> Option<String> {
        self.value(row, Field::OrderId)
            .or_else(|| self.first(row, &self.layout.key))
            .map(|(_, id)| format!("{}{id}", self.layout.order_prefix))
    }

    /// A hash of every mapped cell, whatever the order of the columns: what an order is known by that has no number.
    pub fn cells(&self, row: &Row) -> u128 {
        let layout = self.layout;
        let mut hash = Sha256::new();
        add(&mut hash, &layout.source);
        let mut cell = |name: &str, columns: &[usize]| {
            add(&mut hash, name);
            add(
                &mut hash,
                &self.first(row, columns).map(|(_, value)| value).unwrap_or_default(),
            );
        };
        for (field, columns) in &layout.fields {
            cell(field.as_str(), columns);
        }
        for (name, column) in layout.identifiers.iter().chain(&layout.traits) {
            cell(name, &[*column]);
        }
        for consent in &layout.consents {
            cell(&consent.purpose, &[consent.column]);
            cell("at", &consent.times);
        }
        first_half(hash)
    }

    /// What the row says. An order of a file that numbers none has no number yet.
    ///
    /// # Errors
    /// Why the row as a whole says nothing.
    pub fn translate(&self, row: &Row) -> Result<RowFacts, Refusal> {
        if self.is_void(row) {
            return Err(Refusal::row(RowReject::VoidAtSource));
        }
        let mut facts = RowFacts::default();
        let mut record = self.record(row, &mut facts.left_out);
        let key = self.key(row, &record);
        match self.layout.kind {
            Kind::People => facts.key = key.clone().ok_or(Refusal::row(RowReject::MissingKey))?,
            Kind::Consents => {
                let key = key.clone().ok_or(Refusal::row(RowReject::MissingKey))?;
                let consent = self.consent(row, &key)?;
                facts.key = format!("{key}\n{}", consent.purpose);
                record.observed_at = consent.at;
                facts.consents.push(consent);
            }
            Kind::Orders => {
                let order = self.order(row, key.clone())?;
                facts.key = order.order_id.clone();
                record.created_at = Some(order.ordered_at);
                record.observed_at = Some(order.ordered_at);
                facts.order = Some(order);
            }
            Kind::Events => return Err(Refusal::row(RowReject::InvalidEvent)),
        }
        if let Some(key) = key {
            self.answers(row, &key, &mut facts);
            record.record_key = key;
            facts.record = Some(record);
        }
        facts.seal(row.line);
        Ok(facts)
    }

    fn is_void(&self, row: &Row) -> bool {
        self.layout.void.iter().any(|void| {
            let counts = void.unless.is_some_and(|column| self.first(row, &[column]).is_some());
            !counts && void.words.contains(&fold(row.get(void.column)))
        })
    }

    /// The first column of `columns` that says something, and what.
    fn first(&self, row: &Row, columns: &[usize]) -> Option<(usize, String)> {
        columns.iter().find_map(|&column| {
            let raw = row.get(column);
            let raw = if self.layout.apostrophes {
                without_apostrophe(raw.trim_start())
            } else {
                raw
            };
            let value = text::clean(raw);
            (!placeholder::is_missing(&value)).then_some((column, value))
        })
    }

    /// The first column of a field that says something, and what.
    pub(super) fn value(&self, row: &Row, field: Field) -> Option<(usize, String)> {
        self.first(row, self.layout.columns(field))
    }

    fn date_style(&self, column: usize) -> DateStyle {
        DateStyle {
            order: self.survey.orders.get(&column).copied().unwrap_or_default(),
            format: self.layout.date_format.clone(),
        }
    }

    /// The moment in the first of `columns` that says something; what cannot be read is left out.
    fn moment(&self, row: &Row, columns: &[usize], left_out: &mut Vec<Refusal>) -> Option<Timestamp> {
        let (column, value) = self.first(row, columns)?;
        let moment = date::moment(&value, &self.date_style(column));
        if moment.is_none() {
            left_out.push(Refusal::value(RowReject::UnreadableDate, column, &value));
        }
        moment
    }

    /// The moment without which the row says nothing.
    pub(super) fn required_moment(&self, row: &Row, field: Field) -> Result<Timestamp, Refusal> {
        let (column, value) = self.value(row, field).ok_or(Refusal::row(RowReject::MissingTime))?;
        date::moment(&value, &self.date_style(column))
            .ok_or_else(|| Refusal::value(RowReject::UnreadableDate, column, &value))
    }

    fn record(&self, row: &Row, left_out: &mut Vec<Refusal>) -> RecordRow {
        let mut person = vec![None; Field::PERSON.len()];
        for (field, columns) in &self.layout.fields {
            let Some(index) = field.person_index() else { continue };
            let Some((column, value)) = self.first(row, columns) else {
                continue;
            };
            person[index] = match field {
                Field::BirthDate => self.birth_date(column, &value, left_out),
                Field::Email => {
                    if !value.contains('@') {
                        left_out.push(Refusal::value(RowReject::UnreadableEmail, column, &value));
                        continue;
                    }
                    Some(value)
                }
                Field::Phone | Field::Mobile if self.layout.bare_prefixes => Some(with_sign(value)),
                _ => Some(value),
            };
        }
        if self
            .value(row, Field::IsCompany)
            .is_some_and(|(_, text)| answer(&text) == Some(Answer::Yes))
        {
            let name = person[Field::FullName as usize].take();
            person[Field::Company as usize] = name;
        }
        RecordRow {
            created_at: self.moment(row, self.layout.columns(Field::CreatedAt), left_out),
            observed_at: self.moment(row, self.layout.columns(Field::UpdatedAt), left_out),
            person,
            identifiers: self.named(row, &self.layout.identifiers),
            traits: self.traits(row),
            ..RecordRow::default()
        }
    }

    /// The free columns of a row, by their names.
    pub(super) fn traits(&self, row: &Row) -> BTreeMap<String, String> {
        self.named(row, &self.layout.traits)
    }

    fn named(&self, row: &Row, columns: &[(String, usize)]) -> BTreeMap<String, String> {
        let values = columns
            .iter()
            .filter_map(|(name, column)| Some((name.clone(), self.first(row, &[*column])?.1)));
        values.collect()
    }

    fn birth_date(&self, column: usize, value: &str, left_out: &mut Vec<Refusal>) -> Option<String> {
        let read = date::date(value, &self.date_style(column));
        // Two digits of a year that would lie ahead belong to the century before.
        let short_year = !value
            .as_bytes()
            .windows(4)
            .any(|four| four.iter().all(u8::is_ascii_digit));
        let read = match read {
            Some(day) if day > self.today && short_year => Date::new(day.year() - 100, day.month(), day.day()).ok(),
            read => read,
        };
        let born = read.filter(|day| *day <= self.today).map(|day| day.to_string());
        if born.is_none() {
            left_out.push(Refusal::value(RowReject::UnreadableDate, column, value));
        }
        born.filter(|day| !placeholder::is_filler_date(day))
    }

    /// The person's key: the source's own. Where the file has no column for it, and for an order's buyer, the mailbox or
    /// else the telephone number. An order's own key is its number.
    fn key(&self, row: &Row, record: &RecordRow) -> Option<String> {
        match self.layout.kind {
            // Of several customers of one deal, the first.
            Kind::Orders => self
                .value(row, Field::Customer)
                .and_then(|(_, keys)| {
                    keys.split(';')
                        .map(str::trim)
                        .find(|key| !key.is_empty())
                        .map(str::to_owned)
                })
                .or_else(|| self.contact(record)),
            _ if self.layout.key.is_empty() => self.contact(record),
            _ => self.first(row, &self.layout.key).map(|(_, key)| key),
        }
    }

    fn contact(&self, record: &RecordRow) -> Option<String> {
        let mailbox = record.get(Field::Email).and_then(email::normalise);
        if let Some(email) = mailbox {
            return Some(format!("email:{}", email.mailbox.unwrap_or(email.address)));
        }
        let mut numbers = [Field::Phone, Field::Mobile]
            .into_iter()
            .filter_map(|field| record.get(field));
        let number = numbers.find_map(|text| phone::normalise(text, &self.config.company.country))?;
        Some(format!("phone:{number}"))
    }

    fn order(&self, row: &Row, record_key: Option<String>) -> Result<OrderRow, Refusal> {
        // What was never placed may lack anything else.
        let status = self.status(row).ok_or(Refusal::row(RowReject::NeverPlaced))?;
        let order_id = match self.order_id(row) {
            None if !self.layout.is_unnumbered() => return Err(Refusal::row(RowReject::MissingOrderId)),
            order_id => order_id.unwrap_or_default(),
        };
        let ordered_at = self.required_moment(row, Field::OrderedAt)?;
        let (paid, sign) = self
            .amount(row, Field::Amount)?
            .ok_or(Refusal::row(RowReject::MissingAmount))?;
        let (refunded, _) = self.amount(row, Field::Refunded)?.unwrap_or_default();
        let currency = self
            .currency(row)?
            .or(sign)
            .unwrap_or_else(|| self.config.company.currency.clone());
        let status = match status {
            OrderStatus::Completed if refunded >= paid && refunded.0 > 0 => OrderStatus::Refunded,
            status => status,
        };
        let amount = match status {
            OrderStatus::Refunded => Amount(0),
            _ => Amount(paid.0.saturating_sub(refunded.0)),
        };
        Ok(OrderRow {
            record_key,
            line: row.line,
            row_hash: 0,
            order_id,
            ordered_at,
            amount,
            currency,
            status,
        })
    }

    fn amount(&self, row: &Row, field: Field) -> Result<Option<(Amount, Option<String>)>, Refusal> {
        let Some((column, value)) = self.value(row, field) else {
            return Ok(None);
        };
        let decimal = self
            .layout
            .decimal
            .or_else(|| self.survey.decimals.get(&column).copied());
        let money = money::normalise(&value, decimal)
            .ok_or_else(|| Refusal::value(RowReject::UnreadableAmount, column, &value))?;
        Ok(Some((money.amount, money.currency().map(str::to_owned))))
    }

    fn currency(&self, row: &Row) -> Result<Option<String>, Refusal> {
        let Some((column, value)) = self.value(row, Field::Currency) else {
            return Ok(None);
        };
        let code = value.to_uppercase();
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Some(code))
        } else {
            Err(Refusal::value(RowReject::UnreadableCurrency, column, &value))
        }
    }

    /// What the row says became of the order; nothing when it was never placed.
    fn status(&self, row: &Row) -> Option<OrderStatus> {
        let word = self.value(row, Field::Status).map(|(_, word)| word).unwrap_or_default();
        let cancelled = self.value(row, Field::Cancelled);
        if self.value(row, Field::CancelledAt).is_some()
            || cancelled.is_some_and(|(_, text)| answer(&text) == Some(Answer::Yes))
        {
            return Some(OrderStatus::Cancelled);
        }
        words::order_status(&word, self.layout.won_only)
    }

    /// The answer of a row that is nothing else.
    fn consent(&self, row: &Row, key: &str) -> Result<ConsentRow, Refusal> {
        let (column, purpose) = self
            .value(row, Field::Purpose)
            .ok_or(Refusal::row(RowReject::UnknownPurpose))?;
        let known = self
            .config
            .purposes
            .iter()
            .find(|known| **known == text::snake_case(&purpose));
        let purpose = known.ok_or_else(|| Refusal::value(RowReject::UnknownPurpose, column, &purpose))?;
        let (column, given) = self
            .value(row, Field::Granted)
            .ok_or(Refusal::row(RowReject::UnreadableAnswer))?;
        let granted = match answer(&given) {
            Some(Answer::Yes) => true,
            Some(Answer::No) => false,
            _ => return Err(Refusal::value(RowReject::UnreadableAnswer, column, &given)),
        };
        let mut unread = Vec::new();
        let at = self.moment(row, self.layout.columns(Field::AnsweredAt), &mut unread);
        if let Some(refusal) = unread.pop() {
            return Err(refusal);
        }
        let evidence = self
            .value(row, Field::Evidence)
            .map_or_else(|| "imported file of consents".to_owned(), |(_, text)| text);
        Ok(ConsentRow {
            record_key: key.to_owned(),
            line: row.line,
            row_hash: 0,
            purpose: purpose.clone(),
            granted,
            at,
            evidence,
        })
    }

    /// What an event's row says was agreed to, by purpose.
    pub(super) fn preferences(&self, row: &Row) -> impl Iterator<Item = (String, Value)> {
        self.layout.consents.iter().filter_map(|consent| {
            let (_, given) = self.first(row, &[consent.column])?;
            let granted = consent.reading.granted(&given)??;
            Some((consent.purpose.clone(), Value::Bool(granted)))
        })
    }

    /// The answers that stand beside a row about a person, and what the file says of everybody.
    fn answers(&self, row: &Row, key: &str, facts: &mut RowFacts) {
        for consent in &self.layout.consents {
            let Some((_, given)) = self.first(row, &[consent.column]) else {
                continue;
            };
            match consent.reading.granted(&given) {
                None => facts
                    .left_out
                    .push(Refusal::value(RowReject::UnreadableAnswer, consent.column, &given)),
                Some(None) => {}
                Some(Some(granted)) => {
                    let times: &[usize] = if granted || !consent.times_of_yes {
                        &consent.times
                    } else {
                        &[]
                    };
                    let word = code(&given).map_or_else(String::new, |word| format!(": {word}"));
                    facts.consents.push(ConsentRow {
                        record_key: key.to_owned(),
                        line: row.line,
                        row_hash: 0,
                        purpose: consent.purpose.clone(),
                        granted,
                        at: self.moment(row, times, &mut facts.left_out),
                        evidence: format!("column {}{word}{}", consent.header, self.proofs(row, &consent.proofs)),
                    });
                }
            }
        }
        if let Some(file) = &self.layout.consent_of_file {
            facts.consents.push(ConsentRow {
                record_key: key.to_owned(),
                line: row.line,
                row_hash: 0,
                purpose: file.purpose.clone(),
                granted: file.granted,
                at: self.moment(row, &file.times, &mut facts.left_out),
                evidence: format!("{}{}", file.evidence, self.proofs(row, &file.proofs)),
            });
        }
    }

    /// How an answer was given: moments, and words of the program. What a person may have written is left out.
    fn proofs(&self, row: &Row, proofs: &[Proof]) -> String {
        let shown = proofs.iter().filter_map(|proof| {
            let (column, value) = self.first(row, &[proof.column])?;
            let value = if proof.dated {
                date::moment(&value, &self.date_style(column))?.to_string()
            } else {
                code(&value)?.to_owned()
            };
            Some(format!("; {} {value}", proof.word))
        });
        shown.collect()
    }
}

/// A value that is a word of the program, as `HARD_BOUNCE`, one that is known for an answer, or a single sign; never what a
/// person wrote.
fn code(value: &str) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_uppercase() || b == b'_';
    let of_program = value.len() <= 32 && value.bytes().all(plain);
    (of_program || value.len() == 1 || answer(value).is_some()).then_some(value)
}

/// Spreadsheets write an apostrophe before what looks like a number or a formula; one before a name is the name's.
fn without_apostrophe(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '=' | '@' | '\'')) => {
            rest
        }
        _ => value,
    }
}

/// An international number to which its sign is given back.
fn with_sign(number: String) -> String {
    let whole = number.len() >= 9 && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
    if whole { format!("+{number}") } else { number }
}

impl RowFacts {
    /// Gives the order the number that its file does not.
    pub fn number(&mut self, order_id: String, line: u64) {
        if let Some(order) = &mut self.order {
            order.order_id.clone_from(&order_id);
        }
        self.key = order_id;
        self.seal(line);
    }

    /// Hashes everything the row says, whatever its line, and notes the line.
    fn seal(&mut self, line: u64) {
        let mut hash = Sha256::new();
        let mut add = |text: &str| add(&mut hash, text);
        add(&self.key);
        if let Some(record) = &mut self.record {
            record.line = line;
            add(&record.record_key);
            for value in &record.person {
                add(value.as_deref().unwrap_or_default());
            }
            for (name, value) in record.identifiers.iter().chain(&record.traits) {
                add(name);
                add(value);
            }
            add(&moment_text(record.created_at));
            add(&moment_text(record.observed_at));
        }
        if let Some(order) = &self.order {
            add(&order.amount.to_string());
            add(&order.currency);
            add(&format!("{:?}", order.status));
            add(&moment_text(Some(order.ordered_at)));
        }
        for consent in &self.consents {
            add(&consent.purpose);
            add(if consent.granted { "yes" } else { "no" });
            add(&consent.evidence);
            add(&moment_text(consent.at));
        }
        self.hash = first_half(hash);
    }
}

/// Adds a text so that no two lists of texts are the same bytes.
fn add(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn first_half(hash: Sha256) -> u128 {
    let mut first = [0; 16];
    first.copy_from_slice(&hash.finalize()[..16]);
    u128::from_be_bytes(first)
}

fn moment_text(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.as_millis().to_string())
}
