//! Reads RFC 3339 times, as `2026-11-24T06:48:11.5+01:00`. A whole calendar library would be a tenth of the worker.

const MINUTE_MS: i64 = 60 * 1000;

/// Milliseconds since 1970-01-01T00:00:00Z. As RFC 3339 allows, letters may be small, a space may stand for the `T`, and a leap second
/// is taken for the second before it. What is finer than a millisecond is cut off.
pub fn millis(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let (fraction, offset) = fraction_of(rest)?;
    Some((day_of(date)? * 24 * 60 * MINUTE_MS) + clock_ms(clock)? + fraction - offset_ms(offset)?)
}

/// Days since 1970-01-01, by Howard Hinnant's `days_from_civil` (<https://howardhinnant.github.io/date_algorithms.html>).
fn day_of(date: &str) -> Option<i64> {
    let [year, month, day] = numbers(date, b'-', [4, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

fn clock_ms(clock: &str) -> Option<i64> {
    let [hour, minute, second] = numbers(clock, b':', [2, 2, 2])?;
    (hour < 24 && minute < 60 && second <= 60).then(|| (hour * 60 + minute) * MINUTE_MS + second.min(59) * 1000)
}

/// The milliseconds after the point, if there is one, and what follows.
fn fraction_of(rest: &str) -> Option<(i64, &str)> {
    let Some(after_point) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let end = after_point.find(|c: char| !c.is_ascii_digit())?;
    let (digits, rest) = after_point.split_at(end);
    let place = |(value, digit): (i64, u8)| value * i64::from(digit - b'0');
    let ms = [100, 10, 1].into_iter().zip(digits.bytes()).map(place).sum();
    (1..=9).contains(&end).then_some((ms, rest))
}

/// `Z`, or hours and minutes east of Greenwich, with or without the colon.
fn offset_ms(offset: &str) -> Option<i64> {
    let sign = match offset.as_bytes() {
        b"Z" | b"z" => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let digits = &offset[1..];
    let [hours, minutes] = match digits.len() {
        5 => numbers(digits, b':', [2, 2])?,
        4 => {
            let (hours, minutes) = digits.split_at_checked(2)?;
            [number(hours.as_bytes())?, number(minutes.as_bytes())?]
        }
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * MINUTE_MS)
}

/// Decimal numbers of fixed widths with a separator between them, and nothing else.
fn numbers<const N: usize>(text: &str, separator: u8, widths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.as_bytes().split(|byte| *byte == separator);
    let mut numbers = [0; N];
    for (place, width) in numbers.iter_mut().zip(widths) {
        *place = number(parts.next().filter(|part| part.len() == width)?)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn number(digits: &[u8]) -> Option<i64> {
    let append = |value: i64, digit: &u8| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0'));
    digits.iter().try_fold(0, append)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_jiff(text: &str) -> Option<i64> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        // Its own conversion cuts towards 1970.
        i64::try_from(moment.as_nanosecond().div_euclid(1_000_000)).ok()
    }

    #[test]
    fn what_is_no_rfc_3339_time_with_an_offset_is_refused() {
        for text in [
            "",
            "2026-11-24",
            "2026-11-24T05:48:11",
            "2026-02-29T05:48:11Z",
            "2026-13-01T05:48:11Z",
            "2026-11-00T05:48:11Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T05:60:00Z",
            "2026-11-24T05:48:11.Z",
            "2026-11-24T05:48:11+1:00",
            "2026-11-24T05:48:11+24:00",
            "2026-11-24T05:48:11ZZ",
            "26-11-24T05:48:11Z",
            "2026-11-2éT05:48:11Z",
            "+2026-11-24T5:48:11Z",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn a_leap_second_is_the_one_before_and_small_letters_and_a_space_will_do() {
        assert_eq!(millis("2016-12-31T23:59:60Z"), millis("2016-12-31T23:59:59Z"));
        assert_eq!(millis("2026-11-24 05:48:11.5z"), millis("2026-11-24T06:48:11.500+0100"));
    }

    proptest! {
        #[test]
        fn every_time_is_the_one_that_a_calendar_library_reads(
            (year, month, day) in (1_i16..9999, 1_i8..=12, 1_i8..=31),
            (hour, minute, second) in (0_i8..24, 0_i8..60, 0_i8..60),
            fraction in "(\\.[0-9]{1,9})?",
            offset in "Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]",
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
            prop_assert_eq!(millis(&text), with_jiff(&text));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[0-9TZ:+. -]{15,35}") {
            let _ = millis(&text);
        }
    }
}
