//! Dates and times as exports write them: ISO, `1.5.2024`, `01/05/2024`, `May 1, 2024`, `2024-05-01 10:00:00 +0000`, a
//! spreadsheet's day number.
//!
//! `01/05/2024` alone says nothing of which is the month: a whole column does, by the values above 12 ([`vote`]), or the
//! configuration. A time without an offset is taken as UTC.

use event_schema::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime;
use jiff::tz::Offset;

/// Which comes first in `01/05/2024`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayMonth {
    /// The day, as nearly everywhere.
    #[default]
    DayFirst,
    /// The month, as in the United States.
    MonthFirst,
}

/// How a column writes dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateStyle {
    /// Which comes first where the text does not say.
    pub order: DayMonth,
    /// A format in the words of `strftime`, as `%d/%m/%Y`; with it, nothing else is read but ISO.
    pub format: Option<String>,
}

/// The days of a spreadsheet's numbers that are taken for dates: 1954-10-03 to 2119-01-13.
const SERIAL_DAYS: std::ops::RangeInclusive<i64> = 20_000..=80_000;
/// 1899-12-30, day 0 of a spreadsheet, in days before 1970-01-01.
const SERIAL_EPOCH: i64 = -25_569;
/// Two digits of a year up to this are in the 2000s, as POSIX has it.
const LAST_SHORT_YEAR: i16 = 68;

/// English, French and German beginnings of the months' names, without accents.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb", "fev"],
    &["mar", "mrz"],
    &["apr", "avr"],
    &["may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aou"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];

/// The day in `text`, whatever time stands beside it.
pub fn date(text: &str, style: &DateStyle) -> Option<Date> {
    let (date, _) = split(text.trim());
    formatted(text, style)
        .map(|(date, ..)| date)
        .or_else(|| parse_date(date, style))
}

/// The moment in `text`; midnight where no time stands beside the day.
pub fn moment(text: &str, style: &DateStyle) -> Option<Timestamp> {
    let text = text.trim();
    if let Some((date, time, offset)) = formatted(text, style) {
        return at(date, time, offset);
    }
    let (date, rest) = split(text);
    let (time, offset) = match rest {
        Some(rest) => parse_time(rest)?,
        None => (Time::midnight(), Offset::UTC),
    };
    at(parse_date(date, style)?, time, offset)
}

/// What `text` says about the order of day and month in its column; nothing when it says nothing.
pub fn vote(text: &str) -> Option<DayMonth> {
    let (date, _) = split(text.trim());
    let (first, second, _) = three_numbers(date).filter(|_| date.contains('/') || date.contains('-'))?;
    match (first, second) {
        (13..=31, 1..=12) => Some(DayMonth::DayFirst),
        (1..=12, 13..=31) => Some(DayMonth::MonthFirst),
        _ => None,
    }
}

fn at(date: Date, time: Time, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(date.to_datetime(time)).ok().map(Timestamp::from)
}

fn formatted(text: &str, style: &DateStyle) -> Option<(Date, Time, Offset)> {
    let parsed = strtime::parse(style.format.as_deref()?, text.trim()).ok()?;
    let date = parsed.to_date().ok()?;
    let time = parsed.to_time().unwrap_or(Time::midnight());
    Some((date, time, parsed.offset().unwrap_or(Offset::UTC)))
}

/// The day, and the time where there is one: it begins at the digits before the first colon.
fn split(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else {
        return (text, None);
    };
    let digits = text[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
    let (date, time) = text.split_at(colon - digits);
    (date.trim_end_matches(['T', 't', ' ', ',']), Some(time))
}

fn parse_date(text: &str, style: &DateStyle) -> Option<Date> {
    if let Some(date) = compact(text) {
        return Some(date);
    }
    if let Some((a, b, c)) = three_numbers(text) {
        if a >= 1_000 {
            return valid(a, b, c);
        }
        if style.format.is_some() {
            return None;
        }
        let year = full_year(c, text)?;
        let day_first = text.contains('.') || style.order == DayMonth::DayFirst;
        let (day, month) = if day_first { (a, b) } else { (b, a) };
        return valid(year, month, day);
    }
    if style.format.is_some() {
        None
    } else {
        with_month_name(text)
    }
}

/// `20240501`, or a spreadsheet's day number.
fn compact(text: &str) -> Option<Date> {
    let number: i64 = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())??;
    match text.len() {
        8 => valid(
            (number / 10_000) as i16,
            (number / 100 % 100) as i16,
            (number % 100) as i16,
        ),
        5 if SERIAL_DAYS.contains(&number) => {
            let days = jiff::Span::new().days(number + SERIAL_EPOCH);
            Date::constant(1970, 1, 1).checked_add(days).ok()
        }
        _ => None,
    }
}

fn three_numbers(text: &str) -> Option<(i16, i16, i16)> {
    let mut numbers = text
        .split(['-', '/', '.'])
        .map(|part| part.trim().parse::<i16>().ok().filter(|n| *n >= 0));
    let three = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(three)
}

fn with_month_name(text: &str) -> Option<Date> {
    let folded = deunicode::deunicode(text).to_lowercase();
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let [first, second, year] = words[..] else {
        return None;
    };
    let month = |word: &str| {
        MONTHS
            .iter()
            .position(|names| names.iter().any(|name| word.starts_with(name)))
    };
    let (month, day) = match month(first) {
        Some(month) => (month, second),
        None => (month(second)?, first),
    };
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
    valid(full_year(year.parse().ok()?, text)?, month as i16 + 1, day)
}

