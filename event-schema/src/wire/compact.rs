//! Reads version 2 as the values of version 1, so that there is one way from there to JSON. Nothing is copied but addresses,
//! which are cut first: a body cannot make more of itself than it is.

use serde_json::Value;

use super::decode::{Known, cut, event_of, hit_of, scene_of};
use super::{
    AUDIENCE, Answer, CAMPAIGN, CAMPAIGN_MARK, Event, FIRST_CLICK_ID, Hit, Named, Scene, Text, Token, Visitor, What,
    WireError,
};
use crate::{Purpose, limits};

/// Bytes that are read from the front, and the texts in them so far.
struct Reader<'a> {
    rest: &'a [u8],
    texts: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn raw(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(WireError::Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(WireError::Damaged)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u64, WireError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(WireError::Damaged)
    }

    fn count(&mut self) -> Result<usize, WireError> {
        self.number()?.try_into().map_err(|_| WireError::Damaged)
    }

    fn signed(&mut self) -> Result<i64, WireError> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn plain(&mut self, length: usize) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.raw(length)?).map_err(|_| WireError::Damaged)
    }

    fn text(&mut self) -> Result<&'a str, WireError> {
        let number = self.count()?;
        if number % 2 == 1 {
            return self.texts.get(number / 2).copied().ok_or(WireError::Damaged);
        }
        let text = self.plain(number / 2)?;
        self.texts.push(text);
        Ok(text)
    }
}

/// Reads what follows the `first` byte: the write key, when it was sent, and its events in Segment's words.
pub(super) fn read(first: u8, bytes: &[u8]) -> Result<(&str, i64, Vec<Value>), WireError> {
    let mut reader = Reader {
        rest: bytes,
        texts: Vec::new(),
    };
    let length = reader.count()?;
    let write_key = reader.plain(length)?;
    let sent_at = reader.number()? as i64;
    let (mut visitor, mut events) = (None, Vec::new());
    while !reader.rest.is_empty() {
        if events.len() == limits::BATCH_EVENTS {
            return Err(WireError::TooManyEvents);
        }
        events.push(if first == AUDIENCE {
            hit(&mut reader, sent_at)?
        } else {
            event(&mut reader, sent_at, &mut visitor)?
        });
    }
    Ok((write_key, sent_at, events))
}

fn hit(reader: &mut Reader<'_>, sent_at: i64) -> Result<Value, WireError> {
    let (id, ago) = (reader.array()?, reader.signed()?);
    let (name, place, referrer) = (
        reader.text()?,
        Address::new(reader.text()?),
        Address::new(reader.text()?),
    );
    let hit = Hit {
        id,
        ago,
        name: Text::New(name),
        path: Text::New(place.page),
        referrer: Text::New(&referrer.url()),
        campaign: place.campaign,
    };
    hit_of(&hit, sent_at, &mut Known::default())
}

fn event<'a>(reader: &mut Reader<'a>, sent_at: i64, visitor: &mut Option<Visitor<'a>>) -> Result<Value, WireError> {
    let whose = reader.count()?;
    if whose > 0 {
        *visitor = Some(self::visitor(reader, whose - 1)?);
    }
    let visitor = visitor.as_ref().ok_or(WireError::Damaged)?;
    let (ago, sequence, count) = (reader.signed()?, reader.count()?, reader.count()?);
    let mut texts = Vec::new();
    for _ in 0..count {
        texts.push(reader.text()?);
    }
    let [url, referrer, title, what, steps @ ..] = texts.as_slice() else {
        return Err(WireError::Damaged);
    };
    let Some(addresses) = addresses(steps) else {
        return Ok(Value::Null);
    };
    let (page, referrer) = (Address::new(url), Address::new(referrer).url());
    let url = page.url();
    let scene = Scene {
        url: Text::New(&url),
        referrer: Text::New(&referrer),
        title: Text::New(title),
        campaign: page.campaign,
    };
    let event = Event {
        visitor: None,
        scene: None,
        sequence: sequence.try_into().map_err(|_| WireError::Damaged)?,
        after: sent_at.saturating_sub(ago),
        what: self::what(what)?,
        fields: tokens(steps, &addresses)?,
    };
    let mut known = Known::default();
    let scene = scene_of(&scene, &mut known)?;
    event_of(&event, visitor, &scene, &mut known)
}

