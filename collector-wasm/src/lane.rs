//! The two lanes, as two types. An [`AudienceHit`] has no field that could hold an id, a property or a query; a [`Record`]
//! is an event of the consented lane as it waits in the site's own storage.

use alloc::string::String;

use event_schema::wire::{FIRST_CLICK_ID, PURPOSES, Writer};

use crate::draft::{Draft, Verb};
use crate::text::{self, FIELD, LINE};
use crate::{fields, url};

const PAGE: u8 = Verb::Page as u8;
const TRACK: u8 = Verb::Track as u8;

/// A visit or an action counted without consent.
#[derive(Debug)]
pub(crate) struct AudienceHit {
    id: [u8; 16],
    at: i64,
    /// Fields of text: name; path; scheme and host of where the visitor came from; the campaign's parameters, a line each.
    record: String,
}

impl AudienceHit {
    /// A draft without all that could tell one visitor from another; `None` for what only makes sense with an id.
    pub fn new(draft: &Draft, id: [u8; 16]) -> Option<Self> {
        let mut fields = text::parts(&draft.record, FIELD);
        let mut lines = text::parts(fields.part(), LINE);
        let (kind, name) = (fields.part(), fields.part());
        let name = match kind.as_bytes() {
            [PAGE] => "",
            [TRACK] => name,
            _ => return None,
        };
        let (_, path) = url::split(text::before(text::before(lines.part(), b'?'), b'#'))?;
        let (referrer, _title) = (url::origin(lines.part()), lines.part());
        let mut record = String::from(name);
        for field in [path, &referrer, lines.rest()] {
            record.push(char::from(FIELD));
            record.push_str(field);
        }
        Some(Self {
            id,
            at: draft.at,
            record,
        })
    }

    /// Writes the hit as a `Hit` of a request that goes at `now`.
    pub fn write<'a>(&'a self, now: i64, writer: &mut Writer<'a>) {
        writer.raw(&self.id);
        writer.signed(now.wrapping_sub(self.at));
        let mut fields = text::parts(&self.record, FIELD);
        for _ in 0..3 {
            writer.text(fields.part());
        }
        campaign(fields.rest(), usize::from(FIRST_CLICK_ID), writer);
    }
}

/// An event of a visitor who agreed to be recognised: fields of text, as storage takes them.
///
/// The first says who it is, a line each: random id, site's id, language, session, when that began, events given up,
/// receipts, and the answers. Then: the scene, a line each as [`Draft::record`] has them; number in the session; time;
/// kind; name; properties or traits.
pub(crate) fn record(who: &str, sequence: u32, draft: &Draft) -> String {
    let (scene, rest) = text::once(&draft.record, FIELD).unwrap_or_default();
    let mut record = String::from(who);
    let mark = char::from(FIELD);
    record.push(mark);
    record.push_str(scene);
    record.push(mark);
    text::push_number(&mut record, sequence.into());
    record.push(mark);
    text::push_number(&mut record, draft.at);
    record.push(mark);
    record.push_str(rest);
    record
}

/// Writes a record as an `Event`; `before` is the record before it in the batch.
pub(crate) fn write<'a>(record: &'a str, before: &str, writer: &mut Writer<'a>) {
    let (mut fields, mut known) = (text::parts(record, FIELD), text::parts(before, FIELD));
    let who = fields.part();
    let same = who == known.part();
    writer.byte((!same).into());
    if !same {
        visitor(who, writer);
    }
    let scene = fields.part();
    let same = scene == known.part();
    writer.byte((!same).into());
    if !same {
        self::scene(scene, writer);
    }
    writer.number(number(fields.part()) as u64);
    let began = text::parts(who, LINE).nth(4).unwrap_or_default();
    writer.signed(number(fields.part()).wrapping_sub(number(began)));
    let (verb, name) = (fields.part(), fields.part());
    let verb = verb.bytes().next().unwrap_or_default().wrapping_sub(b'0');
    writer.byte(verb);
    if verb != Verb::Identify as u8 - b'0' {
        writer.text(name);
    }
    fields::write(fields.rest(), writer);
}

fn number(text: &str) -> i64 {
    text::whole(text).unwrap_or_default()
}

fn bytes(digits: &str, count: usize, writer: &mut Writer<'_>) {
    text::from_hexadecimal(digits)
        .take(count)
        .for_each(|byte| writer.byte(byte));
}

fn visitor<'a>(who: &'a str, writer: &mut Writer<'a>) {
    let mut lines = text::parts(who, LINE);
    bytes(lines.part(), 16, writer);
    writer.plain(lines.part());
    writer.plain(lines.part());
    bytes(lines.part(), 8, writer);
    writer.signed(number(lines.part()));
    writer.number(number(lines.part()) as u64);
    writer.number(number(lines.part()) as u64);
    let answers = lines.rest();
    writer.number(lines.count() as u64);
    for answer in text::parts(answers, LINE) {
        let (purpose, answer) = text::once(answer, b'=').unwrap_or_default();
        match PURPOSES.iter().position(|known| *known == purpose) {
            Some(place) => {
                writer.byte(0);
                writer.byte(place as u8);
            }
            None => {
                writer.byte(1);
                writer.plain(purpose);
            }
        }
        writer.byte((answer == "yes").into());
    }
}

fn scene<'a>(scene: &'a str, writer: &mut Writer<'a>) {
    let mut lines = text::parts(scene, LINE);
    for _ in 0..3 {
        writer.text(lines.part());
    }
    campaign(lines.rest(), usize::MAX, writer);
}

/// The parameters that stand before `limit` in [`CAMPAIGN`](event_schema::wire::CAMPAIGN).
fn campaign<'a>(lines: &'a str, limit: usize, writer: &mut Writer<'a>) {
    let place = |line: &'a str| {
        let (place, value) = text::once(line, b'=')?;
        let place = number(place) as usize;
        (place < limit).then_some((place, value))
    };
    writer.number(text::parts(lines, LINE).filter_map(place).count() as u64);
    for (place, value) in text::parts(lines, LINE).filter_map(place) {
        writer.byte(place as u8);
        writer.text(value);
    }
}
