//! The two lanes, as two types. An [`AudienceHit`] has no field that could hold an id, a property or a query; a [`Record`]
//! is an event of the consented lane as it waits in the site's own storage. Only here are they written, each in its own way.

use alloc::vec::Vec;

use event_schema::wire::Writer;

use crate::call::verb::{PAGE, TRACK};
use crate::draft::Draft;
use crate::text::{self, FIELD};
use crate::visitor::{self, ID_DIGITS};
use crate::{Surroundings, url};

/// A visit or an action counted without consent.
#[derive(Debug)]
pub(crate) struct AudienceHit {
    at: i64,
    /// Fields: a random id of the hit's own, under which it is de-duplicated; name; path and campaign; where the visitor came from,
    /// scheme and host only.
    text: Vec<u8>,
}

impl AudienceHit {
    /// A draft without all that could tell one visitor from another; `None` for what only makes sense with an id, and where
    /// the browser gives no random numbers.
    pub fn new(draft: &Draft, surroundings: &mut impl Surroundings) -> Option<Self> {
        let mut fields = text::parts(&draft.text, FIELD);
        let (_user, url, referrer, _title, what) = (
            fields.part(),
            fields.part(),
            fields.part(),
            fields.part(),
            fields.part(),
        );
        let name = match *what {
            [PAGE, ..] => b"",
            [TRACK, ref name @ ..] => name,
            _ => return None,
        };
        let mut text = Vec::new();
        visitor::put_random(&mut text, ID_DIGITS / 8, surroundings)?;
        text::put_after(&mut text, FIELD, name);
        text::push(&mut text, FIELD);
        url::put_anonymous(url, &mut text);
        text::put_after(&mut text, FIELD, url::origin(referrer));
        Some(Self { at: draft.at, text })
    }

    /// Writes the hit into a request that goes at `now`.
    pub fn write<'a>(&'a self, now: i64, writer: &mut Writer<'a>) {
        let mut fields = text::parts(&self.text, FIELD);
        writer.hexadecimal(fields.part());
        writer.signed(now.wrapping_sub(self.at));
        fields.for_each(|field| writer.text(field));
    }
}

/// An event of a visitor who agreed to be recognised, as storage takes it: fields of text. First whose it is, as
/// [`Record::new`] is told; when it happened; its number in the session; then what its draft has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record(pub Vec<u8>);

impl Record {
    /// A record of the event number `sequence` in the session. `who` are the visitor's [`ID_DIGITS`] and the session's eight, and
    /// then a line each: the site's id, which begins here, language, events given up, receipts, the answers.
    pub fn new(who: Vec<u8>, sequence: u32, at: i64, told: &[u8]) -> Self {
        let mut text = who;
        text::push(&mut text, FIELD);
        text::put_number(&mut text, at);
        text::push(&mut text, FIELD);
        text::put_number(&mut text, sequence.into());
        text::put_after(&mut text, FIELD, told);
        Self(text)
    }

    /// Its key in storage: in the order of time, and another for each event.
    pub fn key(&self) -> Vec<u8> {
        let mut fields = text::parts(&self.0, FIELD);
        let who = fields.part();
        let mut key = text::copy(KEY_PREFIX);
        text::put(&mut key, fields.part());
        text::put_after(&mut key, b'-', text::cut(who, ID_DIGITS, WHO_DIGITS));
        text::put_after(&mut key, b'-', fields.part());
        key
    }

    /// Writes it into a request that goes at `now`; `before` is the record before it there.
    pub fn write<'a>(&'a self, before: &[u8], now: i64, writer: &mut Writer<'a>) {
        let mut fields = text::parts(&self.0, FIELD);
        let who = fields.part();
        if who == text::before(before, FIELD) {
            writer.byte(0);
        } else {
            let lines = text::from(who, WHO_DIGITS);
            writer.number(lines.len() as u64 + 1);
            writer.hexadecimal(text::cut(who, 0, WHO_DIGITS));
            writer.raw(lines);
        }
        let mut number = || text::whole(fields.part()).unwrap_or_default();
        writer.signed(now.wrapping_sub(number()));
        writer.number(number() as u64);
        writer.number(fields.clone().count() as u64);
        fields.for_each(|field| writer.text(field));
    }
}

/// What the key of every record starts with.
pub(crate) const KEY_PREFIX: &[u8] = b"firsthand.event.";
/// Hexadecimal digits of visitor and session together.
const WHO_DIGITS: usize = ID_DIGITS + 8;
