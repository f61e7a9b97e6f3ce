//! Telephone numbers nobody has, and the many ways to write them.
//!
//! Ofcom, Arcep and the Bundesnetzagentur each keep ranges free for films and books; the example takes its British,
//! French and German numbers from them. Switzerland keeps none free, so Swiss numbers begin with 079 000 or 044 000.

use super::places::Country;

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    country: Country,
    /// The digits after the country's code, in the groups people write them in: `79 000 12 34`.
    groups: String,
}

impl Phone {
    /// The `n`-th mobile number of the example in `country`.
    pub fn mobile(country: Country, n: usize) -> Self {
        let groups = match country {
            Country::Switzerland => format!("79 000 {:02} {:02}", n / 100 % 100, n % 100),
            Country::France => format!("6 39 98 {:02} {:02}", n / 100 % 100, n % 100),
            Country::Germany => german(n),
            Country::UnitedKingdom => format!("7700 900{:03}", n % 1000),
        };
        Self { country, groups }
    }

    /// The `n`-th number at a desk or in a hall.
    pub fn landline(country: Country, n: usize) -> Self {
        let groups = match country {
            Country::Switzerland => format!("44 000 {:02} {:02}", n / 100 % 100, n % 100),
            Country::France => format!("1 99 00 {:02} {:02}", n / 100 % 100, n % 100),
            Country::Germany => format!("69 90009{:03}", n % 1000),
            Country::UnitedKingdom => format!("20 7946 0{:03}", n % 1000),
        };
        Self { country, groups }
    }

    /// `+41790001234`.
    pub fn e164(&self) -> String {
        format!("+{}{}", self.calling_code(), self.digits())
    }

    /// `+41 79 000 12 34`.
    fn international(&self) -> String {
        format!("+{} {}", self.calling_code(), self.groups)
    }

    /// `079 000 12 34`: only readable by who knows the country.
    fn national(&self) -> String {
        format!("0{}", self.groups)
    }

    /// The number in one of six spellings; the last two need the country to be known.
    pub fn spelled(&self, way: usize) -> String {
        match way % 6 {
            0 => self.e164(),
            1 => self.international(),
            2 => format!("00{}{}", self.calling_code(), self.digits()),
            3 => format!("+{} (0){}", self.calling_code(), self.groups.replace(' ', "-")),
            4 => self.national(),
            _ => self.national().replace(' ', "."),
        }
    }

    fn digits(&self) -> String {
        self.groups.replace(' ', "")
    }

    fn calling_code(&self) -> &'static str {
        match self.country {
            Country::Switzerland => "41",
            Country::France => "33",
            Country::Germany => "49",
            Country::UnitedKingdom => "44",
        }
    }
}

/// Germany's drama numbers are landlines, but for a hundred mobile ones.
fn german(n: usize) -> String {
    match n {
        0..100 => format!("171 39200{n:02}"),
        100..1100 => format!("30 23125{:03}", n - 100),
        _ => format!("40 66969{:03}", n % 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_name_one_number() {
        let phone = Phone::mobile(Country::Switzerland, 1234);
        let spellings: Vec<_> = (0..6).map(|way| phone.spelled(way)).collect();
        assert_eq!(
            spellings,
            [
                "+41790001234",
                "+41 79 000 12 34",
                "0041790001234",
                "+41 (0)79-000-12-34",
                "079 000 12 34",
                "079.000.12.34"
            ]
        );
    }
}
