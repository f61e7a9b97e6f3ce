//! A moment in time, to the millisecond, as clients and the edge write it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since 1970-01-01T00:00:00Z. On the wire it is RFC 3339 text in UTC, as `2026-11-24T05:48:11.123Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what four digits of a year can write.
const RANGE_MS: (i64, i64) = (-62_167_219_200_000, 253_402_300_799_999);

impl Timestamp {
    /// From milliseconds since the epoch; what lies outside the years 0 to 9999 is moved to the nearer end.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.clamp(RANGE_MS.0, RANGE_MS.1))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole days since the epoch, in UTC.
    pub fn utc_day(self) -> i32 {
        // The range above keeps the day far inside 32 bits.
        self.0.div_euclid(DAY_MS) as i32
    }
}

impl Timestamp {
    /// The moment as RFC 3339 text. Year, month and day by Howard Hinnant's `civil_from_days`
    /// (<https://howardhinnant.github.io/date_algorithms.html>), and digits without `core::fmt`: the edge writes a
    /// time or two for every event, and this is the quickest way.
    pub fn to_text(self) -> String {
        let days = self.0.div_euclid(DAY_MS) + 719_468;
        let ms = self.0.rem_euclid(DAY_MS);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let mut text = String::with_capacity(24);
        for (number, width, after) in [
            (year, 1000, '-'),
            (month, 10, '-'),
            (day, 10, 'T'),
            (ms / 3_600_000, 10, ':'),
            (ms / 60_000 % 60, 10, ':'),
            (ms / 1000 % 60, 10, '.'),
            (ms % 1000, 100, 'Z'),
        ] {
            push_digits(&mut text, number, width);
            text.push(after);
        }
        text
    }
}

/// Writes the decimal digits of `number`, which is not negative, from the place of `width` (a power of ten) down.
fn push_digits(text: &mut String, number: i64, mut width: i64) {
    while width > 0 {
        // A digit is 0 to 9.
        text.push(char::from(b'0' + (number / width % 10) as u8));
        width /= 10;
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

/// The text is no RFC 3339 moment with an offset, as `2026-11-24T05:48:11Z` or `2026-11-24T06:48:11.5+01:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no RFC 3339 time with an offset (as 2026-11-24T05:48:11Z)")]
pub struct TimestampError;

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let ms = crate::rfc3339::millis(text.trim()).ok_or(TimestampError)?;
        Ok(Timestamp::from_millis(ms))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Timestamp::from_millis(moment.as_millisecond())
    }
}

#[cfg(feature = "jiff")]
impl From<Timestamp> for jiff::Timestamp {
    fn from(moment: Timestamp) -> Self {
        // Every Timestamp lies in the years 0 to 9999, which jiff covers.
        jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn offsets_become_utc() {
        let moment: Timestamp = "2026-03-01T00:30:00+01:00".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-02-28T23:30:00.000Z");
        assert_eq!("2026-03-01 00:30".parse::<Timestamp>(), Err(TimestampError));
    }

    proptest! {
        #[test]
        fn text_round_trips_and_agrees_with_jiff(ms in RANGE_MS.0..=RANGE_MS.1) {
            let moment = Timestamp::from_millis(ms);
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
            let with_jiff = jiff::Timestamp::from_millisecond(ms).unwrap();
            prop_assert_eq!(format!("{with_jiff:.3}"), moment.to_string());
        }
    }
}
