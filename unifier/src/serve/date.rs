//! Days and moments as each language writes them.

use jiff::civil::Date;

use super::Language;

const ENGLISH: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const FRENCH: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
];

impl Language {
    /// A day such as `2026-11-20`, as `20 Nov 2026` or `20 nov. 2026`. What is no day stays as it is.
    pub fn day(self, iso: &str) -> String {
        let Ok(date) = iso.parse::<Date>() else {
            return iso.to_owned();
        };
        let months = match self {
            Language::English => ENGLISH,
            Language::French => FRENCH,
        };
        let month = months.get(date.month().unsigned_abs() as usize - 1).unwrap_or(&"");
        let first = if date.day() == 1 { self.say("", "er") } else { "" };
        format!("{}{first} {month} {}", date.day(), date.year())
    }

    /// A time such as `2026-11-20T03:00:00.000Z`, as `20 Nov 2026, 03:00 UTC`. A day alone is written as a day.
    pub fn moment(self, rfc3339: &str) -> String {
        match rfc3339.split_once('T') {
            Some((day, time)) => format!("{}, {} UTC", self.day(day), time.get(..5).unwrap_or(time)),
            None => self.day(rfc3339),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{English, French};

    #[test]
    fn dates_are_written_as_the_language_does() {
        assert_eq!(English.day("2026-11-20"), "20 Nov 2026");
        assert_eq!(French.day("2026-02-01"), "1er févr. 2026");
        assert_eq!(French.day("no day"), "no day");
        assert_eq!(English.moment("2026-11-20T03:04:05.000Z"), "20 Nov 2026, 03:04 UTC");
        assert_eq!(French.moment("2026-12-31"), "31 déc. 2026");
    }
}
