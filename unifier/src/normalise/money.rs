//! Amounts of money, read exactly: decimal point or comma, thousands separators, currency signs.

use crate::record::Amount;

/// Which sign separates the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Decimal {
    /// `1,234.50`
    #[serde(rename = ".")]
    Point,
    /// `1.234,50`
    #[serde(rename = ",")]
    Comma,
}

impl Decimal {
    fn sign(self) -> char {
        match self {
            Decimal::Point => '.',
            Decimal::Comma => ',',
        }
    }
}

/// An amount as a text gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// The ISO 4217 code, where a sign or a code stands beside it.
    pub currency: Option<[u8; 3]>,
}

impl Money {
    /// The currency's code.
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_ref().and_then(|code| std::str::from_utf8(code).ok())
    }
}

/// Signs that mean one currency. `$` and `kr` mean several and say nothing.
const SIGNS: [(&str, &[u8; 3]); 5] = [
    ("€", b"EUR"),
    ("£", b"GBP"),
    ("Fr.", b"CHF"),
    ("SFr.", b"CHF"),
    ("US$", b"USD"),
];

/// The amount in `text`; `None` when it is none, or more than a 64-bit number of ten-thousandths holds, or has more
/// decimals than that.
///
/// Without `decimal`, the last of two different separators is the decimal one; a single separator before exactly three
/// digits separates thousands.
pub fn normalise(text: &str, decimal: Option<Decimal>) -> Option<Money> {
    let text = text.trim();
    let accounting = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let (outer, unsigned) = without_sign(accounting.unwrap_or(text));
    let (currency, number) = without_currency(unsigned)?;
    let (inner, number) = without_sign(number);
    let amount = scaled(&plain_digits(number, decimal)?)?;
    let negative = accounting.is_some() || outer || inner;
    Some(Money {
        amount: Amount(if negative { -amount } else { amount }),
        currency,
    })
}

