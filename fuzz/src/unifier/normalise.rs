//! What files say of people, made comparable: whatever was normalised once stays as it is, and has the form it promises.

use unifier::normalise::date::{self, DateStyle, DayMonth};
use unifier::normalise::money::{self, Decimal};
use unifier::normalise::{company, country, email, key, name, phone, placeholder, role, text};

use crate::input::Input;

/// A byte for the style, then a text.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let choice = input.byte();
    let value = input.text();
    texts(&value);
    keys(&value);
    emails(&value);
    phones(&value, ["CH", "US", "FR", "", "zz"][usize::from(choice) % 5]);
    names(&value);
    dates(&value, choice);
    amounts(&value, choice);
}

fn stays<T: PartialEq + std::fmt::Debug>(once: Option<T>, again: impl Fn(&T) -> Option<T>) {
    if let Some(once) = once {
        assert_eq!(again(&once), Some(once), "normalised again");
    }
}

fn texts(value: &str) {
    stays(Some(text::clean(value)), |once| Some(text::clean(once)));
    stays(Some(text::compatible(value)), |once| Some(text::compatible(once)));
    stays(Some(text::folded(value)), |once| Some(text::folded(once)));
    let folded = text::folded(value);
    assert!(
        folded
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b' '),
        "{folded:?}"
    );
    let named = text::snake_case(value);
    assert!(
        named
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
        "{named:?}"
    );
    stays(country::normalise(value), |once| country::normalise(once));
    stays(company::key(value), |once| company::key(once));
    let _ = (
        company::is_company(value),
        placeholder::is_missing(value),
        role::is_unread(value),
    );
}

fn keys(value: &str) {
    for kind in ["ssn", "user_id", "crm:contact_id"] {
        stays(key::normalise(kind, value), |once| key::normalise(kind, once));
    }
}

fn emails(value: &str) {
    let Some(email) = email::normalise(value) else { return };
    let again = email::normalise(&email.address);
    assert_eq!(again.as_ref().map(|again| &again.address), Some(&email.address));
    assert_eq!(again.and_then(|again| again.mailbox), email.mailbox);
    let (local, domain) = email.address.rsplit_once('@').unwrap_or_default();
    assert!(!local.is_empty() && domain.contains('.') && !email.address.contains(char::is_whitespace));
    if let Some(mailbox) = email.mailbox {
        let once = email::normalise(&mailbox).and_then(|email| email.mailbox);
        assert_eq!(once.as_ref(), Some(&mailbox), "a mailbox's own mailbox");
    }
}

fn phones(value: &str, country: &str) {
    let Some(number) = phone::normalise(value, country) else {
        return;
    };
    let digits = number.strip_prefix('+').unwrap_or_default();
    assert!(
        (6..=17).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()),
        "{number}"
    );
    for country in [country, "DE", ""] {
        assert_eq!(
            phone::normalise(&number, country).as_ref(),
            Some(&number),
            "in {country}"
        );
    }
}

fn names(value: &str) {
    stays(name::part(value), |once| name::part(once));
    let split = name::split(value);
    let parts = [&split.given, &split.family];
    parts
        .into_iter()
        .flatten()
        .for_each(|part| assert!(!part.trim().is_empty() && part.trim() == part));
    let _ = name::given(value);
}

fn dates(value: &str, choice: u8) {
    let order = if choice & 8 == 0 {
        DayMonth::DayFirst
    } else {
        DayMonth::MonthFirst
    };
    let format = (choice & 16 != 0).then(|| "%d/%m/%Y".to_owned());
    let style = DateStyle { order, format };
    if let Some(day) = date::date(value, &style) {
        assert_eq!(date::date(&day.to_string(), &style), Some(day));
    }
    if let Some(moment) = date::moment(value, &style) {
        assert_eq!(date::moment(&moment.to_string(), &style), Some(moment));
    }
    let _ = date::vote(value);
}

fn amounts(value: &str, choice: u8) {
    let decimal = [None, Some(Decimal::Point), Some(Decimal::Comma)][usize::from(choice >> 5) % 3];
    let _ = money::vote(value);
    if let Some(money) = money::normalise(value, decimal) {
        let written = money.amount.to_string();
        let again = money::normalise(&written, Some(Decimal::Point));
        assert_eq!(again.map(|again| again.amount), Some(money.amount), "{written}");
        assert!(
            money
                .currency()
                .is_none_or(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()))
        );
    }
}