fn full_year(year: i16, text: &str) -> Option<i16> {
    let short = text.trim_end().bytes().rev().take_while(u8::is_ascii_digit).count() == 2;
    match year {
        0..=99 if short && year <= LAST_SHORT_YEAR => Some(2000 + year),
        0..=99 if short => Some(1900 + year),
        1_000.. => Some(year),
        _ => None,
    }
}

fn valid(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `10:00`, `10:00:00.5`, `10:00 PM`, with an offset or none.
fn parse_time(text: &str) -> Option<(Time, Offset)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
        .unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut parts = clock.splitn(3, ':');
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let (second, nanos) = seconds(parts.next().unwrap_or("0"))?;
    let rest = rest.trim().to_ascii_lowercase();
    let (half, rest) = match rest.get(..2) {
        Some(half @ ("am" | "pm")) => (Some(half == "pm"), rest[2..].trim()),
        _ => (None, rest.as_str()),
    };
    let hour = match (half, hour) {
        (None, hour) => hour,
        (Some(afternoon), 1..=12) => hour % 12 + if afternoon { 12 } else { 0 },
        (Some(_), _) => return None,
    };
    Some((Time::new(hour, minute, second, nanos).ok()?, parse_offset(rest)?))
}

fn seconds(text: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: i32 = format!("{:0<9.9}", fraction).parse().ok()?;
    Some((whole.parse().ok()?, fraction))
}

fn parse_offset(text: &str) -> Option<Offset> {
    if matches!(text, "" | "z" | "utc" | "gmt" | "(utc)") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = match digits.len() {
        1 | 2 => (number, 0),
        4 => (number / 100, number % 100),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Option<String> {
        date(text, &DateStyle::default()).map(|date| date.to_string())
    }

    fn time(text: &str) -> Option<String> {
        moment(text, &DateStyle::default()).map(|at| at.to_string())
    }

    #[test]
    fn the_styles_of_exports_are_one_day() {
        for text in [
            "2024-05-01",
            "01.05.2024",
            "1.5.24",
            "01/05/2024",
            "1-5-2024",
            "20240501",
            "45413",
            "1 May 2024",
            "May 1, 2024",
            "1er mai 2024",
            "1. Mai 2024",
            "2024/05/01",
            "2024-05-01T10:00:00Z",
            "01/05/2024 10:00",
        ] {
            assert_eq!(day(text).as_deref(), Some("2024-05-01"), "{text}");
        }
    }

    #[test]
    fn a_format_with_an_offset_keeps_it() {
        let style = DateStyle {
            format: Some("%d.%m.%Y %H:%M %z".to_owned()),
            ..DateStyle::default()
        };
        let read = moment("01.05.2024 00:30 +0200", &style).map(|at| at.to_string());
        assert_eq!(read.as_deref(), Some("2024-04-30T22:30:00.000Z"));
    }

    #[test]
    fn a_day_nobody_can_read_is_none() {
        for text in [
            "",
            "soon",
            "2024-13-01",
            "31.02.2024",
            "99/99/9999",
            "1",
            "2024",
            "12:30",
            "1.5.202",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn times_keep_their_offset() {
        assert_eq!(
            time("2024-05-01 10:00:00 +0000").as_deref(),
            Some("2024-05-01T10:00:00.000Z")
        );
        assert_eq!(
            time("2024-05-01 10:00:00 +0200").as_deref(),
            Some("2024-05-01T08:00:00.000Z")
        );
        assert_eq!(
            time("2024-05-01T10:00:00.25-05:00").as_deref(),
            Some("2024-05-01T15:00:00.250Z")
        );
        assert_eq!(time("5/1/2024 9:05 PM").as_deref(), Some("2024-01-05T21:05:00.000Z"));
        assert_eq!(time("2024-05-01").as_deref(), Some("2024-05-01T00:00:00.000Z"));
        assert_eq!(time("2024-05-01 25:00"), None);
        assert_eq!(time("2024-05-01 10:00 somewhere"), None);
    }

    #[test]
    fn a_column_votes_by_the_values_that_can_be_read_one_way_only() {
        assert_eq!(vote("25/12/2024"), Some(DayMonth::DayFirst));
        assert_eq!(vote("12/25/2024 10:00"), Some(DayMonth::MonthFirst));
        assert_eq!(vote("12/11/2024"), None);
        assert_eq!(vote("25.12.2024"), None);
        let american = DateStyle {
            order: DayMonth::MonthFirst,
            format: None,
        };
        assert_eq!(
            date("05/01/2024", &american).map(|d| d.to_string()).as_deref(),
            Some("2024-05-01")
        );
        assert_eq!(
            date("01.05.2024", &american).map(|d| d.to_string()).as_deref(),
            Some("2024-05-01")
        );
    }

    #[test]
    fn a_configured_format_reads_what_nothing_else_would() {
        let style = DateStyle {
            order: DayMonth::DayFirst,
            format: Some("%Y%m%d%H%M".to_owned()),
        };
        assert_eq!(
            moment("202405011030", &style).map(|at| at.to_string()).as_deref(),
            Some("2024-05-01T10:30:00.000Z")
        );
        assert_eq!(date("01/05/2024", &style), None);
    }

    proptest! {
        #[test]
        fn written_dates_read_back(days in -20_000..40_000_i64) {
            let date_of = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let style = DateStyle::default();
            prop_assert_eq!(date(&date_of.to_string(), &style), Some(date_of));
            prop_assert_eq!(date(&date_of.strftime("%d.%m.%Y").to_string(), &style), Some(date_of));
            prop_assert_eq!(date(&date_of.strftime("%-d/%-m/%Y").to_string(), &style), Some(date_of));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), digits in "[0-9:./ TZ+-]{0,30}") {
            for text in [text, digits] {
                let _ = (date(&text, &DateStyle::default()), moment(&text, &DateStyle::default()), vote(&text));
            }
        }
    }
}