/// Its session is known to be one of the visitor's only, so that on the wire half of its id is left out.
fn visitor<'a>(reader: &mut Reader<'a>, length: usize) -> Result<Visitor<'a>, WireError> {
    let (anonymous, session): ([u8; 16], [u8; 4]) = (reader.array()?, reader.array()?);
    let [a, b, c, d, ..] = anonymous;
    let [e, f, g, h] = session;
    let mut lines = reader.plain(length)?.split('\n');
    let mut line = || lines.next().ok_or(WireError::Damaged);
    let (user, locale) = (line()?, line()?);
    let mut number = || line()?.parse().map_err(|_| WireError::Damaged);
    let (dropped, receipt) = (number()?, number()?);
    let answer = |line: &'a str| {
        let granted = line.starts_with('+');
        let purpose = match line.strip_prefix(['+', '-']).ok_or(WireError::Damaged)? {
            "" => Named::Other(Purpose::ANALYTICS),
            name => Named::Other(name),
        };
        Ok(Answer { purpose, granted })
    };
    Ok(Visitor {
        anonymous,
        user,
        locale,
        session: [a, b, c, d, e, f, g, h],
        began: 0,
        dropped,
        receipt,
        answers: lines.map(answer).collect::<Result<_, _>>()?,
    })
}

fn what(text: &str) -> Result<What<'_>, WireError> {
    let kind = text.bytes().next().ok_or(WireError::Damaged)?;
    let name = text.get(1..).map(Text::New).ok_or(WireError::Damaged)?;
    match kind {
        b'0' => Ok(What::Page(name)),
        b'1' => Ok(What::Track(name)),
        b'2' => Ok(What::Identify),
        b'3' => Ok(What::Alias(name)),
        b'4' => Ok(What::Group(name)),
        _ => Err(WireError::Damaged),
    }
}

/// The addresses among the steps, in full; nothing where they are more than an event may be.
fn addresses(steps: &[&str]) -> Option<Vec<String>> {
    let mut bytes = 0;
    let written = steps.iter().filter_map(|step| step.strip_prefix('@'));
    written
        .map(|written| {
            let url = Address::new(written).url();
            bytes += url.len();
            (bytes <= limits::EVENT_BYTES).then_some(url)
        })
        .collect()
}

fn tokens<'a>(steps: &[&'a str], addresses: &'a [String]) -> Result<Vec<Token<'a>>, WireError> {
    let mut addresses = addresses.iter();
    let mut tokens = Vec::new();
    for step in steps {
        let held = step.get(1..).ok_or(WireError::Damaged)?;
        let text = Text::New(held);
        tokens.push(match step.bytes().next() {
            Some(b':') => Token::Name(text),
            Some(b'\'') => Token::Text(text),
            Some(b'@') => Token::Text(Text::New(addresses.next().map_or("", String::as_str))),
            Some(b'#') => held.parse().map_or(Token::Number(held), Token::Integer),
            Some(b'~') => Token::Null,
            Some(b'-') => Token::False,
            Some(b'+') => Token::True,
            Some(b'[') => Token::List,
            Some(b'{') => Token::Object,
            Some(b'}') => Token::End,
            _ => return Err(WireError::Damaged),
        });
    }
    Ok(tokens)
}

/// An address as it is written, taken apart.
struct Address<'a> {
    /// Without `https://` and without the campaign.
    page: &'a str,
    campaign: Vec<(u8, Text<'a>)>,
    parameters: Vec<(&'static str, &'a str)>,
}

impl<'a> Address<'a> {
    fn new(written: &'a str) -> Self {
        let is_mark = |c: char| c < ' ';
        let mut rest = cut(written);
        let page = rest.split(is_mark).next().unwrap_or_default();
        rest = rest.get(page.len()..).unwrap_or_default();
        let (mut campaign, mut parameters) = (Vec::new(), Vec::new());
        while let Some(mark) = rest.bytes().next() {
            let behind = rest.get(1..).unwrap_or_default();
            let value = behind.split(is_mark).next().unwrap_or_default();
            rest = behind.get(value.len()..).unwrap_or_default();
            let place = mark.wrapping_sub(CAMPAIGN_MARK);
            if let Some(name) = CAMPAIGN.split(' ').nth(usize::from(place)) {
                campaign.push((place, Text::New(value)));
                if place < FIRST_CLICK_ID {
                    parameters.push((name, value));
                }
            }
        }
        Self {
            page,
            campaign,
            parameters,
        }
    }

    /// The address in full: with the campaign's parameters in its query, but for the ids of clicks.
    fn url(&self) -> String {
        let (page, fragment) = self.page.find('#').map_or((self.page, ""), |at| self.page.split_at(at));
        let has_scheme = page.find("://") < page.find('/') && page.contains("://");
        let mut url = String::from(if page.is_empty() || has_scheme { "" } else { "https://" });
        url.push_str(page);
        let mut mark = if page.contains('?') { '&' } else { '?' };
        for (name, value) in &self.parameters {
            url.push(std::mem::replace(&mut mark, '&'));
            url.push_str(name);
            url.push('=');
            url.push_str(value);
        }
        url.push_str(fragment);
        url
    }
}
