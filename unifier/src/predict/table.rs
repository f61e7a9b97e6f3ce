//! The table `scores`, in batches.

use std::sync::Arc;

use arrow::array::{Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;

use super::reasons::Reason;
use super::{Origin, Predictions, Score};
use crate::columns::{Columns, texts_builder};
use crate::record::PersonId;

/// A column's name, and what a score says in it.
type Column<T> = (&'static str, fn(&Score) -> T);

/// Rows in one batch.
const BATCH_ROWS: usize = 65_536;

/// The scores of those who have any, in the order of `people`, of which [`Predictions::scores`] holds one each. One empty batch when
/// nobody has any.
///
/// # Errors
/// [`ArrowError`] when a batch is too large for Arrow.
pub fn scores<'p>(
    people: impl Iterator<Item = PersonId> + 'p,
    predictions: &'p Predictions,
) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> + 'p {
    let origin = predictions.origin.clone().unwrap_or_default();
    let clusters = predictions.clusters.iter().flat_map(|clusters| &clusters.clusters);
    let names: Vec<&str> = clusters.map(|cluster| cluster.name.as_str()).collect();
    let mut scored = people
        .zip(&predictions.scores)
        .filter_map(|(person, score)| Some((person, score.as_ref()?)));
    let mut first = true;
    std::iter::from_fn(move || {
        let rows: Vec<(PersonId, &Score)> = scored.by_ref().take(BATCH_ROWS).collect();
        let wanted = first || !rows.is_empty();
        first = false;
        wanted.then(|| batch(&rows, &origin, &names))
    })
}

fn batch(rows: &[(PersonId, &Score)], origin: &Origin, clusters: &[&str]) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    let ids = rows.iter().map(|row| row.0.to_string());
    columns.add("person_id", Arc::new(StringArray::from_iter_values(ids)));
    let rfm = rows.iter().map(|row| row.1.rfm.to_string());
    columns.add("rfm", Arc::new(StringArray::from_iter_values(rfm)));
    let quintiles: [Column<u8>; 3] = [
        ("recency", |score| score.rfm.recency),
        ("frequency", |score| score.rfm.frequency),
        ("monetary", |score| score.rfm.monetary),
    ];
    for (name, quintile) in quintiles {
        let values = rows.iter().map(|row| i64::from(quintile(row.1)));
        columns.add(name, Arc::new(Int64Array::from_iter_values(values)));
    }
    numbers(&mut columns, rows);
    let days: [Column<i32>; 3] = [
        ("next_order_p25", |score| score.next_order.p25),
        ("next_order_median", |score| score.next_order.median),
        ("next_order_p75", |score| score.next_order.p75),
    ];
    for (name, day) in days {
        let values = rows.iter().map(|row| Some(day(row.1)));
        columns.add_nullable(name, Arc::new(values.collect::<Date32Array>()));
    }
    let cluster = rows
        .iter()
        .map(|row| clusters.get(usize::from(row.1.cluster?)).copied());
    columns.add_nullable("cluster", Arc::new(cluster.collect::<StringArray>()));
    made_by(&mut columns, rows.len(), origin);
    let mut reasons = texts_builder();
    for (_, score) in rows {
        reasons.append_value(score.reasons.iter().flatten().map(Reason::to_string).map(Some));
    }
    columns.add("reasons", Arc::new(reasons.finish()));
    columns.batch()
}

fn numbers(columns: &mut Columns, rows: &[(PersonId, &Score)]) {
    let numbers: [Column<Option<f64>>; 8] = [
        ("p_alive", |score| Some(score.p_alive)),
        ("p_buy", |score| Some(score.p_buy)),
        ("p_buy_percentile", |score| Some(score.p_buy_percentile)),
        ("expected_orders", |score| Some(score.expected_orders)),
        ("expected_value", |score| score.expected_value),
        ("p_buy_90d", |score| Some(score.p_buy_90d)),
        ("expected_orders_365d", |score| Some(score.expected_orders_365d)),
        ("expected_value_365d", |score| score.expected_value_365d),
    ];
    for (name, number) in numbers {
        let values = rows.iter().map(|row| number(row.1));
        columns.add_nullable(name, Arc::new(values.collect::<Float64Array>()));
    }
}

/// What every score of a night has in common.
fn made_by(columns: &mut Columns, rows: usize, origin: &Origin) {
    let same = |text: &str| Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)));
    columns.add("model", same(&origin.scorer));
    columns.add("orders_model", same(origin.orders));
    columns.add("value_model", same(origin.value));
    let horizon = std::iter::repeat_n(i64::from(origin.horizon_days), rows);
    columns.add("horizon_days", Arc::new(Int64Array::from_iter_values(horizon)));
    let trained = std::iter::repeat_n(origin.trained_on, rows);
    columns.add("trained_at", Arc::new(Date32Array::from_iter_values(trained)));
    columns.add("backtest", same(&origin.backtest));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::{History, PredictConfig, Purchase, score};
    use crate::record::RecordId;

    #[test]
    fn many_scores_come_in_several_batches_and_none_as_one_empty_batch() {
        let purchases = vec![Purchase { day: 1, value: None }];
        let histories = vec![History { purchases }; BATCH_ROWS + 1];
        let predictions = score(&histories, 100, &PredictConfig::default());
        let people = || std::iter::repeat(RecordId::new("shop", "1"));
        let rows: Vec<usize> = scores(people(), &predictions)
            .map(|batch| batch.unwrap().num_rows())
            .collect();
        assert_eq!(rows, [BATCH_ROWS, 1]);
        let nobody = score(&[], 100, &PredictConfig::default());
        let rows: Vec<usize> = scores(people(), &nobody)
            .map(|batch| batch.unwrap().num_rows())
            .collect();
        assert_eq!(rows, [0]);
    }
}
