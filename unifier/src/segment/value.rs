//! Tests of values: a column and what it is compared with make a mask, whose nulls are the values nobody knows.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, StringArray};
use arrow::compute::kernels::cmp;
use arrow::compute::{and, cast, ilike, not, or_kleene};
use arrow::datatypes::{DataType, Date32Type, Float64Type, TimeUnit, TimestampMillisecondType};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::error::EvaluationError;
use super::field::Kind;
use super::rule::{Comparison, DayTest, TextTest};

type Mask = Result<BooleanArray, EvaluationError>;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The type of a column of nothing but unknown values.
pub(super) fn arrow_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Number => DataType::Float64,
        Kind::Day => DataType::Date32,
        Kind::YesNo => DataType::Boolean,
    }
}

/// The column as numbers. Text that is no number is unknown, and so is what is not finite.
///
/// Amounts are exact up to 900 thousand million: until there, two decimals of four digits are the same 64-bit number only
/// when they are the same amount.
pub(super) fn numbers(column: &ArrayRef) -> Result<Float64Array, EvaluationError> {
    let numbers = cast(column, &DataType::Float64)?;
    let numbers = numbers.as_primitive::<Float64Type>();
    Ok(numbers.unary_opt(|number| number.is_finite().then_some(number + 0.0)))
}

/// The column as days: moments by their day in UTC, and text that is a day. Nothing when the column can hold no days.
pub(super) fn days(column: &ArrayRef) -> Option<Date32Array> {
    match column.data_type() {
        DataType::Date32 => Some(column.as_primitive::<Date32Type>().clone()),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            let moments = column.as_primitive::<TimestampMillisecondType>();
            Some(moments.unary(|ms| ms.div_euclid(DAY_MS) as i32))
        }
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            Some(texts.iter().map(|text| text.and_then(day_of_text)).collect())
        }
        _ => None,
    }
}

/// The day at the start of a text such as `1980-02-29` or `1980-02-29T10:00:00Z`.
fn day_of_text(text: &str) -> Option<i32> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    let day: Date = (rest.is_empty() || rest.starts_with(['T', ' '])).then(|| day.parse().ok())??;
    Some(since_epoch(day))
}

/// Days from 1970-01-01 to the day.
fn since_epoch(day: Date) -> i32 {
    Date::constant(1970, 1, 1).until(day).map_or(0, |span| span.get_days())
}

/// Which numbers compare so.
pub(super) fn compare(numbers: &Float64Array, comparison: Comparison, with: f64) -> Mask {
    let with = Float64Array::new_scalar(with);
    Ok(match comparison {
        Comparison::Equal => cmp::eq(numbers, &with),
        Comparison::NotEqual => cmp::neq(numbers, &with),
        Comparison::Less => cmp::lt(numbers, &with),
        Comparison::AtMost => cmp::lt_eq(numbers, &with),
        Comparison::More => cmp::gt(numbers, &with),
        Comparison::AtLeast => cmp::gt_eq(numbers, &with),
    }?)
}

/// Which days pass.
pub(super) fn day_mask(days: &Date32Array, test: DayTest, today: Date) -> Mask {
    let not_before = |day: Date| cmp::gt_eq(days, &Date32Array::new_scalar(since_epoch(day)));
    let not_after = |day: Date| cmp::lt_eq(days, &Date32Array::new_scalar(since_epoch(day)));
    let (holds, mask) = match test {
        DayTest::Before(day) => (false, not_before(day)?),
        DayTest::After(day) => (false, not_after(day)?),
        DayTest::Since(day) => (true, not_before(day)?),
        DayTest::Until(day) => (true, not_after(day)?),
        DayTest::On(day) => (true, and(&not_before(day)?, &not_after(day)?)?),
        DayTest::Within(holds, span) => (holds, and(&not_before(span.before(today))?, &not_after(today)?)?),
        DayTest::WithinNext(holds, span) => (holds, and(&not_before(today)?, &not_after(span.after(today))?)?),
    };
    Ok(if holds { mask } else { not(&mask)? })
}

/// Which texts pass, without regard to upper and lower case.
pub(super) fn text_mask(texts: &StringArray, test: &TextTest) -> Mask {
    match test {
        TextTest::Is(text) => matching(texts, "", text, ""),
        TextTest::In(list) => any_of(list.iter().map(|text| matching(texts, "", text, "")), texts.len()),
        TextTest::Contains(text) => matching(texts, "%", text, "%"),
        TextTest::StartsWith(text) => matching(texts, "", text, "%"),
        TextTest::EndsWith(text) => matching(texts, "%", text, ""),
    }
}

/// The texts that are `text` with anything before or after it, where there is a `%`. Characters are composed first, as the
/// values of the tables are.
fn matching(texts: &StringArray, before: &str, text: &str, after: &str) -> Mask {
    let mut pattern = before.to_owned();
    for character in text.nfc() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push_str(after);
    Ok(ilike(texts, &StringArray::new_scalar(pattern))?)
}

/// What is in any of the masks.
pub(super) fn any_of(masks: impl Iterator<Item = Mask>, rows: usize) -> Mask {
    let mut any = BooleanArray::from(vec![false; rows]);
    for mask in masks {
        any = or_kleene(&any, &mask?)?;
    }
    Ok(any)
}