/// Whether the text is below zero, and what stands beside the sign.
fn without_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−']).or_else(|| text.strip_suffix('-')) {
        Some(rest) => (true, rest.trim()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// What `text` says about the decimal sign of its column; nothing when it says nothing.
pub fn vote(text: &str) -> Option<Decimal> {
    let (_, number) = without_currency(text.trim())?;
    let at = number.rfind(['.', ','])?;
    let sign = if number[at..].starts_with('.') {
        Decimal::Point
    } else {
        Decimal::Comma
    };
    let both = number.contains('.') && number.contains(',');
    let decimals = number.len() - at - 1;
    (both || (decimals != 3 && number.matches(sign.sign()).count() == 1)).then_some(sign)
}

/// The currency, and the number from its sign or first digit to its last digit or sign.
fn without_currency(text: &str) -> Option<(Option<[u8; 3]>, &str)> {
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    let before = text[..first].trim_end_matches(['-', '−', '+', ' ']);
    // A point right before the digits belongs to them unless it ends an abbreviation, as in `Fr.12`.
    let before = if before.trim_matches(['.', ',']).is_empty() {
        ""
    } else {
        before
    };
    let after = text[last + 1..].trim_start_matches('-');
    let number = text[before.len()..text.len() - after.len()].trim();
    match (before.trim(), after.trim()) {
        ("", "") => Some((None, number)),
        (sign, "") | ("", sign) => Some((currency(sign)?, number)),
        _ => None,
    }
}

/// The code a sign stands for; `Some(None)` for a sign that means several currencies, `None` for what is no sign.
fn currency(sign: &str) -> Option<Option<[u8; 3]>> {
    let known = SIGNS
        .iter()
        .find(|(text, _)| sign.eq_ignore_ascii_case(text))
        .map(|(_, code)| **code);
    match sign.as_bytes() {
        _ if known.is_some() => Some(known),
        [a, b, c] if sign.bytes().all(|b| b.is_ascii_alphabetic()) => Some(Some([a, b, c].map(u8::to_ascii_uppercase))),
        b"$" | b"kr" | b"kr." | b"Fr" => Some(None),
        _ => None,
    }
}

/// The digits with a point for the decimal sign, and no other sign. Thousands stand in groups of three.
fn plain_digits(number: &str, decimal: Option<Decimal>) -> Option<String> {
    let sign = decimal.or_else(|| vote(number)).map(Decimal::sign);
    let (whole, decimals) = sign.and_then(|sign| number.rsplit_once(sign)).unwrap_or((number, ""));
    let separator =
        |c: char| matches!(c, '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '_' | '.' | ',') && Some(c) != sign;
    let mut groups = whole.split(separator);
    let mut plain = groups.next().unwrap_or_default().to_owned();
    for group in groups {
        if group.len() != 3 || plain.is_empty() {
            return None;
        }
        plain.push_str(group);
    }
    if !decimals.is_empty() {
        plain.push('.');
        plain.push_str(decimals);
    }
    let digits = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') && plain.bytes().any(|b| b.is_ascii_digit());
    digits.then_some(plain)
}

/// `12.5` in ten-thousandths.
fn scaled(plain: &str) -> Option<i64> {
    let (units, decimals) = plain.split_once('.').unwrap_or((plain, ""));
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 4 {
        return None;
    }
    let units: i64 = if units.is_empty() { 0 } else { units.parse().ok()? };
    let decimals: i64 = format!("{decimals:0<4}").parse().ok()?;
    units.checked_mul(Amount::SCALE)?.checked_add(decimals)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Option<String> {
        normalise(text, None).map(|money| money.amount.to_string())
    }

    #[test]
    fn separators_of_several_countries_are_one_amount() {
        for text in [
            "1234.50",
            "1,234.50",
            "1.234,50",
            "1'234.50",
            "1 234,50",
            "1\u{202f}234,5",
            "1234,5",
            "+1234.50",
        ] {
            assert_eq!(amount(text).as_deref(), Some("1234.50"), "{text}");
        }
        assert_eq!(amount("1,234").as_deref(), Some("1234.00"));
        assert_eq!(amount("1,234,567").as_deref(), Some("1234567.00"));
        assert_eq!(amount(".5").as_deref(), Some("0.50"));
        assert_eq!(amount("-12.50").as_deref(), Some("-12.50"));
        assert_eq!(amount("(12.50)").as_deref(), Some("-12.50"));
        assert_eq!(amount("12.50-").as_deref(), Some("-12.50"));
    }

    #[test]
    fn a_configured_sign_decides_what_three_digits_mean() {
        let read = |text, decimal| normalise(text, Some(decimal)).map(|money| money.amount);
        assert_eq!(read("1.234", Decimal::Point), Some(Amount(12_340)));
        assert_eq!(read("1.234", Decimal::Comma), Some(Amount(12_340_000)));
        assert_eq!(read("1.2.3", Decimal::Point), None);
    }

    #[test]
    fn signs_and_codes_name_the_currency() {
        let currency = |text| normalise(text, None).and_then(|money| money.currency().map(str::to_owned));
        assert_eq!(currency("€ 12.50").as_deref(), Some("EUR"));
        assert_eq!(currency("12,50 €").as_deref(), Some("EUR"));
        assert_eq!(currency("CHF 12.50").as_deref(), Some("CHF"));
        assert_eq!(currency("Fr. 12.50").as_deref(), Some("CHF"));
        assert_eq!(currency("$12.50"), None);
        assert_eq!(amount("-$12.50").as_deref(), Some("-12.50"));
        assert_eq!(amount("$-12.50").as_deref(), Some("-12.50"));
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in [
            "",
            "free",
            "12.50.10,5",
            "1e5",
            "12 apples",
            "99999999999999999999",
            "0.00001",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_amounts_read_back(tenthousandths in any::<i32>()) {
            let amount = Amount(i64::from(tenthousandths));
            prop_assert_eq!(normalise(&amount.to_string(), Some(Decimal::Point)).map(|m| m.amount), Some(amount));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), digits in "[0-9.,€$ ()-]{0,20}") {
            for text in [text, digits] {
                let _ = (normalise(&text, None), normalise(&text, Some(Decimal::Comma)), vote(&text));
            }
        }
    }
}
