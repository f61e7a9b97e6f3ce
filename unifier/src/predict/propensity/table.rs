//! The table `propensities`, in batches.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;

use super::timeline::Kind;
use super::{Chance, Given, Propensity};
use crate::columns::{Columns, texts_builder};
use crate::record::PersonId;

/// Rows in one batch, but for the last few of one person.
const BATCH_ROWS: usize = 65_536;

/// One row.
struct Row<'p> {
    person: PersonId,
    of: &'p Propensity,
    given: &'p Given,
    chance: &'p Chance,
}

/// The chances of every person, in the order of `people`, of which the propensities hold one each. One empty batch when nobody has any.
///
/// # Errors
/// [`ArrowError`] when a batch is too large for Arrow.
pub fn propensities<'p>(
    people: impl Iterator<Item = PersonId> + 'p,
    propensities: &'p [Propensity],
    kinds: &'p [Kind],
) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> + 'p {
    let mut rows = people.enumerate().flat_map(move |(at, person)| {
        propensities.iter().filter_map(move |of| {
            let given = of.given.as_ref().ok()?;
            let chance = given.chances.get(at)?.as_ref()?;
            Some(Row {
                person,
                of,
                given,
                chance,
            })
        })
    });
    let mut first = true;
    std::iter::from_fn(move || {
        let rows: Vec<Row<'p>> = rows.by_ref().take(BATCH_ROWS).collect();
        let wanted = first || !rows.is_empty();
        first = false;
        wanted.then(|| batch(&rows, kinds))
    })
}

fn batch(rows: &[Row<'_>], kinds: &[Kind]) -> Result<RecordBatch, ArrowError> {
    let text =
        |of: fn(&Row<'_>) -> String| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(of))) };
    let number =
        |of: fn(&Row<'_>) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(rows.iter().map(of))) };
    let day = |of: fn(&Row<'_>) -> i32| -> ArrayRef { Arc::new(Date32Array::from_iter_values(rows.iter().map(of))) };
    let mut columns = Columns::default();
    columns.add("person_id", text(|row| row.person.to_string()));
    columns.add("propensity", text(|row| row.of.name.clone()));
    columns.add("event", text(|row| row.of.target.event.clone()));
    let horizons = rows.iter().map(|row| i64::from(row.of.target.horizon_days));
    columns.add("horizon_days", Arc::new(Int64Array::from_iter_values(horizons)));
    columns.add("probability", number(|row| row.chance.probability));
    columns.add("percentile", number(|row| row.chance.percentile));
    columns.add("model", text(|row| row.given.verdict.served().name().to_owned()));
    columns.add("learnt_from", day(|row| row.given.learnt_from));
    columns.add("trained_at", day(|row| row.of.trained_on));
    columns.add("backtest", text(|row| row.of.backtest()));
    let mut reasons = texts_builder();
    for row in rows {
        let told = row.chance.reasons.iter().flatten();
        reasons.append_value(told.map(|reason| Some(reason.words(&row.of.target.event, kinds))));
    }
    columns.add("reasons", Arc::new(reasons.finish()));
    columns.batch()
}
